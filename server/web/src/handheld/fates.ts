// What was done, and what became of it: the steps on the screen with their marks, how many wait to be
// sent, and what needs somebody. It shows what the outbox holds and changes nothing in it but notes
// that are done with.

import { batch, signal } from "@preact/signals";
import type { Booked, Intent } from "../core/flow/types.ts";
import type { Box, Note, Outcome, Stats } from "./box.ts";
import { needsYou } from "./wire.ts";

/** A step that was stored, on the screen. */
export interface Done {
  readonly first: number; // its seqs
  readonly last: number;
  readonly words: string;
  readonly mark: "saved" | "booked" | "needs";
}

const recent = 6; // the last, and five before it
const none: readonly Done[] = [];

export class Fates {
  readonly done = signal(none);
  readonly before = signal(none); // the list of those before the last: it moves on behind the frame that shows a scan
  readonly stats = signal<Stats>({ waiting: 0, oldest: 0, next: 1, acked: 0, notes: 0 });
  readonly notes = signal<readonly Note[]>([]);
  private looks = 0; // at the outbox
  private shown = 0; // which of them is shown

  constructor(private readonly box: Box) {}

  /** recall shows what was done before the page was loaded. */
  async recall(done: readonly Booked[]): Promise<void> {
    await this.refresh();
    this.done.value = done.filter((b) => b.seq > 0).slice(-recent).reverse().map((b) => ({ first: b.seq, last: b.seq, words: b.words, mark: this.markOf(b.seq) }));
    this.moveOn();
  }

  /** stored tells of rows that are on disk. How many wait follows from that: asking the outbox would paint a scan twice. */
  stored(first: number, intents: readonly Intent[], words: string): void {
    for (const i of intents) if (i.action === "undo") void this.clearNote(Number(i.reference)); // what is taken back needs nobody
    const next = first + intents.length;
    this.done.value = [{ first, last: next - 1, words, mark: this.markOf(next - 1) }, ...this.done.value].slice(0, recent); // its answer may have been here first
    const s = this.stats.value;
    if (s.next < next) this.stats.value = { ...s, next, waiting: s.waiting + next - s.next, oldest: s.oldest || Date.now() };
  }

  /** moveOn brings the list of those before the last up to the last. */
  moveOn(): void {
    this.before.value = this.done.value.slice(1);
  }

  /** answered tells what the server said, and what the outbox held behind it; true: nothing of it needs anybody. */
  answered(outcomes: readonly Outcome[], stats: Stats): boolean {
    const needs = new Set(outcomes.filter(needsYou).map((o) => o.seq));
    const through = Math.max(...outcomes.map((o) => o.seq));
    this.done.value = this.done.value.map((d) => {
      const need = d.mark === "needs" || [...needs].some((seq) => d.first <= seq && seq <= d.last);
      return d.last > through ? d : { ...d, mark: need ? "needs" : "booked" };
    });
    this.moveOn();
    this.holds(stats, this.notes.value); // at once: the tone for what is sent goes by it
    if (stats.notes > 0 || this.notes.value.length > 0 || this.looks > this.shown) void this.refresh().catch(() => undefined);
    return needs.size === 0;
  }

  /** markOf is what became of a row. */
  markOf(seq: number): Done["mark"] {
    if (this.notes.value.some((n) => n.seq === seq)) return "needs";
    return this.done.value.find((d) => d.first <= seq && seq <= d.last)?.mark ?? (seq <= this.stats.value.acked ? "booked" : "saved");
  }

  /** refresh shows what the outbox holds. Of two looks the later one stays, whichever comes back first. */
  async refresh(): Promise<void> {
    const look = ++this.looks;
    const stats = await this.box.stats();
    const notes = stats.notes > 0 ? await this.box.notes() : [];
    if (look < this.shown) return;
    this.shown = look;
    this.holds(stats, notes);
  }

  private async clearNote(seq: number): Promise<void> {
    await this.box.clearNote(seq);
    await this.refresh();
  }

  /** holds shows what the outbox held a moment ago: scans that were stored since are on top of it. */
  private holds(stats: Stats, notes: readonly Note[]): void {
    const { next } = this.stats.value;
    batch(() => {
      this.stats.value = stats.next < next ? { ...stats, waiting: stats.waiting + next - stats.next, next } : stats;
      if (notes.length > 0 || this.notes.value.length > 0) this.notes.value = notes;
    });
  }
}
