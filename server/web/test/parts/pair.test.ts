// The code of a pairing in what was scanned, or in the page's own address.
import assert from "node:assert/strict";
import test from "node:test";
import { codeIn } from "../../src/handheld/pair.tsx";

for (const [what, text, code] of [
  ["the address of a pairing page", "https://stock.example/scan#pair=7YK2-Q9", "7YK2-Q9"],
  ["with characters that addresses escape", "https://stock.example/scan#pair=a%20b ", "a b"],
  ["a code that was misread is no reason to show an empty page", "#pair=%E0%A4%A", "%E0%A4%A"],
  ["another address", "https://stock.example/scan", ""],
] as const) {
  test(what, () => assert.equal(codeIn(text), code));
}
