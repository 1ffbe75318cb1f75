// A floor worker's scans survive what happens to networks, servers and browsers: each is booked, once.
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { browser, soon } from "./bayledger.mjs";
import { buildVersion } from "./device.mjs";
import { at, booked, codes } from "./floor.mjs";

const pace = 50; // ms a scan: 20 a second
const held = 300; // ms that OK is held for
const quiet = 8000; // ms without a scan, after which the versions of these tests take a newer one: longer than a busy machine pauses between two scans

at("complaint 2: quick scans are skipped: 500 scans at 20 a second: the socket cut, the server killed, the renderer killed, the app updated; every scan booked once", 180_000, { version: quiet }, async ({ t, server, line, device }) => {
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
  made = await device.taken(); // what was written down as waiting becomes rows first
  assert.ok(made >= shown, "the screen showed " + shown + " as stored, and " + made + " are");
  // The app is updated: never while scans come, then once, and the work is where it was.
  const [first, next] = [await device.version(), await buildVersion(2, quiet)];
  let loads = 0;
  device.page.on("load", () => loads++);
  await line.bring(next);
  line.cut();
  const waits = () => device.page.evaluate(() => navigator.serviceWorker.getRegistration().then((r) => r?.waiting != null));
  for (let there = false; !there; there = await waits()) await device.page.keyboard.press("Shift"); // somebody is at work: nothing may take over before it has been seen to wait
  await run(420);
  assert.equal(await device.version(), first, "a new version took over between two scans");
  await device.page.waitForFunction((src) => document.querySelector("script")?.src !== src && document.querySelector(".work"), first, { timeout: 80_000 });
  await device.ready();
  assert.deepEqual([await device.page.locator(".places").innerText(), await device.page.locator(".mode h1").innerText(), loads], ["A-01", "Add", 1]);
  await rm(next, { recursive: true });
  await run(500);
  const scanned = Date.now() - began;
  await device.sent(500, { timeout: 120_000 });
  t.diagnostic("500 scans in " + scanned + " ms; all sent after " + (Date.now() - began) + " ms; " + shown + " were shown as stored when the renderer died");

  const entries = await booked(server);
  assert.deepEqual(entries.map((/** @type {any} */ e) => e.intent.seq), Array.from({ length: 500 }, (_, i) => i + 1), "seqs are not 1 to 500, once each and in order");
  assert.ok(entries.every((/** @type {any} */ e) => e.outcome === "applied" && e.intent.to === "A-01"), JSON.stringify(entries.find((/** @type {any} */ e) => e.outcome !== "applied")));
  /** @type {{product: string, location: string, quantity: string}[]} */
  const balance = (await server.ask("GET", "/v1/balances?location=A-01")).rows;
  assert.equal(balance.reduce((sum, row) => sum + Number(row.quantity), 0), 500, "the shelf does not hold 500");
});

at("complaint 1: green and not on the server: without a server the page opens from the device, keeps scans, and sends them later", 90_000, async ({ server, line, device }) => {
  await device.type("A-01");
  await device.type(codes[0]);
  await device.page.locator('.card[data-state="sent"]').waitFor(soon);
  await device.page.waitForFunction(() => navigator.serviceWorker.ready.then((r) => r.active?.state === "activated"));
  line.down = true;
  line.cut();
  await (await device.context.newCDPSession(device.page)).send("Network.clearBrowserCache"); // browsers do, when they want room
  await device.page.reload();
  await device.ready();
  assert.equal(await device.page.locator(".places").innerText(), "A-01", "the place is forgotten");
  for (const code of codes) await device.scan(code);
  await device.page.locator('.unsent[data-waiting="5"]').waitFor(soon);
  assert.equal(await device.page.locator(".card").getAttribute("data-state"), "saved");
  assert.match(await device.page.locator(".unsent").innerText(), /Not sent yet: 5/);
  line.down = false;
  await device.page.evaluate(() => window.dispatchEvent(new Event("online")));
  await device.sent(6, { timeout: 80_000 });
  assert.equal((await booked(server)).length, 6);
});

