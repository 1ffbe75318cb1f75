// What a device remembers for a supervisor: bounded, over loads of the page, without secrets.
import assert from "node:assert/strict";
import test from "node:test";
import { Log, type Keeper } from "../../src/handheld/log.ts";

function disk(text = ""): Keeper & { text: string; saves: number } {
  return {
    text, saves: 0,
    async load() { return this.text; },
    async save(t) { this.text = t; this.saves++; },
  };
}
const settled = async () => { for (let i = 0; i < 10; i++) await Promise.resolve(); };
const at = "1970-01-01T00:00:01.000Z";

test("lines that come together are one write, behind those of before", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const d = disk("before");
  const log = new Log(d, () => 1000);
  log.note("connected");
  log.note("needs you", "#7", "parked", "");
  await settled();
  assert.equal(d.saves, 0);
  t.mock.timers.tick(5000);
  await settled();
  assert.deepEqual([d.saves, d.text.split("\n")], [1, ["before", at + " connected", at + " needs you #7 parked"]]);
});

test("what happens over and over is one line", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let now = 0;
  const log = new Log(disk(), () => (now += 1000));
  for (const words of ["off", "off", "off", "on", "off"]) log.note(words);
  assert.deepEqual((await log.text([])).trim().split("\n"), ["1970-01-01T00:00:01.000Z off (3 times, last 1970-01-01T00:00:03.000Z)", "1970-01-01T00:00:04.000Z on", "1970-01-01T00:00:05.000Z off"]);
});

test("the newest lines are kept, as many as a server takes; a line is one line, without a key", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const log = new Log(disk(), () => 1000);
  for (let i = 0; i < 1500; i++) log.note("line", i, "ü€".repeat(200));
  log.note("a\nb", "bl_7Yk2-secret_x");
  const text = await log.text(["H-07"]);
  const lines = text.trim().split("\n");
  const bytes = new TextEncoder().encode(text).length;
  assert.ok(bytes <= 250 << 10 && bytes > 200 << 10, bytes + " bytes");
  assert.deepEqual([lines[0], lines.at(-1)], ["H-07", at + " a b bl_…"]);
  assert.ok(lines.at(-2)!.startsWith(at + " line 1499 ü"));
});

test("a disk that fails keeps nobody from noting", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const log = new Log({ load: () => Promise.reject(new Error("no disk")), save: () => Promise.reject(new Error("no disk")) }, () => 1000);
  log.note("connected");
  t.mock.timers.tick(5000);
  await settled();
  assert.equal(await log.text([]), at + " connected\n");
});
