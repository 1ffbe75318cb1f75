// A new version of the handheld's page: how it comes to devices that never close the page.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import http from "node:http";
import test from "node:test";
import { Server, soon } from "./bayledger.mjs";
import { buildVersion } from "./device.mjs";
import { at, booked, codes } from "./floor.mjs";

const quiet = 1000; // ms without a scan, after which the versions of these tests take a newer one
const hour = 3_600_000;
const long = { timeout: 80_000 };

/** @param {import("playwright-core").Page} page @param {string} src */
const another = (page, src) => page.waitForFunction((s) => document.querySelector("script")?.src !== s && document.querySelector(".work"), src, long);

at("complaint 14: stuck on an old version: where the usual way to a new version is stuck, the page starts over; what was scanned is kept", 90_000, { version: quiet }, async ({ server, line, device }) => {
  const first = await device.version();
  await device.scan("A-01");
  await device.scan(codes[0]);
  await device.sent(1);
  const folder = await buildVersion(2, quiet);
  const stuck = line.version?.get("/scan-offline.js"); // as behind a proxy that keeps the service worker's script for ever
  await line.bring(folder);
  line.version?.set("/scan-offline.js", stuck ?? Buffer.alloc(0));
  line.cut();
  await another(device.page, first);
  await device.ready();
  assert.equal(await device.page.locator(".places").innerText(), "A-01");
  await device.scan(codes[1]);
  await device.sent(2);
  assert.equal((await booked(server)).length, 2);
  await rm(folder, { recursive: true });
});

at("complaint 14: stuck on an old version: a server names the lowest version: an older page delivers what it holds, and takes the newer one at once", 90_000, { version: hour }, async ({ server, line, device }) => {
  const first = await device.version();
  await device.scan("A-01");
  line.down = true;
  line.cut();
  await device.scan(codes[0]);
  await device.page.locator('.unsent[data-waiting="1"]').waitFor(soon);
  const folder = await buildVersion(2, hour);
  await line.bring(folder);
  await server.ask("PUT", "/v1/settings/book", { lowest_page: "2" });
  line.down = false;
  await device.page.evaluate(() => window.dispatchEvent(new Event("online")));
  await another(device.page, first);
  await device.ready();
  await device.sent(1);
  await device.scan(codes[1]);
  await device.sent(2);
  assert.deepEqual((await booked(server)).map((e) => [e.intent.seq, e.intent.to]), [[1, "A-01"], [2, "A-01"]]);
  await rm(folder, { recursive: true });
});

at("the server is set back to a page that cannot read the device's outbox: it says so, keeps all, gives the file, and goes on by itself", 120_000, { version: quiet }, async ({ server, line, device }) => {
  const { page } = device;
  const older = line.version;
  const first = await device.version();
  const folder = await buildVersion(2, quiet, 1); // its outbox has another form
  const other = await device.context.newPage(); // a window that does not let go of the old one
  await other.goto(device.url + "/scan-version.json");
  await other.evaluate(() => new Promise((resolve) => (indexedDB.open("bayledger-outbox").onsuccess = (e) => resolve(void (/** @type {any} */ (globalThis).held = /** @type {any} */ (e.target).result)))));
  await line.bring(folder);
  const newer = line.version;
  line.cut();
  await page.locator('.unopened[data-why="held"]').waitFor(long);
  await other.close();
  await another(page, first);
  await device.ready();
  await device.scan("A-01");
  await device.scan(codes[0]);
  await device.sent(1);
  line.down = true;
  line.cut();
  await device.scan(codes[1]);
  await page.locator('.unsent[data-waiting="1"]').waitFor(soon);
  line.version = older;
  line.down = false;
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await page.locator('.unopened[data-why="newer"]').waitFor(long);
  await page.getByText("what was scanned is kept").waitFor(soon);
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save all scans of this device as a file" }).click()]);
  const lines = readFileSync(await file.path(), "utf8").trim().split("\n").map((l) => JSON.parse(l));
  assert.deepEqual(lines.map((l) => [l.seq, l.product]), [[1, "P-0"], [2, "P-1"]]);
  line.version = newer;
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await page.locator(".work").waitFor(long);
  await device.ready();
  await device.sent(2);
  assert.deepEqual((await booked(server)).map((e) => [e.intent.seq, e.intent.product]), [[1, "P-0"], [2, "P-1"]]);
  await rm(folder, { recursive: true });
});

