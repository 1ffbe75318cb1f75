import * as decimal from "../decimal.ts";
import { bytesOf } from "../gs1/index.ts";
import { maxCode } from "../meaning/index.ts";
import { book, bookCount, bookMove } from "./book.ts";
import { show } from "./goods.ts";
import type { Machine } from "./machine.ts";
import { codeOf, isPackage, same, shown, total } from "./thing.ts";
import { maxDone, type Thing } from "./types.ts";

/** at is the place that goods go to or come from. */
export const at = (m: Machine): string => m.s.place || (m.setup.places[m.s.mode] ?? "");

/** from is where a move takes things. */
export const from = (m: Machine): string => m.s.place || (m.setup.places.move ?? "");

/** wantsPlace says whether the next step is a place. */
export function wantsPlace(m: Machine): boolean {
  if (m.s.mode === "move") return m.s.place === "" || m.s.hand.length > 0;
  return m.s.mode !== "lookup" && at(m) === "";
}

/** place takes a place: it books what was collected, or is where the next things belong. */
export function place(m: Machine, code: string): void {
  if (bytesOf(code).length > maxCode || !m.setup.catalogue.place(m.setup.site, code)) return m.stop(m.w.noPlace(shown(code)));
  switch (m.s.mode) {
    case "move":
      return moveTo(m, code);
    case "count":
      bookCount(m);
      m.s.place = code;
      if (m.s.hand.length > 0) m.say("saved", m.w.countedAt(m.s.hand.length, shown(code))); // counted before its place was scanned
      return;
    case "lookup":
      m.s.last = { code: shown(code) };
      return m.say("ready", m.w.aPlace);
  }
  m.s.place = code;
  bookHand(m, code);
}

/** bookHand books all that was collected, at a place or, without one, where the books put it. */
export function bookHand(m: Machine, code: string): void {
  const { hand } = m.s;
  m.s.hand = [];
  for (const t of hand) book(m, t, code);
}

/** carry collects a thing that is moved, or books it where both places are known. */
export function carry(m: Machine, t: Thing): void {
  if (from(m) !== "" && m.s.to !== "") bookMove(m, t, m.s.to);
  else putInHand(m, t);
}

export function putInHand(m: Machine, t: Thing): void {
  m.s.hand.push(t);
  m.s.handed = true;
  m.say("saved", "");
}

/**
 * moveTo takes a place of a move. With things in hand it is where they go, unless nobody knows yet
 * where they come from; without, the first is where they come from and the second where they go.
 */
function moveTo(m: Machine, code: string): void {
  if (m.s.hand.length > 0) {
    if (from(m) === "" && needsFrom(m)) {
      m.s.place = code;
    } else if (from(m) === code) {
      m.say("check", m.w.comeFrom(shown(code)));
    } else {
      const { hand } = m.s;
      m.s.hand = [];
      for (const t of hand) bookMove(m, t, code);
    }
    return;
  }
  if (from(m) === "" || m.s.to !== "") [m.s.place, m.s.to] = [code, ""];
  else if (from(m) === code) m.say("check", m.w.takenFromAlready(shown(code)));
  else m.s.to = code;
}

/**
 * needsFrom says whether something in hand must be told where it comes from: all but packages and
 * serials, which the books know.
 */
export const needsFrom = (m: Machine): boolean => m.s.hand.some((t) => t.serial === "" && !isPackage(t));

/** tally counts a thing: once more, or as often as was keyed in. */
export function tally(m: Machine, t: Thing): void {
  if (t.times === "") t.times = "1";
  const i = m.s.hand.findIndex((h) => same(h, t));
  if (i < 0) {
    note(m, m.s.hand.length, "", t.times);
    m.s.hand.push(t);
    return counted(m, t);
  }
  const h = m.s.hand[i]!;
  if (t.serial !== "" || isPackage(t)) {
    show(m, h);
    return m.say("check", m.w.countedAlready(shown(codeOf(t))));
  }
  const sum = t.times === "0" ? "0" : plus(h.times, t.times); // none after all
  if (sum === null || total({ each: h.each, times: sum }) === null) return m.stop(m.w.countTooLarge);
  note(m, i, h.times, t.times);
  h.times = sum;
  counted(m, h);
}

function counted(m: Machine, t: Thing): void {
  m.s.handed = true;
  show(m, t);
  m.say("saved", "");
}

/** note keeps how a count came to be, as far back as it can be undone. */
function note(m: Machine, index: number, was: string, times: string): void {
  m.s.counted.push({ at: index, was, times });
  if (m.s.counted.length > maxDone) m.s.counted.shift();
}

/** plus adds two numbers of things; null where they have too many digits. */
function plus(a: string, b: string): string | null {
  const decimals = 6;
  const [x, y] = [decimal.scaled(a, decimals), decimal.scaled(b, decimals)];
  return x === null || y === null ? null : decimal.fromScaled(x + y, decimals);
}
