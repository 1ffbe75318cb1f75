// The outbox of a handheld in a browser: every scan is here, durably, before anyone hears a beep, and
// stays until the server has acknowledged it, and for a while after. Nothing in it is ever dropped to
// make room. It is one IndexedDB database, beside nothing else, so that no catalogue that is being
// written holds a scan up.
//
// The page appends and the worker acknowledges: each row of `state` has one writer but "next", which
// is only ever changed within the transaction that reads it.

import { openDB, unwrap, type DBSchema, type IDBPDatabase } from "idb";
import type { Anchor } from "./clock.ts";
import { notBooked } from "./notbooked.ts";
import type { Heard, StoredRow, Waiting, Waits } from "./stored.ts";

export const databaseName = "bayledger-outbox";

// Bounds, as scanner/outbox has them.
export const maxWaiting = 50_000; // rows that wait: two weeks of one person's scans
export const warnAt = 0.8; // of maxWaiting, and of the browser's quota
export const ringRows = 20_000; // acknowledged rows that are kept, for a server that comes back from a backup
export const ringAge = 7 * 24 * 3600 * 1000; // ms that they are kept
export const maxNotes = 10_000; // outcomes that wait for a person
const maxMarks = 42; // how finely the ages of acknowledgements are known
const markEvery = ringAge / maxMarks;
const measureEvery = 256; // appends, between two looks at how many rows wait
const trimSlack = 256; // rows beyond the ring before trimming starts, so that it goes in batches

export interface Row {
  readonly seq: number;
  readonly at: number;
  readonly data: string; // "" where it is lost
  readonly lost: string; // why; "" where it is not
}

export interface Outcome {
  seq: number;
  outcome: string;
  entry?: number;
  code?: string;
  message?: string;
  repeat?: boolean;
}

/** An outcome that a person must look at. */
export interface Note extends Outcome {
  at: number; // ms
}

/** Who this handheld is, as its pairing said. */
export interface Pairing {
  readonly device: string;
  readonly install: string;
  readonly key: string;
  readonly role: string;
  readonly site: string;
}

/** Where the acknowledged rows stand. */
interface Acked {
  through: number; // all seqs up to here are acknowledged
  peak: number; // and were so once: above through they wait again
  low: number; // rows below are not held any more
  marks: { through: number; at: number }[]; // when they were acknowledged
  holes: { from: number; through: number }[]; // seqs that the server has and this outbox never gave out
}

interface States {
  pairing: Pairing;
  next: number; // the seq that the next row gets
  machine: string; // the flow's state, as of the last row
  heard: readonly Heard[]; // the last scans as they were read
  acked: Acked;
  contact: { anchor: Anchor | null; epoch: string; n: number };
  profile: unknown; // of the reader
  shift: unknown; // by what PINs are judged, and how that went
  guide: unknown; // how far the start of the shift has come
  settings: unknown; // of the person: hand, theme, language, sound
  camera: boolean; // it is the reader of this device: it opens with the page
}

// Each that waits is a row of `state` of its own, behind this: so no form of the database changed.
const waitsBehind = "waits/";
const waitKey = (n: number): string => waitsBehind + String(n).padStart(16, "0");
const allWaits = () => IDBKeyRange.bound(waitsBehind, waitsBehind + "\uffff");

interface Schema extends DBSchema {
  rows: { key: number; value: StoredRow };
  notes: { key: number; value: Note };
  state: { key: string; value: States[keyof States] | Waiting };
}

export type BoxDatabase = IDBPDatabase<Schema>;

/**
 * steps bring the database from one version to the next; the first is the first release's. A step
 * that was released is never changed: a device comes out of a drawer after eight months.
 */
export const steps: readonly ((db: BoxDatabase) => void)[] = [
  (db) => {
    db.createObjectStore("rows");
    db.createObjectStore("notes");
    db.createObjectStore("state");
  },
];

export interface Stats {
  readonly waiting: number;
  readonly oldest: number; // ms, when the oldest that waits was stored; 0: none waits
  readonly next: number;
  readonly acked: number;
  readonly notes: number;
}

/** A step: what the machine keeps, and the rows of its intents. */
export interface Step {
  readonly machine: string;
  readonly rows: readonly string[];
  readonly heard?: readonly Heard[] | undefined; // what was read last, where no row says it
}

export class OutboxError extends Error {
  constructor(readonly code: "outbox_full" | "disk_full" | "disk_failed", message: string) {
    super(message);
  }
}

const strict = { durability: "strict" } as const;
const fresh = (): Acked => ({ through: 0, peak: 0, low: 1, marks: [], holes: [] });
const everything = (from: number) => IDBKeyRange.lowerBound(from);

export class Box {
  private expected = 1; // the seq that the next row gets, as far as this page knows
  private room = -1; // how many rows more may wait, at the last measurement and without what was acknowledged since; below 0: measure
  private appends = 0;

