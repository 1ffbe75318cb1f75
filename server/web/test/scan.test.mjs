// A floor worker's scans survive what happens to networks, servers and browsers: each is booked, once.
import assert from "node:assert/strict";
import test from "node:test";
import { Server, soon } from "./bayledger.mjs";
import { Device, Line } from "./device.mjs";

const codes = ["4006381333931", "9521234543213", "96385074", "036000291452", "5901234123457"];
const pace = 50; // ms a scan: 20 a second

/**
 * at runs a test with a server, a line to it and a device.
 * @param {string} title
 * @param {number} within
 * @param {(s: {t: import("node:test").TestContext, server: Server, line: Line, device: Device}) => Promise<void>} act
 */
function at(title, within, act) {
  test(title, { timeout: within }, async (t) => {
    const server = await Server.create();
    const line = new Line(server);
    await line.listen();
    await server.ask("PUT", "/v1/locations/A-01?site=main", { kind: "stock" });
    for (const [i, code] of codes.entries()) {
      await server.product("P-" + i);
      await server.ask("PUT", "/v1/barcodes/" + code, { product: "P-" + i });
    }
    const device = await Device.create(String(line.url));
    try {
      await device.pair(server, "H-07");
      await act({ t, server, line, device });
    } finally {
      await device.remove();
      line.close();
      await server.remove();
    }
  });
}

/** @param {Server} server */
const booked = async (server) => (await server.ask("GET", "/v1/activity?since=0&limit=10000")).entries.filter((/** @type {any} */ e) => e.kind === "intent" && e.intent.device === "H-07");

at("500 scans at 20 a second: the socket cut, the server killed, the renderer killed; every scan booked once", 180_000, async ({ t, server, line, device }) => {
  await device.scan("A-01");
  let made = 0; // scans that were typed and not lost with a renderer before they were stored
  const began = Date.now();
  const run = async (/** @type {number} */ until) => {
    for (; made < until; made++) {
      const due = Date.now() + pace;
      await device.scan(codes[made % codes.length]);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - Date.now())));
    }
  };
  await run(80);
  line.cut();
  await run(120);
  line.down = true;
  line.cut();
  await run(200);
  line.down = false;
  await run(230);
  const dying = server.end("SIGKILL");
  await run(300);
  await dying;
  await server.start();
  await run(380);
  const shown = await device.seq(); // what the person has been told is stored
  await device.kill();
  await device.page.locator(".strip").waitFor(soon);
  made = await device.page.evaluate(() => new Promise((resolve, reject) => {
    const open = indexedDB.open("bayledger-outbox");
    open.onerror = () => reject(open.error);
    open.onsuccess = () => {
      const count = open.result.transaction("rows").objectStore("rows").count();
      count.onsuccess = () => {
        open.result.close();
        resolve(count.result);
      };
    };
  }));
  assert.ok(made >= shown, "the screen showed " + shown + " as stored, and " + made + " are");
  await run(500);
  const scanned = Date.now() - began;
  await device.page.locator('.unsent[data-waiting="0"]').waitFor({ timeout: 60_000 });
  t.diagnostic("500 scans in " + scanned + " ms; all sent after " + (Date.now() - began) + " ms; " + shown + " were shown as stored when the renderer died");

  const entries = await booked(server);
  assert.deepEqual(entries.map((/** @type {any} */ e) => e.intent.seq), Array.from({ length: 500 }, (_, i) => i + 1), "seqs are not 1 to 500, once each and in order");
  assert.ok(entries.every((/** @type {any} */ e) => e.outcome === "applied" && e.intent.to === "A-01"), JSON.stringify(entries.find((/** @type {any} */ e) => e.outcome !== "applied")));
  /** @type {{product: string, location: string, quantity: string}[]} */
  const balance = (await server.ask("GET", "/v1/balances?location=A-01")).rows;
  assert.equal(balance.reduce((sum, row) => sum + Number(row.quantity), 0), 500, "the shelf does not hold 500");
});
