import { timeOf } from "../time.ts";
import type { Machine } from "./machine.ts";
import type { Moment, State } from "./types.ts";

/**
 * as takes what was scanned at a moment of before: goods were taken then, however long somebody thought
 * about an answer. Never later than now: a clock that was wrong then may be right by now.
 */
export function as(m: Machine, then: Moment | undefined, take: () => void): void {
  const was = m.when;
  m.when = then?.at && !(m.now.at && timeOf(then.at) > timeOf(m.now.at)) ? then : m.now;
  take();
  m.when = was;
}

/**
 * waiting gives the moments of the first and the last scan that is kept and not taken: one that is asked
 * about, or that waits behind a stop or a question. null: there is none.
 */
export function waiting({ s }: Machine): { first: Moment; last: Moment } | null {
  const open = s.half ?? s.need ?? s.ask ?? s.why;
  const since = [...(open ? [open.since ?? {}] : []), ...s.kept.map((k) => k.since)];
  return since.length === 0 ? null : { first: since[0]!, last: since.at(-1)! };
}

/**
 * recall takes up the scans that wait. An earlier version keeps them without their moments, and may have
 * worked on a state of this one: where it has changed them, the moments are of others and go.
 */
export function recall(s: State): void {
  const same = s.behind.length === s.kept.length && s.behind.every((scan, i) => scan === s.kept[i]!.scan);
  if (!same) s.kept = s.behind.map((scan) => ({ scan, since: {} }));
}