  private constructor(private readonly db: BoxDatabase, private readonly now: () => number) {}

  /**
   * open opens the outbox, brings it up to this version, and lets go of it when a newer page wants to.
   * held is called where another page has it open in an older form: it is waited for. It throws a
   * VersionError where a newer page has been here, and leaves the outbox as it is.
   */
  static async open(now: () => number = Date.now, held: () => void = () => undefined): Promise<Box> {
    const db = await openDB<Schema>(databaseName, steps.length, {
      upgrade(db, from) {
        for (const step of steps.slice(from)) step(db);
      },
      blocked: held,
      blocking: (_, __, event) => (event.target as IDBDatabase).close(),
    });
    return new Box(db, now);
  }

  close(): void {
    this.db.close();
  }

  async load<K extends keyof States>(name: K): Promise<States[K] | undefined> {
    return (await this.db.get("state", name)) as States[K] | undefined;
  }

  async save<K extends keyof States>(name: K, value: States[K]): Promise<void> {
    const tx = this.db.transaction("state", "readwrite", strict);
    await Promise.all([tx.store.put(value, name), tx.done]);
  }

  /**
   * append stores a step: what the machine keeps, the rows of its intents and what waits behind it,
   * all or none. build is given the seq that the first gets, within the transaction, and returns at
   * once; it may be asked again, with another seq. When append returns the step is on disk. It throws
   * an OutboxError where it is not.
   */
  async append(build: (first: number) => Step, waits: Waits = { put: [], drop: [] }): Promise<number> {
    const known = this.room >= 0;
    try {
      const room = known ? this.room : await this.measure();
      for (;;) {
        const first = await this.tryAppend(build, waits, room);
        if (first !== null) return first; // else another seq was expected: now it is known, unless it has changed again
      }
    } catch (e) {
      if (known && e instanceof OutboxError) return this.append(build, waits); // rows may have been acknowledged since it was measured
      throw troubleOf(e);
    }
  }

  /** measure looks how many rows more may wait, as seldom as that is still a bound. */
  private async measure(): Promise<number> {
    const { waiting } = await this.stats();
    return (this.room = maxWaiting - waiting);
  }

  /**
   * tryAppend puts a step where the next seq is the expected one; else it gives null, stores nothing
   * and knows better. The seq is looked up and the rows are put in one turn, and nothing is listened
   * to but that and the end: on a slow device a scan's answer waits for each turn.
   */
  private tryAppend(build: (first: number) => Step, waits: Waits, room: number): Promise<number | null> {
    return new Promise((resolve, reject) => {
      const tx = unwrap(this.db).transaction(["rows", "state"], "readwrite", strict);
      const [rows, state] = [tx.objectStore("rows"), tx.objectStore("state")];
      const first = this.expected;
      let wrong: unknown = null;
      const look = state.get("next");
      look.onsuccess = () => {
        const next = (look.result as number | undefined) ?? 1;
        if (next === first) return;
        this.expected = next;
        tx.abort();
      };
      tx.onabort = () => (this.expected !== first && !wrong ? resolve(null) : reject(wrong ?? tx.error));
      try {
        const { machine, rows: added, heard } = build(first);
        if (added.length > 0 && added.length > room) throw new OutboxError("outbox_full", ""); // below 0 where a server from a backup has acknowledged rows wait again
        state.put(machine, "machine");
        if (heard) state.put(heard, "heard");
        const at = this.now();
        if (added.length > 0) state.put(first + added.length, "next");
        added.forEach((data, i) => rows.add({ at, data } satisfies StoredRow, first + i));
        for (const w of waits.put) state.put(w, waitKey(w.n));
        for (const n of waits.drop) state.delete(waitKey(n));
        tx.oncomplete = () => {
          this.expected = first + added.length;
          this.room = ++this.appends % measureEvery === 0 ? -1 : room - added.length;
          resolve(first);
        };
      } catch (e) {
        wrong = e;
        this.room = -1;
        tx.abort();
      }
    });
  }

  /**
   * hand stores an intent about a scan that needs somebody and lets go of the note of that, both or
   * neither. false: the note is gone already, so whoever taps twice asks once. It throws an OutboxError.
   */
  async hand(seq: number, build: (next: number) => string): Promise<boolean> {
    const tx = this.db.transaction(["rows", "notes", "state"], "readwrite", strict);
    const state = tx.objectStore("state");
    try {
      const [note, next = 1, acked = fresh()] = (await Promise.all([tx.objectStore("notes").get(seq), state.get("next"), state.get("acked")])) as [Note | undefined, number | undefined, Acked | undefined];
      if (!note) return await tx.done.then(() => false);
      if (waitingIn(next, acked) >= maxWaiting) throw new OutboxError("outbox_full", "");
      await Promise.all([tx.objectStore("rows").add({ at: this.now(), data: build(next) }, next), state.put(next + 1, "next"), tx.objectStore("notes").delete(seq), tx.done]);
      [this.expected, this.room] = [next + 1, -1];
      return true;
    } catch (e) {
      return giveUp(tx, e);
    }
  }

