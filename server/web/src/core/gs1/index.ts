// The GS1 data of a scan, and what its elements say. The same as scanner/gs1: both are held
// to scanner/gs1/testdata/verdicts.jsonl, and share one table.

import { exact, isMeasure, unitOf } from "./ai.ts";
import { daysOf, isLeap, two } from "./checks.ts";
import { Fault } from "./errors.ts";
import type { Decoded, Message } from "./decode.ts";
import { fits, Reading, valueOf, type Element } from "./reading.ts";
import * as decimal from "../decimal.ts";

export { fixedLength } from "./ai.ts";
export { Fault } from "./errors.ts";
export * from "./decode.ts";
export { gs, type Element } from "./reading.ts";

/** check holds elements against all rules, as one message. A fault's `at` counts elements. */
export function check(elements: readonly Element[]): Fault | null {
  const r = new Reading();
  for (const [i, [ai, value]] of elements.entries()) {
    const found = exact(ai);
    if (!found) return new Fault("unknown_ai", i, ai);
    const long = fits(found.row, ai, value, 0);
    if (long) return new Fault(long.code, i, ai);
    const full = r.add({ ai, value, ...found, at: i });
    if (full) return full;
  }
  if (r.elements.length === 0) return new Fault("no_data", 0);
  for (const f of r.elements) {
    const [taken, c] = valueOf(f.row, f.value);
    if (c) return new Fault(c.code, f.at, f.ai, c.detail ?? "");
    if (taken < f.value.length) return new Fault("too_long", f.at, f.ai);
  }
  return r.whole();
}

/**
 * join makes one message of the barcodes of one label and holds it against the rules over a
 * whole message: the dictionary wants them judged over all carriers of an item. An element that
 * several barcodes have is there once.
 */
export function join(...parts: readonly Pick<Message, "elements">[]): Decoded {
  const elements: Element[] = [];
  for (const p of parts) {
    for (const e of p.elements) if (!elements.some(([ai, value]) => ai === e[0] && value === e[1])) elements.push(e);
  }
  return { message: { kind: "gs1", symbology: "", elements, text: "" }, fault: check(elements) };
}

/** first gives the value of the first of some AIs that a message has, or "". */
export function first(m: Pick<Message, "elements">, ...ais: string[]): string {
  for (const ai of ais) {
    const e = m.elements.find((x) => x[0] === ai);
    if (e) return e[1];
  }
  return "";
}

/** gtin gives the trade item scanned (01), made to order (03) or inside a logistic unit (02). */
export const gtin = (m: Pick<Message, "elements">): string => first(m, "01", "03", "02");

// Two digits of a year mean the year from 49 back to 50 ahead of this one.
const century = 100;
const ahead = 51;
const behind = -50;

/** dateOf reads YYMMDD at the start of a value as 2026-12-31; day 00 is the month's last. "" is none. */
export function dateOf(value: string, thisYear: number): string {
  if (!/^\d{6}/.test(value)) return "";
  let year = thisYear - (thisYear % century) + two(value);
  const gap = two(value) - (thisYear % century);
  if (gap >= ahead) year -= century;
  else if (gap <= behind) year += century;
  const month = two(value, 2);
  const last = month < 1 || month > 12 ? 0 : daysOf(month, isLeap(year));
  const day = two(value, 4);
  if (day > last || last === 0) return "";
  return [String(year).padStart(4, "0"), String(month).padStart(2, "0"), String(day || last).padStart(2, "0")].join("-");
}

/** expiry gives the day after which the goods are not to be used: (17), else the day of (7003). */
export function expiry(m: Pick<Message, "elements">, thisYear: number): string {
  const v = first(m, "17", "7003");
  return v && dateOf(v, thisYear);
}

/** measure reads a weight, length, area or volume (310n to 369n): its digits, decimals and unit. */
export function measure([ai, value]: Element): { digits: bigint; scale: number; unit: string } | null {
  const found = exact(ai);
  if (!found || !isMeasure(found.key) || !/^\d{1,15}$/.test(value)) return null;
  return { digits: BigInt(value), scale: found.key % 10, unit: unitOf(found.row.title) };
}

/** count is a number of pieces without zeros in front; zero of something says nothing. */
export function count(digits: string): decimal.Decimal {
  const d = decimal.parse(digits);
  return d === null || decimal.sign(d) === 0 ? "" : d;
}