at("a catalogue that cannot be kept on the device, as after a server that went back to an older release: scans are sent all the same", 60_000, async ({ server, device }) => {
  const { page } = device;
  await page.evaluate(() => new Promise((resolve, reject) => { // of a form that this page does not know
    const open = indexedDB.open("bayledger-goods", 99);
    open.onerror = () => reject(open.error);
    open.onsuccess = () => resolve((open.result.close(), undefined));
  }));
  await page.reload();
  await device.ready();
  await device.scan("A-01");
  await device.scan(codes[0]);
  await device.sent(1);
  assert.deepEqual((await booked(server)).map((e) => [e.intent.product, e.intent.to]), [["P-0", "A-01"]]);
});

at("where no WebSocket gets through, scans go by HTTPS", 120_000, async ({ server, line, device }) => {
  await device.scan("A-01");
  line.noSockets = true;
  line.cut();
  for (let i = 0; i < 20; i++) await device.scan(codes[i % codes.length]);
  await device.sent(20, { timeout: 80_000 });
  const entries = await booked(server);
  assert.deepEqual(entries.map((/** @type {any} */ e) => [e.intent.seq, e.outcome]), Array.from({ length: 20 }, (_, i) => [i + 1, "applied"]));
  line.noSockets = false;
  await device.scan(codes[0]);
  await device.page.locator('.strip[data-connection="on"]').waitFor({ timeout: 80_000 });
  await device.sent(21);
  assert.equal((await booked(server)).length, 21);
});

at("complaint 5: the next scan closed the error: no Enter, no scan and no short tap clears a stop; what is scanned meanwhile is kept", 60_000, async ({ server, device }) => {
  const { page } = device;
  await device.scan("A-01");
  await device.scan("BLCMD-X0");
  await page.locator(".stop").waitFor(soon);
  for (let i = 0; i < 3; i++) await page.keyboard.press("Enter");
  await device.scan(codes[0]);
  await page.getByText("Waiting behind this: 1").waitFor(soon);
  await page.locator(".hold").hover();
  await Promise.all([page.mouse.down(), page.mouse.up()]); // a short tap stays short, whoever else keeps the machine busy
  await page.evaluate((ms) => new Promise((over) => setTimeout(over, ms)), held); // behind the page's own, had the tap not ended
  await page.getByText("Waiting behind this: 1").waitFor(soon);
  assert.equal((await booked(server)).length, 0);
  await page.locator(".hold").hover();
  await page.mouse.down();
  await page.locator(".work").waitFor(soon);
  await page.mouse.up();
  await page.locator('.card[data-state="sent"]').waitFor(soon);
  await device.scan("BLCMD-X0");
  await page.locator(".stop").waitFor(soon);
  await device.scan("BLCMD-OK");
  await page.locator(".work").waitFor(soon);
  assert.equal((await booked(server)).length, 1);
});

at("a stop is read late: what waits behind it, over a kill of the renderer, is booked as of when it was scanned, and not behind a count made meanwhile", 60_000, async ({ server, device }) => {
  await device.scan("A-01");
  await device.scan(codes[0]);
  await device.scan("BLCMD-X0");
  for (const code of codes.slice(1, 3)) await device.scan(code);
  await device.page.getByText("Waiting behind this: 2").waitFor(soon);
  await device.kill(() => device.page.locator(".stop").waitFor(soon));
  await device.page.locator(".capture input:focus").waitFor({ state: "attached", ...soon });
  await server.ask("POST", "/v1/intents", { device: "C-1", seq: 1, action: "count", product: "P-1", quantity: "5", from: "A-01" });
  await device.scan("BLCMD-OK");
  await device.sent(3);
  const { entries } = await server.ask("GET", "/v1/activity?since=0&limit=10000");
  /** @type {any[]} */
  const [first, count, ...behind] = entries.filter((/** @type {any} */ e) => e.kind === "intent");
  assert.deepEqual([first, ...behind].map((e) => e.intent.product), ["P-0", "P-1", "P-2"]);
  assert.deepEqual(behind.map((e) => e.t_eff < count.t_eff), [true, true], "they are of " + behind.map((e) => e.t_eff) + ", counted was at " + count.t_eff);
  const { rows } = await server.ask("GET", "/v1/balances?site=main&location=A-01");
  assert.equal(rows.find((/** @type {any} */ r) => r.product === "P-1").quantity, "5", "what was counted is on the shelf");
});

