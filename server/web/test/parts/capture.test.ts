import assert from "node:assert/strict";
import test from "node:test";
import { Capture } from "../../src/handheld/capture.ts";
import { calibration } from "../../src/core/wedge/calibrate.ts";
import { noProfile } from "../../src/core/wedge/profile.ts";

/** play types texts, each key so many ms after the one before; a number is silence. */
function play(steps: (readonly [text: string, gap: number] | number)[], profile = noProfile, learned = false): string[] {
  const scans: string[] = [];
  const c = new Capture(() => ({ profile, learned }), (raw) => scans.push(raw));
  let at = 0;
  for (const s of steps) {
    if (typeof s === "number") {
      for (const end = at + s; at < end; at += 50) c.idle(at + 50);
    } else {
      for (const key of s[0]) c.add(key, (at += s[1]));
    }
  }
  return scans;
}

test("Enter, line feed and tab end a scan, at any pace of keys", () => {
  assert.deepEqual(play([["A-01\r", 0], ["4006381333931\n", 1000], ["B\t", 5], ["\r\r", 1]]), ["A-01", "4006381333931", "B"]);
});

test("a pause of a busy device parts no code of a reader that sends an end", () => {
  assert.deepEqual(play([["A-01\r", 5], ["40063", 5], 3000, ["81333931\r", 5]]), ["A-01", "4006381333931"]);
});

test("a reader that is known to send nothing behind is ended by silence", () => {
  assert.deepEqual(play([["96385074", 5], 200, ["4006381333931", 5], ["96385074", 200], 200], noProfile, true).slice(0, 2), ["96385074", "4006381333931"]);
});

test("a reader that nobody knows is ended by a second of silence, until it has sent an end", () => {
  assert.deepEqual(play([["96385074", 5], 1100, ["A\r", 5], ["963", 5], 5000]), ["96385074", "A"]);
});

test("the calibration code ends by itself", () => {
  assert.deepEqual(play([["A\r", 5], ["]d2" + calibration, 5], 200]), ["A", "]d2" + calibration]);
});

test("a suffix of the profile ends a scan", () => {
  assert.deepEqual(play([["A-01#B-02#", 5]], { ...noProfile, suffix: "#" }, true), ["A-01#", "B-02#"]);
});
