// A page that lost its server says so, comes back by itself, and shows each entry
// once.
import assert from "node:assert/strict";
import { entry, shown, soon } from "./bayledger.mjs";
import { scene } from "./scene.mjs";

/** @import {Outcomes} from "./bayledger.mjs" */

const refused = /WebSocket connection to .* failed/; // what a browser says of a server that is not there

scene("survives a kill of the server: stale, back by itself, each entry once", { errors: refused }, async ({ t, page, server, enter }) => {
  await server.product("BELT-A42", { min: "5" });
  await enter();
  const add = { action: "add", product: "BELT-A42", quantity: "1", to: "stock" };
  const first = (await server.book(add, add, add)).head;
  await entry(page, first).waitFor(soon);

  // Killed in the midst of what it books: some of it is booked, nobody knows what.
  const sent = server.intents(Array.from({ length: 60 }, () => add));
  /** @type {Promise<unknown>[]} */
  const underway = [];
  for (let i = 0; i < sent.length; i += 10) underway.push(server.ask("POST", "/v1/intents", sent.slice(i, i + 10)).catch(() => "lost"));
  await underway[0];
  await server.end("SIGKILL");
  await Promise.all(underway);

  await page.locator('#state[data-state="stale"]').waitFor(soon);
  assert.match(await page.locator("#state").innerText(), /^Not live, as of \d\d:\d\d:\d\d$/);
  assert.match(await page.locator("#stale").innerText(), /connection is lost.* as of \d\d:\d\d:\d\d\. Trying again/);
  assert.match(await page.locator("#rate-note").innerText(), /^no data since \d\d:\d\d:\d\d$/, "a figure that is not of now does not say so");
  assert.equal(await page.locator("#rate").innerText(), "–");
  assert.equal(await entry(page, first).count(), 1, "what was shown is gone");

  await server.start();
  /** @type {Outcomes} */
  const again = await server.ask("POST", "/v1/intents", sent); // a repeat gets its first outcome again
  t.diagnostic(again.outcomes.filter((o) => o.repeat).length + " of " + sent.length + " were booked before the kill");
  assert.deepEqual(again.outcomes.filter((o) => o.outcome !== "applied"), []);
  await page.locator('#state[data-state="live"]').waitFor({ timeout: 15_000 });
  const { head } = await server.book(add, add);
  await entry(page, head).waitFor(soon);
  assert.equal(await page.locator("#stale").isVisible(), false);

  const books = (await server.activity()).entries.map((e) => e.n).reverse();
  assert.deepEqual(await shown(page), books, "the page and the books differ");
  assert.equal(new Set(books).size, head);
  assert.equal(await page.locator("#feed .gap").count(), 0);
});

scene("shows an alert that was raised while it was away", { errors: refused }, async ({ page, server, enter }) => {
  await server.product("SEAL-25", { min: "3" });
  await server.product("LAMP-H7", { min: "3" });
  await server.book({ action: "add", product: "SEAL-25", quantity: "4", to: "stock" }, { action: "add", product: "LAMP-H7", quantity: "4", to: "stock" },
    { action: "remove", product: "LAMP-H7", quantity: "2", from: "stock" });
  await enter();
  await page.locator("#alerts .alert").filter({ hasText: "LAMP-H7" }).waitFor(soon);
  await server.end("SIGKILL");
  await page.locator('#state[data-state="stale"]').waitFor(soon);
  assert.equal(await page.locator("#alerts .alert").count(), 1, "alerts are gone with the connection");

  await server.start();
  await server.book({ action: "remove", product: "SEAL-25", quantity: "2", from: "stock" }, { action: "add", product: "LAMP-H7", quantity: "9", to: "stock" });
  await page.locator('#state[data-state="live"]').waitFor({ timeout: 15_000 });
  await page.locator("#alerts .alert").filter({ hasText: "SEAL-25" }).waitFor(soon);
  await page.locator("#alerts .alert").filter({ hasText: "LAMP-H7" }).waitFor({ state: "detached", ...soon });
});
