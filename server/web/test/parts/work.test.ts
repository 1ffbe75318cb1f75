// The page of figures: which days, by what the line is drawn, and where labels stand.
import assert from "node:assert/strict";
import test from "node:test";
import { apart, daysOf, dockPath, going, lineOf, ready, shareOf, throughputPath, wrongOf, type Row } from "../../src/watch/work/throughput.ts";

const row = (by: string, more: Partial<Row> = {}): Row => ({ by, group: "", scans: 10, moves: 9, refused: 0, parked: 0, exceptions: 0, ...more });

test("days come from the address, and what cannot be read is today", () => {
  for (const [filters, path, is] of [
    [{}, "/v1/throughput?span=today&site=main", true], [{ span: "7-days" }, "/v1/throughput?span=7-days&site=main", true], [{ span: "year" }, "/v1/throughput?span=today&site=main", true],
    [{ span: "dates", first: "2026-03-01", last: "2026-03-02" }, "/v1/throughput?first=2026-03-01&last=2026-03-02&site=main", true], [{ span: "dates", first: "2026-03-02", last: "2026-03-01" }, "", false], [{ span: "dates", first: "<b>", last: "2026-03-01" }, "", false], [{ span: "dates" }, "", false],
  ] as const) {
    const days = daysOf(filters);
    assert.equal(ready(days), is, JSON.stringify(filters));
    if (is) assert.equal(throughputPath(days, "main"), path);
  }
  assert.equal(dockPath(daysOf({ span: "yesterday" }), "", { format: "csv" }), "/v1/dock-to-stock?span=yesterday&format=csv");
  assert.deepEqual(["today", "yesterday", "28-days", "dates"].map((span) => going(daysOf({ span }))), [true, false, true, false]);
});

test("hours are drawn while they can be told apart, else days", () => {
  assert.equal(lineOf(Array.from({ length: 24 }, () => row("hour"))), "hour");
  assert.equal(lineOf(Array.from({ length: 7 * 24 }, () => row("hour"))), "hour");
  assert.equal(lineOf(Array.from({ length: 28 * 24 }, () => row("hour"))), "day");
});

test("what needed somebody is a part of all, of nothing there is none", () => {
  assert.equal(wrongOf(row("total", { refused: 1, parked: 2, exceptions: 3 })), 6);
  assert.deepEqual([shareOf(1, 4), shareOf(0, 0)], [25, null]);
});

test("labels that would lie over each other move apart, in their order", () => {
  assert.deepEqual(apart([100, 104, 10], 16), [100, 116, 10]);
  assert.deepEqual(apart([50, 50], 16), [50, 66]);
  assert.deepEqual(apart([], 16), []);
});
