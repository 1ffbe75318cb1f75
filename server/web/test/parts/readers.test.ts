// What readers send, and what it means: held to the vectors that hold the server's.
import assert from "node:assert/strict";
import test from "node:test";
import { Calibrator, guess, inWords, lostSeparator } from "../../src/core/wedge/calibrate.ts";
import { Keys } from "../../src/core/wedge/keys.ts";
import { noProfile, readWith, shown, type Profile } from "../../src/core/wedge/profile.ts";
import { Copy, type CatalogRow } from "../../src/core/catalogue.ts";
import { read, type Expect } from "../../src/core/meaning/index.ts";
import { json } from "./files.ts";

const vectors = json("scanner/wedge/testdata/readers.json") as {
  readings: { profile: Partial<Profile>; raw: string; scan: string; sent: string; kind: string; fault?: string; elements?: [string, string][]; guess?: string }[];
  calibrations: { scans: string[]; words: (string[] | null)[]; profile: Partial<Profile>; in_words: string }[];
  keys: { suffix?: string; keys: { text: string; gap: number }[]; scans: string[] | null }[];
  lost: { scan: string; ai?: string; repairs?: string[] }[];
};

test("complaint 8: control characters and prefixes in the code: what readers send is read alike", () => {
  for (const v of vectors.readings) {
    const r = readWith({ ...noProfile, ...v.profile }, v.raw);
    assert.deepEqual(
      [r.scan, r.sent, r.message.kind, r.fault?.words() ?? "", r.message.elements, guess(v.raw)],
      [v.scan, v.sent, v.kind, v.fault ?? "", v.elements ?? [], v.guess ?? ""], JSON.stringify(v.raw));
  }
});

test("complaint 9: AZERTY, Caps Lock and dead keys garble codes: the calibration sheet finds out the same, in the same words", () => {
  for (const c of vectors.calibrations) {
    const k = new Calibrator();
    assert.deepEqual(c.scans.map((s) => k.take(s)), c.words, c.scans.join(" "));
    const { gap: _, ...learned } = k.profile;
    assert.deepEqual(learned, { prefix: "", suffix: "", separator: "", layout: "", ...c.profile });
    assert.equal(inWords(k.profile), c.in_words);
  }
});

test("a reader's keys are told from a person's", () => {
  for (const v of vectors.keys) {
    const k = new Keys({ ...noProfile, suffix: v.suffix ?? "" });
    const scans: string[] = [];
    let at = 0;
    for (const s of v.keys) {
      for (const key of s.text) scans.push(...[k.key(key, (at += s.gap))].filter((x) => x !== null));
      if (s.text === "") scans.push(...[k.idle((at += s.gap))].filter((x) => x !== null));
    }
    assert.deepEqual(scans, v.scans ?? [], JSON.stringify(v.keys));
  }
});

test("complaint 16: the separator is lost: that one was dropped is noticed", () => {
  for (const v of vectors.lost) assert.deepEqual(lostSeparator(v.scan), v.ai ? { ai: v.ai, repairs: v.repairs } : null, v.scan);
});

test("what nobody can see is shown by name", () => {
  assert.equal(shown("A\x1d\x1b\u202eB ü😀"), "A<GS><1B><202E>B ü😀");
});

const meanings = json("scanner/meaning/testdata/meanings.json") as {
  places: string[]; packages: string[]; operators: string[]; rules: string; year: number; catalogue: Omit<CatalogRow, "n">[];
  meanings: { scan: string; site?: string; expect?: Expect; kind: string; code?: string; product?: string; quantity?: string; lot?: string; serial?: string; expiry?: string; package?: string; count?: string; fault?: string }[];
};

test("scans mean the same goods, places and people", () => {
  const copy = new Copy("main");
  const rows = meanings.catalogue.map((r) => ({ ...r, n: 1 }));
  for (const site of ["main", "north"]) rows.push(...meanings.places.map((code) => ({ entity: "location", code, site, n: 1 })));
  rows.push(...meanings.operators.map((code) => ({ entity: "operator", code, n: 1 })));
  copy.take({ topic: "catalog", snapshot: true, first: true, last: true, n: 1, at: 0, rows });
  copy.take({ topic: "balances", snapshot: true, first: true, last: true, n: 1, at: 0, rows: meanings.packages.map((p) => ({ site: "main", location: "stock", product: "TEA", lot: "", serial: "", package: p, status: "available", quantity: "1", n: 1 })) });
  assert.equal(copy.rules(), meanings.rules);
  assert.ok(meanings.meanings.length > 300);
  for (const v of meanings.meanings) {
    const r = read(v.scan, { catalogue: copy, site: v.site ?? "main", rules: v.site ? "" : meanings.rules, year: meanings.year, expect: v.expect ?? "" });
    const got = { kind: r.kind, code: r.code, product: r.item?.code ?? "", quantity: r.quantity, lot: r.says.lot, serial: r.says.serial, expiry: r.says.expiry, package: r.says.package, count: r.says.count, fault: r.fault?.words() ?? "" };
    const want = { code: "", product: "", quantity: "", lot: "", serial: "", expiry: "", package: "", count: "", fault: "", ...v };
    for (const name of Object.keys(got) as (keyof typeof got)[]) assert.equal(got[name], want[name], name + " of " + JSON.stringify(v));
  }
});
