import * as decimal from "../decimal.ts";
import { one } from "../decimal.ts";
import type { Machine } from "./machine.ts";
import { earlier, waiting } from "./moment.ts";
import { at, from } from "./place.ts";
import { amountOf, filled, isPackage, lineOf, shown, total } from "./thing.ts";
import { builds, noBooking, type Booked, type Intent, type Line, type Thing } from "./types.ts";

/** book makes the intent of a thing at a place; without one it is where the books put it. */
export function book(m: Machine, t: Thing, place: string): void {
  const { mode } = m.s;
  if (mode === "remove" && held(m, t, place)) return m.refuse(m.w.held(shown(place), amountOf(t, m.w)));
  const b: Booked = { ...noBooking, mode, thing: t, reason: m.s.reason, asset: builds(mode) ? m.s.asset : "" };
  emit(m, placed(b, place));
}

/** placed is a booking at another place: where its goods go to, or come from. */
export const placed = (b: Booked, place: string): Booked => (puts(b) ? { ...b, to: place } : { ...b, from: place });

/** placeOf is where a booking is, as people say it. */
export const placeOf = (b: Booked): string => (puts(b) ? b.to : b.from);

/** puts says whether the place that is scanned is where goods go to, and not where they come from. */
const puts = ({ mode }: Booked): boolean => mode === "add" || mode === "move" || mode === "disassemble";

export function bookMove(m: Machine, t: Thing, to: string): void {
  const source = isPackage(t) || t.serial !== "" ? "" : from(m); // the books know where it is
  emit(m, { ...noBooking, mode: "move", thing: t, from: source, to, reason: m.s.reason });
}

export const held = (m: Machine, t: Thing, place: string): boolean =>
  m.setup.stock !== null && t.product !== "" && place !== "" && m.setup.stock.held(m.setup.site, place, t.product, t.lot);

/** emit puts an intent out, to be undone later. */
export function emit(m: Machine, booking: Booked): void {
  const b = { ...booking, words: told(m, booking) };
  put(m, intentOf(m, b), b);
  m.s.fresh = true;
  m.say("saved", b.words);
}

/**
 * put puts an intent out, with the moment of what is being taken, and what it will be in done. It goes out in
 * front of what waits, and is of no later moment than that: the server dates no scan before one in front of it.
 */
export function put(m: Machine, intent: Intent, b: Booked): void {
  b.at = earlier(waiting(m)?.first ?? {}, m.when);
  m.s.out.push({ ...b.at, ...filled(intent) });
  m.s.outDone.push(b);
}

/** intentOf says a thing as the server takes it: the scan as it was read, and what the screen showed. */
function intentOf(m: Machine, b: Booked): Intent {
  const t = b.thing;
  const intent: Intent = {
    action: b.mode, operator: m.s.operator, site: m.setup.site, from: b.from, to: b.to, reason: b.reason, asset: b.asset,
    scan: t.scan, product: t.product, lot: t.lot, serial: t.serial, expiry: t.expiry, package: t.package,
  };
  if (t.product !== "" && t.serial === "") {
    intent.quantity = total(t) ?? "";
  } else if (t.product === "" && t.package === "" && !one(t.times)) {
    const units = decimal.scaled(t.times, 0);
    if (units === null) {
      intent.quantity = t.times;
    } else {
      intent.scan = "";
      intent.lines = Array.from({ length: Number(units) }, (): Line => ({ scan: t.scan }));
    }
  }
  return intent;
}

/**
 * bookCount books what was counted at the place: it says how many there are. What nobody here knows
 * is booked apart, so that only that waits for someone to say what it is.
 */
export function bookCount(m: Machine): void {
  const place = at(m);
  if (m.s.hand.length === 0 || place === "") return;
  const isKnown = (t: Thing) => t.product !== "" || t.package !== "";
  const known = m.s.hand.filter(isKnown).map(lineOf);
  const unknown = m.s.hand.filter((t) => !isKnown(t)).map(lineOf);
  [m.s.hand, m.s.counted] = [[], []];
  emitCount(m, place, known, m.w.counted);
  emitCount(m, place, unknown, m.w.countedUnknown);
}

function emitCount(m: Machine, place: string, lines: Line[], say: (kinds: number, place: string) => string): void {
  if (lines.length === 0) return;
  const words = say(lines.length, shown(place));
  put(m, { action: "count", operator: m.s.operator, site: m.setup.site, from: place, session: m.s.session, reason: m.s.reason, lines }, { ...noBooking, mode: "count", from: place, words });
  m.say("saved", words);
}

/** told says in words what was booked. */
export const told = (m: Machine, b: Booked): string => m.w.told(b.mode, amountOf(b.thing, m.w), shown(placeOf(b)), shown(b.asset));
