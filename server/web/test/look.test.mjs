// Text from outside stays text; the page works by keyboard alone. What each state looks like is looked at in
// watch.stories.test.mjs.
import assert from "node:assert/strict";
import { drawn, entry, soon } from "./bayledger.mjs";
import { scene } from "./scene.mjs";

const hostile = [
  "<img src=x onerror=alert(1)>",
  "</li><script>alert(2)</script>",
  "\u202Egnp.exe\u2066 \u0645\u0633\u0645\u0627\u0631 \u05D1\u05D5\u05E8\u05D2",
  "W".repeat(200),
  "javascript:alert(3)",
];

/**
 * sideways says how far the page, or one of its lists, is wider than its room.
 * @param {import("playwright-core").Page} page
 */
const sideways = (page) => page.evaluate(() => [document.documentElement, ...document.querySelectorAll("main, .rows, .opens, .card")].filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== "clip").map((e) => e.tagName + "." + e.className + " " + e.scrollWidth + " > " + e.clientWidth));

scene("shows hostile text as text", {}, async ({ page, server, enter }) => {
  /** @type {string[]} */
  const ran = [];
  page.on("dialog", async (d) => {
    ran.push(d.message());
    await d.dismiss();
  });
  for (const code of hostile) await server.product(code, { min: "5" });
  await enter();
  let head = 0;
  for (const [i, code] of hostile.entries()) {
    const add = { action: "add", product: code, quantity: "1", to: "stock", device: "H-1" + i }; // devices of their own: what comes fast is grouped by device
    head = (await server.book(add, { ...add, device: "H-2" + i, action: "remove", from: "stock", to: "", operator: code, reference: code }, { ...add, product: code.slice(0, -1) + "!" })).head;
  }
  await entry(page, head).waitFor(soon);
  const things = await page.locator("#feed .thing").allTextContents();
  const people = await page.locator("#feed .person").allTextContents();
  for (const code of hostile) {
    assert.ok(things.includes("1 × " + code), "not shown as it is: " + code);
    assert.ok(people.includes(code), "nobody is called " + code);
    await page.locator(".opens .message").filter({ hasText: code }).first().waitFor(soon);
  }
  assert.equal(await page.locator(":is(#feed, .opens) :is(img, script, iframe), #feed a[href*=\":\"]").count(), 0, "text became markup");
  assert.deepEqual(ran, [], "text was run");
  for (const width of [320, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    await drawn(page);
    assert.deepEqual(await sideways(page), [], "at " + width);
  }
});

scene("works by keyboard alone", {}, async ({ page, server, enter }) => {
  await server.product("BOLT-M6", { min: "10" });
  await enter();
  const { head } = await server.book({ action: "add", product: "BOLT-M6", quantity: "12", to: "stock" }, { action: "remove", product: "BOLT-M6", quantity: "5", from: "stock" });
  await entry(page, head).waitFor(soon);
  await page.locator(".opens .open").waitFor(soon);
  const reached = new Set();
  await page.locator(".skip").focus();
  for (let i = 0; i < 30; i++) {
    reached.add(await page.evaluate(() => document.activeElement?.id || document.activeElement?.getAttribute("href") || document.activeElement?.textContent));
    await page.keyboard.press("Tab");
  }
  for (const part of ["#content", "/attention", "/history", "filter", "Pause", "feed", "open", "I look after it"]) assert.ok(reached.has(part), "the key Tab does not come to " + part + ": " + [...reached]);
  await page.locator("button.pause").focus();
  await page.keyboard.press("Space");
  await page.locator("#paused").waitFor(soon);
  await page.locator("#paused button").focus();
  await page.keyboard.press("Enter");
  await page.locator("#paused").waitFor({ state: "detached", ...soon });
  assert.equal(await page.evaluate(() => document.activeElement?.id), "feed", "the focus is lost with the bar");
});
