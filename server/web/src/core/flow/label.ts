import { decodePart, expiry, first, gtin, join as joined } from "../gs1/index.ts";
import { readLabel, type Meaning } from "../meaning/index.ts";
import { goods, settleOpen, show, takeOpen, thingOf } from "./goods.ts";
import { yearOf, type Machine } from "./machine.ts";
import { as, lately } from "./moment.ts";
import { tally } from "./place.ts";
import { shown } from "./thing.ts";
import type { Thing } from "./types.ts";
import { again, uncount } from "./undo.ts";
import { retake } from "./waiting.ts";

const expiryIn = (m: Machine, r: Meaning): string => (r.message ? expiry(r.message, yearOf(m.today)) : "");

/** complete adds the lot or serial that was asked for. Any other scan books the thing without it. */
export function complete(m: Machine, r: Meaning): void {
  const t = { ...m.s.need! };
  if (r.kind !== "lot" && r.kind !== "serial") {
    settleOpen(m);
    return retake(m, r.scan);
  }
  m.s.need = null;
  const message = r.message ?? { elements: [] };
  t.lot ||= first(message, "10") || (r.kind === "lot" ? r.code : "");
  t.expiry ||= expiryIn(m, r);
  t.serial ||= first(message, "21") || (r.kind === "serial" ? r.code : "");
  takeOpen(m, t);
}

/**
 * half takes one barcode of a label that has two. Where the other one was scanned just before, what
 * that booked or put into someone's hand is completed by it.
 */
export function half(m: Machine, r: Meaning): void {
  const message = r.message!;
  if (first(message, "02") === "" && ((m.fresh && completeBooked(m, r)) || (m.handed && completeHand(m, r)))) return;
  m.s.half = { scan: r.scan, elements: [...message.elements], since: m.when };
  m.s.last = { code: shown(r.scan) };
}

/** completed is a thing with the lot and expiry of its second barcode; null where that adds nothing. */
function completed(m: Machine, t: Thing, r: Meaning): Thing | null {
  if (t.product === "" || t.lot !== "") return null;
  const lot = first(r.message!, "10");
  const day = t.expiry || expiryIn(m, r);
  return lot === "" && day === t.expiry ? null : { ...t, lot, expiry: day };
}

function completeBooked(m: Machine, r: Meaning): boolean {
  const last = m.s.done.at(-1);
  const t = last && !last.gone ? completed(m, last.thing, r) : null;
  if (last && t) as(m, lately(m), () => again(m, last, t));
  return t !== null;
}

function completeHand(m: Machine, r: Meaning): boolean {
  const counted = m.s.mode === "count" ? m.s.counted.at(-1) : undefined;
  const at = counted ? counted.at : m.s.hand.length - 1;
  const was = m.s.hand[at];
  const t = was ? completed(m, was, r) : null;
  if (!t) return false;
  if (m.s.mode === "count") {
    t.times = counted?.times ?? "";
    uncount(m);
    m.words = "";
    tally(m, t);
  } else {
    m.s.hand[at] = t;
    show(m, t);
  }
  m.s.handed = false; // it has its lot now
  m.say("saved", m.w.lotOfLast);
  return true;
}

/** join reads a scan as the other barcode of a label. Where they do not go together each is one. */
export function join(m: Machine, scan: string): void {
  const open = m.s.half!;
  const c = m.context();
  const other = decodePart(scan);
  if (!other.fault && other.message.elements.length > 0) {
    const both = joined({ elements: open.elements }, other.message);
    if (!both.fault) {
      m.s.half = null;
      const r = readLabel(gtin(other.message) === "" ? open.scan : scan, both.message, c);
      return as(m, open.since ?? {}, () => goods(m, thingOf(m, r), r)); // it lay there with its first barcode
    }
  }
  settleOpen(m);
  retake(m, scan);
}
