// The feed as a model: what comes is in one row, or counted by one, whatever comes and however.
import assert from "node:assert/strict";
import test from "node:test";
import { Feed, mostRows, type Row } from "../../src/watch/feed.ts";
import { parse, wants } from "../../src/watch/filter.ts";
import type { Entry } from "../../src/watch/wire.ts";
import { json } from "./files.ts";

const start = Date.parse("2026-03-02T09:15:00Z");

/** scan is entry n, ms after the start. */
const scan = (n: number, ms: number, more: Partial<Entry> = {}): Entry => ({
  n, kind: "intent", booked_at: new Date(start + ms).toISOString(), t_eff: new Date(start + ms).toISOString(), outcome: "applied",
  intent: { device: "H-0" + (n % 5), operator: "ann", action: n % 3 ? "add" : "move", product: "BOLT-M6", from: "A-0" + (n % 7) }, ...more,
});
const many = (from: number, count: number, every: number): Entry[] => Array.from({ length: count }, (_, i) => scan(from + i, i * every));
const open = (): Feed => new Feed((draw) => draw(), () => new Date(start));
const count = (rows: readonly Row[]): number => rows.reduce((sum, r) => sum + (r.is === "entry" ? 1 : r.is === "note" ? 0 : r.count), 0);
const kinds = (rows: readonly Row[]): string => rows.map((r) => r.is + (r.is === "entry" || r.is === "note" ? "" : ":" + r.count)).join(" ");

test("what comes slowly has a row each; what was told before is passed over", () => {
  const f = open();
  f.add(many(1, 5, 100));
  f.add(many(3, 5, 100));
  assert.deepEqual(f.view.value.rows.map((r) => r.is === "entry" && r.entry.n), [1, 2, 3, 4, 5, 6, 7]);
});

test("what comes faster than 20 a second is grouped by device and minute, and its numbers are exact", () => {
  const f = open();
  f.add(many(1, 2_000, 5));
  const { rows, total } = f.view.value;
  assert.equal(count(rows), 2_000);
  assert.equal(total, 2_000);
  assert.equal(rows.filter((r) => r.is === "group").length, 5, kinds(rows));
  assert.ok(rows.every((r) => r.is !== "group" || r.count > 1), "a group of one says less than the entry itself");
  const group = rows.find((r) => r.is === "group");
  assert.equal([...(group?.is === "group" ? group.actions.values() : [])].reduce((a, b) => a + b), group?.is === "group" && group.count);
  f.add([scan(2_001, 30_000), scan(2_002, 31_000), ...many(2_003, 30, 200).map((e, i) => scan(e.n, 32_000 + i * 200))]);
  assert.equal(f.view.value.rows.at(-1)?.is, "entry", "it stays grouped once it is quiet");
  assert.equal(count(f.view.value.rows), 2_032);
});

test("what needs somebody has a row of its own, also among many", () => {
  const f = open();
  f.add(many(1, 500, 2).map((e) => (e.n === 400 ? { ...e, outcome: "parked" } : e)));
  assert.deepEqual(f.view.value.rows.filter((r) => r.is === "entry" && r.entry.outcome === "parked").length, 1);
  assert.equal(count(f.view.value.rows), 500);
});

test("paused, nothing moves; resumed, all that came is there", () => {
  const f = open();
  f.add(many(1, 3, 100));
  f.pause();
  const rows = f.view.value.rows;
  f.add(many(4, 37, 100));
  assert.deepEqual(f.view.value.rows, rows);
  assert.equal(f.view.value.newer, 37);
  assert.equal(f.view.value.pausedAt?.getTime(), start);
  f.resume();
  assert.equal(count(f.view.value.rows), 40);
  assert.equal(f.view.value.newer, 0);
  assert.deepEqual(f.view.value.rows.slice(0, 3), rows, "what was there is drawn again");
});

test("more than it keeps: older rows are counted, and while paused a row says what was skipped", () => {
  const f = open();
  f.add(many(1, mostRows + 300, 100));
  let v = f.view.value;
  assert.deepEqual([v.rows.length, v.older, v.total], [mostRows, 300, mostRows]);
  f.pause();
  f.add(Array.from({ length: mostRows + 1_204 }, (_, i) => scan(mostRows + 301 + i, (mostRows + 301 + i) * 100)));
  assert.equal(f.view.value.newer, mostRows + 1_204);
  f.resume();
  v = f.view.value;
  const skipped = v.rows.find((r) => r.is === "skipped");
  assert.ok(v.rows.length <= mostRows);
  const last = 2 * mostRows + 1_504;
  assert.equal(v.last, last);
  assert.equal(count(v.rows) + v.older, last, "an entry is nowhere");
  assert.ok(skipped === undefined || skipped.count === 1_204);
});

test("a row says what was skipped, with what is on both sides of it", () => {
  const f = open();
  f.add(many(1, 3, 100));
  f.skipped(3, 1_207);
  f.add([scan(1_208, 5_000)]);
  assert.equal(kinds(f.view.value.rows), "entry entry entry skipped:1204 entry");
  assert.equal(count(f.view.value.rows), 1_208);
});

test("another filter is answered from what is there", () => {
  const f = open();
  f.add(many(1, 100, 100));
  f.ask("device:h-02");
  assert.ok(f.view.value.rows.every((r) => r.is === "entry" && r.entry.intent?.device === "H-02"));
  assert.equal(f.view.value.total, 20);
  f.add([scan(101, 20_000), scan(102, 20_100)]);
  assert.equal(f.view.value.total, 21);
  f.ask("");
  assert.equal(f.view.value.total, 102);
});

test("the books are others: nothing of before is shown", () => {
  const f = open();
  f.add(many(50, 3, 100));
  f.restored();
  f.add([scan(2, 0)]);
  assert.equal(kinds(f.view.value.rows), "note entry");
});

test("filters", () => {
  const e = scan(7, 0, { outcome: "parked", message: "The barcode is not known.", moves: [{ product: "NUT M8", from: "north/A-03-11", to: "customer", quantity: "1" }], t_eff: new Date(start - 120_000).toISOString() });
  for (const [text, want] of [
    ["", true], ["device:h-02", true], ["device:h-03", false], ["place:a-03", true], ["place:b", false], ["state:needs", true], ["state:parked", true], ["state:applied", false], ["who:ANN", true], ["who:ben", false],
    ['item:"nut m8"', true], ["item:nut m9", false], ["do:add", true], ["site:north", true], ["site:main", false], ["lag:60", true], ["lag:600", false], ["barcode", true], ["barcode state:applied", false], ['"is not known"', true], ["colour:blue", false],
  ] as const) assert.equal(wants(parse(text), e), want, text);
  assert.deepEqual(parse("colour:blue device:x").unknown, ["colour:"]);
  assert.deepEqual(parse("http://x").unknown, ["http:"]);
  assert.deepEqual(parse('device:"').terms, []);
});

test("a filter lets through what the server's does, which saves it as a file", () => {
  const { entries, filters } = json("sync/book/history/testdata/words.json") as { entries: Entry[]; filters: Record<string, number[]> };
  for (const [text, want] of Object.entries(filters)) assert.deepEqual(entries.filter((e) => wants(parse(text), e)).map((e) => e.n), want, JSON.stringify(text));
});
