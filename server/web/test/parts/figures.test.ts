// The figures: never a 0 that nobody measured, and since when there is none.
import assert from "node:assert/strict";
import test, { mock } from "node:test";
import { Figures } from "../../src/watch/figures.ts";
import { Live } from "../../src/watch/live.ts";
import type { Ask } from "../../src/watch/rest.ts";
import type { Entry } from "../../src/watch/wire.ts";

const start = Date.parse("2026-03-02T09:15:00Z");
const scan = (n: number, booked: number, happened = booked): Entry => ({ n, kind: "intent", booked_at: new Date(booked).toISOString(), t_eff: new Date(happened).toISOString(), outcome: "applied", intent: { device: "H-01", action: "add" } });

function scene(devices: () => object): { live: Live; f: Figures } {
  mock.timers.enable({ apis: ["Date"], now: start });
  const live = new Live();
  const f = new Figures(live, (async () => devices()) as Ask, true, () => "");
  live.watch(f);
  return { live, f };
}

test("before anything is told there is no figure, and after a loss each says since when", async (t) => {
  let there = true;
  const gone = (): never => { throw new Error("nobody answers"); };
  const { live, f } = scene(() => there ? ({ rows: [{ role: "floor", presence: { connected: true, pending: 3, oldest: new Date(start - 60_000).toISOString() } }, { role: "dock" }, { role: "admin" }, { role: "floor", revoked_at: "2026-01-01T00:00:00Z" }] }) : gone());
  t.after(() => mock.timers.reset());
  f.tick();
  assert.deepEqual([f.now.value.scans.value, f.now.value.online.value, f.now.value.attention.value, f.now.value.lag.value], [null, null, null, null]);

  live.live(new Date(start), false);
  live.rows("alerts", [{ id: "a", n: 1, kind: "out", since: "", state: "raised" }, { id: "b", n: 1, kind: "low", since: "", state: "acknowledged" }], { part: 1, parts: 1 });
  live.rows("exceptions", [{ id: "x", n: 1, kind: "short", raised_at: "", state: "taken" }], { part: 1, parts: 1 });
  live.entries(Array.from({ length: 40 }, (_, i) => scan(10 + i, start - 40_000 + i * 1000)), 49, false);
  mock.timers.tick(20_000);
  live.entries([scan(50, start + 20_000, start + 19_800), scan(51, start + 20_000, start + 14_000)], 51, true);
  await f.look();
  const now = f.now.value;
  assert.equal(now.scans.value, 42, "of the last minute");
  assert.deepEqual([now.online.value, now.online.of, now.unsent.value, now.unsent.oldest], [1, 2, 3, 80_000]);
  assert.deepEqual([now.attention.value, now.attention.worst], [1, "stop"]);
  assert.ok(now.lag.value && Math.abs(now.lag.value - 6_000) < 600, "lag " + now.lag.value);

  there = false;
  mock.timers.tick(1_000);
  live.lost(live.heardAt, 3);
  const lost = f.now.value;
  for (const figure of [lost.scans, lost.attention, lost.lag]) assert.deepEqual([figure.value, figure.since?.getTime()], [null, start]);
  for (const figure of [lost.online, lost.unsent]) assert.deepEqual([figure.value, figure.since?.getTime()], [null, start + 20_000], "what devices said before is of the past at once");
  mock.timers.tick(3_000);
  there = true;
  await f.look();
  assert.equal(f.now.value.online.value, 1, "the server answers, though the stream is broken");
  mock.timers.tick(31_000);
  f.tick();
  assert.deepEqual([f.now.value.online.value, f.now.value.online.since?.getTime()], [null, start + 24_000]);
});

test("a rate is measured for a while before it is told, and no scan is no lag", (t) => {
  const { live, f } = scene(() => ({ rows: [] }));
  t.after(() => mock.timers.reset());
  live.live(new Date(start), false);
  assert.deepEqual([f.now.value.scans.value, f.now.value.scans.measuring], [null, true]);
  mock.timers.tick(10_000);
  live.entries([scan(5, start + 9_000)], 5, true);
  f.tick();
  assert.equal(f.now.value.scans.value, 6, "one in ten seconds");
  mock.timers.tick(6 * 60_000);
  f.tick();
  assert.deepEqual([f.now.value.scans.value, f.now.value.lag.value, f.now.value.lag.since], [0, null, null]);
});
