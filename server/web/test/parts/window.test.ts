// What is under way on a connection: answered in any order, acknowledged in order, sent again from the gap.
import assert from "node:assert/strict";
import test from "node:test";
import { Window } from "../../src/handheld/window.ts";

const under = (...seqs: number[]): Window => {
  const w = new Window();
  for (const seq of seqs) w.launch(seq, false);
  w.message();
  return w;
};

test("what is answered in front is acknowledged; what is behind an open one waits", () => {
  const w = under(1, 2, 3);
  assert.equal(w.answer(2), true);
  assert.equal(w.settle(), 0);
  assert.equal(w.answer(1), true);
  assert.equal(w.settle(), 2);
  assert.deepEqual([w.underway(3), w.underway(2), w.next], [true, false, 4]);
});

test("an answer that was not waited for, or comes twice, is none", () => {
  const w = under(1);
  assert.deepEqual([w.answer(9), w.answer(1), w.answer(1)], [false, true, false]);
});

test("a row that needs no answer is passed", () => {
  const w = under(1);
  w.launch(2, true);
  w.answer(1);
  assert.equal(w.settle(), 2);
});

test("it is quiet once every message was answered, by outcomes or an error", () => {
  const w = under(1, 2);
  w.launch(3, false);
  w.message();
  assert.equal(w.quiet(), false);
  w.answer(1);
  w.answer(2);
  w.settle();
  assert.equal(w.quiet(), false);
  w.refused();
  assert.equal(w.quiet(), true);
});

test("a rewind goes on from the first unanswered row, or from lower", () => {
  const w = under(4, 5, 6);
  w.answer(4);
  w.settle();
  w.rewind(0);
  assert.deepEqual([w.next, w.rows.length], [5, 0]);
  w.rewind(2);
  assert.equal(w.next, 2);
});
