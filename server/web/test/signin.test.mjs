// People who sign in, in a browser: the pages work under their own policy.
import assert from "node:assert/strict";
import { soon } from "./bayledger.mjs";
import { scene } from "./scene.mjs";

scene("signs in with a password, shows the live page without a key, and signs out", {}, async ({ page, server }) => {
  await server.ask("POST", "/v1/users", { login: "ann", roles: "admin", password: "correct horse" });
  await page.goto(server.url + "/login");
  await page.getByLabel("Login").fill("ann");
  await page.getByLabel("Password").fill("correct horse");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/account", soon);
  await page.getByRole("status").filter({ hasText: "Signed in as ann, admin." }).waitFor(soon);
  assert.equal(await page.evaluate(() => document.cookie), "", "pages can read the session");

  await page.goto(server.url);
  await page.locator('#state[data-state="live"]').waitFor(soon);

  await page.goto(server.url + "/account");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("**/login", soon);
  await page.goto(server.url);
  await page.getByLabel("Key").waitFor(soon);
});

scene("says in a browser what a pairing code is for", {}, async ({ page, server }) => {
  await page.goto(server.url + "/scan#pair=abc");
  await page.getByText("bayledger scan --pair '" + server.url + "/scan#pair=abc'").waitFor(soon);
});
