// What needs somebody: each says why, and what can be done. It never keeps anyone from scanning.

import type { Note } from "./box.ts";
import type { Corrigible } from "./handheld.ts";
import { button, Sheet } from "./parts.tsx";
import type { Language } from "./words.ts";

export interface NeedsProps {
  readonly w: Language;
  readonly notes: readonly Note[];
  readonly corrigible: readonly Corrigible[]; // those of them can be booked again, or elsewhere, from here
  readonly hand: (seq: number) => void;
  readonly again: (seq: number) => void;
  readonly run: (which: string) => void;
  readonly close: () => void;
}

export function Needs({ w, notes, corrigible, hand, again, run, close }: NeedsProps) {
  const ours = new Map(corrigible.map((c) => [c.seq, c.words]));
  const change = (seq: number) => () => {
    run("#" + seq);
    close();
  };
  return (
    <Sheet title={w.ui.needsYou(notes.length)} close={close} closeWord={w.ui.close}>
      {notes.length === 0 && <p>{w.ui.noNotes}</p>}
      <ul class="notes">{notes.map((n) => (
        <li key={n.seq}>
          <p><b>#{n.seq}</b> {ours.get(n.seq)}</p>
          <p>{n.message || n.code || n.outcome}</p>
          {!ours.has(n.seq) && <p class="device">{w.job.notHere}</p>}
          <div class="grid">
            {ours.has(n.seq) && n.outcome !== "exception" && button(w.job.retry, () => again(n.seq))}
            {ours.has(n.seq) && button(w.job.change, change(n.seq))}
            {button(w.job.hand, () => hand(n.seq))}
          </div>
        </li>
      ))}</ul>
    </Sheet>
  );
}
