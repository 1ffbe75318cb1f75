// Why a number is what it is, the line of a balance, what naming a code books, and how devices are.
import assert from "node:assert/strict";
import test from "node:test";
import { complete, dismissals, mapping, nothingMeant, planOf } from "../../src/watch/stock/codes.ts";
import { healthOf, inState } from "../../src/watch/stock/devices.ts";
import { around, seriesOf } from "../../src/watch/stock/series.ts";
import { away, beforeOf, joined, minus, shown, sum, whyOf } from "../../src/watch/stock/why.ts";
import type { Device, Step, Steps, UnknownCode, UnknownScan } from "../../src/watch/stock/wire.ts";

const at = (clock: string): string => "2026-03-02T" + clock + ":00.000Z";
let entry = 0;

/** steps are told the oldest first, as "10:00 -3": a change, "10:00 count -1", "10:00 undone", "10:00>11:30 -3": booked late. */
function steps(story: string, more: Partial<Steps> = {}): Steps {
  let balance = more.before ?? "0";
  const rows = story.split(", ").filter(Boolean).map((line): Step => {
    const [clock = "", ...words] = line.split(" ");
    const [when = "", booked = when] = clock.split(">");
    const undone = words[0] === "undone";
    const change = undone ? "0" : words.at(-1)!;
    balance = sum([balance, change]);
    return { at: at(when), booked_at: at(booked), entry: ++entry, change, balance, device: "H-1", install: "i", seq: entry, from: change.startsWith("-") ? "main/A" : "supplier", to: change.startsWith("-") ? "customer" : "main/A", ...(words[0] === "count" ? { counts: true } : {}), ...(undone ? { undone } : {}) };
  });
  return { product: "P", name: "", unit: "", balance, before: "0", now: at("18:00"), head: 99, ...more, rows: rows.reverse() };
}

test("sums of decimals are exact", () => {
  for (const [list, want] of [[["0.1", "0.2"], "0.3"], [["999999999999999", "-0.000001"], "999999999999998.999999"], [["-3", "3"], "0"], [["1.50", "1.5"], "3"], [[], "0"], [["-0.5"], "-0.5"]] as const) assert.equal(sum(list), want);
  assert.deepEqual([minus("3"), minus("-3"), minus("0")], ["-3", "3", "0"]);
});

for (const { name, story, more, want } of [
  { name: "below zero, counted before", story: "09:00 5, 10:00 count -3, 11:00 -4, 12:00 -1", want: "-3 since count 2: 2 before 11:00; +0 -5 in 2" },
  { name: "below zero, never counted", story: "09:00 2, 10:00 -3, 11:00 -2", want: "-3 since right 2: 2 before 10:00; +0 -5 in 2" },
  { name: "below zero from the start", story: "10:00 -3", want: "-3 since right 0: 0 before 10:00; +0 -3 in 1" },
  { name: "below, right again, below: the last time is told", story: "08:00 -1, 09:00 3, 10:00 -4", want: "-2 since right 2: 2 before 10:00; +0 -4 in 1" },
  { name: "a count that left it below is no base", story: "09:00 count -2, 10:00 -1", want: "-3 since count -2: 0 before 09:00; +0 -1 in 1" },
  { name: "right, and counted", story: "09:00 5, 10:00 count 0, 11:00 -1, 12:00 3", want: "7 since count 5; +3 -1 in 2" },
  { name: "right, never counted: all there ever was", story: "09:00 5, 10:00 -1", want: "4 since start; +5 -1 in 2" },
  { name: "right, and more behind", story: "09:00 5", more: { next: "x", before: "3" }, want: "8 since unknown 3; +5 -0 in 1, more" },
  { name: "an undone count is no base, an undone scan no step", story: "08:00 count 4, 09:00 undone, 10:00 -1", want: "3 since count 4; +0 -1 in 1, 1 undone" },
  { name: "late scans are told", story: "09:00 count 5, 10:00>14:00 -1, 11:00 -1", want: "3 since count 5; +0 -2 in 2, 1 late" },
] as { name: string; story: string; more?: Partial<Steps>; want: string }[]) {
  test("why: " + name, () => {
    const w = whyOf(steps(story, more));
    const base = w.base.is === "count" ? "count " + w.base.step.balance : w.base.is === "start" ? "start" : w.base.is + " " + w.base.quantity;
    const got = `${w.balance} since ${base}${w.crossing ? ": " + w.before + " before " + w.crossing.at.slice(11, 16) : ""}; +${w.came} -${minus(w.went === "0" ? "0" : minus(w.went))} in ${w.scans}`
      + (w.late.length ? ", " + w.late.length + " late" : "") + (w.undone.length ? ", " + w.undone.length + " undone" : "") + (w.more ? ", more" : "");
    assert.equal(got, want);
  });
}

test("pages are joined, and what was read is not forgotten", () => {
  const first = steps("10:00 2, 11:00 -1", { next: "x", before: "5" });
  const all = joined(first, steps("08:00 5", { before: "0" }));
  assert.deepEqual([all.rows.length, all.before, all.next, whyOf(all).base.is], [3, "0", undefined, "start"]);
});

