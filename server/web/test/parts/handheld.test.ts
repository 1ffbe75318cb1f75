// A whole handheld over an outbox that a test answers: what is shown, heard and counted where answers come
// late, in another order, or not at all.
import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import type { Note } from "../../src/handheld/box.ts";
import { english } from "../../src/handheld/words.ts";
import { Disk, Held, judging, opened, settled, stage } from "./held.ts";

const note = (seq: number): Note => ({ seq, outcome: "parked", code: "unknown_code", message: "It is not known.", at: 1 });

async function scene(t: TestContext, box = new Held()) {
  const pass = stage(t);
  const felt: string[] = [];
  return { box, felt, pass, ...(await opened(box, (s) => felt.push(s))) };
}

test("a note that is gone already leaves the screen when it is handed over again", async (t) => {
  const box = new Held();
  box.disk.notes = [note(7)];
  const { h } = await scene(t, box);
  assert.equal(h.fates.notes.value.length, 1);
  box.disk.notes = []; // another tap was first
  await h.hand(7);
  assert.deepEqual([h.fates.notes.value, h.fates.stats.value.notes], [[], 0]);
});

test("of two looks at the outbox the later one stays, whichever comes back first", async (t) => {
  const box = new Held();
  const { h } = await scene(t, box);
  let late: (n: Note[]) => void = () => undefined;
  box.disk.notes = [note(7)];
  box.disk.next = 8;
  box.notes = () => new Promise((resolve) => (late = resolve));
  const first = h.fates.refresh();
  await settled();
  [box.disk.notes, box.disk.acked] = [[], 7];
  await h.fates.refresh();
  late([note(7)]);
  await first;
  assert.deepEqual([h.fates.notes.value, h.fates.stats.value.notes, h.fates.stats.value.waiting], [[], 0, 0]);
});

test("where something needs somebody, a person hears all the same that the rest is sent", async (t) => {
  const box = new Held();
  box.disk.notes = [note(1)];
  [box.disk.next, box.disk.acked] = [2, 1];
  const { h, felt, hear, pass } = await scene(t, box);
  box.disk.next = 3;
  await h.fates.refresh();
  assert.equal(h.fates.stats.value.waiting, 1);
  await pass(10_000); // they have paused
  box.stats = () => new Promise(() => undefined); // the disk takes its time
  hear({ kind: "outcomes", outcomes: [{ seq: 2, outcome: "applied", entry: 9 }], stats: { waiting: 0, oldest: 0, next: 3, acked: 2, notes: 1 } });
  await pass(1);
  await pass(1);
  assert.deepEqual([felt, h.fates.stats.value.waiting, h.fates.notes.value.length], [["sent"], 0, 1]);
});

test("a scan too many behind a PIN is heard as a stop and said on the pad; none before it is lost", async (t) => {
  const { box, h, felt } = await scene(t);
  h.scan("BLOP-ann");
  for (let i = 0; i < 4096; i++) h.event({ scan: "A-01" });
  await settled();
  felt.length = 0;
  h.event({ scan: "A-01" });
  await settled();
  assert.deepEqual([felt, h.asking.value?.wrong, box.disk.waits.size], [["stop"], english.ui.tooFast, 4097]);
});

test("whatever goes wrong behind a PIN, the next scan is heard", async (t) => {
  const { h } = await scene(t);
  h.scan("BLOP-ann");
  judging(h, () => true);
  const { machine } = h as unknown as { machine: { take: () => unknown } };
  const take = machine.take.bind(machine);
  machine.take = () => { throw new Error("a fault of ours"); };
  await assert.rejects(h.enterPin("4821"));
  machine.take = take;
  assert.deepEqual([h.asking.value, h.busy()], [null, false]);
  h.event({ scan: "4006381333931" });
  await settled();
  assert.equal(h.busy(), false);
});

