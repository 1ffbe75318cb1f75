// What a handheld does with scans, keys and taps: their stream becomes intents, and after each it is
// said what the screen shows and what comes next. It is pure: it knows no clock, network or store.
//
//	const m = new Machine(setup)                   // or Machine.restore(setup, saved, next)
//	let step = m.take({ scan }, today)
//	save(m.save(next)); store(step.intents)        // durably, together
//	m.stored(first)                                // or, where that failed, step = m.failed(words)
//	show(step.screen)                              // only now
//
// What it promises and what callers owe is said in scanner/flow/doc.go; scanner/flow/testdata holds
// both to the same.

import { bytesOf, maxScan } from "../gs1/index.ts";
import type { Context } from "../meaning/index.ts";
import { correct, undoSeq } from "./undo.ts";
import { command, number } from "./command.ts";
import { arrive, forward, nobody } from "./waiting.ts";
import { codeOf, shown } from "./thing.ts";
import { at, wantsPlace } from "./place.ts";
import { isBadge } from "./scan.ts";
import { bookAgain, openRun } from "./run.ts";
import { screen } from "./screen.ts";
import { freshState, maxBytes, maxDone, maxWords, modes, noBooking, type FlowEvent, type Intent, type Moment, type Screen, type ScreenState, type Setup, type State, type Step } from "./types.ts";
import { recall } from "./moment.ts";
import { reason } from "./why.ts";
import type { FlowWords } from "./words.ts";

/** Saved is a state as save gave it, and from which seq on its intents were stored since; 0: they were not. */
interface Saved { readonly text: string; readonly first: number }

export class Machine {
  s: State;
  setup: Setup;
  today = "";
  now: Moment = {}; // of the event
  when: Moment = {}; // of what is being taken: the event's, or that of a scan of before
  shown: ScreenState = "ready"; // what the step shows
  words = "";
  fresh = false; // the scan before booked the last of done
  handed = false; // the scan before put a thing into someone's hand
  private before: Saved | null = null; // the state before the last step
  private last: Saved | null = null; // the state as it is now, where it was saved: to write it down once more takes as long as a whole step

  constructor(setup: Setup) {
    this.setup = setup;
    this.s = freshState(setup.install);
  }

  get w(): FlowWords {
    return this.setup.words;
  }

  /**
   * restore takes a machine up as it was saved. next is the seq that the outbox gives out next: it
   * says whether the intents of the last step were stored; see outgoing. It throws where the text is
   * no saved state.
   */
  static restore(setup: Setup, saved: string, next: number): Machine {
    const m = new Machine(setup);
    if (saved === "") return m;
    m.s = { ...m.s, ...(JSON.parse(saved) as Partial<State>) }; // of an earlier version: what it did not know is empty
    m.s.done = m.s.done.map((d) => ({ ...noBooking, ...d }));
    m.s.outDone = m.s.outDone.map((d) => ({ ...noBooking, ...d }));
    if (!modes.includes(m.s.mode)) m.s.mode = "add";
    recall(m.s);
    if (m.s.install !== setup.install) { // a new outbox: what is in the old one is not undone from here
      m.s.done = [];
      m.s.first = 0;
      m.s.install = setup.install;
    }
    if (m.s.first > 0 && next > m.s.first) m.stored(m.s.first);
    return m;
  }

  /** configure sets what came with the catalogue: the site's rules, say. */
  configure(change: Partial<Setup>): void {
    this.setup = { ...this.setup, ...change };
  }

  /** outgoing are intents of the last step that were not stored yet. */
  get outgoing(): readonly Intent[] {
    return this.s.out;
  }

  /** save gives the state to store with the step's intents; next is the seq that they will get. */
  save(next: number): string {
    this.s.first = this.s.out.length > 0 ? next : 0;
    this.s.behind = this.s.kept.map((k) => k.scan);
    this.last = { text: JSON.stringify(this.s), first: 0 };
    return this.last.text;
  }

  /** stored says that the step's intents were stored, with seqs from first on. */
  stored(first: number): void {
    this.s.outDone.forEach((d, i) => (d.seq = first + i));
    const done = [...this.s.done, ...this.s.outDone].slice(-maxDone);
    for (const d of this.s.outDone.length > 0 ? done.slice(0, -1) : []) delete d.at;
    this.s.done = done;
    this.s.out = [];
    this.s.outDone = [];
    this.s.first = 0;
    if (this.last) this.last = { ...this.last, first };
  }

