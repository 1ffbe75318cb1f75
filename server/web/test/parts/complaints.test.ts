// Every complaint of README.md's table has a test that names it.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { root } from "./files.ts";

const rooms = ["server/web/test", "server/sheet", "labels/encode"]; // that hold such tests
const names = /complaint ([0-9]+): |func TestComplaint([0-9]+)/g;

test("each of the twenty complaints has a test that names it", () => {
  const named = new Set<number>();
  for (const room of rooms) {
    for (const file of readdirSync(path.join(root, room), { recursive: true, encoding: "utf8" })) {
      if (!/\.test\.(mjs|ts)$|_test\.go$/.test(file)) continue;
      for (const [, a, b] of readFileSync(path.join(root, room, file), "utf8").matchAll(names)) named.add(Number(a ?? b));
    }
  }
  const rows = [...readFileSync(path.join(root, "server/web/README.md"), "utf8").matchAll(/^\| ([0-9]+) \| /gm)].map(([, n]) => Number(n));
  assert.deepEqual(rows, Array.from({ length: 20 }, (_, i) => i + 1), "the table has not 20 rows");
  assert.deepEqual(rows.filter((n) => !named.has(n)), [], "these have no test");
});
