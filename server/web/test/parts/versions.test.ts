// When a page takes a newer version of itself.
import assert from "node:assert/strict";
import test from "node:test";
import { next, type Next, type Situation } from "../../src/handheld/versions.ts";

const idle = 20_000;
const calm: Situation = { own: "a", number: 1, newest: "a", lowest: 0, speaks: true, waiting: false, busy: false, quiet: 60_000, told: -1, tries: 0, startedOver: "" };

const rows: [string, Partial<Situation>, Next][] = [
  ["the same version", {}, "nothing"],
  ["nobody knows what the server has", { newest: "" }, "nothing"],
  ["a newer one is to be had", { newest: "b" }, "fetch"],
  ["a newer one is to be had while scans come: fetching disturbs nobody", { newest: "b", quiet: 0 }, "fetch"],
  ["it is here, and nobody has scanned for a while", { newest: "b", waiting: true }, "take over"],
  ["it is here, and the last scan was 19.999 s ago", { newest: "b", waiting: true, quiet: 19_999 }, "nothing"],
  ["it is here, and there is no server", { newest: "", waiting: true }, "take over"],
  ["it was told to take over a moment ago", { newest: "b", waiting: true, told: 500 }, "nothing"],
  ["it was told, and did not", { newest: "b", waiting: true, told: 20_000 }, "start over"],
  ["it was told, and did not, and there is no server to start over from", { newest: "", waiting: true, told: 20_000 }, "nothing"],
  ["it cannot be had in three tries", { newest: "b", tries: 3 }, "start over"],
  ["it cannot be had, and somebody scans", { newest: "b", tries: 3, quiet: 500 }, "nothing"],
  ["it cannot be had, and starting over did not help: no circle", { newest: "b", tries: 3, startedOver: "b" }, "fetch"],
  ["the server wants a newer one: no waiting for quiet", { newest: "b", number: 1, lowest: 2, waiting: true, quiet: 0 }, "take over"],
  ["the server wants a newer one, and a scan is being stored", { newest: "b", number: 1, lowest: 2, waiting: true, quiet: 0, busy: true }, "nothing"],
  ["the server wants this one", { newest: "b", number: 2, lowest: 2, waiting: true, quiet: 0 }, "nothing"],
  ["the server does not understand this page", { newest: "b", speaks: false, waiting: true, quiet: 0 }, "take over"],
  ["the server wants a newer one than it has", { lowest: 2, quiet: 0 }, "nothing"],
];

for (const [name, change, want] of rows) test(name, () => assert.equal(next({ ...calm, ...change }, idle), want));