  /** failed says that the step could not be stored, and why: it is taken back, and a stop says so. */
  failed(words: string): Step {
    this.last = null;
    if (this.before) this.s = JSON.parse(this.before.text) as State;
    if (this.before && this.before.first > 0) this.stored(this.before.first);
    this.stopToo(words);
    return { intents: [], screen: screen(this) };
  }

  /** screen is what is shown before anything happens. */
  screen(): Screen {
    [this.shown, this.words] = ["ready", ""];
    return screen(this);
  }

  /** take takes an event. today is the local date, as 2026-03-02. */
  take(e: FlowEvent, today: string): Step {
    [this.before, this.last] = [this.last ?? { text: JSON.stringify(this.s), first: 0 }, null];
    [this.today, this.shown, this.words] = [today, "ready", ""];
    const { at, clock, seen, epoch } = e;
    this.now = this.when = at ? { at, ...(clock ? { clock } : {}), ...(seen ? { seen, epoch: epoch ?? "" } : {}) } : {};
    [this.s.out, this.s.outDone] = [[], []];
    this.turn();
    if (e.scan && bytesOf(e.scan).length > maxScan) this.stop(this.w.scanTooLong);
    else if (e.scan) arrive(this, wellFormed(e.scan));
    else if (e.tap) command(this, e.tap);
    else if (e.key || this.s.stop !== "") { /* it stays until OK */ }
    else if (e.number) number(this, e.number);
    else if (e.correct) correct(this, e.correct);
    else if (e.undo) undoSeq(this, e.undo);
    else if (e.again) bookAgain(this, e.again);
    else if (e.run) openRun(this, e.run);
    else if (e.reason) reason(this, wellFormed(e.reason));
    forward(this);
    return { intents: this.s.out, screen: screen(this) };
  }

  /** badge says whose badge a scan is, were it taken now; nothing changes. null: it is none. */
  badge(scan: string): string | null {
    return isBadge(this, scan);
  }

  /** turn takes note of what the scan before did: the next may be the other barcode of its label. */
  turn(): void {
    [this.fresh, this.handed] = [this.s.fresh, this.s.handed];
    [this.s.fresh, this.s.handed] = [false, false];
  }

  say(state: ScreenState, words: string): void {
    if (state === "stop") return this.stop(words);
    if (this.shown === "check" && state === "saved") state = "check"; // what somebody should look at stays
    this.shown = state;
    if (this.words !== "" && words !== "" && bytesOf(this.words).length < maxWords) words = this.words + " " + words;
    if (words !== "") this.words = words;
  }

  stop(words: string): void {
    if (this.s.stop === "") this.s.stop = words;
  }

  /** stopToo says of a scan that it was not taken, before what nobody has read yet. */
  stopToo(words: string): void {
    const unread = this.s.stop;
    if (!unread.includes(words) && bytesOf(unread).length < maxBytes) this.s.stop = (words + " " + unread).trim();
  }

  /** refuse is a stop of one of several things: each is named. */
  refuse(words: string): void {
    this.s.stop = this.s.stop === "" ? words : this.s.stop + " " + words;
  }

  context(): Context {
    const { need } = this.s;
    const expect = nobody(this) ? "operator" : need ? (need.tracking === "serial" ? "serial" : "lot") : this.s.run || wantsPlace(this) ? "place" : "";
    return { catalogue: this.setup.catalogue, site: this.setup.site, rules: this.setup.rules, year: yearOf(this.today), expect };
  }

  /** part names what is asked for. */
  needed(): "lot" | "serial" {
    return this.s.need?.tracking === "serial" ? "serial" : "lot";
  }

  /** place is where goods go to or come from, as it is shown. */
  placeShown(): string {
    return shown(at(this));
  }

  codeNeeded(): string {
    return this.s.need ? shown(codeOf(this.s.need)) : "";
  }
}

const earliestYear = 1970;

/** yearOf reads the year of a date such as 2026-03-02. */
export const yearOf = (date: string): number => (/^\d{4}/.test(date) ? Number(date.slice(0, 4)) : earliestYear);

/** wellFormed is a text that can be stored: what is no character becomes U+FFFD. */
const wellFormed = (text: string): string => text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
