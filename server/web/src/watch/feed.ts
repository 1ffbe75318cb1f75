// The feed as a model: entries become rows, bounded, without a silent gap. It knows no page; time comes
// from the entries themselves, so that the same entries make the same rows whenever they come.
//
// Promised: of the entries told, each that the filter wants is in exactly one row, alone or in a group's
// count, or counted by a row that says how many were skipped, or by older. Nothing moves while it is paused.

import { signal } from "@preact/signals";
import { needs, parse, wants, type Filter } from "./filter.ts";
import type { Entry } from "./wire.ts";

/** Bounds of the feed. */
export const mostRows = 5_000; // rows kept; a row is some 2 kB
const mostRaw = 5_000; // entries kept whole, for another filter
const denseAt = 20; // entries within a second, from which they are grouped by device and minute
const sparseAfter = 2_000; // ms that the last so many have to span for rows to be single again

export type Row =
  | { readonly is: "entry"; readonly id: number; readonly entry: Entry }
  | { readonly is: "group"; readonly id: number; readonly device: string; readonly who: ReadonlySet<string>; readonly minute: string; readonly last: number; readonly first: number; readonly count: number; readonly actions: ReadonlyMap<string, number> }
  | { readonly is: "skipped"; readonly id: number; readonly count: number; readonly from: number; readonly to: number }
  | { readonly is: "note"; readonly id: number; readonly note: "restored" };

/** View is what is to be drawn. rows are the oldest first. */
export interface View {
  readonly rows: readonly Row[];
  /** newer entries wait since it was paused. */
  readonly newer: number;
  readonly pausedAt: Date | null;
  /** older entries were let go at the end; total is how many are in rows. */
  readonly older: number;
  readonly total: number;
  /** last is the newest entry in rows. */
  readonly last: number;
}

const mostNamed = 8; // people named in a group

const entriesIn = (row: Row): number => (row.is === "entry" ? 1 : row.is === "note" ? 0 : row.count);
const shownIn = (row: Row): number => (row.is === "skipped" ? 0 : entriesIn(row));
const firstOf = (row: Row): number => (row.is === "entry" ? row.entry.n : row.is === "group" ? row.first : row.is === "skipped" ? row.from + 1 : 0);

/** groupOf is a group that begins with an entry, in the row where that stood. */
function groupOf(e: Entry, device: string, id: number): Row {
  const operator = e.intent?.operator ?? "";
  return { is: "group", id, device, who: new Set(operator ? [operator] : []), minute: e.booked_at, first: e.n, last: e.n, count: 1, actions: new Map([[e.intent?.action ?? "", 1]]) };
}

/** Builder makes rows of entries, the oldest first. */
class Builder {
  rows: Row[] = [];
  #groups = new Map<string, number>(); // where in rows the open group of a device and minute is
  #id: () => number;
  #times: number[] = []; // booked_at of the last so many
  #dense = false;

  constructor(id: () => number) {
    this.#id = id;
  }

  get dense(): boolean {
    return this.#dense;
  }

