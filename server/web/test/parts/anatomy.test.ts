// What a scan is made of, as people are shown it.
import assert from "node:assert/strict";
import test from "node:test";
import { anatomy, pieces } from "../../src/handheld/anatomy.ts";
import type { Box } from "../../src/handheld/box.ts";
import { lookedAt, readout } from "../../src/handheld/reads.ts";
import type { Heard } from "../../src/handheld/stored.ts";
import type { Context } from "../../src/core/meaning/index.ts";
import { reasons } from "../../src/core/gs1/table.ts";

const seen = (text: string) => pieces(text).map((p) => (p.unseen ? "[" + p.text + "]" : p.text)).join("");

test("no character of a scan is invisible", () => {
  for (const [text, shown] of [
    ["TEA-1", "TEA-1"], ["A\x1dB\x1d", "A[GS]B[GS]"], [" x\t\r\n", "[SP]x[TAB][CR][LF]"], ["\x00\x1b\x7f", "[NUL][ESC][DEL]"], ["ü 日", "ü[SP]日"], ["a\u200eb\u00a0\ufeff", "a[U+200E]b[NBSP][BOM]"], ["", ""],
    ["A\u3164B\u115f\u034f\ufe0f\u2800", "A[U+3164]B[U+115F][U+034F][U+FE0F][U+2800]"], ["\ud83d\u202eA", "[U+D83D][U+202E]A"],
  ] as const) assert.equal(seen(text), shown);
});

test("the kind of barcode, its elements, and what is odd", () => {
  const cases: [scan: string, symbology: string, elements: string, fault: string, oddDigit: string][] = [
    ["]d2010952123454321310LOT-7B\x1d17311130", "GS1 DataMatrix", "01 GTIN 09521234543213, 10 BATCH/LOT LOT-7B, 17 USE BY or EXPIRY 311130 2031-11-30", "", ""],
    ["]C10109521234543214", "GS1-128", "", "check_digit", ""],
    ["]C110LOT-7B", "GS1-128", "10 BATCH/LOT LOT-7B", "missing_ai", ""], // half of a label
    ["]E04006381333931", "EAN-13, UPC", "01 GTIN 04006381333931", "", ""],
    ["]A0HELLO", "Code 39", "", "", ""],
    ["]X0HELLO", "", "", "", ""],
    ["4006381333931", "", "01 GTIN 04006381333931", "", ""],
    ["4006381333930", "", "", "", "1"],
    ["12345", "", "", "", ""],
    ["A-01", "", "", "", ""],
  ];
  for (const [scan, symbology, elements, fault, oddDigit] of cases) {
    const a = anatomy(scan, reasons, 2026);
    assert.deepEqual([a.symbology, a.elements.map((e) => [e.ai, e.title, e.value, e.day].filter(Boolean).join(" ")).join(", "), a.fault?.code ?? "", a.oddDigit], [symbology, elements, fault, oddDigit], scan);
  }
});

test("what can be looked at is listed as it happened, the last first: scans, and what buttons booked", () => {
  const heard = (scan: string, first: number): Heard => ({ scan, raw: "", at: 1, first, last: first, words: scan });
  const done = [{ first: 4, last: 4, words: "undone" }, { first: 3, last: 3, words: "c" }, { first: 2, last: 2, words: "b" }, { first: 1, last: 1, words: "a" }];
  assert.deepEqual(lookedAt([heard("place", 0), heard("c", 3), heard("b", 2)], done).map((l) => l.words), ["undone", "place", "c", "b", "a"]);
  assert.deepEqual(lookedAt([heard("place", 0)], done).map((l) => l.words), ["undone", "c", "b", "a", "place"]); // the rest was not kept, as the rows say it
  assert.deepEqual(lookedAt([], []), []);
});

test("of a long correction the first rows are shown, and how many more there are is said", async () => {
  const box = { row: async (seq: number) => ({ at: 1, data: JSON.stringify({ action: "undo", reference: String(seq) }) }) } as unknown as Box;
  const { parts, more } = await readout(box, { heard: null, first: 1, last: 60, words: "Corrected." }, {} as Context);
  assert.deepEqual([parts.length, more], [20, 40]);
});
