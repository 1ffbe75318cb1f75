// What is booked is on the page in the same moment, in words, and in bounds.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { entry, last, shown, soon, told } from "./bayledger.mjs";
import { scene } from "./scene.mjs";

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
  assert.deepEqual(await told(page), { rows: head, skipped: 0, total: head, last: head });
});

scene("pauses, says how many are newer, and goes on", {}, async ({ page, server, enter }) => {
  await server.product("NUT-M6");
  await enter();
  let devices = 0; // one each: however fast they come, none is grouped with another
  const adds = (/** @type {number} */ count) => Array.from({ length: count }, () => ({ action: "add", product: "NUT-M6", quantity: "1", to: "stock", device: "H-" + ++devices }));
  const before = (await server.book(...adds(1))).head;
  await entry(page, before).waitFor(soon);

  await page.getByRole("button", { name: "Pause" }).click();
  const after = (await server.book(...adds(7))).head;
  await page.getByText(/Paused at \d\d:\d\d:\d\d\. 7 newer\./).waitFor(soon);
  assert.equal((await shown(page))[0], before, "a paused feed moves");

  await page.getByRole("button", { name: "Jump to newest" }).click();
  await entry(page, after).waitFor(soon);
  assert.deepEqual(await shown(page), Array.from({ length: after }, (_, i) => after - i));
  assert.equal(await page.locator("#paused").count(), 0);

  await page.keyboard.press("p");
  await page.getByText("0 newer.").waitFor(soon);
  await server.book(...adds(1));
  await page.getByText("1 newer.").waitFor(soon);
  await page.keyboard.press("j");
  await page.locator("#paused").waitFor({ state: "detached", ...soon });
});

scene("complaint 19: the feed jumps while one reads: it pauses by itself while somebody reads further down, or marks a text", {}, async ({ page, server, enter }) => {
  const unknown = { action: "remove", product: "NOBODY-KNOWS", quantity: "1", from: "stock" }; // each has a row of its own
  const { head } = await server.book(...Array.from({ length: 60 }, () => unknown));
  await enter();
  await entry(page, head).waitFor(soon);
  await page.locator("#feed").evaluate((feed) => feed.scrollTo(0, 400));
  await page.getByText("0 newer.").waitFor(soon);
  await server.book(unknown, unknown);
  await page.getByText("2 newer.").waitFor(soon);
  assert.equal(await page.locator("#feed").evaluate((feed) => feed.scrollTop), 400, "the feed jumps while somebody reads");
  await page.getByRole("button", { name: "Jump to newest" }).click();
  await page.locator("#paused").waitFor({ state: "detached", ...soon });
  await entry(page, head + 2).locator(".thing").evaluate((thing) => getSelection()?.selectAllChildren(thing));
  await page.getByText("0 newer.").waitFor(soon);
});

scene("groups what comes faster than anybody reads, and its numbers are exact", {}, async ({ page, server, enter }) => {
  await server.product("WASHER-M6");
  await enter();
  const add = { action: "add", product: "WASHER-M6", quantity: "1", to: "stock" };
  const lines = Array.from({ length: 400 }, (_, i) => ({ ...add, device: "H-0" + (1 + (i % 4)) }));
  let head = 0;
  for (let i = 0; i < 3; i++) head = (await server.book(...lines, { action: "remove", product: "NOBODY-KNOWS", quantity: "1", from: "stock" })).head;
  await last(page, head);
  assert.deepEqual(await told(page), { rows: head, skipped: 0, total: head, last: head });
  const groups = await page.locator("#feed .group").allInnerTexts();
  assert.ok(groups.length >= 4 && groups.length <= 8, groups.length + " groups");
  assert.match(groups[0], /H-0\d[\s\S]*\d+ entries[\s\S]*Added \d+/);
  assert.equal(await page.locator("#feed .entry:not(.group)").filter({ hasText: "Parked" }).count(), 3, "what needs somebody is hidden in a group");
});

scene("filters by words, keeps them in the address, and as a view", {}, async ({ page, server, enter }) => {
  await server.product("NUT-M10");
  await enter();
  const add = { action: "add", product: "NUT-M10", quantity: "1", to: "stock" };
  const { head } = await server.book({ ...add, device: "H-02" }, { action: "remove", product: "NOBODY-KNOWS", quantity: "1", from: "stock", operator: "ben" });
  await entry(page, head).waitFor(soon);
  const box = page.getByRole("searchbox", { name: "Filter" });
  await box.fill("state:needs who:ben");
  await entry(page, head - 1).waitFor({ state: "detached", ...soon });
  await page.waitForURL(/q=state%3Aneeds\+who%3Aben/, soon);
  await server.book({ ...add, device: "H-03" });
  const next = (await server.book({ action: "remove", product: "NOBODY-KNOWS", quantity: "1", from: "stock", operator: "ben" })).head;
  await entry(page, next).waitFor(soon);
  assert.deepEqual(await shown(page), [next, head]);
  await page.getByRole("button", { name: "Save as a view" }).click();
  await page.getByLabel("Name of the view").fill("Ben's");
  await page.keyboard.press("Enter");
  await box.fill("");
  await entry(page, head - 1).waitFor(soon);
  await page.reload();
  await entry(page, head - 1).waitFor(soon);
  await page.getByLabel("Saved views").selectOption("Ben's");
  await page.waitForURL(/q=state%3Aneeds\+who%3Aben/, soon);
  await entry(page, head - 1).waitFor({ state: "detached", ...soon });
  await box.fill("colour:blue");
  await page.getByText("There is no filter colour:").waitFor(soon);
});

