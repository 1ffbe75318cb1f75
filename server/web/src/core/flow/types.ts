// What the machine takes, gives and keeps. scanner/flow is the same machine; its README says
// the rules, and its streams hold both.

import type { Decimal } from "../decimal.ts";
import type { Element } from "../gs1/index.ts";
import type { Catalogue } from "../meaning/index.ts";
import type { FlowWords } from "./words.ts";

export type Mode = "add" | "remove" | "move" | "isolate" | "count" | "assemble" | "disassemble" | "lookup";
export const modes: readonly Mode[] = ["add", "remove", "move", "isolate", "count", "assemble", "disassemble", "lookup"];

/** builds says whether parts go into a machine, or come out of it. */
export const builds = (m: Mode | ""): boolean => m === "assemble" || m === "disassemble";

/**
 * When something was scanned, keyed or tapped, as the device tells the server: its time, how sure that
 * is, and what of the feed it had seen by then. Without a time it says nothing.
 */
export interface Moment {
  readonly at?: string;
  readonly clock?: "a" | "b" | "c";
  readonly seen?: number; // of the feed of epoch
  readonly epoch?: string;
}

/** One thing that happens: one of the fields is set, and beside it the moment. {} takes on what waits. */
export interface FlowEvent extends Moment {
  scan?: string; // as wedge gives it
  tap?: string; // a button: the name of a command, ADD, OK, X12
  number?: string; // keyed in: how many the next scan is of
  correct?: string; // keyed in: how many the last one was of
  undo?: string; // keyed in: the seq of the scan that is taken back
  again?: string; // the seq of a scan that is read and booked anew
  run?: string; // the last scans that are to be corrected as one: "30", or "#41,#43"
  reason?: string; // keyed in: why it is done
  key?: string; // any other key; it does nothing
}

/** Says what is known on the spot of goods. */
export interface Stock {
  /** held says whether all that is known of a product at a place is held; with a lot, all of that. */
  held(site: string, place: string, product: string, lot: string): boolean;
}

export interface Setup {
  readonly catalogue: Catalogue;
  readonly stock: Stock | null;
  readonly site: string;
  readonly rules: string; // of the site, for its own numbers
  readonly reasons: string; // of the site: what is not done without a reason, by commas
  readonly install: string; // of the outbox: the seqs of another one are not these
  readonly badge: boolean; // nobody scans before saying who it is
  readonly places: Readonly<Partial<Record<Mode, string>>>; // where goods go to or come from where no place was scanned
  readonly words: FlowWords;
}

export type ScreenState = "ready" | "saved" | "check" | "stop";

export interface Screen {
  mode: Mode;
  state: ScreenState;
  words?: string; // what happened
  prompt: string; // the one next step
  place?: string;
  to?: string; // of a move
  asset?: string; // that parts go into, or come out of
  session?: string; // of a count by many
  reason?: string;
  times?: string;
  last?: Card;
  run?: Change[]; // what a correction would do, the last scan first
  run_to?: string; // where it would book them
  in_hand?: number; // collected, and not booked yet
  behind?: number; // scans that wait behind a stop
  operator?: string;
  printer?: string;
}

/** What a correction makes of one scan. */
export interface Change {
  seq: number;
  was: string;
  now?: string; // missing: it is taken back, or stays as it is
}

/** The last thing scanned. */
export interface Card {
  code: string; // of the product or package, else the scan
  name?: string;
  quantity?: string;
  unit?: string;
  sum?: string; // 12 × 24 = 288
  lot?: string;
  serial?: string;
  expiry?: string;
  package?: string;
}

export interface Line {
  scan?: string;
  product?: string;
  quantity?: string;
  lot?: string;
  expiry?: string;
  serial?: string;
  package?: string;
}

/** An intent as it is put out: fields that are missing are empty. The outbox adds the rest. */
export interface Intent extends Line, Moment {
  action: string;
  operator?: string;
  site?: string;
  from?: string;
  to?: string;
  reason?: string;
  reference?: string;
  asset?: string;
  session?: string;
  complete?: boolean;
  lines?: Line[];
}

