// Between the floor and who watches: a scan is handed to a supervisor, without a network, once and for certain.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after } from "node:test";
import { browser, soon, zone } from "./bayledger.mjs";
import { at, booked } from "./floor.mjs";

after(async () => (await browser()).close());

at("what needs somebody is handed to a supervisor, who sees who asks, first of all", 60_000, async ({ server, line, device }) => {
  const { page } = device;
  await server.book({ action: "add", product: "P-1", quantity: "1", to: "A-01" });
  await device.scan("A-01");
  const from = await device.seq();
  await device.scan("4006381333948"); // nobody knows it
  await device.sent(from + 1);
  await page.getByRole("button", { name: "Needs you: 1" }).click(soon);
  line.down = true;
  line.cut();
  const hand = page.getByRole("button", { name: "Hand to supervisor" });
  await hand.evaluate((/** @type {HTMLElement} */ b) => [b, b].forEach((x) => x.click())); // whoever taps twice asks once
  await page.getByText("Nothing needs you.").waitFor(soon);
  await page.reload();
  await device.ready();
  await page.locator('.unsent[data-waiting="1"]').waitFor(soon);
  line.down = false;
  await page.locator('.unsent[data-waiting="0"]').waitFor({ timeout: 4 * soon.timeout });
  const asks = (await booked(server)).filter((e) => e.intent.action === "ask");
  assert.deepEqual(asks.map((e) => [e.intent.seq, e.intent.reference, e.intent.from, e.outcome]), [[from + 2, String(from + 1), "A-01", "applied"]]);

  const context = await (await browser()).newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB", timezoneId: zone });
  try {
    const watch = await context.newPage();
    await watch.goto(server.url + "/#key=" + server.key);
    await watch.locator('#state[data-state="live"]').waitFor(soon);
    await watch.getByRole("navigation").getByRole("link", { name: /^Attention/ }).click(soon);
    const first = watch.locator(".opens.full .open").first();
    await first.getByText(/Asked for by H-07, /).waitFor(soon);
    assert.match(await first.locator(".message").innerText(), /scan \d+ of H-07: .*4006381333948.* is not known/);
    await first.getByRole("button", { name: "Seen to" }).click(soon);
    await watch.getByText("Decided: Seen to.").waitFor(soon);
    await watch.locator('.open[data-kind="asked"]').waitFor({ state: "detached", ...soon });
  } finally {
    await context.close();
  }
});

at("a supervisor asks a handheld for its log, and reads what it met", 60_000, async ({ server, device }) => {
  const { page } = device;
  await device.scan("A-01");
  await page.evaluate(() => { // another window comes before the page, which hears nothing then: a browser without a screen has one window
    document.hasFocus = () => false;
    window.dispatchEvent(new Event("blur"));
  });
  await page.locator('.capture[data-listening="false"]').waitFor({ state: "attached", ...soon });
  const context = await (await browser()).newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB", timezoneId: zone });
  try {
    const watch = await context.newPage();
    await watch.goto(server.url + "/#key=" + server.key);
    await watch.locator('#state[data-state="live"]').waitFor(soon);
    await watch.getByRole("navigation").getByRole("link", { name: /^Devices/ }).click(soon);
    const row = watch.locator('[data-device="H-07"]');
    await row.getByRole("button", { name: "Ask for a log" }).click(soon);
    await row.getByText("Asked. Its log comes in a moment.").waitFor(soon);
    const save = row.getByRole("button", { name: /^Save its log of / });
    await save.waitFor({ timeout: 3 * soon.timeout });
    const [file] = await Promise.all([watch.waitForEvent("download"), save.click(soon)]);
    const text = await readFile(String(await file.path()), "utf8");
    assert.equal(file.suggestedFilename(), "H-07-log-1.txt");
    for (const part of [/^H-07 bayledger/, /waiting 0, next #/, / page bayledger.* Mozilla/, / storage /, / connected\n/, / not listening 1\n/]) assert.match(text, part);
    assert.doesNotMatch(text, /bl_\w|A-01/, "keys and places are none of it");
  } finally {
    await context.close();
  }
});