scene("raises an alert for low stock, has it taken and given back, and clears it", {}, async ({ page, server, enter }) => {
  await server.product("FILTER-OIL", { min: "10" });
  await server.book({ action: "add", product: "FILTER-OIL", quantity: "12", to: "stock" });
  await enter();
  await page.getByText("Nothing needs attention.").waitFor(soon);

  const { head } = await server.book({ action: "remove", product: "FILTER-OIL", quantity: "5", from: "stock" });
  const alert = page.locator(".opens .open").filter({ hasText: "FILTER-OIL" });
  await alert.waitFor(soon);
  assert.equal(await alert.locator(".tag").innerText(), "Low");
  assert.match(await alert.locator(".since").innerText(), /^since \d\d:\d\d:\d\d$/);
  await page.locator("#attention").filter({ hasText: /^1$/ }).waitFor(soon);
  assert.match(await entry(page, head).locator(".notes .flag").innerText(), /FILTER-OIL/, "the entry does not say that it raised an alert");
  await page.locator("#raised").filter({ hasText: /^New: .*FILTER-OIL/ }).waitFor({ state: "attached", ...soon }); // a screen reader is told

  await page.reload();
  await alert.waitFor(soon); // it is open still, for who comes later
  await page.getByRole("link", { name: "Open the list" }).click();
  await alert.getByRole("button", { name: "I look after it" }).click();
  await alert.getByText("looks after it").waitFor(soon);
  assert.equal((await server.ask("GET", "/v1/alerts")).rows[0].state, "acknowledged");
  const save = async (/** @type {string} */ scope) => {
    await page.getByRole("button", { name: scope, exact: true }).click();
    await alert.waitFor(soon);
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /^CSV/ }).click()]);
    return [file.suggestedFilename(), (await readFile(await file.path(), "utf8")).trim().split("\n").map((l) => l.split(",").slice(0, 4).join())];
  };
  for (const [scope, name] of [["Mine", "attention-mine.csv"], ["All", "attention.csv"]]) assert.deepEqual(await save(scope), [name, ["is,severity,kind,state", "alert,warning,low,acknowledged"]]);
  await alert.getByRole("button", { name: "Give it back" }).click();
  await alert.getByRole("button", { name: "Later" }).click();
  await alert.getByRole("button", { name: "In an hour" }).click();
  await alert.getByText("put it off until").waitFor(soon);

  await server.book({ action: "add", product: "FILTER-OIL", quantity: "20", to: "stock" });
  await page.getByText("Nothing needs attention.").waitFor(soon);
});

scene("an exception is decided as recommended, and taken back", {}, async ({ page, server, enter }) => {
  await server.product("NUT-M12");
  await server.ask("PUT", "/v1/sites/main", { negative: "refuse" });
  await server.book({ action: "remove", product: "NUT-M12", quantity: "3", from: "stock" });
  await enter();
  await page.locator(".nav").getByRole("link", { name: "Attention" }).click();
  const open = page.locator(".opens .open").filter({ hasText: "NUT-M12" });
  await open.getByText("Taken, not on the books").waitFor(soon);
  await open.getByRole("button", { name: "Something else" }).click();
  await open.getByRole("button", { name: "I look after it" }).click();
  await open.getByText("looks after it").first().waitFor(soon);
  await open.getByRole("button", { name: "Ask for a recount" }).click();
  await page.getByText("Decided: Ask for a recount.").waitFor(soon);
  await open.waitFor({ state: "detached", ...soon });
  await page.getByRole("button", { name: "Undo" }).click();
  await open.waitFor(soon);
  await page.locator(".decided").waitFor({ state: "detached", ...soon }); // behind the answer, which may come after the feed's row
});

scene("the history has what was booked before, and what a feed skipped", {}, async ({ page, server, enter }) => {
  await server.product("PIN-4");
  const add = { action: "add", product: "PIN-4", quantity: "1", to: "stock" };
  const { head } = await server.book(...Array.from({ length: 150 }, () => add), { action: "remove", product: "NOBODY-KNOWS", quantity: "1", from: "stock" });
  await enter();
  await last(page, head); // all of the last hundred, with which the feed begins
  await page.getByRole("link", { name: "Open history" }).click();
  const rows = page.locator(".still .entry");
  await rows.first().waitFor(soon);
  assert.equal(await rows.count(), head - 100);
  await page.goto(server.url + "/history?q=state%3Aneeds");
  await page.locator('.still .entry[data-n="' + head + '"]').waitFor(soon);
  assert.equal(await rows.count(), 1);
});

scene("is alive in the demo", { demo: true }, async ({ page, enter }) => {
  await enter();
  await page.locator("#feed .entry").filter({ hasText: /H-0\d/ }).first().waitFor(soon);
  await page.locator("#scans").filter({ hasText: /^[1-9]/ }).waitFor({ timeout: 3 * soon.timeout }); // handhelds scan
});