at("an outbox that the browser cannot read, or in which the work makes no sense: a page says so, and deletes nothing", 60_000, async ({ server, device }) => {
  const { page } = device;
  await device.scan("A-01");
  await page.locator(".places").getByText("A-01").waitFor(soon);
  /** @param {string} value */
  const machine = (value) => page.evaluate((v) => new Promise((resolve, reject) => {
    const open = indexedDB.open("bayledger-outbox");
    open.onerror = () => reject(open.error);
    open.onsuccess = () => {
      const state = open.result.transaction("state", "readwrite").objectStore("state");
      const was = state.get("machine");
      was.onsuccess = () => (state.put(v || was.result, "machine").onsuccess = () => resolve((open.result.close(), was.result)));
    };
  }), value);
  await device.scan("BLCMD-X0");
  await device.scan(codes[0]);
  await page.getByText("Waiting behind this: 1").waitFor(soon);
  const good = String(await machine(""));
  await machine(JSON.stringify({ ...JSON.parse(good), done: null }));
  await page.reload();
  await page.locator('.unopened[data-why="failed"]').waitFor(soon);
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save all scans of this device as a file" }).click()]);
  const lines = readFileSync(await file.path(), "utf8").trim().split("\n").map((l) => JSON.parse(l));
  assert.deepEqual(lines.map((l) => [Object.keys(l), l.not_booked.scan, l.not_booked.why, l.not_booked.device]), [[["not_booked"], codes[0], "It waits behind a stop.", "H-07"]]);
  const { outcomes } = await server.ask("POST", "/v1/intents", lines);
  assert.deepEqual(outcomes.map((/** @type {any} */ o) => [o.outcome, o.code]), [["refused", "unknown_field"]]);
  await machine(good);
  await page.getByRole("button", { name: "Load the page again" }).click();
  await page.locator(".stop").waitFor(soon);
  await page.locator(".capture input:focus").waitFor({ state: "attached", ...soon });
  await device.scan("BLCMD-OK");
  await device.ready();
  await device.sent(1);
  assert.equal(await page.locator(".places").innerText(), "A-01");
  const broken = () => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("Internal error opening backing store for indexedDB.open.", "UnknownError");
    };
  };
  await page.addInitScript(broken);
  await page.reload();
  await page.locator('.unopened[data-why="failed"]').waitFor(soon);
  await page.getByRole("button", { name: "Save all scans of this device as a file" }).click();
  await page.getByText("The file could not be made either.").waitFor(soon);
});

test("what a device fetches before it works without a network is under 200 kB, without camera", { timeout: 90_000 }, async () => {
  const server = await Server.create();
  try {
    const worker = await (await fetch(server.url + "/scan-offline.js")).text();
    const parts = [...worker.matchAll(/"(\/(?:scan|favicon)[^"]*)"/g)].map((m) => m[1]).filter((p) => !/camera|\.wasm/.test(p));
    assert.ok(parts.length >= 6 && parts.includes("/scan"), String(parts));
    const sizes = await Promise.all([...new Set(parts)].map((p) => new Promise((resolve, reject) => http.get(server.url + p, { headers: { "accept-encoding": "gzip" } }, (answer) => {
      let size = 0;
      answer.on("data", (d) => (size += d.length)).on("end", () => resolve(answer.statusCode === 200 ? size : reject(new Error(p + ": " + answer.statusCode))));
    }))));
    const sum = sizes.reduce((a, b) => a + b, 0);
    assert.ok(sum < 200_000, sum + " bytes");
  } finally {
    await server.remove();
  }
});
