// The page of figures: what was done over some days, saved as files and printed as it is shown.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { soon } from "./bayledger.mjs";
import { scene } from "./scene.mjs";

scene("figures of today: by hour, person, place, product and cause, from dock to shelf, as files and on paper", {}, async ({ page, server, enter }) => {
  await server.product("BOLT");
  const dock = { product: "BOLT", operator: "ann" };
  await server.book(
    { ...dock, action: "add", quantity: "12", to: "incoming" }, { ...dock, action: "move", quantity: "12", from: "incoming", to: "stock" },
    { ...dock, operator: "ben", action: "remove", quantity: "2", from: "stock" }, { action: "add", operator: "ben", scan: "4006381333931" },
  );
  await enter();
  await page.getByRole("navigation").getByRole("link", { name: "Performance" }).click(soon);
  const panel = (/** @type {string} */ name) => page.getByRole("region", { name, exact: true });
  const rows = async (/** @type {string} */ name) => {
    await panel(name).locator("tbody tr").first().waitFor({ state: "attached", ...soon }); // each panel may be there before another
    return (await panel(name).locator("tbody tr").allInnerTexts()).map((t) => t.replace(/\s+/g, " ").trim());
  };
  assert.deepEqual(await rows("By person"), ["ann 2 0", "ben 2 1"]);
  assert.deepEqual(await rows("By place"), ["stock 2 0", "incoming 2 0"].sort((a, b) => (a < b ? -1 : 1)));
  assert.deepEqual(await rows("Top movers"), ["BOLT 3 12 2"]);
  assert.deepEqual(await rows("Errors by cause"), ["Parked Unknown product 1"]);
  assert.deepEqual([await page.locator("#total-scans").innerText(), await page.locator("#total-moves").innerText(), await page.locator("#total-wrong").innerText()], ["4", "3", "1"]);
  assert.match((await rows("Dock to shelf"))[0] ?? "", / 1 0 ms 0 ms 0$| 1 \d+ m?s \d+ m?s 0$/);

  const chart = panel("Throughput by hour");
  const reads = (/** @type {RegExp} */ text) => chart.locator(".reading b").filter({ hasText: text }).waitFor(soon);
  await chart.locator("canvas").waitFor(soon);
  await chart.getByRole("slider").focus();
  await page.keyboard.press("End");
  await reads(/\d\d:00: /);
  if (/: 0 scans/.test(await chart.locator(".reading b").innerText())) await page.keyboard.press("ArrowLeft"); // another hour has begun meanwhile
  await reads(/: 4 scans, 3 moves$/);
  assert.match((await chart.getByRole("slider").getAttribute("aria-valuetext")) ?? "", /: 4 scans, 3 moves$/);
  await page.keyboard.press("Home");
  await reads(/00:00: /);

  const save = async (/** @type {import("playwright-core").Locator} */ button) => {
    const [download] = await Promise.all([page.waitForEvent("download"), button.click(soon)]);
    return { name: download.suggestedFilename(), data: await readFile(await download.path()) };
  };
  const csv = await save(panel("By person").getByRole("button", { name: /^CSV/ }));
  assert.equal(csv.name, "throughput-person-today.csv");
  assert.equal(csv.data.toString(), "by,group,scans,moves,refused,parked,exceptions,came,went\nperson,ann,2,2,0,0,0,,\nperson,ben,2,1,0,1,0,,\n");
  const xlsx = await save(panel("Dock to shelf").getByRole("button", { name: /^XLSX/ }));
  assert.deepEqual([xlsx.name, xlsx.data.subarray(0, 2).toString()], ["dock-to-stock-today.xlsx", "PK"]);

  await page.getByRole("button", { name: "Yesterday" }).click(soon);
  await page.getByText("Nothing was scanned in these days").waitFor(soon);
  assert.ok(page.url().endsWith("/figures?span=yesterday"));

  await page.evaluate(() => document.documentElement.dataset.theme = "dark");
  await page.emulateMedia({ media: "print" });
  await page.locator('html[data-theme="light"]').waitFor(soon);
  assert.deepEqual(await page.evaluate(() => [".top", ".nav", ".button"].map((s) => getComputedStyle(/** @type {Element} */ (document.querySelector(s))).display)), ["none", "none", "none"]);
  assert.ok(await page.getByRole("heading", { name: "Performance" }).isVisible());
});