test("movements are filtered by kind and by words", () => {
  const { rows } = steps("08:00 count 4, 09:00 undone, 10:00 -1, 11:00>13:00 2");
  const count = (show: Parameters<typeof shown>[1], text = ""): number => shown(rows, show, text).length;
  assert.deepEqual([count("all"), count("in"), count("out"), count("counts"), count("late"), count("undone"), count("all", "CUSTOMER"), count("all", "nobody")], [4, 1, 1, 1, 1, 1, 1, 0]);
  assert.deepEqual(rows.map((s) => away(s, "main/A")), ["supplier", "customer", "supplier", "supplier"]);
  assert.equal(beforeOf(rows[0]!), "3");
});

test("a balance is a line of steps from a moment until now", () => {
  const list = steps("10:00 5, 11:00 undone, 12:00 -7", { before: "0" });
  const line = seriesOf(list, new Date(at("09:00")).getTime());
  assert.deepEqual(line.map((p) => new Date(p.at).toISOString().slice(11, 16) + " " + p.balance), ["09:00 0", "10:00 5", "12:00 -2", "18:00 -2"]);
  assert.deepEqual(around(line), { least: -2, most: 5 });
  assert.deepEqual(seriesOf(steps("", { balance: "7" }), 1).map((p) => p.balance), ["7", "7"]);
  assert.equal(seriesOf({ ...list, next: "x" }, 1).length, 3, "what was not read is not made up");
});

const code: UnknownCode = { kind: "product", raw: "4006381333931", site: "", scans: 1, first: at("09:00"), last: at("09:00"), devices: ["H-1"] };
const scan = (more: Partial<UnknownScan> = {}): UnknownScan => ({ at: at("09:00"), entry: 1, device: "H-1", install: "i", seq: 7, site: "main", action: "remove", scan: code.raw, ...more });

test("what naming a code will book is told scan by scan", () => {
  const meant = { ...nothingMeant, product: "BOLT", quantity: "12" };
  for (const [s, want] of [
    [scan(), "12 stock>customer"], [scan({ quantity: "3", unit: "box" }), "3 box stock>customer"], [scan({ action: "add", to: "A" }), "12 supplier>A"], [scan({ action: "count", quantity: "9", from: "A" }), "9 A>"],
    [scan({ scan: "]C10109506000134352\u001d3724" }), "? stock>customer"], [scan({ lines: 4 }), "? stock>customer"], [scan({ action: "move", from: "A", to: "B" }), "12 A>B"],
  ] as const) {
    const [p] = planOf(code, [s], meant);
    assert.equal([p!.quantity ?? "?", p!.unit, p!.from + ">" + p!.to].filter(Boolean).join(" "), want);
  }
  assert.equal(planOf(code, [scan()], { ...meant, quantity: "" })[0]!.quantity, "1");
  assert.equal(planOf({ ...code, kind: "location", raw: "A-9" }, [scan({ from: "A-9", quantity: "2" })], { ...nothingMeant, place: "A-09" })[0]!.from, "A-09");
});

test("a code is named once enough is said of it", () => {
  assert.deepEqual([complete(code, nothingMeant), complete(code, { ...nothingMeant, product: "B" }), complete(code, { ...nothingMeant, product: "B", quantity: "0" }), complete(code, { ...nothingMeant, product: "B", quantity: "x" }), complete({ ...code, kind: "location" }, { ...nothingMeant, place: "A" })], [false, true, false, false, true]);
  assert.deepEqual(mapping(code, { ...nothingMeant, product: "B", quantity: "6", unit: "box" }), { action: "map", raw: code.raw, product: "B", quantity: "6", unit: "box" });
  assert.deepEqual(mapping({ ...code, kind: "location", site: "north" }, { ...nothingMeant, place: "A" }), { action: "map", raw: code.raw, site: "north", to: "A" });
  assert.deepEqual(mapping({ ...code, kind: "operator" }, { ...nothingMeant, operator: "ann" }), { action: "map", raw: code.raw, operator: "ann" });
  assert.deepEqual(dismissals([scan()], "a test"), [{ action: "undo", reference: "H-1/i/7", site: "main", reason: "a test" }]);
});

test("devices that hold scans back for 15 minutes come first", () => {
  const now = new Date(at("12:00")).getTime();
  const device = (name: string, presence?: Partial<NonNullable<Device["presence"]>>, more: Partial<Device> = {}): Device => ({ device: name, role: "floor", site: "", created_at: at("08:00"), ...more, ...(presence ? { presence: { connected: true, heard: at("12:00"), pending: 0, ...presence } } : {}) });
  const late = device("late", { pending: 3, oldest: at("11:40") });
  const list = [device("fine", {}), device("low", { battery: 9 }), device("off", { ahead_ms: -180_000 }), late, device("soon", { pending: 1, oldest: at("11:50") }), device("quiet", { heard: at("11:50") }), device("new"), device("gone", {}, { revoked_at: at("11:00") })];
  assert.deepEqual(healthOf(late, now), { state: "online", oldest: 20 * 60_000, troubles: ["unsent"] });
  assert.deepEqual(list.map((d) => healthOf(d, now).state), ["online", "online", "online", "online", "online", "away", "never", "revoked"]);
  const names = (state: Parameters<typeof inState>[1]): string => inState(list, state, now).map((d) => d.device).join(" ");
  assert.equal(names("all"), "late low off fine new quiet soon");
  assert.equal(names("trouble"), "late low off");
  assert.equal(names("unsent"), "late soon");
  assert.equal(names("away"), "new quiet");
  assert.equal(names("revoked"), "gone");
});
