// What was read and is not taken yet: in order, and what of it is written down as waiting.
import assert from "node:assert/strict";
import test from "node:test";
import type { Box } from "../../src/handheld/box.ts";
import type { Waits } from "../../src/handheld/stored.ts";
import { Inbox } from "../../src/handheld/inbox.ts";

const moment = { at: "2026-03-02T08:00:00Z", clock: "a" } as const;
const scans = (inbox: Inbox, ...codes: string[]): void => codes.forEach((scan) => assert.equal(inbox.add({ scan }, "", moment), true));
const noted = (w: Waits) => ({ put: w.put.map((p) => p.event.scan), drop: w.drop });

/** write stores all that waits in memory alone, and tells what was asked of the outbox. */
async function write(inbox: Inbox): Promise<ReturnType<typeof noted>> {
  return inbox.written(inbox.unkept(), async (w) => noted(w));
}

test("what is taken before it was written down costs the disk nothing", async () => {
  const inbox = new Inbox();
  scans(inbox, "A", "B");
  const a = inbox.take()!;
  inbox.release(a);
  assert.deepEqual([a.event.scan, inbox.owes, inbox.stored()], ["A", false, 0]);
  assert.deepEqual(await write(inbox), { put: ["B"], drop: [] });
  assert.equal(inbox.stored(), 1);
});

test("what was written down is let go with what is stored next", async () => {
  const inbox = new Inbox();
  scans(inbox, "A", "B");
  await write(inbox);
  inbox.release(inbox.take()!);
  assert.equal(inbox.owes, true);
  assert.deepEqual(await write(inbox), { put: [], drop: [1] });
  assert.equal(inbox.owes, false);
});

test("a disk that takes nothing leaves all as it was", async () => {
  const inbox = new Inbox();
  scans(inbox, "A");
  await write(inbox);
  inbox.release(inbox.take()!);
  scans(inbox, "B");
  const full = new Error("full");
  await assert.rejects(inbox.written(inbox.unkept(), () => Promise.reject(full)), full);
  assert.deepEqual([inbox.stored(), inbox.owes], [0, true]);
  assert.deepEqual(await write(inbox), { put: ["B"], drop: [1] });
});

test("what is taken while it is being written is let go behind that", async () => {
  const inbox = new Inbox();
  scans(inbox, "A");
  await inbox.written(inbox.unkept(), async () => inbox.release(inbox.take()!));
  assert.deepEqual(await write(inbox), { put: [], drop: [1] });
});

test("what waited when the page was killed comes first, and numbers go on", async () => {
  const inbox = new Inbox();
  const box = { waiting: async () => [{ n: 3, event: { scan: "A" } }, { n: 7, event: { scan: "B" } }] } as unknown as Box;
  assert.equal((await inbox.resume(box))?.n, 7);
  scans(inbox, "C");
  assert.deepEqual([inbox.stored(), inbox.unkept().map((r) => r.n)], [2, [8]]);
  assert.deepEqual([inbox.take()!.event.scan, inbox.take()!.event.scan, inbox.take()!.event.scan, inbox.empty], ["A", "B", "C", true]);
});

test("what was refused is taken out, and what was taken meanwhile is not", () => {
  const inbox = new Inbox();
  scans(inbox, "A", "B", "C");
  const list = inbox.unkept();
  inbox.take();
  assert.deepEqual([inbox.drop(list).map((r) => r.event.scan), inbox.empty], [["B", "C"], true]);
});

test("it holds minutes of the fastest trigger, and says when it is full", () => {
  const inbox = new Inbox();
  for (let i = 0; i < 4096; i++) inbox.add({ scan: "A" }, "", moment);
  assert.equal(inbox.add({ scan: "B" }, "", moment), false);
});
