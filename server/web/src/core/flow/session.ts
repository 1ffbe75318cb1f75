// A count of many, the machine that parts go into, and the end of a shift.

import { bytesOf, commandPrefix, decode, first } from "../gs1/index.ts";
import { maxCode, plainOf, type Meaning } from "../meaning/index.ts";
import { bookCount, put } from "./book.ts";
import { changeMode, clear } from "./command.ts";
import { settleOpen } from "./goods.ts";
import type { Machine } from "./machine.ts";
import { at } from "./place.ts";
import { codeOf, shown } from "./thing.ts";
import { noBooking, type Booked, type Intent, type Thing } from "./types.ts";
import { asks, forward, retake } from "./waiting.ts";

/** asset takes the machine that parts go into or come out of: its serial, or its number as it is. */
export function asset(m: Machine, t: Thing, r: Meaning): void {
  const { message, fault } = decode(r.scan);
  const code = r.says.serial || (fault ? "" : first(message, "8004")) || (r.kind === "unknown" ? plainOf(r.scan) : "");
  if (code === "") return m.stop(m.w.noMachine(shown(codeOf(t)), m.s.mode === "disassemble"));
  if (bytesOf(code).length > maxCode) return m.stop(m.w.machineTooLong);
  m.s.asset = code;
  m.s.last = { code: shown(code) };
  m.say("ready", m.s.mode === "disassemble" ? m.w.partsOutOf(shown(code)) : m.w.partsInto(shown(code)));
}

/** settled books what is open and what was counted; false: something has to be answered first, and the command waits for that. */
function settled(m: Machine, command: string): boolean {
  settleOpen(m);
  if (m.s.mode === "count") bookCount(m);
  if (m.s.stop === "" && !asks(m)) return true;
  retake(m, commandPrefix + command);
  return false;
}

/** joinCount counts together with others from here on, under the name that they share. */
export function joinCount(m: Machine, name: string): void {
  if (!settled(m, "SESSION-" + name)) return;
  if (m.s.mode !== "count" && m.s.hand.length > 0) return m.stop(m.w.notBookedMode(m.s.hand.length, m.s.mode));
  if (m.s.session === name) return m.say("check", m.w.countsAlready(shown(name)));
  if (m.s.mode !== "count") changeMode(m, "count");
  m.s.session = name;
  session(m, { action: "session-open", session: name }, { ...noBooking, gone: true, words: m.w.countsIn(shown(name)) });
}

/** leave counts alone again. What was counted is booked as it was meant. */
export function leave(m: Machine): void {
  if (m.s.session === "") return m.say("check", m.w.countsAlone);
  if (!settled(m, "LEAVE")) return;
  if (m.s.hand.length > 0) return m.say("check", m.w.notBookedScanPlace(m.s.hand.length));
  m.s.session = "";
  m.say("ready", m.w.countsAloneAgain);
}

/** allCounted asks whether all that is at a place was counted in the session. */
export function allCounted(m: Machine): void {
  if (m.s.mode !== "count" || m.s.session === "" || at(m) === "") return m.say("check", m.w.notComplete);
  if (settled(m, "COMPLETE")) m.s.complete = true;
}

/** closeSession says that what nobody scanned at the place is not there. */
export function closeSession(m: Machine): void {
  const place = at(m);
  m.s.complete = false;
  const words = m.w.complete(shown(place), shown(m.s.session));
  session(m, { action: "session-close", session: m.s.session, from: place, complete: true }, { ...noBooking, mode: "count", from: place, words });
  clear(m);
  forward(m);
}

/** session puts out what opens or closes a session. */
function session(m: Machine, intent: Intent, b: Booked): void {
  put(m, { operator: m.s.operator, site: m.setup.site, ...intent }, b);
  m.say("saved", b.words);
}

/** end ends a shift: nobody scans any more, and nobody undoes what somebody else has booked. */
export function end(m: Machine): void {
  if (!settled(m, "END")) return;
  if (m.s.hand.length > 0) return m.say("check", m.w.notBookedShift(m.s.hand.length));
  clear(m);
  Object.assign(m.s, { operator: "", session: "", reason: "", last: null, done: [] });
  for (const d of m.s.outDone) d.gone = true;
  m.say("ready", m.w.shiftOver);
}
