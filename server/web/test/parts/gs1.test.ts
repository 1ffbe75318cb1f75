// The browser's reading of barcodes, held to the verdicts that hold the server's.
import assert from "node:assert/strict";
import test from "node:test";
import { join, check, decode, decodePart, dateOf, first, type Element } from "../../src/core/gs1/index.ts";
import { lines } from "./files.ts";

interface Verdict { scan: string; kind: string; code?: string; elements?: Element[] }

test("every scan is read as the reference reads it", () => {
  const all = lines("scanner/gs1/testdata/verdicts.jsonl") as Verdict[];
  assert.ok(all.length >= 500, "only " + all.length + " verdicts: is the file whole?");
  const codes = new Set<string>();
  for (const v of all) {
    const { message, fault } = decode(v.scan);
    codes.add(fault?.code ?? "");
    assert.equal(fault?.code ?? "", v.code ?? "", v.scan + ": " + fault?.words());
    assert.equal(message.kind, v.kind, v.scan);
    assert.deepEqual(message.elements, v.elements ?? [], v.scan);
    if (fault) assert.ok(fault.at >= 0 && !/[\0-\x1f]/.test(fault.words()), v.scan);
  }
  assert.ok(codes.size >= 50, "the verdicts show " + codes.size + " codes; more are known");
});

test("what a message says can be checked again, and joined", () => {
  for (const v of lines("scanner/gs1/testdata/verdicts.jsonl") as Verdict[]) {
    const { message, fault } = decode(v.scan);
    if (fault || message.elements.length === 0) continue;
    assert.equal(check(message.elements)?.words(), undefined, v.scan);
  }
  const parts = ["]C1021952123454321037" + "12", "]C110LOT-7", "]C100395212345000000019"].map((p) => decodePart(p));
  for (const p of parts) assert.equal(p.fault, null);
  const both = join(...parts.map((p) => p.message));
  assert.equal(both.fault, null);
  assert.equal(first(both.message, "10"), "LOT-7");
  assert.equal(join(parts[0]!.message).fault?.code, "missing_ai");
  assert.equal(join().fault?.code, "no_data");
});

test("scans of no barcode stay what they are", () => {
  for (const [scan, kind, text] of [["A-01", "plain", "A-01"], ["]C0BLCMD-X12", "command", "X12"], ["", "plain", ""], ["Zürich", "plain", "Zürich"], ["]A0ü", "plain", "ü"],
    ["BLCMD-DANCE", "command", ""], ["\ud800", "plain", "\ufffd"]] as const) {
    const { message } = decode(scan);
    assert.deepEqual([message.kind, message.text], [kind, text], JSON.stringify(scan));
  }
});

test("two digits of a year mean the nearest", () => {
  for (const [value, year, want] of [["261231", 2026, "2026-12-31"], ["770200", 2026, "1977-02-28"], ["760200", 2026, "2076-02-29"], ["260230", 2026, ""], ["26133", 2026, ""], ["000229", 2099, "2100-02-29"]] as const) {
    assert.equal(dateOf(value, year), want === "2100-02-29" ? "" : want, value);
  }
});
