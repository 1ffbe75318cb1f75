// Pairing: a code from the server's page becomes this handheld's own key, without typing.

import { useState } from "preact/hooks";
import { noProfile } from "../core/wedge/profile.ts";
import { OutboxError, type Box, type Pairing } from "./box.ts";
import { Field } from "./field.tsx";
import type { Language } from "./words.ts";

const within = 15_000; // ms
const installLength = 12;

/** codeIn finds the code in what was scanned: the address of a pairing page, or the code alone. */
export function codeIn(text: string): string {
  const at = text.indexOf("#pair=");
  return at < 0 ? "" : decodeURIComponent(text.slice(at + "#pair=".length)).trim();
}

/** redeem gives the code for a key. It throws a sentence. */
export async function redeem(origin: string, box: Box, code: string): Promise<Pairing> {
  const answer = await fetch(origin + "/v1/pairings/redeem", {
    method: "POST", credentials: "omit", headers: { "content-type": "application/json" }, body: JSON.stringify({ code }), signal: AbortSignal.timeout(within),
  });
  const said = (await answer.json()) as Pairing & { detail?: string; message?: string; title?: string };
  if (!answer.ok) throw new Error(said.message ?? said.detail ?? said.title ?? String(answer.status));
  const pairing: Pairing = { device: said.device, key: said.key, role: said.role, site: said.site || "main", install: crypto.randomUUID().replaceAll("-", "").slice(0, installLength) };
  await box.pair(pairing);
  return pairing;
}

export interface PairProps {
  readonly w: Language;
  readonly origin: string;
  readonly box: Box;
  readonly code: string;
  readonly old: Pairing | null;
  readonly paired: (p: Pairing) => void;
}

export function Pair({ w, origin, box, code, old, paired }: PairProps) {
  const [wrong, tell] = useState("");
  const [busy, work] = useState(false);
  const go = async (text: string) => {
    work(true);
    tell("");
    try {
      const { waiting } = await box.stats();
      if (waiting > 0) tell(w.ui.pairWaiting(waiting)); // before the code is used up
      else paired(await redeem(origin, box, text));
    } catch (e) {
      tell(w.ui.pairFailed(e instanceof OutboxError ? e.code : e instanceof Error ? e.message : String(e)));
    }
    work(false);
  };
  const address = origin + "/scan#pair=" + code;
  return (
    <div class="page">
      <Field w={w} reader={() => ({ profile: noProfile, learned: false })} scan={(raw) => codeIn(raw) && void go(codeIn(raw))} />
      <h1>{w.ui.pairTitle}</h1>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
      {code ? <button type="button" disabled={busy} onMouseDown={(e) => e.preventDefault()} onClick={() => void go(code)}>{busy ? w.ui.pairing : w.ui.pairTitle}</button> : <p>{w.ui.pairHow}</p>}
      {old && <p>{w.ui.device(old.device, old.site)}</p>}
      {code && <p>{w.ui.pairTerminal}<code>bayledger scan --pair '{address}'</code></p>}
    </div>
  );
}
