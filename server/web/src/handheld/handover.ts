// A scan that is handed to a supervisor, as an intent. It must never be refused itself: what it takes
// over from the scan, which may have been refused for it, is taken only where a server takes it.

import type { Intent } from "../core/flow/types.ts";
import type { Note } from "./box.ts";

const maxReason = 240; // characters: the server takes 1,000 bytes
const maxCode = 200; // bytes

const halves = /[\uD800-\uDFFF]/gu; // of a character: no text that can be sent
const fits = (code: unknown): code is string => typeof code === "string" && code !== "" && code === code.replace(halves, "") && new TextEncoder().encode(code).length <= maxCode;

/** handover asks a supervisor about the scan of a note: kept is that scan as it was sent, words how the screen named it. */
export function handover(note: Note, kept: string | undefined, words: string, operator: string | undefined): Intent {
  const said = Array.from([words.replace(/\.$/, ""), note.message || note.code || note.outcome].filter(Boolean).join(". ").replace(halves, "?"));
  const { product, from, to } = kept ? (JSON.parse(kept) as Partial<Intent>) : {};
  const place = [from, to].find(fits);
  return {
    action: "ask", reference: String(note.seq), reason: said.length > maxReason ? said.slice(0, maxReason - 1).join("") + "…" : said.join(""),
    ...(fits(operator) ? { operator } : {}), ...(fits(product) ? { product } : {}), ...(place ? { from: place } : {}),
  };
}
