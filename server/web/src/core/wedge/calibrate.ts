// The calibration sheet: what each of its codes shows of a reader, and the profile that follows.

import { bytesOf, decode, fixedLength, gs, maxScan, type Message } from "../gs1/index.ts";
import { layouts, repair, type Layout } from "./layout.ts";
import { bare, identifier, names, noProfile, readWith, shown, type Profile } from "./profile.ts";
import { english, type WedgeWords } from "./words.ts";

// The calibration code is a GS1 Data Matrix, or a GS1-128, of two internal elements. Its letters
// tell layouts apart, and what stands between its parts is what the reader sends for GS.
export const calibrationHead = "90AQWYZMaqwyzm0123456789";
export const calibrationTail = "91BAYLEDGER";
export const calibration = calibrationHead + gs + calibrationTail;

// The codes of the sheet's second part. No product, place or command begins with codePrefix.
export const codePrefix = "BLCAL-";
export const codeDigits = codePrefix + "0123456789";
export const codeLetters = codePrefix + "ABCMQWYZ-abcmqwyz"; // the letters that other layouts move, in both cases
export const codeSymbols = codePrefix + "!\"%&'()*+,./:;<=>?_";
export const codeLong = codePrefix + "40-CHARACTERS-0123456789-01234567";
export const codeEnd = codePrefix + "END";
export const codeZero = "412345678903"; // a UPC-A that is no one's product

export const sheet = ["digits", "letters", "symbols", "zero", "long", "end"] as const;
export type SheetCode = (typeof sheet)[number];
const data: Record<SheetCode, string> = { digits: codeDigits, letters: codeLetters, symbols: codeSymbols, zero: codeZero, long: codeLong, end: codeEnd };

const maxLearned = 16; // of prefix, suffix and separator: real ones have at most a few characters

export interface Learned {
  readonly profile: Profile;
  readonly advice: readonly string[];
}

/** learn finds a reader's profile from its scan of the calibration code; null where it is none. */
export function learn(raw: string, w: WedgeWords = english): Learned | null {
  for (const layout of ["", ...layouts] as Layout[]) {
    const text = repair(layout, raw);
    const at = text.indexOf(calibrationHead);
    const behind = at + calibrationHead.length;
    const end = at < 0 ? -1 : text.indexOf(calibrationTail, behind);
    if (end < 0) continue;
    const between = text.slice(behind, end);
    const after = text.slice(end + calibrationTail.length);
    const identified = /\]d2$|\]C1$/.test(text.slice(0, at));
    if ([text.slice(0, at), between, after].some((s) => bytesOf(s).length > maxLearned)) continue;
    const profile = { ...noProfile, layout, suffix: nameOf(after), prefix: nameOf(text.slice(0, identified ? at - 3 : at)), separator: between === gs ? "" : between };
    return { profile, advice: advice(profile, identified, between, w) };
  }
  return null;
}

/** nameOf is the name of control characters, or the text itself. */
function nameOf(text: string): string {
  for (const [name, control] of names) if (control === text) return name;
  return text;
}

function advice(p: Profile, identified: boolean, between: string, w: WedgeWords): string[] {
  const words: string[] = [];
  if (between === "") words.push(w.dropsSeparator);
  if (!identified) words.push(w.noIdentifier);
  if (p.suffix === "") words.push(w.noSuffix);
  if (p.layout !== "") words.push(w.learnedLayout(p.layout.toUpperCase()));
  if (between.length === 1 && "!\"%&'()*+,-./:;<=>?_".includes(between)) words.push(w.poorSeparator(between));
  return words;
}

/** inWords says what a profile does. */
export function inWords(p: Profile, w: WedgeWords = english): string {
  const parts: string[] = [];
  const say = (what: string, value: string) => value !== "" && parts.push(what + " " + shown(value));
  say(w.prefix, p.prefix);
  say(w.suffix, p.suffix);
  say(w.separator, p.separator);
  say(w.layout, p.layout);
  return parts.length === 0 ? w.asTheyAre : parts.join(", ");
}

/** Calibrator takes the scans of the sheet one by one and says in words what each has shown. */
export class Calibrator {
  readonly seen = new Set<SheetCode>();
  learned = false; // the first code was read
  foreign: Layout = ""; // the keys that the reader sends, as the last code of the sheet showed them

  constructor(public profile: Profile = noProfile, public w: WedgeWords = english) {}

