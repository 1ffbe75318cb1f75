// The device's copy of the catalogue: which row of several holds, and how soon one is found.
import assert from "node:assert/strict";
import test from "node:test";
import { Copy, maxRows, type Rows } from "../../src/core/catalogue.ts";

const product = (code: string, name: string, n: number, gone = false) => ({ entity: "product", code, n, gone, fields: { name } });
const rows = (list: unknown[], change: Partial<Rows> = {}): Rows => ({ topic: "catalog", snapshot: false, first: false, last: true, n: 9, at: 1000, rows: list, ...change });
const snapshot = (list: unknown[], change: Partial<Rows> = {}) => rows(list, { snapshot: true, first: true, ...change });

test("a row replaces one of lower n, and a removal holds", () => {
  const c = new Copy("main");
  c.take(snapshot([product("TEA", "Tea", 3), product("NUT", "Nut", 4)]));
  c.take(rows([product("TEA", "Older", 2), product("NUT", "", 5, true)]));
  assert.equal(c.product("TEA")?.name, "Tea");
  assert.equal(c.product("NUT"), null);
  assert.deepEqual(c.asOf("catalog"), { n: 9, at: 1000, rows: 1 });
});

test("a snapshot takes the place of all once its last part has come", () => {
  const c = new Copy("main");
  c.take(snapshot([product("OLD", "Old", 1)]));
  c.take(snapshot([product("TEA", "Tea", 3), product("NUT", "Nut", 3)], { last: false, n: 5 }));
  assert.ok(c.product("OLD") && !c.product("TEA"), "half a snapshot is shown");
  c.take(rows([product("TEA", "Newer", 6), product("NUT", "", 6, true)], { n: 6 }));
  c.take(snapshot([product("NUT", "Nut", 3)], { first: false, n: 5 }));
  assert.deepEqual([c.product("OLD"), c.product("TEA")?.name, c.product("NUT")], [null, "Newer", null]);
});

test("more than the device can hold is dropped, and said", () => {
  const c = new Copy("main");
  assert.equal(c.take(snapshot(Array.from({ length: maxRows + 1 }, (_, i) => product("P" + i, "", 1)))), false);
  assert.equal(c.asOf("catalog").rows, 0);
});

test("without a catalogue a site has the places that each has", () => {
  const c = new Copy("main");
  assert.deepEqual([c.place("main", "stock"), c.place("main", "A-01")], [true, false]);
  c.take(snapshot([{ entity: "location", code: "A-01", site: "main", n: 1 }]));
  assert.deepEqual([c.place("main", "stock"), c.place("main", "A-01"), c.place("north", "A-01")], [false, true, false]);
});

test("goods are held where all that is known of them is", () => {
  const c = new Copy("main");
  const b = (product: string, lot: string, status: string, quantity: string) => ({ site: "main", location: "A-01", product, lot, serial: "", package: "", status, quantity, n: 1 });
  c.take(rows([b("TEA", "L1", "held", "3"), b("TEA", "L2", "available", "2.5"), b("NUT", "", "held", "1"), b("NUT", "", "available", "0")], { topic: "balances" }));
  assert.deepEqual([c.held("main", "A-01", "TEA", ""), c.held("main", "A-01", "TEA", "L1"), c.held("main", "A-01", "NUT", ""), c.held("main", "A-01", "XXX", "")], [false, true, true, false]);
  assert.equal(c.stock("main", "A-01", "TEA"), "5.5");
});

test("what lies where, and why something is done", () => {
  const c = new Copy("main");
  const b = (location: string, product: string, quantity: string, lot = "", site = "main") => ({ site, location, product, lot, serial: "", package: "", status: "available", quantity, n: 1 });
  c.take(rows([b("A-01", "TEA", "3", "L1"), b("A-01", "TEA", "2.5", "L2"), b("B-01", "TEA", "40"), b("B-01", "NUT", "0"), b("N-01", "TEA", "9", "", "north")], { topic: "balances" }));
  assert.deepEqual(c.where("TEA"), [{ place: "B-01", amount: "40" }, { place: "A-01", amount: "5.5" }]);
  assert.deepEqual([c.where("NUT"), c.lying("A-01"), c.lying("C-01")], [[], [{ place: "TEA", amount: "5.5" }], []]);
  const reason = (code: string, fields: object) => ({ entity: "reason", code, n: 1, fields });
  c.take(snapshot([reason("BENT", { name: "Bent", actions: "isolate,scrap" }), reason("OLD", { deleted: "true" }), reason("ANY", {}), { entity: "site", code: "main", n: 1, fields: { reasons_required: "remove" } }]));
  assert.deepEqual([c.reasons("isolate").map((r) => r.code), c.reasons("remove").map((r) => r.code), c.reasonsWanted()], [["ANY", "BENT"], ["ANY"], "isolate,remove"]);
});

test("products are found by the beginning of their code or of a word of their name", () => {
  const c = new Copy("main");
  c.take(snapshot([product("TEA-1", "Green tea", 1), product("TEA-2", "Black tea", 1), product("NUT", "Hex nut", 1)]));
  const found = (prefix: string) => c.search(prefix, 10).map((p) => p.code).sort();
  assert.deepEqual([found("tea"), found("GREEN"), found("x"), found(""), found("he")], [["TEA-1", "TEA-2"], ["TEA-1"], [], [], ["NUT"]]);
  assert.equal(c.search("tea", 1).length, 1);
  c.take(rows([product("TEA-1", "Oolong", 2), product("NUT", "", 2, true), product("CUP", "Green cup", 2)]));
  assert.deepEqual([found("green"), found("oolong"), found("tea"), found("nut")], [["CUP"], ["TEA-1"], ["TEA-1", "TEA-2"], []], "what has changed since is found as it is now");
});
