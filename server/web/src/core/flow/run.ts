// Scans that went to the wrong place, corrected as one.

import { bytesOf } from "../gs1/index.ts";
import { maxCode, read } from "../meaning/index.ts";
import { emit, held, placed, placeOf, told } from "./book.ts";
import { show, thingOf } from "./goods.ts";
import type { Machine } from "./machine.ts";
import { as, lately } from "./moment.ts";
import { amountOf, bytes, codeOf, isPackage, shown, total } from "./thing.ts";
import { maxBytes, maxRun, noBooking, type Booked, type Change, type Run } from "./types.ts";
import { reverse } from "./undo.ts";
import { asks, forward } from "./waiting.ts";

/**
 * openRun asks about scans that are to be corrected as one: the last ones, as many as are said, or
 * those whose seqs are named.
 */
export function openRun(m: Machine, text: string): void {
  if (asks(m) || m.s.need || m.s.half) return m.say("check", m.w.answerFirst);
  if (m.s.hand.length > 0) return m.say("check", m.w.notBookedPlaceOrUndo(m.s.hand.length));
  const { seqs, all } = chosen(m, text);
  if (seqs.length === 0) return m.say("check", m.w.noRun);
  if (!all) m.say("check", m.w.notAllOfRun);
  m.s.run = { seqs, to: "" };
}

/** chosen are the scans that are meant, the first booked first; all says whether each of them is there. */
function chosen(m: Machine, text: string): { seqs: number[]; all: boolean } {
  const number = /^[+-]?\d{1,15}$/.test(text) ? Number(text) : null;
  const named = number === null ? text.split(",") : null;
  const most = number ?? named!.length;
  const found = corrigible(m).filter((d) => named === null || named.includes("#" + d.seq)).slice(0, Math.max(0, Math.min(most, maxRun)));
  return { seqs: found.map((d) => d.seq).reverse(), all: found.length === most };
}

/** corrigible are the bookings that can be made elsewhere, the last first: a count cannot, it says what is there. */
export const corrigible = (m: Machine): Booked[] => m.s.done.filter((d) => d.undo === 0 && !d.gone && codeOf(d.thing) !== "").reverse();

/** runTo takes the place where a run belongs; the same again is a yes. */
export function runTo(m: Machine, code: string): void {
  if (bytesOf(code).length > maxCode || !m.setup.catalogue.place(m.setup.site, code)) return m.stop(m.w.noPlace(shown(code)));
  if (m.s.run!.to !== code) {
    m.s.run!.to = code;
    return;
  }
  correctRun(m);
  forward(m);
}

const ofRun = (m: Machine, r: Run): Booked[] => corrigible(m).filter((d) => r.seqs.includes(d.seq));

/** elsewhere is a booking as it is made at another place; null where it is there already. */
function elsewhere(d: Booked, place: string): Booked | null {
  const { mode, thing, from, to, reason, asset } = d;
  const b = placed({ ...noBooking, mode, thing, from, to, reason, asset }, place);
  return placeOf(b) === placeOf(d) ? null : b;
}

/** changes is what a correction would do, the last scan first. */
export function changes(m: Machine): Change[] | undefined {
  const { run } = m.s;
  const list = run ? ofRun(m, run) : [];
  return list.length === 0 ? undefined : list.map((d) => {
    const b = run!.to === "" ? null : elsewhere(d, run!.to);
    return { seq: d.seq, was: d.words, ...(b ? { now: told(m, b) } : {}) };
  });
}

/**
 * correctRun takes a run back and, where it has a place, books it there: in one step, so that all of
 * it is stored or nothing is.
 */
export function correctRun(m: Machine): void {
  const r = m.s.run!;
  m.s.run = null;
  const wrong: Booked[] = [];
  const again: Booked[] = [];
  for (const d of ofRun(m, r).reverse()) {
    const b = elsewhere(d, r.to);
    if (r.to !== "" && !b) continue;
    const why = r.to === "" ? "" : cannotBe(m, b!, r.to);
    if (why !== "") return m.stop(why + " " + m.w.nothingChanged);
    wrong.push(d);
    if (r.to !== "") again.push(b!);
  }
  if (wrong.length === 0) return m.say("check", m.w.thereAlready(shown(r.to)));
  if (again.reduce((n, b) => n + bytes(b.thing), 0) > maxBytes) return m.stop(m.w.runTooLarge);
  as(m, lately(m), () => rebook(m, wrong, again));
  [m.words, m.s.fresh] = ["", false];
  m.say("saved", r.to === "" ? m.w.runTakenBack(wrong.length) : m.w.runCorrected(wrong.length, shown(r.to)));
}

/** rebook puts out a correction: what is taken back, and what is booked in its place. */
function rebook(m: Machine, wrong: readonly Booked[], again: readonly Booked[]): void {
  m.s.runs++;
  for (const d of wrong) {
    d.gone = true;
    back(m, d.seq, m.s.runs);
  }
  for (const b of again) emit(m, { ...b, run: m.s.runs });
}

/** cannotBe says why a booking cannot be made at a place; "" where it can. */
function cannotBe(m: Machine, b: Booked, place: string): string {
  if (b.mode === "move" && b.from === place) return m.w.runFrom(shown(place));
  return b.mode === "remove" && held(m, b.thing, place) ? m.w.runHeld(shown(place), amountOf(b.thing, m.w)) : "";
}

/** back puts out the undo of a seq, as a part of a correction. */
function back(m: Machine, seq: number, run: number): Booked {
  const { words } = m;
  reverse(m, seq, "");
  m.words = words;
  const out = m.s.outDone.at(-1)!;
  out.run = run;
  return out;
}

/**
 * turnRun takes a correction back, or makes it again: the last of its parts first, each undone. What
 * a part of it has undone already stays so.
 */
export function turnRun(m: Machine, run: number, again: boolean): void {
  m.s.runs++;
  for (const d of m.s.done.filter((x) => x.run === run && !x.gone).reverse()) {
    const of = doneAt(m, d.undo);
    if (of?.run === run) continue;
    d.gone = true;
    back(m, d.seq, m.s.runs).gone = again;
    if (!of) continue;
    of.gone = false;
    const before = doneAt(m, of.undo);
    if (before) before.gone = true;
  }
  m.say("saved", again ? m.w.runAgain : m.w.runUndone);
}

/** doneAt finds a booking by its seq. */
const doneAt = (m: Machine, seq: number): Booked | undefined => (seq === 0 ? undefined : m.s.done.find((d) => d.seq === seq));

/** bookAgain takes a scan back and books it as it was meant, read by what is known now. */
export function bookAgain(m: Machine, number: string): void {
  if (asks(m) || m.s.need || m.s.half) return m.say("check", m.w.answerFirst);
  const d = /^\d{1,16}$/.test(number) ? corrigible(m).find((x) => x.seq === Number(number)) : undefined;
  if (!d) return m.say("check", m.w.cannotBookAgain(shown(number)));
  const { mode, thing, from, to, reason, asset, run } = d;
  const known = thing.product !== "" || isPackage(thing);
  const t = known ? thing : { ...thingOf(m, read(thing.scan, { ...m.context(), expect: "" })), times: thing.times, asked: true };
  if (total(t) === null) return m.stop(m.w.tooMuchUnchanged);
  as(m, lately(m), () => {
    d.gone = true;
    back(m, d.seq, run);
    show(m, t);
    emit(m, { ...noBooking, mode, thing: t, from, to, reason, asset, run });
  });
}
