// Who may see the page, and what becomes of the key.
import assert from "node:assert/strict";
import { browser, soon } from "./bayledger.mjs";
import { scene } from "./scene.mjs";

scene("asks for the key, and refuses a wrong one in words", { errors: /401/ }, async ({ page, server }) => {
  await page.goto(server.url);
  await page.getByLabel("Key").waitFor(soon);
  assert.equal(await page.locator("#feed").count(), 0, "the live view is shown without a key");

  const handheld = await server.ask("POST", "/v1/devices", { device: "H-01", role: "floor" });
  for (const key of ["bl_not_a_key_of_ours", handheld.key]) {
    await page.getByLabel("Key").fill(key);
    const answered = page.waitForResponse("**/v1/key", soon); // the words are there already when a second key is tried
    await page.getByRole("button", { name: "Open" }).click();
    await answered;
    await page.locator("#key-error").filter({ hasText: "This key does not open the live view" }).waitFor(soon);
    assert.equal(await page.getByLabel("Key").inputValue(), "", "the wrong key stays in the field");
    assert.equal(await page.locator("#feed").count(), 0);
    assert.equal(await page.evaluate(() => sessionStorage.length), 0, "the wrong key is kept");
  }

  await page.getByLabel("Key").fill(server.key);
  await page.getByRole("button", { name: "Open" }).click();
  await page.locator('#state[data-state="live"]').waitFor(soon);
  assert.equal(await page.locator("#sign-in").count(), 0);
});

scene("takes the key from the address, which forgets it", {}, async ({ page, server, enter }) => {
  await enter();
  assert.equal(page.url(), server.url + "/");
  await page.goBack();
  assert.ok(!page.url().includes(server.key), "the history still has the key: " + page.url());
  await page.goForward();
  await page.locator('#state[data-state="live"]').waitFor(soon); // what is opening when it is left fails aloud

  await page.goto(server.url);
  await page.locator('#state[data-state="live"]').waitFor(soon); // this tab keeps it

  const stranger = await (await browser()).newContext();
  const other = await stranger.newPage();
  await other.goto(server.url);
  await other.getByLabel("Key").waitFor(soon); // nobody else has it
  await stranger.close();

  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Forget key" }).click();
  await page.locator("#sign-in").getByLabel("Key").waitFor(soon); // the settings have a word about keys, too
  await page.reload();
  await page.locator("#sign-in").getByLabel("Key").waitFor(soon);
});

scene("is served with a policy that lets nothing in", {}, async ({ page, server, enter }) => {
  const answer = await page.goto(server.url);
  const policy = answer?.headers()["content-security-policy"] ?? "";
  for (const part of ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"]) {
    assert.ok(policy.includes(part), "the policy lacks " + part + ": " + policy);
  }
  /** @type {string[]} */
  const elsewhere = [];
  page.on("request", (r) => {
    if (!r.url().startsWith(server.url + "/")) elsewhere.push(r.url());
  });
  await enter();
  assert.deepEqual(elsewhere, [], "the page loads from elsewhere");
});
