// The supervisor's pages about goods, devices, codes and counts, each for its main job.
import assert from "node:assert/strict";
import { soon } from "./bayledger.mjs";
import { scene } from "./scene.mjs";

/** Counting counts the clicks that a person makes. */
class Counting {
  clicks = 0;
  /** @param {import("playwright-core").Locator} what */
  async click(what) {
    this.clicks++;
    await what.click(soon);
  }
}

/**
 * menu opens a page by the menu.
 * @param {import("playwright-core").Page} page
 * @param {string} name
 */
const menu = (page, name) => page.getByRole("navigation").getByRole("link", { name: new RegExp("^" + name) }).click(soon);

scene("why is it -3: at most two clicks from a number and from an alert, and one sets it right", {}, async ({ page, server, enter }) => {
  await server.product("HAM", { min: "1" });
  await server.ask("PUT", "/v1/locations/A-03?site=main", {});
  const take = { action: "remove", product: "HAM", from: "A-03" };
  await server.book({ action: "add", product: "HAM", quantity: "9", to: "A-03" }, { action: "count", product: "HAM", quantity: "4", from: "A-03" }, { ...take, quantity: "2" }, { ...take, quantity: "4", operator: "ben", reference: "SO-1" }, { ...take, quantity: "1" });
  await enter();

  await menu(page, "Stock");
  const row = page.locator("tr", { hasText: "HAM" });
  const reasons = page.locator(".reasons");
  const fromStock = new Counting();
  await fromStock.click(row.getByRole("link", { name: "−3 at A-03" }));
  await reasons.getByRole("heading", { name: "Why is it −3?" }).waitFor(soon);
  assert.ok(fromStock.clicks <= 2, fromStock.clicks + " clicks");
  const told = await reasons.innerText();
  for (const part of ["Last counted", "by ann: 4.", "ben removed 4 where 2 were on the books", "Since then nothing came and 7 went, in 3 scans."]) assert.ok(told.includes(part), part + " is not in: " + told);
  const moves = page.locator(".moves tbody tr");
  assert.deepEqual(await moves.locator("td:nth-child(4)").allInnerTexts(), ["−3", "−2", "2", "4", "9"], "the balance after each movement");
  assert.equal(await moves.filter({ hasText: "Took it below zero" }).count(), 1);
  await page.locator(".uplot canvas").waitFor(soon);
  await page.getByRole("slider").focus();
  for (const [key, read] of /** @type {const} */ ([["End", /^−3 pieces at/], ["Home", /^0 pieces at/]])) {
    await page.keyboard.press(key);
    await page.locator(".reading b").filter({ hasText: read }).waitFor(soon);
    assert.match((await page.getByRole("slider").getAttribute("aria-valuetext")) ?? "", read);
  }

  await menu(page, "Attention");
  const fromAlert = new Counting();
  await fromAlert.click(page.locator('.open[data-kind="negative"]').getByRole("link"));
  await reasons.getByRole("heading", { name: "Why is it −3?" }).waitFor(soon);
  assert.ok(fromAlert.clicks <= 2, fromAlert.clicks + " clicks");
  const right = new Counting();
  await right.click(page.getByRole("button", { name: "Receive the 3 nobody scanned" }));
  await reasons.getByRole("heading", { name: "Why is it 0?" }).waitFor(soon);
  assert.equal(right.clicks, 1);
  const { rows } = await server.ask("GET", "/v1/stock?product=HAM");
  assert.equal(rows[0].on_hand, "0");
});

scene("devices are paired by a code, told something, renamed and revoked", {}, async ({ page, server, enter }) => {
  await enter();
  await menu(page, "Devices");
  await page.getByRole("button", { name: "Pair a device" }).click(soon);
  await page.getByLabel("Name in the books").fill("H-10");
  await page.getByLabel("What people call it").fill("Aisle 3 blue");
  const made = page.waitForResponse((r) => r.url().endsWith("/v1/pairings"));
  await page.getByRole("button", { name: "Make the code" }).click(soon);
  const { code, url } = await (await made).json();
  assert.ok(url.endsWith("/scan#pair=" + code));
  await page.locator('canvas.qr[data-drawn="true"]').waitFor(soon);
  await server.ask("POST", "/v1/pairings/redeem", { code });
  const device = page.locator('[data-device="H-10"]');
  await page.reload();
  await device.waitFor(soon);
  await device.getByRole("button", { name: "Message" }).click(soon);
  await device.getByLabel("What it shows").fill("Come to the office.");
  await device.getByRole("button", { name: "Send" }).click(soon);
  await device.getByText("1 message waits").waitFor(soon);
  await device.getByRole("button", { name: "Rename" }).click(soon);
  await device.getByLabel("What people call it").fill("Aisle 4");
  await page.keyboard.press("Enter");
  await device.getByText("Aisle 4", { exact: true }).waitFor(soon);
  await device.getByRole("button", { name: "Revoke" }).click(soon);
  await device.getByText("What it scanned before this moment is kept and is taken for 30 days").waitFor(soon);
  await device.getByRole("button", { name: "Revoke Aisle 4" }).click(soon);
  await device.waitFor({ ...soon, state: "detached" });
  const list = await server.ask("GET", "/v1/devices");
  assert.ok(list.rows.find((/** @type {any} */ d) => d.device === "H-10").revoked_at);
});

