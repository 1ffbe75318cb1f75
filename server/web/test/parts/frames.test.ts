// Which codes of a camera's pictures are scans: each line is a picture, 100 ms behind the one before.
import assert from "node:assert/strict";
import test from "node:test";
import { Frames } from "../../src/handheld/camera/frames.ts";

const between = 100; // ms

/** play gives what was taken of a film: a letter is a code in the middle, a small one a code beside it. */
function play(film: string): string {
  const frames = new Frames();
  return film.split(" ").map((picture, i) => frames.take([...picture.replace("-", "")].map((c) => ({ text: c.toUpperCase(), apart: c === c.toUpperCase() ? 0.1 : 0.4 })), i * between)).join("");
}

for (const [name, film, want] of [
  ["a code that stays is one scan", "A A A A A A A A A A A A", "A"],
  ["a code that was out for long enough is another", "A A - - - - - - - - - A A", "AA"],
  ["a hand that shakes loses a code for some pictures", "A - - A - A - - A A", "A"],
  ["and for half a second", "A - - - - - A A", "A"],
  ["another code counts at once", "A A B B", "AB"],
  ["back to the first one: it had left", "A B A", "ABA"],
  ["of two on a label the middle one is meant", "Ab Ab Ab", "A"],
  ["the one beside it is meant once it is in the middle", "Ab aB aB", "AB"],
  ["the one beside it is not taken while the first is lost for a picture", "A A - A", "A"],
  ["nothing", "- - -", ""],
] as const) test(name, () => assert.equal(play(film), want));

test("a slow device must see three pictures without it, however long they take", () => {
  const frames = new Frames();
  const code = [{ text: "A", apart: 0 }];
  assert.equal(frames.take(code, 0), "A");
  assert.equal(frames.take([], 2000), "");
  assert.equal(frames.take([], 4000), "");
  assert.equal(frames.take(code, 6000), "", "two pictures are no proof that it left");
  for (const at of [8000, 10_000, 12_000]) frames.take([], at);
  assert.equal(frames.take(code, 14_000), "A");
});
