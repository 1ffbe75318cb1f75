// What the screens around the work say: badge and PIN, the start and end of a shift, choosing what is
// done and why, correcting, finding. Names of goods, places and people are never translated.

import type { Felt } from "./feel.ts";
import type { Layout } from "../core/wedge/layout.ts";

export interface JobWords {
  // Badge and PIN
  pinOf(operator: string): string;
  pinDigits(n: number): string;
  pinJudged: string;
  pinEnter: string;
  erase: string;
  notNow: string;
  waitBehind(n: number): string;
  pinWrong(left: number): string;
  pinRefused: string;
  pinShut(until: string): string;
  pinUnasked(operator: string, why: string): string;
  stopFirst: string;
  noAnswer: string;
  serverSaid(what: string): string;
  // The start of a shift
  start: string;
  step(n: number, of: number): string;
  next: string;
  back: string;
  skip: string;
  toWork: string;
  badgeTitle: string;
  badgeHow: string;
  youAre(operator: string): string;
  soundTitle: string;
  soundHow: string;
  tone: Readonly<Record<Exclude<Felt, "ready">, string>>;
  hear: string;
  hearNot: string;
  hearNotHow: string;
  soundIsOff: string;
  switchOn: string;
  canVibrate: string;
  cannotVibrate: string;
  readerTitle: string;
  readerHow: string;
  readerFirst: string;
  done: string;
  notYet: string;
  keysOf(layout: Layout): string;
  fixCode: string;
  fixed: string;
  forget: string;
  readerIs(profile: string): string;
  // The end of a shift
  end: string;
  endHow(operator: string): string;
  notSentLeave(n: number): string;
  leave: string;
  stay: string;
  // What is done, where, why
  modes: string;
  badgeFirst: string;
  badgeRule: string;
  together: string;
  togetherHow: string;
  join: string;
  inSession(name: string): string;
  leaveSession: string;
  complete: string;
  asset(code: string): string;
  outOf(code: string): string;
  parts: string;
  putIn: string;
  takeOut: string;
  why: string;
  reasonIs(text: string): string;
  otherReason: string;
  say: string;
  changeReason: string;
  // Correcting
  correct: string;
  correctHow: string;
  lastOnes(n: number): string;
  chosen(n: number): string;
  chooseThese: string;
  takeBack: string;
  takeBackThese(n: number): string;
  correctThese(n: number, place: string): string;
  scanPlace: string;
  noneToCorrect: string;
  staysAs: string;
  redo: string;
  // Finding
  find: string;
  findHow: string;
  noneFound(text: string): string;
  moreFound: string;
  noCatalogue: string;
  amountAt(amount: string, place: string): string;
  nothingThere: string;
  stockAsOf(at: string): string;
  // What needs somebody
  retry: string;
  change: string;
  hand: string;
  handed: string;
  notHere: string;
  battery(percent: number): string;
  charging(percent: number): string;
}

const scans = (n: number): string => (n === 1 ? "1 scan" : n + " scans");
const keyboards: Record<Layout, string> = { "": "US", azerty: "French", qwertz: "German" };