  /** take takes what the reader sent. null: it is no code of the sheet, and goes on its usual way. */
  take(raw: string): string[] | null {
    const found = learn(raw, this.w);
    if (found) {
      this.profile = { ...found.profile, gap: this.profile.gap };
      this.learned = true;
      this.foreign = "";
      return [this.w.known(inWords(this.profile, this.w)), ...found.advice];
    }
    const text = plain(bare(this.profile, raw));
    const code = sheet.find((c) => text === data[c] || (c === "zero" && text === "0" + codeZero)); // a UPC-A may come with one zero more
    return code ? this.passed(code) : this.spoilt(text);
  }

  /** passed notes a good code, and at the last one says what is still missing. */
  private passed(code: SheetCode): string[] {
    this.seen.add(code);
    this.foreign = "";
    const words = [this.w.good[code]];
    if (code !== "end") return words;
    for (const c of sheet) if (!this.seen.has(c)) words.push(this.w.missing(this.w.name[c]));
    if (!this.learned) words.push(this.w.missingFirst);
    if (words.length === 1) words.push(this.w.allIsWell);
    return words;
  }

  /** spoilt says what has become of a code of the sheet on its way. */
  private spoilt(text: string): string[] | null {
    for (const l of layouts) {
      if (sheet.some((c) => c !== "zero" && text !== data[c] && repair(l, text) === data[c])) {
        this.foreign = l;
        return [this.w.layoutFound(l.toUpperCase())];
      }
    }
    const upper = text.toUpperCase();
    if (!upper.startsWith(codePrefix) || bytesOf(text).length > maxScan) return null;
    for (const c of sheet) {
      if (upper === data[c].toUpperCase()) return [this.w.capsLock(this.w.name[c])];
      if (upper.split(codePrefix).length > 2) return [this.w.twoInOne];
      if (c === "long" && upper.startsWith(codePrefix + "40") && text.length < codeLong.length) return [this.w.keysLost];
    }
    return [this.w.changed(shown(text))];
  }
}

/** plain takes the identifier off. */
const plain = (text: string): string => (text.length > 3 && text[0] === "]" ? text.slice(3) : text);

/**
 * guess says which layout a host has, when what it sent is good only so: an identifier typed as
 * "$C&" or "+C1", or digits as "&é\"'".
 */
export function guess(raw: string): Layout {
  const as = readWith(noProfile, raw);
  if (!as.fault && as.message.kind !== "plain") return "";
  return layouts.find((layout) => {
    const r = readWith({ ...noProfile, layout }, raw);
    return !r.fault && r.message.elements.length > 0;
  }) ?? "";
}

const maxRepairs = 8; // where there are more, nothing is certain
const maxLost = 512; // each place in data is tried, and no symbol of a label holds as many without a GS
const strong = new Set(["00", "01", "02", "410", "414", "8006", "8003", "11", "13", "15", "17"]); // a check digit, or a date

/**
 * lostSeparator says whether a reader has dropped a separator: an element of open length is longer
 * than it may be, or its value ends in a whole element that a check digit or a date tells from
 * chance. It never repairs by itself: a lot may look so.
 */
export function lostSeparator(scan: string): { ai: string; repairs: string[] } | null {
  const [id, text] = identifier(scan);
  if (!id || bytesOf(text).length > maxLost || text.includes(gs)) return null; // a reader that sends one GS sends them all
  const before = decode(scan);
  const lost = { ai: "", repairs: [] as string[] };
  for (let i = 3; i < text.length && lost.repairs.length < maxRepairs; i++) { // an AI and a character come first
    const repaired = id + text.slice(0, i) + gs + text.slice(i);
    const d = decode(repaired);
    if (d.fault) continue;
    const ai = swallowed(d.message, i, before.fault === null);
    if (ai === "" || d.message.elements.length === before.message.elements.length) continue; // the GS has parted nothing
    lost.ai = ai;
    lost.repairs.push(repaired);
  }
  return lost.repairs.length > 0 ? lost : null;
}

/**
 * swallowed finds the element that ends where the GS was put, and says whether what comes behind
 * it is told from chance. Where the scan is bad as it is, anything that mends it is.
 */
function swallowed(m: Message, upTo: number, strict: boolean): string {
  let length = 0;
  for (const [i, [ai, value]] of m.elements.entries()) {
    length += ai.length + value.length;
    const next = m.elements[i + 1];
    if (length !== upTo || !next) continue;
    if (fixedLength(ai)) return "";
    return !strict || strong.has(next[0]) ? ai : "";
  }
  return "";
}
