// The outbox itself, in a real IndexedDB, as page and worker use it at the same time.
import assert from "node:assert/strict";
import path from "node:path";
import test, { after, before } from "node:test";
import { build } from "esbuild";
import { Server, browser } from "./bayledger.mjs";

/** @import {Page} from "playwright-core" */

/** @type {Server} */
let server;
/** @type {string} */
let script;
before(async () => {
  server = await Server.create();
  const source = path.join(import.meta.dirname, "../src/handheld/box.ts");
  const built = await build({ entryPoints: [source], bundle: true, format: "iife", globalName: "outbox", target: ["es2022"], write: false, logLevel: "warning" });
  script = built.outputFiles[0].text + ";globalThis.outbox = outbox";
});
after(async () => {
  await (await browser()).close();
  await server.remove();
});

/**
 * held runs a test in a page that has the outbox's code, and nothing in it.
 * @param {string} title
 * @param {(page: Page) => Promise<void>} act
 */
function held(title, act) {
  test(title, { timeout: 300_000 }, async () => {
    const context = await (await browser()).newContext();
    try {
      const page = await context.newPage();
      await page.goto(server.url + "/scan-version.json"); // of an origin that may store
      await page.evaluate(script);
      await act(page);
    } finally {
      await context.close();
    }
  });
}

held("a scan is stored at the seq that is said, however often another takes that before", async (page) => {
  const [first, rows] = await page.evaluate(async () => {
    const { Box } = /** @type {any} */ (globalThis).outbox;
    const [box, worker] = await Promise.all([Box.open(), Box.open()]);
    const raises = [5, 9, 12];
    const make = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (stores, ...rest) {
      const through = Array.isArray(stores) && stores.length === 2 ? raises.shift() : undefined; // the page is about to store: the worker is first
      if (through) void worker.raise(through);
      return make.call(this, stores, ...rest);
    };
    const seq = await box.append((/** @type {number} */ next) => ({ machine: "", rows: ["the scan, as " + next] }));
    return /** @type {const} */ ([seq, await box.unacked(0, 10, 1000)]);
  });
  assert.deepEqual([first, rows.map((/** @type {any} */ r) => [r.seq, r.data])], [13, [[13, "the scan, as 13"]]]);
});

held("where more waits than may, since a server from a backup has it all sent again, taps still work: a stop can be cleared", async (page) => {
  const codes = await page.evaluate(async () => {
    const { Box, maxWaiting } = /** @type {any} */ (globalThis).outbox;
    const box = await Box.open();
    await box.raise(maxWaiting + 7);
    await box.ack(maxWaiting + 7);
    await box.append(() => ({ machine: "", rows: ["one"] }));
    await box.save("acked", { through: 0, peak: 0, low: 1, marks: [], holes: [] });
    const page = await Box.open(); // loaded anew
    const said = (/** @type {Promise<unknown>} */ p) => p.then(() => "taken", (e) => e.code);
    return [await said(page.append(() => ({ machine: "", rows: ["two"] }))), await said(page.append(() => ({ machine: "OK", rows: [] }))), await page.load("machine")];
  });
  assert.deepEqual(codes, ["outbox_full", "taken", "OK"]);
});

held("seqs that only the server knows do not wait: a scan can be handed over, and the device be paired anew", async (page) => {
  const got = await page.evaluate(async () => {
    const { Box } = /** @type {any} */ (globalThis).outbox;
    const box = await Box.open();
    await box.append(() => ({ machine: "", rows: ["one"] }));
    await box.note([{ seq: 1, outcome: "parked", at: 1 }]);
    await box.ack(1);
    await box.raise(90_000);
    const { waiting } = await box.stats();
    const handed = await box.hand(1, (/** @type {number} */ next) => "asks, as " + next);
    await box.ack(90_001);
    await box.raise(90_005);
    const pairing = { device: "H-08", install: "j", key: "", role: "floor", site: "main" };
    await box.pair(pairing);
    return [waiting, handed, (await box.load("pairing"))?.device, (await box.stats()).next];
  });
  assert.deepEqual(got, [0, true, "H-08", 1]);
});

held("page and worker at the same time: each scan that was said to be stored is there, once, in order", async (page) => {
  const seed = Date.now() % 2 ** 31;
  console.log("seed " + seed);
  const faults = await page.evaluate(async (from) => {
    const { Box } = /** @type {any} */ (globalThis).outbox;
    const [box, worker] = await Promise.all([Box.open(), Box.open()]);
    let state = from;
    const rand = (/** @type {number} */ n) => (state = (state * 1103515245 + 12345) % 2 ** 31) % n;
    /** @type {[number, string][]} */
    const stored = [];
    const scans = (async () => {
      for (let i = 0; i < 200; i++) {
        const n = rand(3);
        const names = Array.from({ length: n }, (_, k) => i + "." + k);
        const first = await box.append(() => ({ machine: String(i), rows: names }));
        names.forEach((name, k) => stored.push([first + k, name]));
      }
    })();
    const carries = (async () => {
      for (let i = 0; i < 150; i++) {
        const { next, acked } = await worker.stats();
        await [() => worker.ack(Math.min(next - 1, acked + rand(4))), () => worker.raise(next + rand(3) - 1), () => worker.resend(Math.max(1, acked - rand(3)))][rand(3)]();
      }
    })();
    const hands = (async () => {
      for (let i = 0; i < 40; i++) {
        await worker.note([{ seq: -1 - i, outcome: "parked", at: 1 }]);
        await box.hand(-1 - i, (/** @type {number} */ next) => {
          stored.push([next, "hand " + i]);
          return "hand " + i;
        });
      }
    })();
    await Promise.all([scans, carries, hands]);
    await worker.resend(1);
    const rows = await worker.unacked(1, 10_000, 1e9);
    const want = stored.sort((a, b) => a[0] - b[0]).map(([seq, name]) => seq + " " + name);
    const got = rows.map((/** @type {any} */ r) => r.seq + " " + r.data);
    return { want, got, waiting: (await box.stats()).waiting };
  }, seed);
  assert.deepEqual(faults.got, faults.want);
  assert.equal(faults.waiting, faults.want.length);
});