export const english: JobWords = {
  pinOf: (operator) => "PIN of " + operator,
  pinDigits: (n) => (n === 1 ? "1 digit" : n + " digits"),
  pinJudged: "Checking …",
  pinEnter: "Enter", erase: "Delete the last digit", notNow: "Not now",
  waitBehind: (n) => (n === 1 ? "1 scan waits until then." : n + " scans wait until then."),
  pinWrong: (left) => (left === 0 ? "Wrong PIN, too often. From now on the server is asked; a supervisor can give a new one." : "Wrong PIN. " + (left === 1 ? "1 try" : left + " tries") + " left."),
  pinRefused: "Wrong PIN. Try again.",
  pinShut: (until) => "Wrong PIN, too often. The badge is shut until " + until + "; a supervisor can give a new PIN.",
  pinUnasked: (operator, why) => "The PIN of " + operator + " can only be checked with a connection now: " + why + " Go on as who you are, or scan the badge again later.",
  stopFirst: "The badge was not taken: clear what stands here first, then scan it again.",
  noAnswer: "the server does not answer.",
  serverSaid: (what) => "the server says: " + what,
  start: "Start of shift",
  step: (n, of) => "Step " + n + " of " + of,
  next: "Next", back: "Back", skip: "Skip", toWork: "Start work",
  badgeTitle: "Scan your badge",
  badgeHow: "What you scan goes out under your name. Without a badge it goes out under the handheld's.",
  youAre: (operator) => "You are " + operator + ".",
  soundTitle: "Sound and vibration",
  soundHow: "Tap each of the four: you hear and feel what it means. So you notice without looking.",
  tone: { saved: "Saved on this device", sent: "All sent: one tone, however many went", check: "Look at it", stop: "Stop: not taken" },
  hear: "I notice all four", hearNot: "I hear nothing",
  hearNotHow: "Turn the volume up with the keys at the side, switch silent mode and Bluetooth headphones off, then tap again. If it stays silent, vibration and colour must do; the crossed-out loudspeaker above says so.",
  soundIsOff: "Sound is switched off on this handheld.",
  switchOn: "Switch it on",
  canVibrate: "This device vibrates as well.",
  cannotVibrate: "This device does not vibrate: sound and colour must do.",
  readerTitle: "Your scanner",
  readerHow: "Scan the calibration sheet from top to bottom, at the speed of your work.",
  readerFirst: "The first code, square or stripes",
  done: "Good", notYet: "Not scanned yet",
  keysOf: (layout) => "Your scanner sends " + keyboards[layout] + " keys. Scan this to fix.",
  fixCode: "Calibration code",
  fixed: "Fixed: this handheld knows your scanner's keys now.",
  forget: "Start this check again",
  readerIs: (profile) => "Your scanner: " + profile + ".",
  end: "End my shift",
  endHow: (operator) => (operator === "" ? "The next person scans a badge." : operator + " is signed off; the next person scans a badge."),
  notSentLeave: (n) => n + " not sent. " + (n === 1 ? "Leave it on this device? It goes" : "Leave them on this device? They go") + " out under your name.",
  leave: "Leave them, end my shift", stay: "Go on working",
  modes: "What do you do?",
  badgeFirst: "Scan your badge",
  badgeRule: "Nobody scans without a badge",
  together: "Count together",
  togetherHow: "Scan or type the name of the count. All who use the same name count together, and their numbers are added up.",
  join: "Count in it",
  inSession: (name) => "Counting together: " + name,
  leaveSession: "Count alone again", complete: "Nothing else is here",
  asset: (code) => "Into " + code,
  outOf: (code) => "Out of " + code,
  parts: "Parts of a machine", putIn: "Put in", takeOut: "Take out",
  why: "Why?",
  reasonIs: (text) => "Reason: " + text,
  otherReason: "Another reason", say: "Note it", changeReason: "Change the reason",
  correct: "Correct the last scans",
  correctHow: "Choose the scans that went to the wrong place. Nothing is changed before you have seen what it will be.",
  lastOnes: (n) => (n === 1 ? "The last one" : "The last " + n),
  chosen: (n) => scans(n) + " chosen",
  chooseThese: "Go on with these",
  takeBack: "Take them back",
  takeBackThese: (n) => "Take " + scans(n) + " back",
  correctThese: (n, place) => "Correct " + scans(n) + " to " + place,
  scanPlace: "Scan the place where they belong, or type it.",
  noneToCorrect: "There are no scans of this handheld that can be corrected.",
  staysAs: "stays as it is",
  redo: "Redo",
  find: "Find",
  findHow: "Code, or the beginning of a word of the name",
  noneFound: (text) => "Nothing here begins with “" + text + "”.",
  moreFound: "There is more: type on.",
  noCatalogue: "No catalogue has come to this device yet.",
  amountAt: (amount, place) => amount + " at " + place,
  nothingThere: "None is known anywhere.",
  stockAsOf: (at) => "As of " + at + ", without what this handheld has not sent",
  retry: "Retry", change: "Change", hand: "Hand to supervisor",
  handed: "A supervisor is asked to see to it, and it is off your list. This goes out with your scans.",
  notHere: "It is too long ago to be changed here.",
  battery: (percent) => percent + " %",
  charging: (percent) => percent + " %, charging",
};