  /** wait writes down what waits, and lets go what does no more: on disk when it returns. It throws an OutboxError where it is not. */
  async wait({ put, drop }: Waits): Promise<void> {
    const tx = this.db.transaction("state", "readwrite", strict);
    try {
      await Promise.all([...put.map((w) => tx.store.put(w, waitKey(w.n))), ...drop.map((n) => tx.store.delete(waitKey(n))), tx.done]);
    } catch (e) {
      return giveUp(tx, e);
    }
  }

  /** waiting gives what was made and not taken yet, in order. */
  async waiting(): Promise<Waiting[]> {
    return (await this.db.getAll("state", allWaits())) as Waiting[];
  }

  /** unacked gives rows that wait, from a seq on, in order without a gap; what is missing is lost. */
  async unacked(from: number, most: number, maxBytes: number): Promise<Row[]> {
    const tx = this.db.transaction(["rows", "state"]);
    const [next = 1, acked = fresh()] = (await Promise.all([tx.objectStore("state").get("next"), tx.objectStore("state").get("acked")])) as [number | undefined, Acked | undefined];
    const start = Math.max(from, acked.through + 1);
    const range = IDBKeyRange.bound(start, Math.max(start, next - 1));
    const [keys, values] = start < next ? await Promise.all([tx.objectStore("rows").getAllKeys(range, most), tx.objectStore("rows").getAll(range, most)]) : [[], []];
    const held = new Map(keys.map((k, i) => [k, values[i]!]));
    const out: Row[] = [];
    let size = 0;
    for (let seq = start; seq < next && out.length < most; seq++) {
      const hole = acked.holes.find((h) => h.from <= seq && seq <= h.through);
      if (hole) {
        seq = hole.through;
        continue;
      }
      const row = held.get(seq);
      if (!row && keys.length === most && seq > keys[keys.length - 1]!) break; // not read yet
      size += row?.data.length ?? 0;
      if (size > maxBytes && out.length > 0) break;
      out.push(row ? { seq, at: row.at, data: row.data, lost: "" } : { seq, at: 0, data: "", lost: seq < acked.low ? "gone" : "missing" });
    }
    return out;
  }

  /** ack marks all rows up to through as acknowledged. Losing it means only that they are sent again. */
  async ack(through: number): Promise<void> {
    const tx = this.db.transaction("state", "readwrite", { durability: "relaxed" });
    const acked = ((await tx.store.get("acked")) as Acked | undefined) ?? fresh();
    if (through > acked.through) {
      acked.through = through;
      acked.peak = Math.max(acked.peak, through);
      mark(acked, this.now());
      await tx.store.put(acked, "acked");
    }
    await tx.done;
  }

  /** trim lets go of acknowledged rows that are older than a week, or more than the ring holds. */
  async trim(): Promise<void> {
    const acked = (await this.load("acked")) ?? fresh();
    const old = acked.marks.filter((m) => m.at + markEvery < this.now() - ringAge).at(-1)?.through ?? 0;
    const low = Math.min(Math.max(acked.low, old + 1, acked.peak - ringRows + 1), acked.through + 1);
    if (low - acked.low < trimSlack && old < acked.low) return;
    const tx = this.db.transaction(["rows", "state"], "readwrite", { durability: "relaxed" });
    const now = ((await tx.objectStore("state").get("acked")) as Acked | undefined) ?? fresh();
    if (low > now.through + 1) return; // they wait again since
    now.low = Math.max(now.low, low);
    now.marks = now.marks.filter((m) => m.through >= low);
    await Promise.all([tx.objectStore("rows").delete(IDBKeyRange.upperBound(low, true)), tx.objectStore("state").put(now, "acked"), tx.done]);
  }

  /** resend makes all rows from a seq on wait again, durably. */
  async resend(from: number): Promise<void> {
    const tx = this.db.transaction("state", "readwrite", strict);
    const acked = ((await tx.store.get("acked")) as Acked | undefined) ?? fresh();
    if (from <= acked.through) {
      acked.through = from - 1;
      await tx.store.put(acked, "acked");
    }
    await tx.done;
  }

  /**
   * raise makes through+1 the next seq where it is not above already: the server knows seqs that this
   * outbox has never given out, so it is an older copy. The seqs between are the server's.
   */
  async raise(through: number): Promise<void> {
    const tx = this.db.transaction("state", "readwrite", strict);
    const [next = 1, acked = fresh()] = (await Promise.all([tx.store.get("next"), tx.store.get("acked")])) as [number | undefined, Acked | undefined];
    if (through >= next) {
      acked.holes.push({ from: next, through });
      await Promise.all([tx.store.put(through + 1, "next"), tx.store.put(acked, "acked")]);
    }
    await tx.done;
  }

