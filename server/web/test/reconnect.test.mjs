// A page that lost its server says so, comes back by itself, and shows each entry
// once.
import assert from "node:assert/strict";
import { entry, last, soon, told } from "./bayledger.mjs";
import { scene } from "./scene.mjs";

/** @import {Outcomes} from "./bayledger.mjs" */

const refused = /WebSocket connection to .* failed|net::ERR_/; // what a browser says of a server that is not there
const back = { timeout: 60_000 }; // it tries again after 30 s at most

scene("survives a kill of the server: stale, back by itself, each entry once", { errors: refused, line: true }, async ({ t, page, server, enter }) => {
  await server.product("BELT-A42", { min: "5" });
  await enter();
  const add = { action: "add", product: "BELT-A42", quantity: "1", to: "stock" };
  const first = (await server.book(add, add, add)).head;
  await entry(page, first).waitFor(soon);
  await page.locator('.figure[data-known="true"]:has(#online)').waitFor(soon); // the devices were looked at: there is something to be old

  // Killed in the midst of what it books: some of it is booked, nobody knows what.
  const sent = server.intents(Array.from({ length: 60 }, () => add));
  /** @type {Promise<unknown>[]} */
  const underway = [];
  for (let i = 0; i < sent.length; i += 10) underway.push(server.ask("POST", "/v1/intents", sent.slice(i, i + 10)).catch(() => "lost"));
  await underway[0];
  await server.end("SIGKILL");
  await Promise.all(underway);

  await page.locator('#state[data-state="stale"]').waitFor(soon);
  await page.locator('.figure[data-known="true"]').waitFor({ ...soon, state: "detached" });
  for (const note of await page.locator(".figure .note").allInnerTexts()) assert.match(note, /^no data since \d\d:\d\d$/, "each figure says since when there is none");
  assert.match(await page.locator("#state").innerText(), /^Not live, as of \d\d:\d\d:\d\d$/);
  assert.match(await page.locator("#stale").innerText(), /connection is lost.* as of \d\d:\d\d:\d\d\. Trying again/);
  for (const figure of ["scans", "attention", "lag"]) {
    assert.match(await page.locator("#" + figure + "-note").innerText(), /^no data since \d\d:\d\d$/, figure + " is not of now and does not say so");
    assert.equal(await page.locator("#" + figure).innerText(), "–");
  }
  assert.equal(await entry(page, first).count(), 1, "what was shown is gone");

  await server.start();
  /** @type {Outcomes} */
  const again = await server.ask("POST", "/v1/intents", sent); // a repeat gets its first outcome again
  t.diagnostic(again.outcomes.filter((o) => o.repeat).length + " of " + sent.length + " were booked before the kill");
  assert.deepEqual(again.outcomes.filter((o) => o.outcome !== "applied"), []);
  await page.locator('#state[data-state="live"]').waitFor(back);
  const { head } = await server.book(add, add);
  await entry(page, head).waitFor(soon);
  assert.equal(await page.locator("#stale").count(), 0);
  assert.deepEqual(await told(page), { rows: head, skipped: 0, total: head, last: head }, "the page and the books differ");
});

scene("shows an alert that was raised while it was away", { errors: refused, line: true }, async ({ page, server, enter }) => {
  await server.product("SEAL-25", { min: "3" });
  await server.product("LAMP-H7", { min: "3" });
  await server.book({ action: "add", product: "SEAL-25", quantity: "4", to: "stock" }, { action: "add", product: "LAMP-H7", quantity: "4", to: "stock" },
    { action: "remove", product: "LAMP-H7", quantity: "2", from: "stock" });
  await enter();
  await page.locator(".opens .open").filter({ hasText: "LAMP-H7" }).waitFor(soon);
  await server.end("SIGKILL");
  await page.locator('#state[data-state="stale"]').waitFor(soon);
  assert.equal(await page.locator(".opens .open").count(), 1, "alerts are gone with the connection");

  await server.start();
  await server.book({ action: "remove", product: "SEAL-25", quantity: "2", from: "stock" }, { action: "add", product: "LAMP-H7", quantity: "9", to: "stock" });
  await page.locator('#state[data-state="live"]').waitFor(back);
  await page.locator(".opens .open").filter({ hasText: "SEAL-25" }).waitFor(soon);
  await page.locator(".opens .open").filter({ hasText: "LAMP-H7" }).waitFor({ state: "detached", ...soon });
});

const mostHeap = 24 << 20; // bytes of JavaScript's heap, after a collection, however much has been shown
const reconnects = 20;

scene("misses nothing over 20 reconnects at 200 entries a second, and keeps its memory", { errors: refused, line: true }, async ({ t, page, server, line, enter }) => {
  await server.product("CHAIN-08B");
  await enter();
  await page.locator("#feed").waitFor(soon);
  const load = pump(server, 40, 200); // so many at once are grouped on any machine
  for (let i = 0; i < reconnects; i++) {
    line.down = true;
    line.cut();
    await page.locator('#state[data-state="stale"]').waitFor(soon);
    line.down = false;
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
    await page.locator('#state[data-state="live"]').waitFor(back);
  }
  const { head, rate } = await load.end();
  await last(page, head, { timeout: 3 * soon.timeout });
  t.diagnostic(head + " entries, " + Math.round(rate) + " a second");
  assert.deepEqual(await told(page), { rows: head, skipped: 0, total: head, last: head }, "the page and the books differ");

  const before = await heap(page);
  const most = await flood(server, 12_000); // more than twice of what it keeps
  await last(page, most, { timeout: 6 * soon.timeout });
  const after = await heap(page);
  t.diagnostic("heap " + (before / 1e6).toFixed(1) + " MB, then " + (after / 1e6).toFixed(1) + " MB");
  assert.ok(after < mostHeap, "the heap has " + after + " bytes");
});

/**
 * heap is what the page's JavaScript holds once what is garbage is gone.
 * @param {import("playwright-core").Page} page
 */
async function heap(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize;
}

/**
 * flood books many at once, by five devices.
 * @param {import("./bayledger.mjs").Server} server
 * @param {number} count
 */
async function flood(server, count) {
  let head = 0;
  for (let sent = 0; sent < count; sent += 1000) head = (await server.book(...Array.from({ length: 1000 }, (_, i) => scanOf(i)))).head;
  return head;
}

/** @param {number} i */
const scanOf = (i) => ({ device: "H-0" + (1 + (i % 5)), action: "add", product: "CHAIN-08B", quantity: "1", to: "stock" });

/**
 * pump books so many every so many milliseconds, until it is ended.
 * @param {import("./bayledger.mjs").Server} server
 * @param {number} count
 * @param {number} every
 */
function pump(server, count, every) {
  const began = performance.now();
  let sent = 0;
  /** @type {Promise<Outcomes>} */
  let under = server.book(scanOf(0));
  const timer = setInterval(() => {
    sent += count;
    under = under.then(() => server.book(...Array.from({ length: count }, (_, i) => scanOf(i))));
  }, every);
  return {
    async end() {
      clearInterval(timer);
      const { head } = await under;
      return { head, rate: (sent * 1000) / (performance.now() - began) };
    },
  };
}
