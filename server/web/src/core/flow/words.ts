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
  told(mode: Mode | "", amount: string, place: string): string;
  moved(amount: string, to: string): string;
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
  prompt: {
    stop: string;
    really(amount: string): string;
    badge: string;
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
const kinds = (n: number, thing: string): string => (n === 1 ? "1 kind of " + thing : n + " kinds of " + thing + "s");

export const english: FlowWords = {
  reasons,
  mode: { add: "add", remove: "remove", move: "move", isolate: "isolate", count: "count", lookup: "lookup" },
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
  told(mode, amount, place) {
    const [verb, link] = mode === "remove" ? ["Took ", " from "] : mode === "isolate" ? ["Set aside ", " from "] : ["Added ", " to "];
    return place === "" ? verb + amount + "." : verb + amount + link + place + ".";
  },
  moved: (amount, to) => "Moved " + amount + " to " + to + ".",
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
  prompt: {
    stop: "Read this, then press OK or scan OK.",
    really: (amount) => "Really " + amount + "? Scan it again or CONFIRM; CANCEL if not.",
    badge: "Scan your badge.",
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
