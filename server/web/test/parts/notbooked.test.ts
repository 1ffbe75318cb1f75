// The file of a device's scans has what is not booked too, and nobody books that without noticing.
import assert from "node:assert/strict";
import test from "node:test";
import { Machine } from "../../src/core/flow/machine.ts";
import type { FlowEvent, Setup, State } from "../../src/core/flow/types.ts";
import { english } from "../../src/core/flow/words.ts";
import { notBooked } from "../../src/handheld/notbooked.ts";
import { catalogueOf, streams } from "./catalogue.ts";

const goods = catalogueOf(streams().catalogue);
const setup = (s: Partial<Setup> = {}): Setup => ({ catalogue: goods, stock: goods, site: "main", rules: "", reasons: "", install: "", badge: false, places: {}, words: english, ...s });
const at = (second: number) => ({ at: "2026-03-02T09:00:0" + second + "Z", clock: "a" as const });

/** saved is the state behind events, one a second. */
function saved(events: readonly FlowEvent[], s: Partial<Setup> = {}): string {
  const m = new Machine(setup(s));
  for (const [i, e] of events.entries()) m.take({ ...e, ...at(i + 1) }, "2026-03-02");
  return m.save(1);
}

const lines = (machine: unknown, waits: readonly unknown[] = []): object[] =>
  notBooked("H-07", machine, waits).split("\n").filter(Boolean).map((l) => {
    const line = JSON.parse(l) as { not_booked: { device: string } };
    const { device, ...rest } = line.not_booked;
    assert.deepEqual([Object.keys(line), device], [["not_booked"], "H-07"], "a server could take it: " + l);
    return rest;
  });

const [tea, stop, place] = [{ scan: "]E09521234543213" }, { scan: "]C0BLCMD-NO" }, { scan: "A-01" }];
for (const [name, machine, want] of [
  ["nothing waits", saved([place, tea]), []],
  ["behind a stop", saved([place, stop, tea, { scan: "BOX-12" }]), [{ why: "It waits behind a stop.", ...at(3), scan: tea.scan }, { why: "It waits behind a stop.", ...at(4), scan: "BOX-12" }]],
  ["before a badge", saved([tea], { badge: true }), [{ why: "It waits for a badge.", ...at(1), scan: tea.scan }]],
  ["the page ended before the step that takes it", JSON.stringify({ ...JSON.parse(saved([{ scan: "BLOP-ann" }, stop, tea])), stop: "" }), [{ why: "It waits for what was scanned before it.", ...at(3), scan: tea.scan }]],
  ["a quantity is asked about, and scans wait behind that", saved([place, { tap: "X1000" }, tea, { scan: "BOX-12" }]),
    [{ why: "It is asked how many there are.", ...at(3), scan: tea.scan, product: "TEA", quantity: "1000", doing: "add", place: "A-01" }, { why: "It waits behind a question.", ...at(4), scan: "BOX-12" }]],
  ["a lot is asked for, with things in hand", saved([tea, { scan: "]E0036000291452" }]),
    [{ why: "It is in hand; its place was not scanned.", scan: tea.scan, product: "TEA", quantity: "1", doing: "add" }, { why: "Its lot or serial is asked for.", ...at(2), scan: "]E0036000291452", product: "PILL", quantity: "1", doing: "add" }]],
  ["half a label", saved([place, { scan: "]C102195212345432103712" }]), [{ why: "The other barcode of its label was not scanned.", ...at(2), scan: "]C102195212345432103712", doing: "add", place: "A-01" }]],
  ["a count that is not done", saved([{ tap: "COUNT" }, place, tea, tea]), [{ why: "It is counted; the place is not done.", scan: tea.scan, product: "TEA", quantity: "2", doing: "count", place: "A-01" }]],
  ["of an earlier version: no moments", JSON.stringify((({ kept: _, ...s }) => s)(JSON.parse(saved([stop, tea])) as State)), [{ why: "It waits behind a stop.", scan: tea.scan }]],
  ["what cannot be read stands in it as it is", "{", [{ why: "What was collected on the device cannot be read.", kept: "{" }]],
  ["of a form that is not known yet", { hand: "?" }, [{ why: "What was collected on the device cannot be read.", kept: { hand: "?" } }]],
  ["a new device", undefined, []],
] as const) {
  test("not booked: " + name, () => assert.deepEqual(lines(machine), want));
}

test("not booked: behind a PIN, the badge first, with what the reader sent and the moment", () => {
  assert.deepEqual(lines(saved([place]), [{ n: 1, event: { scan: "BLOP-ann" }, moment: at(1) }, { n: 2, event: tea, raw: "*9521234543213", moment: at(2) }, { n: 3, event: { tap: "UNDO" } }, null]), [
    { why: "It waits behind a PIN.", ...at(1), scan: "BLOP-ann" }, { why: "It waits behind a PIN.", ...at(2), scan: tea.scan, raw: "*9521234543213" }, { why: "It waits behind a PIN.", tap: "UNDO" }, { why: "It waits behind a PIN." },
  ]);
});
