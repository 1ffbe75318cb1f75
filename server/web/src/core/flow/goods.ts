import * as decimal from "../decimal.ts";
import { one } from "../decimal.ts";
import type { Meaning } from "../meaning/index.ts";
import { book } from "./book.ts";
import type { Machine } from "./machine.ts";
import { as } from "./moment.ts";
import { at, carry, putInHand, tally } from "./place.ts";
import { asset } from "./session.ts";
import { bytes, cardOf, codeOf, few, isPackage, shown, total } from "./thing.ts";
import { askAbove, builds, maxBytes, maxLines, maxPending, noThing, type Thing } from "./types.ts";
import { wantsReason } from "./why.ts";

/** times takes the number that was keyed in; it holds for one thing. */
function times(m: Machine): string {
  const d = m.s.times;
  m.s.times = "";
  return d;
}

/** thingOf makes a thing of a meaning. */
export function thingOf(m: Machine, r: Meaning): Thing {
  const t: Thing = { ...noThing, scan: r.scan, package: r.kind === "package" ? r.code : r.says.package, lot: r.says.lot, expiry: r.says.expiry, count: r.says.count !== "" };
  if (r.kind === "product" && r.item) Object.assign(t, { product: r.item.code, name: r.item.name, unit: r.item.unit, each: r.quantity, tracking: r.item.tracking });
  const once = one(m.s.times) || m.s.times === "0";
  if (t.product !== "" && (t.tracking === "serial" || (one(t.each) && !t.count && once))) t.serial = r.says.serial; // not that of a case, and not one for many
  return t;
}

/** goods takes a thing that was scanned. */
export function goods(m: Machine, t: Thing, r: Meaning): void {
  if (builds(m.s.mode) && m.s.asset === "") return asset(m, t, r);
  t.times = times(m);
  if (t.serial !== "" && !one(t.times) && !(m.s.mode === "count" && t.times === "0")) return m.stop(m.w.serialIsOne);
  if (isPackage(t) && !one(t.times) && t.times !== "0") return m.stop(m.w.packageIsOne);
  if (m.s.mode === "lookup") return look(m, t, r);
  doubts(m, t, r);
  if ((t.tracking === "lot" && t.lot === "") || (t.tracking === "serial" && t.serial === "")) {
    show(m, t);
    m.s.need = open(m, t);
    return;
  }
  take(m, t);
}

/** doubts says what somebody should look at; nothing of it keeps a scan from being booked. */
function doubts(m: Machine, t: Thing, r: Meaning): void {
  if (r.kind === "unknown") {
    const code = shown(codeOf(t));
    m.say("check", r.fault ? m.w.breaksRule(r.fault.words(m.w.reasons)) : m.s.mode === "lookup" ? m.w.nobodyKnows(code) : m.w.nobodyKnowsKept(code));
  }
  if (t.expiry !== "" && m.today !== "" && t.expiry < m.today) m.say("check", m.w.expired(t.expiry));
  if (m.s.mode === "isolate" && m.s.reason === "" && !wantsReason(m)) m.say("check", m.w.sayWhy);
}

/** look only shows. */
function look(m: Machine, t: Thing, r: Meaning): void {
  show(m, t);
  if (r.kind === "unknown") doubts(m, t, r);
  else m.say("ready", m.w.onlyLookedUp);
}

/** take books a thing, or keeps it until its place is known. */
export function take(m: Machine, t: Thing): void {
  show(m, t);
  const sum = total(t);
  if (m.s.mode === "lookup") return; // half a label
  if (sum === null) return m.stop(m.w.tooManyDigits);
  if (t.product !== "" && t.times !== "" && !t.asked && above(sum)) { // what a barcode says itself is no slip
    m.s.ask = open(m, t);
    return;
  }
  if (wantsReason(m) && m.s.reason === "") {
    m.s.why = open(m, t);
    return;
  }
  if (t.product === "" && t.package === "" && !few(t)) return m.stop(m.w.tooManyOfUnknown(maxLines));
  if (m.s.hand.length >= maxPending || m.s.hand.reduce((n, h) => n + bytes(h), bytes(t)) > maxBytes) return m.stop(m.w.handsFull);
  switch (m.s.mode) {
    case "count": return tally(m, t);
    case "move": return carry(m, t);
  }
  if (at(m) === "") putInHand(m, t);
  else book(m, t, at(m));
}

/** open keeps a thing of which something is asked for, with its moment. */
const open = (m: Machine, t: Thing): Thing => ({ ...t, since: m.when });

/** takeOpen takes a thing that was asked about. */
export function takeOpen(m: Machine, { since = {}, ...t }: Thing): void {
  as(m, since, () => take(m, t));
}

/** above says whether a quantity is asked about. */
function above(d: string): boolean {
  const units = decimal.scaled(d, 6);
  return units === null || units > BigInt(askAbove) * 1_000_000n;
}

/** show makes a thing the last one. */
export function show(m: Machine, t: Thing): void {
  m.s.last = cardOf(t);
}

/** settleOpen books what waits for its lot or its other barcode as it is. */
export function settleOpen(m: Machine): void {
  const { need, half } = m.s;
  if (need) {
    m.say("check", m.w.without(m.needed()));
    m.s.need = null;
    takeOpen(m, { ...need, tracking: "" });
  }
  if (half) {
    m.s.half = null;
    m.say("check", m.w.oneBarcodeOnly);
    takeOpen(m, { ...noThing, scan: half.scan, times: times(m), since: half.since ?? {} });
  }
}