export interface Step {
  readonly intents: readonly Intent[];
  readonly screen: Screen;
}

/** Goods or a package that was scanned. */
export interface Thing {
  scan: string;
  product: string;
  name: string;
  unit: string;
  each: Decimal; // what the barcode stands for
  times: Decimal; // "": once
  lot: string;
  serial: string;
  expiry: string;
  package: string;
  tracking: string;
  count: boolean; // the barcode says how many there are
  asked: boolean; // its quantity was confirmed
  since?: Moment; // when it was scanned, while something of it is asked for
}

export const noThing: Readonly<Thing> = {
  scan: "", product: "", name: "", unit: "", each: "", times: "", lot: "", serial: "", expiry: "", package: "", tracking: "", count: false, asked: false,
};

/** What can be undone. */
export interface Booked {
  seq: number;
  undo: number; // it is the undo of that seq; 0: it is none
  gone: boolean; // it was undone
  words: string;
  thing: Thing;
  mode: Mode | "";
  from: string;
  to: string;
  reason: string;
  asset: string;
  run: number; // of which correction it is a part; 0: of none
  at?: Moment; // when it was, of the last booking alone
}

export const noBooking: Readonly<Booked> = { seq: 0, undo: 0, gone: false, words: "", thing: noThing, mode: "", from: "", to: "", reason: "", asset: "", run: 0 };

/** Scans that are corrected as one, once somebody has said yes; to "": they are taken back. */
export interface Run {
  seqs: number[];
  to: string;
}

/** A scan that waits for an answer, and when it was made. */
export interface Kept {
  readonly scan: string;
  readonly since: Moment;
}

/** All that a machine knows; it is stored as JSON. */
export interface State {
  install: string; // whose seqs done and first are
  mode: Mode;
  operator: string;
  printer: string;
  place: string; // from where a move goes, too
  to: string; // of a move
  times: Decimal;
  reason: string;
  asset: string; // that parts go into, or come out of
  session: string; // of a count by many
  hand: Thing[]; // collected for a place, or counted at one
  half: { scan: string; elements: Element[]; since?: Moment } | null; // a barcode of a label whose other one has not come yet
  need: Thing | null; // its lot or serial is asked for
  ask: Thing | null; // its quantity is asked about
  why: Thing | null; // its reason is asked for
  run: Run | null; // it is asked whether they are corrected
  runs: number; // corrections so far: names the next
  complete: boolean; // it is asked whether all is counted
  stop: string;
  kept: Kept[]; // scans that wait, the first first
  behind: string[]; // the same as earlier versions keep them: written with the state, see recall
  done: Booked[];
  last: Card | null;
  fresh: boolean; // the event before booked the last of done
  handed: boolean; // the event before put a thing into someone's hand
  counted: { at: number; was: Decimal; times: Decimal }[]; // how hand came to be, where it is a count; was "": it was new
  out: Intent[]; // of the last step
  outDone: Booked[]; // what they will be in done
  first: number; // the seq that the first of out gets; 0: none
}

export const freshState = (install: string): State => ({
  install, mode: "add", operator: "", printer: "", place: "", to: "", times: "", reason: "", asset: "", session: "", hand: [], half: null, need: null, ask: null, why: null, run: null, runs: 0, complete: false, stop: "",
  kept: [], behind: [], done: [], last: null, fresh: false, handed: false, counted: [], out: [], outDone: [], first: 0,
});

// Bounds, as scanner/flow has them.
export const maxPending = 200; // things in someone's hands: one commit of an outbox takes them
export const maxBehind = 1000; // scans behind a stop: 50 s of the fastest trigger
export const maxDone = 100; // bookings that are remembered: a run, and its correction
export const maxRun = 50; // scans that are corrected as one
export const maxBytes = 128 << 10; // of what is collected, and of what a step of waiting scans puts out
export const maxWords = 300; // of a screen
export const askAbove = 999; // more than anyone means by a slip
export const maxLines = 1000; // pieces of a code that nobody knows in one scan
export const maxText = 1000; // bytes of a reason
