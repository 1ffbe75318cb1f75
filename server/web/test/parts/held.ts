// A handheld over a disk that a test turns, fills and cuts, for the tests of it.
import { mock, type TestContext } from "node:test";
import { OutboxError, type Box, type Note, type Pairing, type Stats, type Step } from "../../src/handheld/box.ts";
import type { Waiting, Waits } from "../../src/handheld/stored.ts";
import { Handheld } from "../../src/handheld/handheld.ts";
import type { FromWorker } from "../../src/handheld/messages.ts";
import { english } from "../../src/handheld/words.ts";

const pairing: Pairing = { device: "H-07", install: "i", key: "bl_k", role: "floor", site: "main" };

/** settled lets all that waits for nothing but its turn be done. */
export const settled = async (): Promise<void> => { for (let i = 0; i < 80; i++) await Promise.resolve(); };

/** Disk is what outlives a page. ann and bob have PINs. */
export class Disk {
  next = 1;
  acked = 0;
  notes: Note[] = [];
  readonly state: Record<string, unknown> = { shift: { until: "", tries: 5, checks: [], known: ["ann", "bob"], wrong: {}, got: 1 }, guide: { open: false } };
  readonly rows = new Map<number, string>();
  readonly waits = new Map<number, Waiting>();

  /** scans are those that were booked, in the order of their seqs. */
  scans(): string[] {
    return [...this.rows.entries()].sort((a, b) => a[0] - b[0]).map(([, r]) => (JSON.parse(r) as { scan: string }).scan);
  }
}

/** Held is the outbox of one page. What it writes is on the disk at once, or when a test says so. */
export class Held {
  slow = false;
  full = 0; // writes that find no room
  writes: (() => void)[] = [];
  private gone = false;

  constructor(readonly disk = new Disk()) {}

  /** turn does so many of the writes that wait. */
  turn(n: number): void {
    for (const write of this.writes.splice(0, n)) write();
  }

  /** crash ends the page: of its writes so many are still done, each whole. */
  crash(done: number): void {
    this.turn(done);
    [this.gone, this.writes] = [true, []];
  }

  private write<T>(act: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.gone) return;
      this.writes.push(() => {
        if (this.full > 0 && this.full-- > 0) reject(new OutboxError("disk_full", ""));
        else resolve(act());
      });
      if (!this.slow) this.turn(1);
    });
  }

  private put({ put, drop }: Waits): void {
    for (const w of put) this.disk.waits.set(w.n, structuredClone(w));
    for (const n of drop) this.disk.waits.delete(n);
  }

  async load(name: string) { return this.disk.state[name]; }
  async save(name: string, value: unknown) { if (!this.gone) this.disk.state[name] = value; }
  async stats(): Promise<Stats> {
    const { next, acked, notes } = this.disk;
    return { waiting: next - 1 - acked, oldest: 0, next, acked, notes: notes.length };
  }
  async notes() { return this.disk.notes; }
  async clearNote(seq: number) { this.disk.notes = this.disk.notes.filter((n) => n.seq !== seq); }
  async row(seq: number) { return this.disk.rows.has(seq) ? { at: 1, data: this.disk.rows.get(seq)! } : undefined; }
  async waiting() { return [...this.disk.waits.values()].sort((a, b) => a.n - b.n); }
  async hand(_: number, __: (next: number) => string) { return false; }
  wait(w: Waits) { return this.write(() => this.put(w)); }
  append(build: (first: number) => Step, w: Waits) {
    return this.write(() => {
      const first = this.disk.next;
      const { machine, rows, heard } = build(first);
      this.disk.state.machine = machine;
      if (heard) this.disk.state.heard = heard;
      rows.forEach((r, i) => this.disk.rows.set(first + i, r));
      this.disk.next += rows.length;
      this.put(w);
      return first;
    });
  }
}

/** stage is a browser without frames, whose time a test moves. */
export function stage(t: TestContext) {
  const time = { now: 10_000 };
  mock.timers.enable({ apis: ["setTimeout"] });
  const timer = globalThis.setTimeout;
  globalThis.setTimeout = ((call: () => void, ms = 1) => timer(call, ms)) as typeof setTimeout; // the mocked one never calls without a time
  const clock = mock.method(performance, "now", () => time.now);
  (globalThis as unknown as { document: object }).document = { visibilityState: "hidden" };
  t.after(() => {
    mock.timers.reset();
    clock.mock.restore();
  });
  return async (ms: number) => {
    time.now += ms;
    mock.timers.tick(ms);
    await settled();
  };
}

/** opened is a handheld that was opened over an outbox: what it lets feel goes to feel, what its worker says comes by hear. */
export async function opened(box: Held, feel: (state: string) => void) {
  let worker: (m: FromWorker) => void = () => undefined;
  const h = await Handheld.open({
    origin: "http://x", app: "test", words: () => english, today: () => "2026-03-02", badge: false, clockTime: String, feel, judge: async () => true,
    startWorker: (hear) => { worker = hear; return () => undefined; },
  }, box as unknown as Box, pairing);
  return { h, hear: (m: FromWorker) => worker(m) };
}

/** judging has a handheld judge PINs as a test says. */
export function judging(h: Handheld, judge: () => boolean): void {
  (h as unknown as { pins: { judge: () => Promise<object> } }).pins.judge = async () => (judge() ? { kind: "right" } : { kind: "wrong", left: 3 });
}