test("a scan says that it had seen no more of the feed than the person had", async (t) => {
  const { box, h, hear, pass } = await scene(t);
  const seen = () => box.disk.scans().length > 0 ? (JSON.parse([...box.disk.rows.values()].at(-1)!) as { seen?: number }).seen : "nothing was booked";
  h.scan("stock");
  await pass(10);
  hear({ kind: "connected", epoch: "e1" });
  hear({ kind: "rows", rows: { topic: "balances", snapshot: false, first: false, last: true, n: 5, at: 1, rows: [] } });
  hear({ kind: "seen", cursor: { epoch: "e1", n: 5 } });
  h.scan("U-1"); // before the frame that shows the new balance
  await settled();
  assert.deepEqual([seen(), h.asOf.value.balances], [undefined, 0]);
  for (let frame = 0; frame < 10; frame++) await pass(1);
  h.scan("U-2");
  await settled();
  assert.deepEqual([seen(), h.asOf.value.balances], [5, 1]);
});

const rowsOf = ({ disk }: Held) => [...disk.rows.values()].map((r) => JSON.parse(r) as { scan?: string; action: string; at: string; seen?: number; clock: string });
const scanned = (box: Held) => rowsOf(box).map((r) => [r.scan ?? r.action, Math.round((Date.parse(r.at) - Date.parse(rowsOf(box)[0]!.at)) / 1000)]);

test("what waits behind a stop is booked as of when it was scanned, over an end of the page too, and what had been seen by then", async (t) => {
  const box = new Held();
  const { h, hear, pass } = await scene(t, box);
  h.scan("stock");
  h.scan("U-1");
  await settled();
  h.scan("]C0BLCMD-NO");
  await pass(1000);
  h.scan("U-2");
  await pass(1000);
  hear({ kind: "connected", epoch: "e1" });
  hear({ kind: "seen", cursor: { epoch: "e1", n: 9 } }); // entries of others, while the stop stands
  for (let frame = 0; frame < 10; frame++) await pass(1);
  await pass(298_000);
  h.event({ tap: "OK" });
  h.scan("U-3");
  await settled();
  assert.deepEqual(scanned(box), [["U-1", 0], ["U-2", 1], ["U-3", 300]]);
  assert.deepEqual(rowsOf(box).map((r) => r.seen), [undefined, undefined, 9]);
  h.scan("]C0BLCMD-NO");
  h.scan("U-4");
  await settled();
  box.crash(0);
  const next = new Held(box.disk);
  const { h: again } = await opened(next, () => undefined);
  await pass(60_000);
  again.event({ tap: "OK" });
  await settled();
  assert.deepEqual(scanned(next).at(-1), ["U-4", 300]);
});

test("a page that ends between a step and what waited for it goes on with that, before whatever is done next", async (t) => {
  const box = new Held();
  const { h } = await scene(t, box);
  h.scan("stock");
  h.scan("]C0BLCMD-NO");
  h.scan("U-1");
  h.scan("]C0BLCMD-UNDO"); // of what has no seq before it is stored
  h.scan("U-2");
  await settled();
  box.slow = true;
  h.event({ tap: "OK" });
  await settled();
  box.crash(1);
  const next = new Held(box.disk);
  const { h: again } = await opened(next, () => undefined);
  again.event({ tap: "REMOVE" }); // before anything of it is on the disk
  await settled();
  assert.deepEqual(rowsOf(next).map((r) => [r.action, r.scan]), [["add", "U-1"], ["undo", undefined], ["add", "U-2"]]);
  assert.equal(again.screen.value.mode, "remove");
});

test("what is handed to a supervisor while scans wait pushes none of them to later", async (t) => {
  const box = new Held();
  box.disk.notes = [note(7)];
  const { h, pass } = await scene(t, box);
  box.hand = async (_: number, build: (next: number) => string) => {
    box.disk.rows.set(box.disk.next, build(box.disk.next++));
    return true;
  };
  h.scan("stock");
  h.event({ tap: "X1000" });
  h.scan("U-1");
  h.scan("]C0BLCMD-NO");
  h.scan("U-2");
  await pass(60_000);
  await h.hand(7);
  await pass(60_000);
  h.event({ tap: "OK" });
  await settled();
  assert.deepEqual(scanned(box).slice(-2), [["ask", 0], ["U-2", 0]]);
});

