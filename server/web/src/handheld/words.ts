// The language mechanism: a language is one object with all that the handheld says. Names of goods,
// places and people are never translated. Plurals are the language's own business.

import type { FlowWords } from "../core/flow/words.ts";
import { english as flowEnglish } from "../core/flow/words.ts";
import { units } from "../core/units.en.ts";
import { english as wedgeEnglish, type WedgeWords } from "../core/wedge/words.ts";
import { english as cameraEnglish, type CameraWords } from "./camera/words.ts";
import { english as jobEnglish, type JobWords } from "./jobwords.ts";
import { english as readEnglish, type ReadWords } from "./readwords.ts";
import type { Mode } from "../core/flow/types.ts";
import type { OutboxError } from "./box.ts";
import type { Stopped } from "./link.ts";
import type { Trouble } from "./unopened.tsx";

export interface UiWords {
  title: string;
  mode: Readonly<Record<Mode, string>>;
  state: { ready: string; saved: string; sent: string; check: string; stop: string };
  mark: { saved: string; booked: string; needs: string };
  connection: { connecting: string; on: string; off: string; stopped: string };
  notSent(n: number): string;
  allSent: string;
  needsYou(n: number): string;
  ready: string;
  notListening: string;
  undo: string;
  redo: string;
  quantity: string;
  more: string;
  close: string;
  ok: string;
  okHow: string;
  confirm: string;
  cancel: string;
  done: string;
  /** unit is a unit as it is said behind a quantity. */
  unit(quantity: string, unit: string): string;
  stockAfter(amount: string, at: string): string;
  inHand(n: number): string;
  behind(n: number): string;
  previous: string;
  nothingYet: string;
  next: string;
  quantityTitle: string;
  thisOne: string;
  nextOne: string;
  sound: string;
  soundOn: string;
  soundOff: string;
  hand: string;
  left: string;
  right: string;
  theme: string;
  themes: { auto: string; light: string; dark: string };
  language: string;
  keepFile: string;
  seen: string;
  noNotes: string;
  typeCode: string;
  take: string;
  reason: string;
  say: string;
  device(name: string, site: string): string;
  catalogueAsOf(at: string): string;
  pairTitle: string;
  pairHow: string;
  pairTerminal: string;
  pairing: string;
  pairFailed(why: string): string;
  pairWaiting(n: number): string;
  pairOpen(n: number): string;
  otherTab: string;
  unopened: {
    title: string;
    why: Readonly<Record<Trouble, string>>;
    kept: string;
    what: Readonly<Record<Trouble, string>>;
    again: string;
    fileKept: string;
    noFile: string;
  };
  insecure: string;
  trust: string;
  notKept: string;
  nearlyFull: string;
  tooFast: string;
  tooLarge: string;
  notStored(code: OutboxError["code"]): string;
  lost(from: number, through: number): string;
  stopped(why: Stopped, text: string): string;
}

export interface Language {
  readonly code: string;
  readonly dir: "ltr" | "rtl";
  readonly flow: FlowWords;
  readonly wedge: WedgeWords;
  readonly ui: UiWords;
  readonly job: JobWords;
  readonly read: ReadWords;
  readonly camera: CameraWords;
}

const kept = " Everything scanned is kept on this device";

