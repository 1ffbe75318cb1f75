// All that the machine says. A language is one such object; names of goods, places and codes are
// never translated.

import { reasons } from "../gs1/table.ts";
import type { Mode } from "./types.ts";

export interface FlowWords {
  reasons: Readonly<Record<string, string>>; // of barcodes that break a rule
  mode: Readonly<Record<Mode, string>>;
  scanTooLong: string;
  reasonTooLong: string;
  reason(text: string): string;
  noSuchCommand: string;
  noCommand(name: string): string;
  sticker(device: string): string;
  badgeFirst: string;
  keptBadgeFirst: string;
  badgeTooLong: string;
  hello(operator: string): string;
  answerFirst: string;
  keptAnswerFirst: string;
  tooManyWait: string;
  labelsFrom(printer: string): string;
  noNumber(text: string): string;
  noneOnlyCounted: string;
  notBookedMode(things: number, mode: Mode): string;
  notBookedScanPlace(things: number): string;
  notBookedPlaceOrUndo(things: number): string;
  nothingToConfirm: string;
  notBooked: string;
  without(part: "lot" | "serial"): string;
  oneBarcodeOnly: string;
  noPlace(code: string): string;
  aPlace: string;
  countedAt(n: number, place: string): string;
  comeFrom(place: string): string;
  takenFromAlready(place: string): string;
  countedAlready(code: string): string;
  countTooLarge: string;
  serialIsOne: string;
  packageIsOne: string;
  breaksRule(fault: string): string;
  nobodyKnows(code: string): string;
  nobodyKnowsKept(code: string): string;
  expired(day: string): string;
  sayWhy: string;
  onlyLookedUp: string;
  tooManyDigits: string;
  tooManyOfUnknown(most: number): string;
  handsFull: string;
  lotOfLast: string;
  held(place: string, amount: string): string;
  told(mode: Mode | "", amount: string, place: string, asset: string): string;
  counted(kinds: number, place: string): string;
  countedUnknown(kinds: number, place: string): string;
  package(code: string): string;
  of(number: string, unit: string, product: string): string;
  onPackage(code: string): string;
  undoneNotBooked: string;
  undone(what: string): string;
  undoneAgain(amount: string): string;
  uncountFirst: string;
  nothingToUndo: string;
  cannotUndo(number: string): string;
  nothingToRedo: string;
  bookedAgain(what: string): string;
  noPositiveNumber(text: string): string;
  nothingToCorrect: string;
  serialUnchanged: string;
  tooMuchUnchanged: string;
  corrected: string;
  nothingChanged: string;
  sayWhyFirst: string;
  noMachine(code: string, out: boolean): string;
  machineTooLong: string;
  partsInto(asset: string): string;
  partsOutOf(asset: string): string;
  countsIn(session: string): string;
  countsAlready(session: string): string;
  countsAlone: string;
  countsAloneAgain: string;
  notComplete: string;
  complete(place: string, session: string): string;
  notBookedShift(things: number): string;
  shiftOver: string;
  cannotBookAgain(number: string): string;
  noRun: string;
  notAllOfRun: string;
  thereAlready(place: string): string;
  runTooLarge: string;
  runTakenBack(n: number): string;
  runCorrected(n: number, place: string): string;
  runFrom(place: string): string;
  runHeld(place: string, amount: string): string;
  runUndone: string;
  runAgain: string;
  prompt: {
    stop: string;
    really(amount: string): string;
    badge: string;
    why: string;
    run(n: number): string;
    runTo(n: number, place: string): string;
    complete(place: string): string;
    machine: string;
    partOrPlace(asset: string): string;
    part(asset: string, place: string): string;
    out: { machine: string; partOrPlace(asset: string): string; part(asset: string, place: string): string };
    countSession(place: string): string;
    need(part: "lot" | "serial", code: string): string;
    otherBarcode: string;
    times(n: string): string;
    lookup: string;
    placeOrMore: string;
    placeOrThing: string;
    addAt(place: string): string;
    countMore(place: string): string;
    count(place: string): string;
    isolateWhy(place: string): string;
    isolate(place: string): string;
    removeFrom(place: string): string;
    moveFromFirst: string;
    moveToOrMore: string;
    moveFrom: string;
    moveThingOrTo(from: string): string;
    move(from: string, to: string): string;
  };
}

const areThings = (n: number): string => (n === 1 ? "1 thing is" : n + " things are");
const scans = (n: number): string => (n === 1 ? "1 scan" : n + " scans");
const kinds = (n: number, thing: string): string => (n === 1 ? "1 kind of " + thing : n + " kinds of " + thing + "s");

