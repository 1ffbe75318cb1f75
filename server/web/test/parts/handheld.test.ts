// A whole handheld over an outbox that a test answers: what is shown, heard and counted where answers come
// late, in another order, or not at all.
import assert from "node:assert/strict";
import test, { mock, type TestContext } from "node:test";
import type { Box, Note, Pairing, Stats, Waits } from "../../src/handheld/box.ts";
import { Handheld } from "../../src/handheld/handheld.ts";
import { english } from "../../src/handheld/words.ts";
import type { FromWorker } from "../../src/handheld/messages.ts";

const pairing: Pairing = { device: "H-07", install: "i", key: "bl_k", role: "floor", site: "main" };
const note = (seq: number): Note => ({ seq, outcome: "parked", code: "unknown_code", message: "It is not known.", at: 1 });
const settled = async () => { for (let i = 0; i < 60; i++) await Promise.resolve(); };

/** Held is an outbox of this test. */
class Held {
  next = 1;
  acked = 0;
  list: Note[] = [];
  readonly state: Record<string, unknown> = { shift: { until: "", tries: 5, checks: [], known: ["ann"], wrong: {}, got: 1 }, guide: { open: false } };
  readonly waits = new Map<number, unknown>();

  async load(name: string) { return this.state[name]; }
  async save(name: string, value: unknown) { this.state[name] = value; }
  async stats(): Promise<Stats> { return { waiting: this.next - 1 - this.acked, oldest: 0, next: this.next, acked: this.acked, notes: this.list.length }; }
  async notes() { return this.list; }
  async clearNote(seq: number) { this.list = this.list.filter((n) => n.seq !== seq); }
  async row() { return undefined; }
  async waiting() { return []; }
  async wait({ put, drop }: Waits) {
    for (const w of put) this.waits.set(w.n, w.event);
    for (const n of drop) this.waits.delete(n);
  }
  async append(build: (first: number) => { rows: readonly string[] }, waits: Waits) {
    const first = this.next;
    this.next += build(first).rows.length;
    await this.wait(waits);
    return first;
  }
  async hand() { return false; }
}

async function scene(t: TestContext, box = new Held()) {
  const time = { now: 10_000 };
  mock.timers.enable({ apis: ["setTimeout"] });
  const clock = mock.method(performance, "now", () => time.now);
  t.after(() => {
    mock.timers.reset();
    clock.mock.restore();
  });
  (globalThis as unknown as { document: object }).document = { visibilityState: "hidden" };
  const felt: string[] = [];
  let worker: (m: FromWorker) => void = () => undefined;
  const h = await Handheld.open({
    origin: "http://x", app: "test", words: () => english, today: () => "2026-03-02", badge: false, clockTime: String, feel: (s) => felt.push(s), judge: async () => true,
    startWorker: (hear) => { worker = hear; return () => undefined; },
  }, box as unknown as Box, pairing);
  const pass = async (ms: number) => {
    time.now += ms;
    mock.timers.tick(ms);
    await settled();
  };
  return { box, h, felt, hear: (m: FromWorker) => worker(m), pass };
}

test("a note that is gone already leaves the screen when it is handed over again", async (t) => {
  const box = new Held();
  box.list = [note(7)];
  const { h } = await scene(t, box);
  assert.equal(h.notes.value.length, 1);
  box.list = []; // another tap was first
  await h.hand(7);
  assert.deepEqual([h.notes.value, h.stats.value.notes], [[], 0]);
});

test("of two looks at the outbox the later one stays, whichever comes back first", async (t) => {
  const box = new Held();
  const { h } = await scene(t, box);
  let late: (n: Note[]) => void = () => undefined;
  box.list = [note(7)];
  box.next = 8;
  box.notes = () => new Promise((resolve) => (late = resolve));
  const first = h.refresh();
  await settled();
  [box.list, box.acked] = [[], 7];
  await h.refresh();
  late([note(7)]);
  await first;
  assert.deepEqual([h.notes.value, h.stats.value.notes, h.stats.value.waiting], [[], 0, 0]);
});

test("where something needs somebody, a person hears all the same that the rest is sent", async (t) => {
  const box = new Held();
  box.list = [note(1)];
  [box.next, box.acked] = [2, 1];
  const { h, felt, hear, pass } = await scene(t, box);
  box.next = 3;
  await h.refresh();
  assert.equal(h.stats.value.waiting, 1);
  await pass(10_000); // they have paused
  box.stats = () => new Promise(() => undefined); // the disk takes its time
  hear({ kind: "outcomes", outcomes: [{ seq: 2, outcome: "applied", entry: 9 }], stats: { waiting: 0, oldest: 0, next: 3, acked: 2, notes: 1 } });
  await pass(0);
  await pass(0);
  assert.deepEqual([felt, h.stats.value.waiting, h.notes.value.length], [["sent"], 0, 1]);
});

test("a scan too many behind a PIN is heard as a stop and said on the pad; none before it is lost", async (t) => {
  const { box, h, felt } = await scene(t);
  h.scan("BLOP-ann");
  for (let i = 0; i < 4096; i++) h.event({ scan: "A-01" });
  await settled();
  felt.length = 0;
  h.event({ scan: "A-01" });
  await settled();
  assert.deepEqual([felt, h.asking.value?.wrong, box.waits.size], [["stop"], english.ui.tooFast, 4097]);
});

test("whatever goes wrong behind a PIN, the next scan is heard", async (t) => {
  const { box, h } = await scene(t);
  box.state.shift = {};
  h.scan("BLOP-ann");
  const { machine, pins } = h as unknown as { machine: { take: () => unknown }; pins: { judge: () => Promise<object> } };
  pins.judge = async () => ({ kind: "right" });
  const take = machine.take.bind(machine);
  machine.take = () => { throw new Error("a fault of ours"); };
  await assert.rejects(h.enterPin("4821"));
  machine.take = take;
  assert.deepEqual([h.asking.value, h.busy()], [null, false]);
  h.event({ scan: "4006381333931" });
  await settled();
  assert.equal(h.busy(), false);
});
