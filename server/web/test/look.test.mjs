// Text from outside stays text; everybody can read the page, on every screen.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { entry, soon } from "./bayledger.mjs";
import { scene } from "./scene.mjs";

/** @import {Page} from "playwright-core" */
/** @import {Server} from "./bayledger.mjs" */

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const hostile = [
  "<img src=x onerror=alert(1)>",
  "</li><script>alert(2)</script>",
  "\u202Egnp.exe\u2066 \u0645\u0633\u0645\u0627\u0631 \u05D1\u05D5\u05E8\u05D2",
  "W".repeat(200),
  "javascript:alert(3)",
];

/**
 * crowd fills the page with entries of every outcome, and with alerts.
 * @param {Server} server
 */
async function crowd(server) {
  await server.product("BOLT-M6", { min: "10" });
  await server.product("NUT-M6");
  const { head } = await server.book(
    { action: "add", product: "BOLT-M6", quantity: "12", to: "stock" },
    { action: "remove", product: "BOLT-M6", quantity: "5", from: "stock", at: "2026-03-02T09:15:04Z" },
    { action: "remove", product: "NUT-M6", quantity: "3", from: "stock" },
    { action: "remove", product: "UNKNOWN", quantity: "1", from: "stock" },
    { action: "isolate", product: "NUT-M6", quantity: "1", from: "stock" },
    { action: "remove", product: "NUT-M6", quantity: "1000", from: "stock", mode: "command" },
  );
  return head;
}

/**
 * sideways names what is wider than the screen, or than its own list.
 * @param {Page} page
 */
function sideways(page) {
  return page.evaluate(() => {
    const wide = [];
    if (document.documentElement.scrollWidth > document.documentElement.clientWidth) wide.push("page " + document.documentElement.scrollWidth);
    for (const id of ["feed", "alerts", "state", "sign-in"]) {
      const e = document.getElementById(id);
      if (e && e.scrollWidth > e.clientWidth) wide.push(id + " " + e.scrollWidth + " > " + e.clientWidth);
    }
    return wide;
  });
}

/**
 * violations runs axe on the page as it is.
 * @param {Page} page
 * @returns {Promise<string[]>}
 */
async function violations(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const found = await /** @type {any} */ (globalThis).axe.run(document, { resultTypes: ["violations"] });
    return found.violations.flatMap((/** @type {any} */ v) => v.nodes.map((/** @type {any} */ node) => v.id + ": " + node.target + " " + node.failureSummary));
  });
}

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
  for (const code of hostile) {
    const add = { action: "add", product: code, quantity: "1", to: "stock" };
    head = (await server.book(add, { ...add, action: "remove", from: "stock", to: "", operator: code, reference: code }, { ...add, product: code.slice(0, -1) + "!" })).head;
  }
  await entry(page, head).waitFor(soon);
  const things = await page.locator("#feed .thing").allTextContents();
  const people = await page.locator("#feed .person").allTextContents();
  for (const code of hostile) {
    assert.ok(things.includes("1 × " + code), "not shown as it is: " + code);
    assert.ok(people.includes(code), "nobody is called " + code);
    await page.locator("#alerts .message").filter({ hasText: code }).first().waitFor(soon);
  }
  assert.equal(await page.locator(":is(#feed, #alerts) :is(img, script, a, iframe)").count(), 0, "text became markup");
  assert.deepEqual(ran, [], "text was run");
  for (const width of [320, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    assert.deepEqual(await sideways(page), [], "at " + width);
  }
});

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  scene("has nothing that axe finds fault with, " + colorScheme, { context: { colorScheme, reducedMotion: "reduce" }, errors: /WebSocket connection to .* failed/ }, async ({ page, server, enter }) => {
    await page.goto(server.url);
    await page.getByLabel("Key").waitFor(soon);
    assert.deepEqual(await violations(page), [], "asking for the key");

    await enter();
    await entry(page, await crowd(server)).waitFor(soon);
    await page.locator("#alerts .alert").first().waitFor(soon);
    assert.deepEqual(await violations(page), [], "live");

    await page.getByRole("button", { name: "Pause" }).click();
    await page.setViewportSize({ width: 390, height: 844 });
    assert.deepEqual(await violations(page), [], "paused, on a phone");

    await server.end("SIGKILL");
    await page.locator('#state[data-state="stale"]').waitFor(soon);
    assert.deepEqual(await violations(page), [], "not live");
  });
}

scene("fits narrow and wide screens, live or not", { errors: /WebSocket connection to .* failed/ }, async ({ page, server, enter }) => {
  const widths = [320, 360, 1440];
  await page.goto(server.url);
  await page.getByLabel("Key").waitFor(soon);
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    assert.deepEqual(await sideways(page), [], "asking for the key at " + width);
  }
  await enter();
  await entry(page, await crowd(server)).waitFor(soon);
  await page.getByRole("button", { name: "Pause" }).click();
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    assert.deepEqual(await sideways(page), [], "live at " + width);
  }
  await server.end("SIGKILL");
  await page.locator('#state[data-state="stale"]').waitFor(soon);
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    assert.deepEqual(await sideways(page), [], "not live at " + width);
  }
});

scene("works by keyboard alone", {}, async ({ page, server, enter }) => {
  await enter();
  await entry(page, await crowd(server)).waitFor(soon);
  const reached = [];
  for (let i = 0; i < 6; i++) {
    await page.keyboard.press("Tab");
    reached.push(await page.evaluate(() => document.activeElement?.id || document.activeElement?.className));
  }
  assert.deepEqual(reached.slice(0, 5), ["skip", "leave", "pause", "feed", "alerts"]);
  await page.locator("#pause").focus();
  await page.keyboard.press("Space");
  await page.locator("#paused").waitFor(soon);
});