export const english: FlowWords = {
  reasons,
  mode: { add: "add", remove: "remove", move: "move", isolate: "isolate", count: "count", assemble: "assemble", disassemble: "disassemble", lookup: "lookup" },
  scanTooLong: "The scan is longer than any barcode. It was not taken; scan again.",
  reasonTooLong: "The reason is too long. It was not taken; say it shorter.",
  reason: (text) => "Reason: " + text + ".",
  noSuchCommand: "There is no such command. Nothing was done.",
  noCommand: (name) => "There is no command " + name + ". Nothing was done.",
  sticker: (device) => "This is the sticker of handheld " + device + ". Nothing was done.",
  badgeFirst: "Scan your badge first.",
  keptBadgeFirst: "Kept. Scan your badge first.",
  badgeTooLong: "The badge's code is too long. It was not taken; use another badge.",
  hello: (operator) => "Hello, " + operator + ".",
  answerFirst: "Answer the question first.",
  keptAnswerFirst: "Kept for later: answer the question first.",
  tooManyWait: "Too many scans wait. The last one was not taken; press OK first.",
  labelsFrom: (printer) => "Labels come out of " + printer + ".",
  noNumber: (text) => "This is no number: " + text + ". Nothing was done.",
  noneOnlyCounted: "None of a thing can only be counted. Nothing was done.",
  notBookedMode: (n, mode) => areThings(n) + " not booked yet: scan the place, or UNDO. The mode is still " + mode + ".",
  notBookedScanPlace: (n) => areThings(n) + " not booked yet: scan the place.",
  notBookedPlaceOrUndo: (n) => areThings(n) + " not booked yet: scan the place, or UNDO.",
  nothingToConfirm: "There is nothing to confirm.",
  notBooked: "Not booked.",
  without: (part) => "Without " + part + ".",
  oneBarcodeOnly: "Only one barcode of the label: someone will have to say what it is.",
  noPlace: (code) => "There is no place " + code + " here. Nothing was booked; scan another place.",
  aPlace: "A place.",
  countedAt: (n, place) => n + " counted at " + place + ".",
  comeFrom: (place) => "They come from " + place + ": scan where they go.",
  takenFromAlready: (place) => "Things are taken from " + place + " already: scan where they go.",
  countedAlready: (code) => code + " is counted already: it is one.",
  countTooLarge: "There are more digits than can be counted. It was not taken; DONE books what is counted so far.",
  serialIsOne: "A serial number is one piece. It was not taken; scan it once for each piece.",
  packageIsOne: "A package is one. It was not taken; scan each package.",
  breaksRule: (fault) => "The barcode breaks a rule: " + fault + ".",
  nobodyKnows: (code) => "Nobody here knows " + code + ".",
  nobodyKnowsKept: (code) => "Nobody here knows " + code + ". It is kept, and someone will say what it is.",
  expired: (day) => "Expired on " + day + ".",
  sayWhy: "Say why it is set aside.",
  onlyLookedUp: "Only looked up.",
  tooManyDigits: "There are more digits than can be booked. It was not taken; scan it in smaller parts.",
  tooManyOfUnknown: (most) => "So many of a code that nobody knows cannot be kept. It was not taken; scan " + most + " at most.",
  handsFull: "There are too many things in your hands. It was not taken; scan the place first.",
  lotOfLast: "The lot belongs to the last one.",
  held: (place, amount) => "Held at " + place + ", and not booked: " + amount + ". Put it back, and ask a supervisor.",
  told(mode, amount, place, asset) {
    const verb = { remove: "Took ", isolate: "Set aside ", move: "Moved ", assemble: "Built ", disassemble: "Took " }[mode as string] ?? "Added ";
    const link = mode === "remove" || mode === "isolate" || mode === "assemble" ? " from " : " to ";
    const machine = mode === "disassemble" ? " out of " : " into ";
    return verb + amount + (asset === "" ? "" : machine + asset) + (place === "" ? "" : link + place) + ".";
  },
  counted: (n, place) => "Counted " + kinds(n, "thing") + " at " + place + ".",
  countedUnknown: (n, place) => "Counted, and kept until someone says what it is: " + kinds(n, "unknown thing") + " at " + place + ".",
  package: (code) => "package " + code,
  of: (number, unit, product) => number + " " + unit + " of " + product,
  onPackage: (code) => " on package " + code,
  undoneNotBooked: "Undone: it was not booked.",
  undone: (what) => "Undone: " + what,
  undoneAgain: (amount) => "Undone: " + amount + " again.",
  uncountFirst: "What was counted longer ago cannot be undone scan by scan: book it with DONE, then UNDO.",
  nothingToUndo: "There is nothing to undo on this handheld.",
  cannotUndo: (number) => "#" + number + " is none of the last scans of this handheld that can be undone. Nothing was done; ask a supervisor.",
  nothingToRedo: "There is nothing to book again.",
  bookedAgain: (what) => (what === "" ? "Booked again." : "Booked again: " + what),
  noPositiveNumber: (text) => "This is no number above 0: " + text + ". Nothing was done.",
  nothingToCorrect: "There is nothing to correct: key the number in, then scan.",
  serialUnchanged: "A serial number is one piece. Nothing was changed.",
  tooMuchUnchanged: "That is more than can be booked. Nothing was changed.",
  corrected: "Corrected.",
  nothingChanged: "Nothing was changed.",
  sayWhyFirst: "Say why first.",
  noMachine: (code, out) => code + " is a part, and no machine. It was not taken; scan the machine that parts " + (out ? "come out of" : "go into") + " first.",
  machineTooLong: "The machine's number is too long. It was not taken; scan another code of it.",
  partsInto: (asset) => "Parts go into " + asset + ".",
  partsOutOf: (asset) => "Parts come out of " + asset + ".",
  countsIn: (session) => "You count in " + session + " now.",
  countsAlready: (session) => "You count in " + session + " already.",
  countsAlone: "You count alone.",
  countsAloneAgain: "You count alone again.",
  notComplete: "Only a place that is counted in a session can be complete.",
  complete: (place, session) => "All of " + place + " is counted in " + session + ".",
  notBookedShift: (n) => areThings(n) + " not booked yet: scan the place, or UNDO. Your shift goes on.",
  shiftOver: "Your shift is over.",
  cannotBookAgain: (number) => "#" + number + " is none of the last scans of this handheld that can be booked again. Nothing was done; ask a supervisor.",
  noRun: "There are no such scans of this handheld that can be corrected. Nothing was done; ask a supervisor.",
  notAllOfRun: "Not all of them can be corrected from this handheld.",
  thereAlready: (place) => "They are at " + place + " already.",
  runTooLarge: "That is too much to correct at once. Nothing was changed; choose fewer scans.",
  runTakenBack: (n) => "Taken back: " + scans(n) + ".",
  runCorrected: (n, place) => "Corrected: " + scans(n) + ", now at " + place + ".",
  runFrom: (place) => "Some of them come from " + place + ": choose without those.",
  runHeld: (place, amount) => "Held at " + place + ": " + amount + ".",
  runUndone: "The correction is undone.",
  runAgain: "Corrected again.",
  prompt: {
    stop: "Read this, then press OK or scan OK.",
    really: (amount) => "Really " + amount + "? Scan it again or CONFIRM; CANCEL if not.",
    badge: "Scan your badge.",
    why: "Say why: choose a reason, or key one in; CANCEL if not.",
    run: (n) => scans(n) + ": scan where they belong. CONFIRM takes them back, CANCEL leaves them.",
    runTo: (n, place) => "Correct " + scans(n) + " to " + place + "? Scan the place again or CONFIRM; CANCEL leaves them.",
    complete: (place) => "Is all of " + place + " counted? What was not scanned is not there then. CONFIRM; CANCEL if not.",
    machine: "Scan the machine that parts go into.",
    partOrPlace: (asset) => "Scan a part for " + asset + ", or the place that it comes from.",
    part: (asset, place) => "Scan a part for " + asset + " from " + place + ".",
    out: {
      machine: "Scan the machine that parts come out of.",
      partOrPlace: (asset) => "Scan a part out of " + asset + ", or the place that it goes to.",
      part: (asset, place) => "Scan a part out of " + asset + " for " + place + ".",
    },
    countSession: (place) => "Scan each thing at " + place + "; DONE for the next place, COMPLETE when nothing is left.",
    need: (part, code) => "Scan the " + part + " of " + code + ", or CONFIRM without it.",
    otherBarcode: "Scan the other barcode of this label.",
    times: (n) => "× " + n + ": scan the thing.",
    lookup: "Scan anything: nothing is booked.",
    placeOrMore: "Scan the place, or more things.",
    placeOrThing: "Scan a place or a thing.",
    addAt: (place) => "Scan a thing for " + place + ".",
    countMore: (place) => "Scan each thing at " + place + "; DONE when all are counted.",
    count: (place) => "Scan each thing at " + place + ".",
    isolateWhy: (place) => "Key in the reason, then scan a thing at " + place + ".",
    isolate: (place) => "Scan a thing to set aside from " + place + ".",
    removeFrom: (place) => "Scan a thing from " + place + ".",
    moveFromFirst: "Scan the place that they come from.",
    moveToOrMore: "Scan where they go, or more things.",
    moveFrom: "Scan the place to take from, or a package.",
    moveThingOrTo: (from) => "Scan a thing at " + from + ", or where things go.",
    move: (from, to) => "Scan a thing: from " + from + " to " + to + ".",
  },
};
