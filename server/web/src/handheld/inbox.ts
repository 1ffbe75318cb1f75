// What was scanned, keyed and tapped and is not taken yet, in order. Most of it waits for
// milliseconds, and is nowhere else; what waits behind a PIN, or behind a step that takes long, is in
// the outbox as one that waits, and leaves it with the step that takes it.

import type { FlowEvent, Moment } from "../core/flow/types.ts";
import type { Box } from "./box.ts";
import type { Waiting, Waits } from "./stored.ts";

const most = 4096; // minutes of the fastest trigger

/** A scan, key or tap that was read and not taken yet. */
export interface Read extends Waiting {
  kept: boolean; // it is in the outbox as one that waits, or on its way there
  stored: boolean; // it is there: the page may be gone meanwhile
}

export class Inbox {
  private readonly reads: Read[] = [];
  private readonly released: number[] = []; // taken, and still written down
  private last = 0;

  /** resume takes up what waited when the page was closed or killed, and gives the last of it. */
  async resume(box: Box): Promise<Waiting | undefined> {
    const waits = await box.waiting();
    this.reads.push(...waits.map((w) => ({ ...w, kept: true, stored: true })));
    const last = waits.at(-1);
    this.last = last?.n ?? 0;
    return last;
  }

  get empty(): boolean {
    return this.reads.length === 0;
  }

  /** add takes one more, where there is room for it. */
  add(event: FlowEvent, raw: string, moment: Moment): boolean {
    if (this.reads.length >= most) return false;
    this.reads.push({ n: ++this.last, event, moment, kept: false, stored: false, ...(raw ? { raw } : {}) });
    return true;
  }

  take(): Read | undefined {
    return this.reads.shift();
  }

  has(r: Read): boolean {
    return this.reads.includes(r);
  }

  /** drop takes out those of a list that still wait, and gives them. */
  drop(list: readonly Read[]): Read[] {
    const there = list.filter((r) => this.has(r));
    for (const r of there) this.reads.splice(this.reads.indexOf(r), 1);
    return there;
  }

  /** stored is how many wait on disk. */
  stored(): number {
    return this.reads.filter((r) => r.stored).length;
  }

  /** unkept are those that wait in memory alone. */
  unkept(): Read[] {
    return this.reads.filter((r) => !r.kept);
  }

  /** release has what is taken leave those that wait, with whatever is stored next. */
  release(r: Read): void {
    if (r.kept) this.released.push(r.n);
  }

  /** owes says whether something that was taken is still written down as one that waits. */
  get owes(): boolean {
    return this.released.length > 0;
  }

  /** written stores, with something else, what waits now, and lets go what does no more. */
  async written<T>(put: readonly Read[], store: (w: Waits) => Promise<T>): Promise<T> {
    const drop = this.released.splice(0);
    for (const r of put) r.kept = true; // what is taken meanwhile is let go behind this
    try {
      const done = await store({ put: put.map(({ kept: _, stored: __, ...w }) => w), drop });
      for (const r of put) r.stored = true;
      return done;
    } catch (e) {
      for (const r of put) r.kept = false;
      this.released.push(...drop);
      throw e;
    }
  }
}