at("complaint 11: a wrong line cannot be removed: undo and a quantity by the buttons, and a scan right behind: each where it belongs", 60_000, async ({ server, device }) => {
  const { page } = device;
  await device.scan("A-01");
  await device.scan(codes[0]);
  await page.getByRole("button", { name: "Quantity" }).click();
  for (const d of ["1", "2"]) await page.getByRole("button", { name: d, exact: true }).click();
  await page.getByRole("button", { name: "The next one is so many" }).click();
  await device.scan(codes[1]);
  await page.locator(".figure b").getByText("12").waitFor(soon);
  await page.getByRole("button", { name: "Undo" }).click();
  await device.scan(codes[2]);
  await device.sent(4);
  await page.locator('.card[data-state="sent"]').waitFor(soon);
  const entries = await booked(server);
  assert.deepEqual(entries.map((/** @type {any} */ e) => [e.intent.action, e.intent.quantity ?? e.intent.reference]), [["add", "1"], ["add", "12"], ["undo", "2"], ["add", "1"]]);
});

at("a question is answered by buttons, and a reason is typed while the reader stays heard", 60_000, async ({ server, device }) => {
  const { page } = device;
  await device.scan("A-01");
  await device.scan("BLCMD-X1000");
  await device.scan(codes[0]);
  await page.getByText("Really 1000 P-0?").waitFor(soon);
  await page.getByRole("button", { name: "Cancel" }).click();
  await device.scan("BLCMD-ISOLATE");
  await device.scan("A-01");
  await device.scan(codes[1]);
  await page.getByText("Say why").waitFor(soon);
  await page.getByLabel("Reason").fill("bent");
  await page.getByRole("button", { name: "Note it" }).click();
  await page.getByText("Reason: bent. Set aside 1 P-1").waitFor(soon);
  await page.locator(".capture input:focus").waitFor({ state: "attached", ...soon });
  await page.locator('.card[data-state="sent"]').waitFor(soon);
  const entries = await booked(server);
  assert.deepEqual(entries.map((/** @type {any} */ e) => [e.intent.action, e.intent.reason, e.intent.from]), [["isolate", "bent", "A-01"]]);
});

at("one tab of a device works; another waits, and goes on when it is closed", 60_000, async ({ device }) => {
  const other = await device.context.newPage();
  await other.goto(device.url + "/scan");
  await other.getByText("open in another tab").waitFor(soon);
  await device.page.close();
  await other.locator(".work").waitFor(soon);
});

at("another language is spoken at once, and kept; one that nobody chose before is there without a network", 60_000, async ({ device }) => {
  await device.page.getByRole("button", { name: "More" }).click();
  await device.page.getByRole("button", { name: "Deutsch" }).click();
  await device.page.getByRole("button", { name: "Schließen" }).click();
  await device.page.getByText("Scannen Sie einen Platz oder ein Stück.").waitFor(soon);
  await device.kept("settings", (s) => s?.language === "de");
  await device.page.reload();
  await device.page.getByRole("heading", { name: "Einlagern" }).waitFor(soon);
  await device.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await device.context.setOffline(true);
  await device.page.reload();
  await device.page.getByRole("button", { name: "Mehr" }).click();
  await device.page.getByRole("button", { name: "Español" }).click();
  await device.page.getByRole("button", { name: "Volver" }).click();
  await device.page.getByText("Escanea una ubicación o un artículo.").waitFor(soon);
});

at("the browser chooses the language at first, on the handheld and on the supervisor's page", 60_000, async ({ t, device }) => {
  t.after(async () => (await browser()).close());
  for (const [locale, path, text, named] of [["fr-CA", "/scan", "Associer ce terminal", "fr"], ["es-MX", "/", "Abrir la vista en directo", "es"], ["pt-BR", "/scan", "Pair this handheld", "en"]]) {
    const context = await (await browser()).newContext({ locale });
    const page = await context.newPage();
    await page.goto(device.url + path);
    await page.getByRole("heading", { name: text }).waitFor(soon);
    assert.equal(await page.evaluate(() => document.documentElement.lang), named);
    await context.close();
  }
});
