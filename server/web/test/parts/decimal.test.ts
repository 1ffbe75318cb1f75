import assert from "node:assert/strict";
import test from "node:test";
import { fromScaled, mul, parse, scaled, sign } from "../../src/core/decimal.ts";

test("decimals are read exactly, or not at all", () => {
  for (const [text, want] of [
    ["", ""], ["0", "0"], ["-0", "0"], ["007", "7"], ["3.0", "3"], ["30e-1", "3"], ["1.250", "1.25"], ["-2.5", "-2.5"], ["1e3", "1000"], ["0.000001", "0.000001"],
    ["999999999999999", "999999999999999"], ["1000000000000000", null], ["0.1234567890123456", null], ["1000000000000000e-3", "1000000000000"],
    [".5", null], ["5.", null], ["1,5", null], ["x", null], ["1e401", null], ["--1", null], [" 1", null], ["0e400", "0"], ["1e-16", null], ["1e14", "100000000000000"], ["1e15", null],
  ] as const) assert.equal(parse(text), want, text);
});

test("they are multiplied and scaled exactly", () => {
  for (const [a, b, want] of [["12", "24", "288"], ["0.1", "3", "0.3"], ["2.5", "0.4", "1"], ["99999999", "99999999", null], ["", "3", ""], ["0", "3", "0"], ["-2", "3", "-6"]] as const) {
    assert.equal(mul(a, b), want, a + " × " + b);
  }
  for (const [d, n, want] of [["2.5", 1, 25n], ["2.5", 0, null], ["", 0, 0n], ["0", 9, 0n], ["999999999999999", 1, null], ["3", 6, 3_000_000n]] as const) assert.equal(scaled(d, n), want, d);
  assert.deepEqual([sign("-1"), sign(""), sign("0.1")], [-1, 0, 1]);
  assert.deepEqual([fromScaled(2500n, 3), fromScaled(-5n, 2), fromScaled(0n, 4)], ["2.5", "-0.05", "0"]);
});
