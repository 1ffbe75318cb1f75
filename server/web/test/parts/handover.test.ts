// What is handed to a supervisor is never refused itself, whatever the scan was refused for.
import assert from "node:assert/strict";
import test from "node:test";
import { handover } from "../../src/handheld/handover.ts";

const note = { seq: 41, outcome: "refused", code: "bad_quantity", message: "The quantity is not above 0.", at: 1 };
const scan = (fields: object): string => JSON.stringify({ seq: 41, action: "remove", ...fields });

for (const [what, kept, words, operator, want] of [
  ["it says which scan, what the screen named it and what the server said", scan({ product: "BOLT", from: "A-01", quantity: "0" }), "Removed 0 BOLT.", "ann", { operator: "ann", product: "BOLT", from: "A-01", reason: "Removed 0 BOLT. The quantity is not above 0." }],
  ["where goods went is the place, where they came from nowhere", scan({ product: "BOLT", to: "A-01" }), "", "", { product: "BOLT", from: "A-01", reason: note.message }],
  ["a scan that is not on the device any more is still asked about", undefined, "", undefined, { reason: note.message }],
  ["what no server takes is not taken over", scan({ product: "ü".repeat(101), from: "half \ud83d", to: "A-01" }), "half \ud83d", "x".repeat(201), { from: "A-01", reason: "half ?. " + note.message }],
] as const) {
  test(what, () => assert.deepEqual(handover(note, kept, words, operator), { action: "ask", reference: "41", ...want }));
}

test("a long reason is cut between characters, within 1,000 bytes", () => {
  const { reason } = handover({ seq: 1, outcome: "parked", at: 1 }, undefined, "📦".repeat(900), "");
  assert.ok(new TextEncoder().encode(reason).length <= 1000 && reason!.endsWith("📦…"));
});