  /** note keeps outcomes that a person must see, durably, before they are acknowledged. */
  async note(notes: readonly Note[]): Promise<void> {
    if (notes.length === 0) return;
    const tx = this.db.transaction("notes", "readwrite", strict);
    if ((await tx.store.count()) + notes.length <= maxNotes) for (const n of notes) void tx.store.put(n, n.seq);
    await tx.done;
  }

  notes(): Promise<Note[]> {
    return this.db.getAll("notes", null, 200);
  }

  async clearNote(seq: number): Promise<void> {
    await this.db.delete("notes", seq);
  }

  async row(seq: number): Promise<StoredRow | undefined> {
    return this.db.get("rows", seq);
  }

  async stats(): Promise<Stats> {
    const tx = this.db.transaction(["rows", "notes", "state"]);
    const state = tx.objectStore("state");
    const [next = 1, acked = fresh(), notes] = (await Promise.all([state.get("next"), state.get("acked"), tx.objectStore("notes").count()])) as [number | undefined, Acked | undefined, number];
    const oldest = acked.through + 1 < next ? await tx.objectStore("rows").openCursor(everything(acked.through + 1)) : null;
    return { waiting: waitingIn(next, acked), oldest: oldest?.value.at ?? 0, next, acked: acked.through, notes };
  }

  /** exported gives all rows held, one a line exactly as stored, oldest first, and behind them what is not booked, marked so. */
  exported(): Promise<string> {
    return exportedFrom(this.db as unknown as IDBPDatabase);
  }

  /** pair makes the outbox that of another pairing: only where nothing waits in it, not sent or not taken yet. */
  async pair(pairing: Pairing): Promise<void> {
    const tx = this.db.transaction(["rows", "notes", "state"], "readwrite", strict);
    const state = tx.objectStore("state");
    const [next = 1, acked = fresh(), waits] = (await Promise.all([state.get("next"), state.get("acked"), state.count(allWaits())])) as [number | undefined, Acked | undefined, number];
    if (waitingIn(next, acked) > 0 || waits > 0) {
      tx.abort();
      await tx.done.catch(() => undefined);
      throw new OutboxError("outbox_full", "");
    }
    await Promise.all([tx.objectStore("rows").clear(), tx.objectStore("notes").clear(), state.delete("machine"), state.delete("heard"), state.delete("acked"), state.delete("contact"), state.put(1, "next"), state.put(pairing, "pairing"), tx.done]);
  }
}

/** exportedFrom gives the scans of an outbox of any form as lines. */
export async function exportedFrom(db: IDBPDatabase): Promise<string> {
  if (!db.objectStoreNames.contains("state")) return linesOf(await db.getAll("rows") as { data?: unknown }[]);
  const tx = db.transaction(["rows", "state"]);
  const state = tx.objectStore("state");
  const [rows, pairing, machine, waits] = (await Promise.all([tx.objectStore("rows").getAll(), state.get("pairing"), state.get("machine"), state.getAll(allWaits())])) as [{ data?: unknown }[], Partial<Pairing> | undefined, unknown, unknown[]];
  return linesOf(rows) + notBooked(pairing?.device, machine, waits);
}

const linesOf = (rows: readonly { data?: unknown }[]): string => rows.map((r) => (typeof r.data === "string" ? r.data : JSON.stringify(r)) + "\n").join("");

/** giveUp ends a transaction that failed: nothing of it is stored. */
async function giveUp(tx: { abort(): void; readonly done: Promise<void> }, e: unknown): Promise<never> {
  try {
    tx.abort();
  } catch { /* it has ended already */ }
  await tx.done.catch(() => undefined);
  throw troubleOf(e);
}

const troubleOf = (e: unknown): OutboxError =>
  e instanceof OutboxError ? e : new OutboxError(e instanceof DOMException && e.name === "QuotaExceededError" ? "disk_full" : "disk_failed", String(e));

/** waitingIn is how many rows wait: all behind those that are acknowledged, but the server's own. */
const waitingIn = (next: number, acked: Acked): number =>
  next - 1 - acked.through - acked.holes.reduce((n, h) => n + Math.max(0, h.through - Math.max(h.from, acked.through + 1) + 1), 0);

/** mark notes when rows were acknowledged, as finely as the ring's age needs. */
function mark(acked: Acked, now: number): void {
  const last = acked.marks.at(-1);
  if (last && now - last.at < markEvery) last.through = acked.through;
  else acked.marks.push({ through: acked.through, at: now });
  if (acked.marks.length > maxMarks + 1) acked.marks.shift();
}