/** Work is a floor worker whose device runs out of room and crashes, whose disk is slow, and who is asked for PINs. */
class Work {
  readonly disk = new Disk();
  readonly stored = new Set<string>(); // scans that were on the disk once
  stops = 0; // heard
  made = 0;
  private page!: Held;
  private h!: Awaited<ReturnType<typeof opened>>["h"];

  constructor(private readonly rand: (n: number) => number, private readonly pass: (ms: number) => Promise<void>) {}

  async begin(): Promise<void> {
    await this.open();
    this.h.scan("stock"); // a place of every site
    await this.settle();
  }

  private async open(): Promise<void> {
    this.page = new Held(this.disk);
    this.page.slow = true;
    this.h = (await opened(this.page, (s) => { if (s === "stop") this.stops++; })).h;
    judging(this.h, () => this.rand(4) > 0);
  }

  /** look sees that nothing is told that is not so. */
  look(): void {
    const { rows, waits } = this.disk;
    for (const { event } of waits.values()) if (event.scan?.startsWith("U-")) this.stored.add(event.scan);
    for (const scan of this.disk.scans()) this.stored.add(scan);
    assert.ok((this.h.asking.value?.waiting ?? 0) <= waits.size, "more are said to wait than do");
    for (const d of this.h.fates.done.value) assert.ok(rows.has(d.last), "a scan is shown as stored that is not");
  }

  async act(what: number): Promise<void> {
    const asking = this.h.asking.value;
    if (what < 5) this.h.scan("U-" + ++this.made);
    else if (what === 5) this.h.scan(this.rand(2) ? "BLOP-ann" : "BLOP-bob");
    else if (what === 6) void this.h.enterPin("4821");
    else if (what === 7 && asking && !asking.busy) this.h.cancelPin();
    else if (what < 12) this.page.turn(1 + this.rand(3));
    else if (what === 12) this.page.full = this.rand(3);
    else if (what === 13) this.h.event({ tap: "OK" });
    else if (this.rand(2)) {
      this.page.crash(this.rand(this.page.writes.length + 1));
      this.look();
      await this.open();
    }
    if (this.rand(2)) await this.pass(1);
    this.look();
  }

  /** settle writes all that waits, with room for it, asks nobody for a PIN any more, and clears what stops. */
  async settle(): Promise<void> {
    const done = () => !this.h.busy() && !this.h.asking.value && this.h.screen.value.state !== "stop" && this.page.writes.length === 0;
    for (let i = 0; i < 1000 && !(i > 3 && done()); i++) {
      this.page.full = 0;
      this.page.turn(1);
      await this.pass(1);
      if (this.h.asking.value && !this.h.asking.value.busy) this.h.cancelPin();
      if (this.h.screen.value.state === "stop" && !this.h.busy()) this.h.event({ tap: "OK" });
      this.look();
    }
  }
}

test("behind PINs, over crashes and a disk without room: what was stored is booked once, in order, or a stop was heard", async (t) => {
  const pass = stage(t);
  const seed = Date.now() % 2 ** 32;
  console.log("seed " + seed);
  let state = seed;
  const rand = (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 10) % n;
  };
  for (let round = 0; round < 30; round++) {
    const work = new Work(rand, pass);
    await work.begin();
    for (let i = 0; i < 60; i++) await work.act(rand(15));
    await work.settle();
    const { waits } = work.disk;
    const booked = work.disk.scans();
    const place = (scan: string) => Number(scan.slice(2));
    assert.deepEqual(booked, [...new Set(booked)].sort((a, b) => place(a) - place(b)), "round " + round);
    assert.ok(booked.length > 0, "round " + round + " booked nothing");
    const missing = [...work.stored].filter((scan) => !booked.includes(scan));
    assert.ok(missing.length <= work.stops, `round ${round}: ${missing} are not booked, and ${work.stops} stops were heard`);
    assert.deepEqual([...waits.values()], [], "round " + round);
  }
});
