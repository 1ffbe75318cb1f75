// The moment of a scan: counted from a contact, by a corrected wall clock, or a guess that says so.
import assert from "node:assert/strict";
import test from "node:test";
import { timeOf, timeText } from "../../src/core/time.ts";
import { Clock, observe, stampAt, type Anchor, type Reading, type Stamp } from "../../src/handheld/clock.ts";

const s = 1_000_000;
const nine = timeOf("2026-03-02T09:00:00Z");
const at = (wall: number, mono: number, boot = "b1"): Reading => ({ wall, mono, boot });
const anchor: Anchor = { ...at(nine - 60 * s, 100 * s), server: nine, within: 0 };
const stamped = (r: Reading, us: number, c: Stamp["class"]): Stamp => ({ ...r, at: us, class: c });

const rows: [string, Reading, Anchor | null, Stamp | null, string, Stamp["class"]][] = [
  ["counted from the last contact, whatever the wall clock says", at(5, 110 * s), anchor, null, "2026-03-02T09:00:10Z", "a"],
  ["never before the scan before it", at(5, 105 * s), anchor, stamped(at(5, 104 * s), nine + 20 * s, "a"), "2026-03-02T09:00:20Z", "a"],
  ["after a restart the wall clock counts, corrected by what it was off", at(nine + 540 * s, 1 * s, "b2"), anchor, null, "2026-03-02T09:10:00Z", "b"],
  ["a wall clock before the last contact is not believed", at(nine - 7200 * s, 1 * s, "b2"), anchor, null, "2026-03-02T09:00:00.001Z", "c"],
  ["a wall clock that jumped between two scans is not believed", at(nine + 4000 * s, 11 * s, "b2"), anchor, stamped(at(nine + 540 * s, 1 * s, "b2"), nine + 600 * s, "b"), "2026-03-02T09:10:10Z", "c"],
  ["without any contact a wall clock of today is a guess", at(nine, 1 * s), null, null, "2026-03-02T09:00:00Z", "c"],
  ["scans of a guess keep their distance", at(3, 31 * s), null, stamped(at(1, 1 * s), nine, "c"), "2026-03-02T09:00:30Z", "c"],
];

for (const [name, now, a, last, want, how] of rows) {
  test("clock: " + name, () => {
    const got = stampAt(now, a, last);
    assert.deepEqual([timeText(got.at), got.class], [timeText(timeOf(want)), how]);
  });
}

test("a clock of 1970 that nothing speaks for leaves the moment to the server", () => {
  assert.equal(stampAt(at(5 * s, 1 * s), null, null).at, 0);
});

test("a device that slept begins a new boot", () => {
  let [wall, mono] = [1000, 1000];
  const c = new Clock("b", () => wall, () => mono);
  assert.equal(c.read().boot, "b");
  [wall, mono] = [2000, 2000];
  assert.equal(c.read().boot, "b");
  [wall, mono] = [90_000, 2500];
  assert.equal(c.read().boot, "b.1");
});

test("of two contacts the surer one is kept, until it has grown old; a server whose clock was set is believed", () => {
  const sure = observe(null, at(0, 0), nine, 20_000);
  assert.deepEqual([sure.server, sure.within], [nine + 10_000, 10_000]);
  assert.equal(observe(sure, at(0, 10 * s), nine + 10 * s, 900_000), sure);
  assert.notEqual(observe(sure, at(0, 30_000 * s), nine + 30_000 * s, 900_000), sure, "its drift has made it less sure");
  assert.notEqual(observe(sure, at(0, 10 * s), nine + 500 * s, 900_000), sure, "they are too far apart");
  assert.notEqual(observe(sure, at(0, 10 * s, "b2"), nine + 10 * s, 900_000), sure, "another boot");
});

test("moments are written and read with microseconds", () => {
  for (const text of ["2026-03-02T09:15:04.120Z", "2026-03-02T09:15:04.120001Z"]) assert.equal(timeText(timeOf(text)), text);
  assert.equal(timeOf("no time"), 0);
});
