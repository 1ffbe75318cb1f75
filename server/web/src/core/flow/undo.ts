import * as decimal from "../decimal.ts";
import { one } from "../decimal.ts";
import { emit, put } from "./book.ts";
import { show } from "./goods.ts";
import type { Machine } from "./machine.ts";
import { as, lately } from "./moment.ts";
import { turnRun } from "./run.ts";
import { amountOf, codeOf, few, shown, total } from "./thing.ts";
import { noBooking, type Booked, type Thing } from "./types.ts";
import { forward } from "./waiting.ts";

/** undo takes the last scan back: what is open or collected first, then what was booked. */
export function undo(m: Machine): void {
  if (m.s.run || m.s.complete) {
    [m.s.run, m.s.complete] = [null, false];
    m.say("ready", m.w.nothingChanged);
  } else if (m.s.ask || m.s.why || m.s.need || m.s.half) {
    [m.s.ask, m.s.why, m.s.need, m.s.half] = [null, null, null, null];
    m.say("ready", m.w.undoneNotBooked);
  } else if (m.s.hand.length > 0 && m.s.mode === "count") {
    uncount(m);
  } else if (m.s.hand.length > 0) {
    m.say("ready", m.w.undone(amountOf(m.s.hand.pop()!, m.w) + "."));
  } else {
    undoBooked(m);
  }
  forward(m);
}

function undoBooked(m: Machine): void {
  const last = m.s.done.findLast((d) => d.undo === 0 && !d.gone);
  if (last && last.run !== 0) turnRun(m, last.run, false); // a correction is taken back as it was made: as one
  else if (!takeBack(m, () => true)) m.say("check", m.w.nothingToUndo);
}

/** uncount takes the last scan of a count back. */
export function uncount(m: Machine): void {
  const last = m.s.counted.pop();
  if (!last) return m.say("check", m.w.uncountFirst);
  const t = m.s.hand[last.at]!;
  if (last.was !== "") {
    t.times = last.was;
    show(m, t);
    return m.say("ready", m.w.undoneAgain(amountOf(t, m.w)));
  }
  m.s.hand.length = last.at;
  m.say("ready", m.w.undone(amountOf(t, m.w) + "."));
}

/** undoSeq takes one scan back, whatever was booked since. */
export function undoSeq(m: Machine, number: string): void {
  if (!/^\d{1,16}$/.test(number) || !takeBack(m, (d) => d.seq === Number(number))) m.say("check", m.w.cannotUndo(shown(number)));
}

/** takeBack undoes the last scan that is meant and was not undone. */
function takeBack(m: Machine, meant: (d: Booked) => boolean): boolean {
  const d = m.s.done.findLast((x) => x.undo === 0 && !x.gone && meant(x));
  if (!d) return false;
  d.gone = true;
  reverse(m, d.seq, m.w.undone(d.words));
  return true;
}

/** redo undoes the last undo, where nothing was booked since. */
export function redo(m: Machine): void {
  const last = m.s.done.at(-1);
  if (!last || last.undo === 0 || last.gone) return m.say("check", m.w.nothingToRedo);
  if (last.run !== 0) return turnRun(m, last.run, true);
  last.gone = true;
  const d = m.s.done.find((x) => x.seq === last.undo);
  if (d) d.gone = false;
  reverse(m, last.seq, m.w.bookedAgain(d?.words ?? ""));
  m.s.outDone.at(-1)!.gone = true; // it is no undo of a scan
}

/** reverse puts out an undo of what has a seq. */
export function reverse(m: Machine, seq: number, words: string): void {
  put(m, { action: "undo", operator: m.s.operator, reference: String(seq) }, { ...noBooking, undo: seq, words });
  m.say("saved", words);
}

/** correct books the last thing again, of another number. */
export function correct(m: Machine, text: string): void {
  const d = decimal.parse(text);
  const last = m.s.done.at(-1);
  if (!d || decimal.sign(d) <= 0) return m.stop(m.w.noPositiveNumber(shown(text)));
  if (!last || last.undo !== 0 || last.gone || codeOf(last.thing) === "" || m.s.hand.length > 0) return m.say("check", m.w.nothingToCorrect);
  const t = { ...last.thing, times: d };
  if (t.serial !== "" && !one(d)) return m.stop(m.w.serialUnchanged);
  if (total(t) === null || (!few(t) && t.product === "")) return m.stop(m.w.tooMuchUnchanged);
  as(m, lately(m), () => again(m, last, t));
}

/** again undoes what was booked and books a thing in its place. */
export function again(m: Machine, last: Booked, t: Thing): void {
  last.gone = true;
  reverse(m, last.seq, m.w.corrected);
  m.s.outDone.at(-1)!.run = last.run;
  show(m, t);
  const { mode, from, to, reason, asset, run } = last;
  emit(m, { ...noBooking, mode, thing: t, from, to, reason, asset, run });
}
