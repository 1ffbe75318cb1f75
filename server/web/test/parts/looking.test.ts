// What the sheet "What was read" says while it is being looked up, and where answers come in another order.
import assert from "node:assert/strict";
import test from "node:test";
import type { Handheld } from "../../src/handheld/handheld.ts";
import { Looking } from "../../src/handheld/looking.ts";
import type { Looked, Readout } from "../../src/handheld/reads.ts";

const looked = (words: string): Looked => ({ heard: null, first: 1, last: 1, words });

test("nothing is said to have been read only where that is so; what was opened last is shown, whichever comes first", async () => {
  let list: Looked[] = [];
  const answers: ((r: Readout) => void)[] = [];
  const h = { looked: () => list, readout: () => new Promise((resolve) => answers.push(resolve)), fates: { markOf: () => "booked" }, copy: {} } as unknown as Handheld;
  const looking = new Looking(h, String, () => "2026-03-02");
  const shown = () => [looking.view().none, looking.view().readout?.words ?? ""];
  looking.open(null);
  assert.deepEqual(shown(), [true, ""]);
  const [first, second] = [looked("first"), looked("second")];
  list = [first];
  looking.open(null);
  assert.deepEqual(shown(), [false, ""]);
  list = [second];
  looking.open(null);
  const answer = ({ words }: Looked): Readout => ({ seq: 1, at: 1, words, parts: [], more: 0 });
  answers[1]!(answer(second));
  answers[0]!(answer(first));
  await Promise.resolve();
  assert.deepEqual(shown(), [false, "second"]);
});
