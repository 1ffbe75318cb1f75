// A reader that is triggered while somebody types.
import assert from "node:assert/strict";
import test from "node:test";
import { Typing } from "../../src/handheld/typing.ts";

/** play gives what Enter finds: each piece is a text, typed with so many ms between its keys, after a pause of 300 ms. */
function play(...pieces: [text: string, gap: number][]): string {
  const t = new Typing();
  let at = 1000;
  for (const [text, gap] of pieces) {
    at += 300;
    for (const c of text) t.add(c, (at += gap));
  }
  return t.end(at + 5);
}

for (const [name, pieces, want] of [
  ["a person types and presses Enter", [["bent", 130]], ""],
  ["a reader types at once", [["4006381333931", 0]], "4006381333931"],
  ["a reader with 20 ms between its keys", [["4006381333931", 20]], "4006381333931"],
  ["a person, and then a reader", [["bent", 130], ["4006381333931", 2]], "4006381333931"],
  ["three keys that fell together", [["abc", 10]], ""],
  ["nothing", [], ""],
] as const) test("complaint 6: " + name, () => assert.equal(play(...pieces.map(([a, b]): [string, number] => [a, b])), want));

test("complaint 6: what was pasted is no scan", () => {
  const t = new Typing();
  t.add("4006", 0);
  t.forget();
  assert.equal(t.end(10), "");
});
