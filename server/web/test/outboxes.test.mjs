// Outboxes as pages of every form that was ever in use left them on a device: today's page opens each
// and delivers all of it. test/outboxes/make.mjs writes that of today.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import test, { after } from "node:test";
import { Server, browser, soon, zone } from "./bayledger.mjs";
import { booked, stock } from "./floor.mjs";

const folder = path.join(import.meta.dirname, "outboxes");
const files = readdirSync(folder).filter((n) => n.endsWith(".json")).sort((a, b) => parseInt(a) - parseInt(b));
const versions = [...new Set(files.map((n) => parseInt(n)))];

after(async () => (await browser()).close());

/** @param {import("playwright-core").Page} page */
async function enterPin(page) {
  await page.getByText("PIN of ann").waitFor(soon);
  for (const name of [..."4821", "Enter"]) await page.getByRole("button", { name, exact: true }).click();
}

for (const file of files) {
  test(`complaint 13: an upgrade wiped what waited: an outbox of form ${path.parse(file).name} out of a drawer is delivered whole`, { timeout: 120_000 }, async () => {
    /** @type {{version: number, stores: Record<string, [any, any][]>}} */
    const held = JSON.parse(readFileSync(path.join(folder, file), "utf8"));
    const server = await Server.create();
    const context = await (await browser()).newContext({ viewport: { width: 360, height: 640 }, locale: "en-GB", timezoneId: zone });
    try {
      await stock(server);
      await server.ask("PUT", "/v1/operators/ann", { active: true });
      await server.tell("PUT", "/v1/operators/ann/pin", { pin: "4821" });
      const { code } = await server.ask("POST", "/v1/pairings", { device: "H-07", role: "floor" });
      const { key } = await server.ask("POST", "/v1/pairings/redeem", { code });
      for (const [name, value] of held.stores.state) if (name === "pairing") value.key = key;
      const page = await context.newPage();
      await page.goto(server.url + "/scan-version.json"); // of the same origin, and opens no outbox
      await page.evaluate((h) => new Promise((resolve, reject) => {
        const open = indexedDB.open("bayledger-outbox", h.version);
        open.onerror = () => reject(open.error);
        open.onupgradeneeded = () => {
          for (const [store, rows] of Object.entries(h.stores)) {
            const to = open.result.createObjectStore(store);
            for (const [k, v] of rows) to.put(v, k);
          }
        };
        open.onsuccess = () => {
          open.result.close();
          resolve(undefined);
        };
      }), held);
      await page.goto(server.url + "/scan");
      const [badge, ...behind] = held.stores.state.filter(([name]) => name.startsWith("waits/")).map(([, w]) => w.event.scan);
      if (badge) await enterPin(page);
      const last = held.stores.rows.length + behind.length;
      await page.locator(`.card[data-seq="${last}"]`).waitFor({ timeout: 60_000 });
      await page.locator(".places").getByText("A-01").waitFor(soon);
      await page.locator('.unsent[data-waiting="0"]').waitFor({ timeout: 60_000 });
      const sent = (await booked(server)).map((e) => e.intent);
      assert.deepEqual(sent.map((i) => i.seq), Array.from({ length: last }, (_, i) => i + 1), "not every row became an entry, once");
      assert.deepEqual(sent.slice(held.stores.rows.length).map((i) => [i.scan, i.operator]), behind.map((code) => [code, "ann"]));
      for (const [seq, { data }] of held.stores.rows) {
        const { action, scan, at } = JSON.parse(data);
        const got = sent[seq - 1];
        assert.deepEqual([got.action, got.scan, Date.parse(got.at)], [action, scan, Date.parse(at)]);
      }
      const now = await page.evaluate(async () => (await indexedDB.databases()).find((d) => d.name === "bayledger-outbox")?.version ?? 0);
      assert.deepEqual(versions, Array.from({ length: now }, (_, i) => i + 1), `the outbox has form ${now}: write it down with test/outboxes/make.mjs`);
    } finally {
      await context.close();
      await server.remove();
    }
  });
}
