import * as decimal from "../decimal.ts";
import { commandPrefix, knownCommand } from "../gs1/index.ts";
import { bookCount } from "./book.ts";
import { settleOpen, takeOpen } from "./goods.ts";
import type { Machine } from "./machine.ts";
import { at, bookHand } from "./place.ts";
import { correctRun } from "./run.ts";
import { allCounted, closeSession, end, joinCount, leave } from "./session.ts";
import { shown } from "./thing.ts";
import { builds, modes, type Mode } from "./types.ts";
import { redo, undo } from "./undo.ts";
import { answers, asks, forward, nobody, retake } from "./waiting.ts";
import { reason } from "./why.ts";

/** command does what a command, or the button of its name, says. */
export function command(m: Machine, name: string): void {
  if (name === "OK") {
    m.s.stop = "";
    return forward(m);
  }
  if (m.s.stop !== "") return; // it stays until OK
  if (asks(m) && !answers(m, name)) return m.say("check", m.w.answerFirst);
  if (nobody(m) && m.s.kept.length > 0) return m.say("check", m.w.badgeFirst);
  const mode = modes.find((x) => x.toUpperCase() === name);
  if (mode) return changeMode(m, mode);
  switch (name) {
    case "CONFIRM": return confirm(m);
    case "CANCEL": return cancel(m);
    case "UNDO": return undo(m);
    case "REDO": return redo(m);
    case "DONE": return done(m);
    case "COMPLETE": return allCounted(m);
    case "LEAVE": return leave(m);
    case "END": return end(m);
  }
  other(m, name);
}

/** other are commands with something behind their name. */
function other(m: Machine, name: string): void {
  if (!knownCommand(name)) return m.stop(m.w.noCommand(shown(name)));
  if (name.startsWith("PRINTER-")) {
    m.s.printer = name.slice("PRINTER-".length);
    return m.say("ready", m.w.labelsFrom(m.s.printer));
  }
  if (name.startsWith("REASON-")) return reason(m, name.slice("REASON-".length));
  if (name.startsWith("SESSION-")) return joinCount(m, name.slice("SESSION-".length));
  number(m, name.slice("X".length));
}

/** number says how many the next scan is of. */
export function number(m: Machine, text: string): void {
  const d = decimal.parse(text);
  if (!d || decimal.sign(d) < 0) return m.stop(m.w.noNumber(shown(text)));
  if (d === "0" && m.s.mode !== "count") return m.stop(m.w.noneOnlyCounted);
  m.s.times = d;
}

/**
 * changeMode changes what is done. What was counted is booked; what is in someone's hands must go
 * somewhere. Who turns from putting parts in to taking them out stays at the machine, and not at the place.
 */
export function changeMode(m: Machine, to: Mode): void {
  settleOpen(m);
  if (m.s.mode === "count") bookCount(m);
  if (m.s.stop !== "" || asks(m)) return retake(m, commandPrefix + to.toUpperCase()); // what comes behind it is meant in its mode
  if (m.s.hand.length > 0) return m.stop(m.w.notBookedMode(m.s.hand.length, m.s.mode));
  const asset = builds(m.s.mode) && builds(to) ? m.s.asset : "";
  clear(m);
  Object.assign(m.s, { mode: to, reason: "", asset });
}

/** clear forgets the place, and what goes with it. */
export function clear(m: Machine): void {
  Object.assign(m.s, { place: "", to: "", asset: "", times: "" });
}

/** confirm answers yes. */
export function confirm(m: Machine): void {
  if (m.s.ask) {
    const t = { ...m.s.ask, asked: true };
    m.s.ask = null;
    takeOpen(m, t);
    return forward(m);
  }
  if (m.s.why) return m.say("check", m.w.sayWhyFirst);
  if (m.s.run) return correctRun(m);
  if (m.s.complete) return closeSession(m);
  if (m.s.need || m.s.half) return settleOpen(m);
  if (m.s.mode === "count" && m.s.hand.length > 0 && at(m) !== "") return bookCount(m);
  if (m.s.hand.length > 0 && m.s.mode !== "move" && m.s.mode !== "count") return bookHand(m, "");
  m.say("check", m.w.nothingToConfirm);
}

/** cancel answers no. Nothing that was scanned goes by it but what was asked about. */
function cancel(m: Machine): void {
  if (m.s.ask || m.s.why) {
    [m.s.ask, m.s.why] = [null, null];
    m.say("check", m.w.notBooked);
  } else if (m.s.run || m.s.complete) {
    [m.s.run, m.s.complete] = [null, false];
    m.say("check", m.w.nothingChanged);
  } else if (m.s.need || m.s.half) {
    [m.s.need, m.s.half] = [null, null];
    m.say("check", m.w.notBooked);
  } else if (m.s.times !== "") {
    m.s.times = "";
  } else if (m.s.hand.length > 0) {
    m.say("check", m.w.notBookedPlaceOrUndo(m.s.hand.length));
  } else {
    [m.s.place, m.s.to, m.s.asset] = ["", "", ""];
  }
  forward(m);
}

/** done ends the work at a place. */
function done(m: Machine): void {
  settleOpen(m);
  if (m.s.mode === "count") bookCount(m);
  if (m.s.stop !== "" || asks(m)) return retake(m, commandPrefix + "DONE");
  if (m.s.hand.length > 0) return m.say("check", m.w.notBookedScanPlace(m.s.hand.length));
  clear(m);
}
