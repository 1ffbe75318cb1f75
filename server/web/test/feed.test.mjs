// What is booked is on the page in the same moment, in words, and in bounds.
import assert from "node:assert/strict";
import { entry, shown, soon } from "./bayledger.mjs";
import { scene } from "./scene.mjs";

const mostRows = 500; // as in page/feed.js

scene("shows entries as they are booked, the newest first, with words and outcome", {}, async ({ page, server, enter }) => {
  await server.product("BOLT-M6");
  await enter();
  const { head } = await server.book(
    { action: "add", product: "BOLT-M6", quantity: "40", to: "incoming" },
    { action: "move", product: "BOLT-M6", quantity: "30", from: "incoming", to: "stock" },
    { action: "count", product: "BOLT-M6", quantity: "28", from: "stock" },
    { action: "count", product: "BOLT-M6", quantity: "28", from: "stock" },
    { action: "remove", product: "NO-SUCH-THING", quantity: "1", from: "stock", operator: "" },
  );
  await entry(page, head).waitFor(soon);
  const numbers = await shown(page);
  assert.deepEqual(numbers, Array.from({ length: head }, (_, i) => head - i), "not the newest first, or not all");

  const want = [
    ["ann H-01", "Added 40 × BOLT-M6", "supplier → incoming", "Applied"],
    ["ann H-01", "Moved 30 × BOLT-M6", "incoming → stock", "Applied"],
    ["ann H-01", "Counted 28 × BOLT-M6", "at stock, difference −2", "Applied"],
    ["ann H-01", "Counted 28 × BOLT-M6", "at stock, no difference", "Applied"],
    ["H-01", "Removed 1 × NO-SUCH-THING", "at stock", "Parked"],
  ];
  for (const [i, words] of want.entries()) {
    const row = entry(page, head - want.length + 1 + i);
    const got = await Promise.all([".who", ".what", ".where", ".tag"].map((part) => row.locator(part).innerText()));
    assert.deepEqual(got, words);
  }
  assert.match(await entry(page, head).locator(".notes").innerText(), /NO-SUCH-THING/, "a parked entry does not say why");
  assert.equal(await page.locator("#head").innerText(), String(head));
});

scene("pauses, says how many are newer, and goes on", {}, async ({ page, server, enter }) => {
  await server.product("NUT-M6");
  await enter();
  const add = { action: "add", product: "NUT-M6", quantity: "1", to: "stock" };
  const before = (await server.book(add)).head;
  await entry(page, before).waitFor(soon);

  await page.getByRole("button", { name: "Pause" }).click();
  const after = (await server.book(add, add, add, add, add, add, add)).head;
  await page.getByText(/Paused at \d\d:\d\d:\d\d\. 7 newer\./).waitFor(soon);
  assert.equal((await shown(page))[0], before, "a paused feed moves");

  await page.getByRole("button", { name: "Show newest" }).click();
  await entry(page, after).waitFor(soon);
  assert.deepEqual(await shown(page), Array.from({ length: after }, (_, i) => after - i));
  assert.equal(await page.locator("#paused").isVisible(), false);
});

scene("pauses by itself while somebody reads further down", {}, async ({ page, server, enter }) => {
  await server.product("NUT-M8");
  const add = { action: "add", product: "NUT-M8", quantity: "1", to: "stock" };
  const { head } = await server.book(...Array.from({ length: 60 }, () => add));
  await enter();
  await entry(page, head).waitFor(soon);
  await page.locator("#feed").evaluate((feed) => feed.scrollTo(0, 400));
  await page.getByText("0 newer.").waitFor(soon);
  await server.book(add, add);
  await page.getByText("2 newer.").waitFor(soon);
  assert.equal(await page.locator("#feed").evaluate((feed) => feed.scrollTop), 400, "the feed jumps while somebody reads");
});

scene("keeps at most 500 rows, and says what it leaves out", {}, async ({ page, server, enter }) => {
  await server.product("WASHER-M6");
  await enter();
  const add = { action: "add", product: "WASHER-M6", quantity: "1", to: "stock" };
  // Watched in the page itself, so that no moment escapes.
  await page.locator("#feed").evaluate((feed) => {
    new MutationObserver(() => {
      feed.dataset.most = String(Math.max(Number(feed.dataset.most ?? 0), feed.childElementCount));
    }).observe(feed, { childList: true });
  });
  let head = 0;
  for (let i = 0; i < 4; i++) head = (await server.book(...Array.from({ length: 500 }, () => add))).head;
  await entry(page, head).waitFor(soon);
  assert.ok(head >= 2000);
  const numbers = await shown(page);
  assert.equal(numbers[0], head);
  assert.ok(numbers.every((n, i) => i === 0 || n < numbers[i - 1]), "entries out of order");
  const rows = await page.locator("#feed > *").count();
  assert.ok(rows <= mostRows, rows + " rows");
  assert.ok(Number(await page.locator("#feed").getAttribute("data-most")) <= 2 * mostRows, "the list grew without bounds for a moment");
  // Between two rows without a sentence no entry is missing.
  const gaps = await page.locator("#feed").evaluate((feed) => {
    const silent = [];
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (feed.querySelectorAll(".entry"))) {
      const next = /** @type {HTMLElement | null} */ (row.nextElementSibling);
      if (next?.classList.contains("entry") && Number(next.dataset.n) !== Number(row.dataset.n) - 1) silent.push(row.dataset.n);
    }
    return silent;
  });
  assert.deepEqual(gaps, [], "entries are missing, and the page does not say so");
});

scene("raises an alert for low stock, and clears it", {}, async ({ page, server, enter }) => {
  await server.product("FILTER-OIL", { min: "10" });
  await server.book({ action: "add", product: "FILTER-OIL", quantity: "12", to: "stock" });
  await enter();
  await page.getByText("No alert is open.").waitFor(soon);

  const { head } = await server.book({ action: "remove", product: "FILTER-OIL", quantity: "5", from: "stock" });
  const alert = page.locator("#alerts .alert");
  await alert.filter({ hasText: "FILTER-OIL" }).waitFor(soon);
  assert.equal(await alert.locator(".tag").innerText(), "Low");
  assert.match(await alert.locator(".since").innerText(), /^since \d\d:\d\d:\d\d$/);
  assert.equal(await page.locator("#alert-count").innerText(), "1");
  assert.match(await entry(page, head).locator(".notes .flag").innerText(), /FILTER-OIL/, "the entry does not say that it raised an alert");
  assert.match((await page.locator("#alerts-said").textContent()) ?? "", /^New alert: .*FILTER-OIL/, "a screen reader is not told");

  await page.reload();
  await alert.filter({ hasText: "FILTER-OIL" }).waitFor(soon); // it is open still, for who comes later

  await server.book({ action: "add", product: "FILTER-OIL", quantity: "20", to: "stock" });
  await page.getByText("No alert is open.").waitFor(soon);
  assert.equal(await alert.count(), 0);
  assert.equal(await page.locator("#alert-count").innerText(), "0");
});

scene("is alive in the demo", { demo: true }, async ({ page, enter }) => {
  await enter();
  await page.locator("#feed .entry").filter({ hasText: /H-0\d/ }).first().waitFor(soon);
  await page.locator("#rate").filter({ hasText: /^[1-9]|^0\.[1-9]/ }).waitFor(); // handhelds scan
});
