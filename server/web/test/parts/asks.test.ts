// What somebody on the floor asks for is one thing with what else is open about the same scan.
import assert from "node:assert/strict";
import test from "node:test";
import { itemsOf } from "../../src/watch/asks.ts";
import { openOf } from "../../src/watch/open.tsx";
import type { ExceptionRow } from "../../src/watch/wire.ts";

const row = (id: string, more: Partial<ExceptionRow> = {}): ExceptionRow => ({ id, n: 1, kind: id.split(/[./]/)[0]!, severity: "warning", state: "open", raised_at: "2026-03-02T12:00:00Z", ...more });
const short = row("short/H 1/k/9");
const line = row("serial_unknown.2/H 1/k/9");
const grave = row("held_taken/H-2/k/1", { severity: "critical" });
const about = row("asked/H 1/k/10", { about: "H 1/k/9" });
const again = row("asked/H 1/k/11", { about: "H 1/k/9" });
const refused = row("asked/H-3/k/5", { about: "H-3/k/4" });

for (const [what, given, want] of [
  ["nothing was asked", [short, grave], "short/H 1/k/9, held_taken/H-2/k/1"],
  ["what is open about the scan is asked for, line by line", [short, line, about], "short/H 1/k/9 asked, serial_unknown.2/H 1/k/9 asked"],
  ["twice is one", [about, short, again], "short/H 1/k/9 asked asked"],
  ["of a scan that nothing else is open about it stands alone", [grave, refused], "held_taken/H-2/k/1, asked/H-3/k/5 asked"],
  ["and twice is one there, too", [about, again], "asked/H 1/k/10 asked asked"],
] as const) {
  test(what, () => assert.equal(itemsOf(given).map((i) => [i.row.id, ...i.asked.map(() => "asked")].join(" ")).join(", "), want));
}

test("who waits on the floor comes first, until somebody takes it", () => {
  const ids = (list: readonly ExceptionRow[]) => openOf([], list).map((o) => o.row.id);
  assert.deepEqual(ids([grave, short, about]), ["short/H 1/k/9", "held_taken/H-2/k/1"]);
  assert.deepEqual(ids([grave, refused]), ["asked/H-3/k/5", "held_taken/H-2/k/1"]);
  assert.deepEqual(ids([grave, { ...short, state: "taken", taken_by: "ann" }, about]), ["held_taken/H-2/k/1", "short/H 1/k/9"]);
});