  add(e: Entry): void {
    const dense = this.#isDense(new Date(e.booked_at).getTime());
    const device = e.intent?.device;
    if (!dense || !device || needs(e)) {
      this.rows.push({ is: "entry", id: this.#id(), entry: e });
      return;
    }
    const key = e.booked_at.slice(0, 16) + " " + device;
    const at = this.#groups.get(key);
    const row = at === undefined ? undefined : this.rows[at];
    const old = row?.is === "entry" ? groupOf(row.entry, device, row.id) : row;
    if (old?.is === "group") {
      const operator = e.intent?.operator ?? "";
      const action = e.intent?.action ?? "";
      const actions = new Map(old.actions);
      actions.set(action, (actions.get(action) ?? 0) + 1);
      const who = operator === "" || old.who.has(operator) || old.who.size >= mostNamed ? old.who : new Set([...old.who, operator]);
      this.rows[at!] = { ...old, who, last: e.n, count: old.count + 1, actions };
      return;
    }
    this.#groups.set(key, this.rows.length);
    this.rows.push({ is: "entry", id: this.#id(), entry: e }); // a group of one says less than the entry itself
  }

  push(row: Row): void {
    this.rows.push(row);
  }

  /** seal begins new groups: what is there stays as it is. */
  seal(): void {
    this.#groups.clear();
  }

  /** drop takes rows away at the old end, and gives them. */
  drop(count: number): Row[] {
    const gone = this.rows.splice(0, count);
    for (const [key, at] of this.#groups) {
      if (at < count) this.#groups.delete(key);
      else this.#groups.set(key, at - count);
    }
    return gone;
  }

  #isDense(t: number): boolean {
    this.#times.push(t);
    if (this.#times.length <= denseAt) return this.#dense;
    const span = t - this.#times.shift()!;
    if (span < 1000) this.#dense = true;
    else if (span > sparseAfter) this.#dense = false;
    return this.#dense;
  }
}

export class Feed {
  /** view changes once a frame at most: what asks for frames is handed in. */
  readonly view = signal<View>({ rows: [], newer: 0, pausedAt: null, older: 0, total: 0, last: 0 });
  readonly filter = signal<Filter>(parse(""));
  #frame: (draw: () => void, dense: boolean) => void;
  #now: () => Date;
  #nextID = 1;
  #raw: Entry[] = [];
  #shown: Builder;
  #waiting: Builder; // since it was paused
  #let = 0; // entries that waited and had to be let go, from letFrom+1 to letTo
  #letFrom = 0;
  #letTo = 0;
  #newer = 0;
  #pausedAt: Date | null = null;
  #older = 0;
  #total = 0;
  #last = 0;
  #drawing = false;

  /** frame asks for a frame, dense: entries come faster than anybody reads, and frames need not. */
  constructor(frame: (draw: () => void, dense: boolean) => void, now: () => Date = () => new Date()) {
    this.#frame = frame;
    this.#now = now;
    this.#shown = this.#builder();
    this.#waiting = this.#builder();
  }

  #builder(): Builder {
    return new Builder(() => this.#nextID++);
  }

  /** add takes entries in the order of n; one that was told before is passed over. */
  add(entries: readonly Entry[]): void {
    for (const e of entries) {
      if (e.n <= this.#last) continue;
      if (this.#last === 0) this.#older = e.n - 1;
      this.#last = e.n;
      this.#raw.push(e);
      if (!wants(this.filter.value, e)) continue;
      if (this.#pausedAt) {
        this.#waiting.add(e);
        this.#newer++;
      } else {
        this.#shown.add(e);
        this.#total++;
      }
    }
    if (this.#raw.length > mostRaw) this.#raw.splice(0, this.#raw.length - mostRaw);
    this.#trim();
    this.#plan();
  }

  /** skipped says that the entries from+1 … to were not told. */
  skipped(from: number, to: number): void {
    if (to <= from) return;
    this.#last = Math.max(this.#last, to);
    this.#raw = []; // another filter would show what came before and what comes after as if nothing were between
    const into = this.#pausedAt ? this.#waiting : this.#shown;
    into.seal();
    into.push({ is: "skipped", id: this.#nextID++, count: to - from, from, to });
    this.#plan();
  }

  /** restored says that the books are others. */
  restored(): void {
    this.clear();
    this.#shown.push({ is: "note", id: this.#nextID++, note: "restored" });
    this.#plan();
  }

  clear(): void {
    this.#raw = [];
    this.#last = 0;
    this.#older = 0;
    this.#begin();
    this.#plan();
  }

  pause(): void {
    if (this.#pausedAt) return;
    this.#pausedAt = this.#now();
    this.#shown.seal();
    this.#draw();
  }

  /** resume shows what came meanwhile. */
  resume(): void {
    if (!this.#pausedAt) return;
    this.#pausedAt = null;
    if (this.#let > 0) this.#shown.push({ is: "skipped", id: this.#nextID++, count: this.#let, from: this.#letFrom, to: this.#letTo });
    for (const row of this.#waiting.rows) this.#shown.push(row);
    this.#total += this.#newer - this.#let;
    this.#waiting = this.#builder();
    this.#let = this.#newer = 0;
    this.#shown.seal();
    this.#trim();
    this.#draw();
  }

  /** ask shows what another filter wants, of the entries that are still there. */
  ask(text: string): void {
    this.filter.value = parse(text);
    this.#begin();
    const first = this.#raw[0]?.n ?? this.#last + 1;
    this.#older = first - 1;
    for (const e of this.#raw) {
      if (!wants(this.filter.value, e)) continue;
      this.#shown.add(e);
      this.#total++;
    }
    this.#draw();
  }

  #begin(): void {
    this.#shown = this.#builder();
    this.#waiting = this.#builder();
    this.#pausedAt = null;
    this.#let = this.#newer = this.#total = 0;
  }

  #trim(): void {
    const waits = this.#waiting.rows.length - mostRows;
    if (waits > 0) {
      const gone = this.#waiting.drop(waits);
      if (this.#let === 0) this.#letFrom = firstOf(gone[0]!) - 1;
      this.#let += gone.reduce((sum, row) => sum + entriesIn(row), 0);
      const next = this.#waiting.rows[0];
      this.#letTo = next ? firstOf(next) - 1 : this.#last;
    }
    const over = this.#shown.rows.length - mostRows;
    if (over <= 0 || this.#pausedAt) return;
    for (const row of this.#shown.drop(over)) {
      this.#older += entriesIn(row);
      this.#total -= shownIn(row);
    }
  }

  #plan(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    this.#frame(() => this.#draw(), (this.#pausedAt ? this.#waiting : this.#shown).dense);
  }

  #draw(): void {
    this.#drawing = false;
    this.view.value = { rows: this.#shown.rows.slice(), newer: this.#newer, pausedAt: this.#pausedAt, older: this.#older, total: this.#total, last: this.#last };
  }
}
