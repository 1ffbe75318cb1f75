// The guided start of a shift, and when the screen stays on.
import assert from "node:assert/strict";
import test from "node:test";
import { Calibrator, codeDigits, codeEnd, calibration } from "../../src/core/wedge/calibrate.ts";
import { Guide, steps, type GuideState } from "../../src/handheld/guide.ts";
import { staysOn } from "../../src/handheld/wake.ts";

test("a shift's start is left and taken up again where it was, with what was scanned of the sheet", async () => {
  const kept: GuideState[] = [];
  const keep = async (g: GuideState) => void kept.push(g);
  const reader = new Calibrator();
  const guide = new Guide(undefined, reader, keep);
  assert.deepEqual([guide.state.value.open, guide.state.value.step], [true, 0]);
  await guide.go(1);
  await guide.heard(false);
  assert.ok(guide.hear(reader.take(codeDigits)!), "a code of the sheet leads to its step");
  assert.equal(steps[guide.state.value.step], "reader");
  const again = new Guide(JSON.parse(JSON.stringify(kept.at(-1))), new Calibrator(), keep);
  assert.deepEqual([again.state.value.step, again.state.value.seen, again.state.value.heard], [2, ["digits"], false]);
  await again.close();
  assert.equal(again.hear(["Good."]), false, "at work somebody else shows it");
  await again.resume();
  assert.equal(again.state.value.open, true);
  await again.begin();
  assert.deepEqual([again.state.value.step, again.state.value.seen, again.state.value.heard], [0, [], null]);
});

test("a step cannot lie beyond the last", async () => {
  const guide = new Guide({ step: 99 }, new Calibrator(), async () => undefined);
  await guide.resume();
  assert.equal(guide.state.value.step, steps.length - 1);
  await guide.go(-3);
  assert.equal(guide.state.value.step, 0);
});

test("a scanner that sends French keys is found by one code, and known once the first code was scanned", () => {
  const french = (text: string) => Array.from(text, (c) => ({ 0: "à", 1: "&", 2: "é", 3: "\"", 4: "'", 5: "(", 6: "-", 7: "è", 8: "_", 9: "ç", "-": ")", A: "Q", Q: "A", W: "Z", Z: "W", M: "?", a: "q", q: "a", w: "z", z: "w", m: ",", "]": "$" } as Record<string, string>)[c] ?? c).join("");
  const reader = new Calibrator();
  reader.take(french(codeDigits));
  assert.deepEqual([reader.foreign, reader.learned], ["azerty", false]);
  assert.ok(reader.take(french(calibration)));
  assert.deepEqual([reader.foreign, reader.learned, reader.profile.layout], ["", true, "azerty"]);
  assert.ok(reader.take(french(codeEnd)));
  assert.ok(reader.seen.has("end"));
});

test("the screen stays on while somebody works, not in the cradle, and not for ever", () => {
  assert.equal(staysOn({ visible: true, idle: 1000, charging: false }), true);
  for (const s of [{ visible: false, idle: 0, charging: false }, { visible: true, idle: 0, charging: true }, { visible: true, idle: 300_000, charging: false }]) assert.equal(staysOn(s), false, JSON.stringify(s));
});