const ui: UiWords = {
  title: "Bayledger handheld",
  mode: { add: "Add", remove: "Remove", move: "Move", isolate: "Set aside", count: "Count", assemble: "Assemble", disassemble: "Take out", lookup: "Look up" },
  state: { ready: "Ready", saved: "Saved on this device", sent: "Sent", check: "Look at this", stop: "Stop" },
  mark: { saved: "Not sent yet", booked: "Sent", needs: "Needs you" },
  connection: { connecting: "Connecting", on: "Connected", off: "No connection", stopped: "Needs a person" },
  notSent: (n) => "Not sent yet: " + n,
  allSent: "All sent",
  needsYou: (n) => "Needs you: " + n,
  ready: "Ready to scan",
  notListening: "Not listening: tap here",
  undo: "Undo", redo: "Redo", quantity: "Quantity", more: "More", close: "Back", ok: "OK",
  okHow: "Hold OK, or scan OK from the sheet.",
  confirm: "Confirm", cancel: "Cancel", done: "Done here",
  unit: (quantity, unit) => units.of(quantity, unit),
  stockAfter: (amount, at) => "There: " + amount + ", as of " + at,
  inHand: (n) => "In hand: " + n,
  behind: (n) => "Waiting behind this: " + n,
  previous: "Before that",
  nothingYet: "Nothing scanned yet",
  next: "Next step",
  quantityTitle: "How many?",
  thisOne: "The last one was so many", nextOne: "The next one is so many",
  sound: "Sound", soundOn: "On", soundOff: "Off",
  hand: "Hand", left: "Left", right: "Right",
  theme: "Light or dark", themes: { auto: "As the device", light: "Light", dark: "Dark" },
  language: "Language",
  keepFile: "Save all scans of this device as a file",
  seen: "Seen", noNotes: "Nothing needs you.",
  typeCode: "Type a code", take: "Take it",
  reason: "Reason", say: "Note it",
  device: (name, site) => name + " at " + site,
  catalogueAsOf: (at) => "Catalogue as of " + at,
  pairTitle: "Pair this handheld",
  pairHow: "On the server's page, have a code made for this handheld, and scan it here with the camera of this device or with its reader.",
  pairTerminal: "For a handheld in a terminal, give the whole address to bayledger scan --pair. Each code works once.",
  pairing: "Pairing …",
  pairFailed: (why) => "This handheld was not paired: " + why + " Nothing was changed; have a new code made and scan that.",
  pairWaiting: (n) => "This device still holds " + (n === 1 ? "1 scan of its old pairing that was" : n + " scans of its old pairing that were") + " not sent. It was not paired anew; let it connect first, or save " + (n === 1 ? "it" : "them") + " as a file.",
  pairOpen: (n) => (n === 1 ? "1 scan waits" : n + " scans wait") + " on this device behind a PIN. It was not paired anew; open this page without the code, enter the PIN or choose Not now, and let it connect first.",
  otherTab: "This handheld is open in another tab or window. Close that one; this one then goes on by itself.",
  unopened: {
    title: "This handheld cannot scan now",
    why: {
      newer: "This page is older than what is stored on this device: the server was set back to an earlier release.",
      held: "An older window of this handheld is still open, and holds what is stored on this device.",
      failed: "What is stored on this device cannot be read now.",
    },
    kept: "Nothing on this device was deleted or changed: what was scanned is kept. What is scanned now is not taken.",
    what: {
      newer: "A newer page is asked for again and again; when the server has it, this handheld goes on by itself. Until then scan with another device, and tell your administrator.",
      held: "Close all other windows and tabs of this handheld; this one then goes on by itself.",
      failed: "Load the page again. If that does not help, restart the device; then save the scans as a file, and give device and file to your administrator. Do not delete the browser's data.",
    },
    again: "Load the page again",
    fileKept: "The file is saved.",
    noFile: "The file could not be made either. Keep the device as it is, and give it to your administrator.",
  },
  insecure: "This address is not secure (no https), so a browser keeps nothing and installs nothing. Open the server's page /trust on this device, trust its authority, and come back by https.",
  trust: "Trust this server",
  notKept: "The browser may delete what is stored when room is short. Install this page on the home screen, so that scans are safe.",
  nearlyFull: "Little room is left on this device. Connect it, so that scans are sent and room becomes free.",
  tooFast: "Too many scans wait to be stored. The last one was not taken; wait, and scan it again.",
  tooLarge: "There is more than this device can hold: not everything can be looked up offline. Scanning goes on.",
  notStored: (code) => ({
    outbox_full: "This device holds as many unsent scans as it can. The scan was not taken; connect the device, then scan it again.",
    disk_full: "This device has no room. The scan was not taken; make room or connect it, then scan it again.",
    disk_failed: "This device could not store the scan. It was not taken; scan it again, and if that fails use another device.",
  })[code],
  lost: (from, through) => (from === through ? "Scan " + from + " was" : "Scans " + from + " to " + through + " were") + " lost in this device's memory. The server is told; say what was scanned then, and count.",
  stopped: (why, text) => ({
    bad_key: "The server does not accept this handheld's key." + kept + "; pair it again.",
    replaced: "Another device with this name took over." + kept + "; find the other one, and pair one of the two again.",
    update: "The server and this page speak different versions." + kept + "; load the page again.",
    bad_frame: "The server could not read what this page sent." + kept + "; load the page again and tell your administrator.",
    asked: "The server asks that somebody looks at this device." + kept + ".",
  })[why] + (text ? " The server says: " + text : ""),
};

export const english: Language = { code: "en", dir: "ltr", flow: flowEnglish, wedge: wedgeEnglish, ui, job: jobEnglish, read: readEnglish, camera: cameraEnglish };
