import { timeOf } from "../time.ts";
import type { Machine } from "./machine.ts";
import type { Moment, State } from "./types.ts";

/**
 * as takes what was scanned at a moment of before: goods were taken then, however long somebody thought
 * about an answer. Never later than now: a clock that was wrong then may be right by now.
 */
export function as(m: Machine, then: Moment, take: () => void): void {
  const was = m.when;
  m.when = earlier(then, m.now);
  take();
  m.when = was;
}

/**
 * lately is the moment of the last booking. What corrects one of those before is of it, too: it happened before
 * then, and the server dates none before the scan in front of it.
 */
export const lately = (m: Machine): Moment => m.s.done.at(-1)?.at ?? {};

/** earlier is the moment of before, where it is one and no later than the other. */
export const earlier = (then: Moment, other: Moment): Moment => (then.at && !(other.at && timeOf(then.at) > timeOf(other.at)) ? then : other);

/**
 * waiting gives the moments of the first and the last scan that is kept and not taken: one that is asked
 * about, or that waits behind a stop or a question. null: there is none.
 */
export function waiting({ s }: Machine): { first: Moment; last: Moment } | null {
  const open = s.half ?? s.need ?? s.ask ?? s.why;
  const [first, last] = [s.kept[0], s.kept.at(-1)];
  if (!open && !first) return null;
  return { first: open?.since?.at ? open.since : first?.since ?? {}, last: last?.since ?? open?.since ?? {} };
}

/**
 * recall takes up the scans that wait. An earlier version keeps them without their moments, and may have
 * worked on a state of this one: where it has changed them, the moments are of others and go.
 */
export function recall(s: State): void {
  const same = s.behind.length === s.kept.length && s.behind.every((scan, i) => scan === s.kept[i]!.scan);
  if (!same) s.kept = s.behind.map((scan) => ({ scan, since: {} }));
}