scene("of a code that waits with many scans, all can be read and dismissed", {}, async ({ page, server, enter }) => {
  const count = 510; // more than one page of them
  await server.book(...Array.from({ length: count }, () => ({ action: "add", scan: "4006381333931", to: "stock" })));
  await enter();
  await menu(page, "Unknown codes");
  const code = page.locator('[data-raw="4006381333931"]');
  await code.getByRole("button", { name: "Say what it is" }).click(soon);
  await code.getByRole("button", { name: "Dismiss" }).click(soon);
  await code.getByText("The oldest 500 go first").waitFor(soon);
  const more = code.getByRole("button", { name: "Show more" });
  for (let shown = 8; shown < count; shown = Math.min(count, shown + 100)) {
    await code.locator(".plan .after", { hasText: new RegExp("and " + (count - shown) + " more$") }).waitFor(soon);
    assert.equal(await code.locator(".plan li").count(), shown);
    await more.click(soon);
  }
  await more.waitFor({ ...soon, state: "detached" });
  assert.equal(await code.locator(".plan li").count(), count);
  await code.getByLabel("Reason").fill("a test of the scanner");
  await code.getByRole("button", { name: "Dismiss 510 scans" }).click(soon);
  await page.getByText("Every code is known").waitFor(soon);
});

scene("a code is named with what it books shown before, another is dismissed, and a count is approved", {}, async ({ page, server, enter }) => {
  await server.product("BOLT");
  await server.ask("PUT", "/v1/sites/main", { approve_quantity: "5" });
  const unknown = { action: "add", scan: "4006381333931", to: "stock" };
  await server.book({ ...unknown, quantity: "24" }, unknown, { ...unknown, scan: "4006381333948" }, { action: "count", product: "BOLT", quantity: "30", from: "stock" });
  await enter();
  await menu(page, "Unknown codes");
  const code = page.locator('[data-raw="4006381333931"]');
  await code.getByRole("button", { name: "Say what it is" }).click(soon);
  await code.getByLabel("Product").fill("BOLT");
  await code.getByLabel("One code stands for").fill("12");
  assert.deepEqual((await code.locator(".plan li").allInnerTexts()).map((t) => t.replace(/^[^A-Z]*/, "").trim()), ["Added 24, supplier to stock ann, H-01", "Added 12, supplier to stock ann, H-01"]);
  await code.getByRole("button", { name: "Book 2 scans" }).click(soon);
  await page.getByText("2 scans that waited for it are booked").waitFor(soon);
  const other = page.locator('[data-raw="4006381333948"]');
  await other.getByRole("button", { name: "Say what it is" }).click(soon);
  await other.getByRole("button", { name: "Dismiss" }).click(soon);
  await other.getByLabel("Reason").fill("a test of the scanner");
  await other.getByRole("button", { name: "Dismiss 1 scan" }).click(soon);
  await page.getByText("Every code is known").waitFor(soon);

  await menu(page, "Counts to approve");
  const count = page.locator(".thing.count", { hasText: "BOLT" });
  await count.waitFor(soon);
  assert.deepEqual((await count.locator(".facts dd").allInnerTexts()).map((t) => t.split("\n")[0]?.trim()), ["36", "30", "−6 pieces"]);
  await count.getByLabel("Reason").fill("looked myself");
  await count.getByRole("button", { name: "Approve" }).click(soon);
  await page.getByText("No count waits").waitFor(soon);
  await page.getByText("Approve: BOLT").waitFor(soon);
  const { rows } = await server.ask("GET", "/v1/exceptions?state=decided");
  assert.deepEqual(rows.map((/** @type {any} */ r) => r.kind + " " + r.choice), ["count_difference accept"]);
});

scene("the stock page asks when something that it shows has changed, and says of when it is once nobody tells it", { errors: /net::ERR_|WebSocket/, line: true }, async ({ page, server, enter }) => {
  await server.product("BOLT");
  await server.product("NUT");
  await server.book({ action: "add", product: "BOLT", quantity: "70", to: "stock" });
  await enter();
  await menu(page, "Stock");
  await page.getByLabel("Search").fill("BOLT");
  const row = page.locator("tr", { hasText: "BOLT" });
  await row.getByText("70 pieces").waitFor(soon);
  await row.getByText("no cost known").waitFor(soon);
  await page.locator("tr", { hasText: "NUT" }).waitFor({ ...soon, state: "detached" });
  /** @type {string[]} */
  const asked = [];
  page.on("request", (r) => void (r.url().includes("/v1/stock?") && asked.push(r.url())));
  const { head } = await server.book(...Array.from({ length: 30 }, () => ({ action: "add", product: "NUT", quantity: "1", to: "stock" })), { action: "add", product: "BOLT", quantity: "1", to: "stock" });
  await row.getByText("71 pieces").waitFor(soon);
  assert.ok(asked.length < 2, "31 scans came, one of which concerns the page");
  await server.book(...Array.from({ length: 30 }, () => ({ action: "add", product: "NUT", quantity: "1", to: "stock" })), { action: "remove", product: "BOLT", quantity: "1", from: "stock" });
  await row.getByText("70 pieces").waitFor(soon);
  assert.ok(asked.length <= 2 && head > 30, asked.length + " times");
  await server.end();
  await page.locator(".as-of.old", { hasText: "What changed since is not known" }).waitFor(soon);
  await server.start();
  await page.locator('#state[data-state="live"]').waitFor({ timeout: 60_000 }); // it tries again after 30 s at most
  await page.locator(".as-of:not(.old)").waitFor(soon);
});
