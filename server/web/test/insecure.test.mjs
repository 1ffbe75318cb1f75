// A browser keeps nothing for an address that is not secure: the handheld's page says so.
import assert from "node:assert/strict";
import { soon } from "./bayledger.mjs";
import { scene } from "./scene.mjs";

scene("on plain http the handheld's page says so, and leads to trusting the server", {}, async ({ page, server }) => {
  await page.addInitScript(() => Object.defineProperty(globalThis, "isSecureContext", { value: false })); // as at http://10.1.2.3; loopback counts as secure
  await page.goto(server.url + "/scan");
  await page.getByRole("alert").filter({ hasText: "not secure" }).waitFor(soon);
  assert.equal(await page.getByRole("link", { name: "Trust this server" }).getAttribute("href"), "https://" + new URL(server.url).host + "/trust");
  assert.deepEqual(await page.evaluate(async () => (await indexedDB.databases()).map((d) => d.name)), [], "something was kept");
});
