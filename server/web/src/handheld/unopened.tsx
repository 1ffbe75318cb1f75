// What is shown where the outbox of this device cannot be opened: a full page, and no way to scan. It
// says what happened, that nothing is gone, and what to do.

import { openDB } from "idb";
import { databaseName, exportedFrom } from "./box.ts";
import { button } from "./parts.tsx";
import type { Language } from "./words.ts";

/** What is wrong: it was written by a newer page, another page holds it, or the browser cannot read it. */
export type Trouble = "newer" | "held" | "failed";

export const troubleOf = (e: unknown): Trouble => (e instanceof DOMException && e.name === "VersionError" ? "newer" : "failed");

/** rowsOfAnyForm gives the scans of an outbox as lines, whatever form it has. */
export async function rowsOfAnyForm(): Promise<string> {
  const db = await openDB(databaseName, undefined, { upgrade: (_, __, ___, tx) => tx.abort() }); // as it is; where there is none, none is made
  try {
    return await exportedFrom(db);
  } finally {
    db.close();
  }
}

export interface UnopenedProps {
  readonly w: Language;
  readonly why: Trouble;
  readonly detail: string; // what the browser says, for whoever mends it
  readonly said: string; // of the file
  readonly keepFile: () => void;
  readonly reload: () => void;
}

/** Unopened is drawn from what it is given. */
export function Unopened({ w, why, detail, said, keepFile, reload }: UnopenedProps) {
  const u = w.ui.unopened;
  return (
    <div class="page unopened" data-why={why}>
      <h1>{u.title}</h1>
      <p class="wrong" role="alert">{u.why[why]}</p>
      <p><b>{u.kept}</b></p>
      <p>{u.what[why]}</p>
      {why !== "held" && button(u.again, reload, "lead")}
      {why !== "held" && button(w.ui.keepFile, keepFile, "lead")}
      {said && <p role="status">{said}</p>}
      {detail && <p class="code">{detail}</p>}
    </div>
  );
}
