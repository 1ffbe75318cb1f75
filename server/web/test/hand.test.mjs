// Between the floor and who watches: a scan is handed to a supervisor, without a network, once and for certain.
import assert from "node:assert/strict";
import { browser, soon } from "./bayledger.mjs";
import { at, booked } from "./floor.mjs";

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

  const context = await (await browser()).newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
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
    await (await browser()).close();
  }
});
