// What people complain of in other handhelds, and what must not be possible here. The numbers are those
// of the table in README.md; others of them stand in other tests, by the same words.
import assert from "node:assert/strict";
import { soon } from "./bayledger.mjs";
import { at, booked, codes } from "./floor.mjs";

/** @import {Page} from "playwright-core" */

/** listen notes what is heard and felt, from the next load of the page on. @param {Page} page */
const listen = (page) => page.addInitScript(() => {
  /** @type {any} */ (globalThis).felt = [];
  const tell = (/** @type {string} */ what) => /** @type {any} */ (globalThis).felt.push(what);
  navigator.vibrate = (pattern) => Boolean(tell("vibrates " + [pattern].flat().join(" ")) ?? true);
  const Node = OscillatorNode;
  globalThis.OscillatorNode = class extends Node {
    /** @param {BaseAudioContext} context @param {OscillatorOptions} [o] */
    constructor(context, o) {
      super(context, o);
      tell(o?.frequency + " Hz " + o?.type);
    }
  };
});

/**
 * feels waits until so much was heard and felt since it was asked last, and nothing else but that all is sent.
 * @param {Page} page
 * @param {...string} want
 */
async function feels(page, ...want) {
  await page.waitForFunction((list) => list.every((w) => /** @type {any} */ (globalThis).felt.filter((/** @type {string} */ f) => f === w).length >= list.filter((x) => x === w).length), want, soon);
  const got = await page.evaluate(() => /** @type {string[]} */ (/** @type {any} */ (globalThis).felt.splice(0)));
  assert.deepEqual(got.filter((f) => f !== sentTone && f !== "vibrates 30").sort(), want.filter((f) => f !== sentTone && f !== "vibrates 30").sort());
}

const sentTone = "1320 Hz sine"; // it comes when the hand pauses, whenever that is

at("complaints 3, 4, 6, 7, 8, 10, 15, 16: of scanning", 90_000, async ({ t, server, device }) => {
  const { page } = device;
  const card = page.locator(".card");
  const more = () => page.getByRole("button", { name: "More" }).click();
  const back = () => page.locator(".sheet header button").click();
  await listen(page);
  await page.reload();
  await device.ready();
  await device.scan("A-01");

  await t.test("complaint 7: the soft keyboard covers the screen: the field asks for none, and no tap moves the focus to one that does", async () => {
    const field = page.locator(".capture input");
    assert.deepEqual(await field.evaluate((f) => [f.getAttribute("inputmode"), f.hasAttribute("readonly"), /** @type {HTMLInputElement} */ (f).type]), ["none", false, "text"]);
    await more();
    await back();
    await page.locator(".capture input:focus").waitFor({ state: "attached", ...soon });
  });

  await t.test("complaint 3: twice counts once: each pull of the trigger is a scan", async () => {
    const from = await device.seq();
    for (let i = 0; i < 3; i++) await device.scan(codes[0]);
    await device.sent(from + 3);
  });

  await t.test("complaint 10: one scan closes the dialog: scans go on under an open sheet", async () => {
    const from = await device.seq();
    await more();
    for (let i = 0; i < 3; i++) await device.scan(codes[1]);
    await device.sent(from + 3);
    await page.getByRole("dialog").waitFor(soon);
    await back();
  });

  await t.test("complaint 6: scans land in the wrong field: one that comes while somebody types is taken out of their text", async () => {
    const from = await device.seq();
    await more();
    const typed = page.getByLabel("Type a code");
    await typed.pressSequentially("be");
    await page.waitForFunction((since) => performance.now() > since + 150, await page.evaluate(() => performance.now()));
    await page.evaluate(() => { // a reader's keys come at once, however long a busy machine takes to bring them here
      const now = performance.now();
      performance.now = () => now;
    });
    await device.scan(codes[2]);
    await page.evaluate(() => delete (/** @type {any} */ (performance).now)); // the clock of its own goes on
    await device.sent(from + 1);
    assert.equal(await typed.inputValue(), "be");
    await back();
  });

  await t.test("complaint 16: the separator is lost, the lot unreadable: a reader types it as Ctrl and ]", async () => {
    const from = await device.seq();
    await page.keyboard.type("]C1010952123454321310LOT-7");
    await page.keyboard.press("Control+]");
    await page.keyboard.type("17271231");
    await page.keyboard.press("Enter");
    await card.getByText("LOT-7").waitFor(soon);
    await device.sent(from + 1);
    const { intent } = (await booked(server)).at(-1);
    assert.deepEqual([intent.product, intent.lot, intent.expiry], ["P-1", "LOT-7", "2027-12-31"]);
  });

  await t.test("complaint 8: control characters or prefix in the code: what was read can be looked at, as it came, and scans go on", async () => {
    const from = await device.seq();
    await card.locator(".name").click();
    const sheet = page.getByRole("dialog", { name: "What was read" });
    await sheet.getByText("]C1: GS1-128").waitFor(soon);
    assert.equal((await sheet.locator(".raw").innerText()).replaceAll(/\s/g, ""), "]C1010952123454321310LOT-7GS17271231");
    assert.deepEqual(await sheet.locator(".raw .unseen").allInnerTexts(), ["GS"]);
    assert.match(await sheet.innerText(), /\(10\) lot\s+LOT-7\s[^]*\(17\) expiry\s+271231 = 2027-12-31[^]*Product\s+P-1[^]*To\s+A-01/);
    await device.scan(codes[0]);
    await device.sent(from + 1);
    assert.ok(await sheet.isVisible(), "a scan closed it");
    await back();
    await page.getByRole("button", { name: "Before that" }).click();
    await page.getByRole("dialog", { name: "Before that" }).locator(".found button").first().click();
    await sheet.getByText("]C1: GS1-128").waitFor(soon);
    await sheet.getByRole("button", { name: "Later" }).click();
    await sheet.locator(".raw").getByText(codes[0]).waitFor(soon);
    await back();

    await device.scan("BLLOC-Z-99"); // it is refused
    const stop = page.locator(".stop");
    await stop.getByRole("button", { name: "What was read" }).click();
    assert.equal(await stop.locator(".raw").innerText(), "BLLOC-Z-99");
    await device.scan("BLCMD-OK");
    await stop.waitFor({ state: "detached", ...soon });
    await device.scan("4006381333930"); // nobody knows it, and its check digit is odd
    await page.locator('.card[data-state="check"]').waitFor(soon);
    await page.getByRole("button", { name: "What was read", exact: true }).click();
    await sheet.getByText("The check digit is odd: by the other digits it would be 1.").waitFor(soon);
    await page.reload(); // all of it is on the device
    await device.ready();
    await page.getByRole("button", { name: "What was read", exact: true }).click();
    await sheet.locator('.read[data-seq="' + (from + 2) + '"]').getByText("4006381333930").first().waitFor(soon);
    await sheet.getByRole("button", { name: "Earlier" }).click();
    await sheet.getByRole("button", { name: "Earlier" }).click();
    await sheet.getByText("BLLOC-Z-99").first().waitFor(soon);
    await sheet.getByText("Nothing was booked of it.").waitFor(soon);
    await back();
  });

  await t.test("complaint 4: nobody looks at the screen: four tones, three ways to shake, and dark red that stays", async () => {
    await page.evaluate(() => /** @type {any} */ (globalThis).felt.splice(0));
    const from = await device.seq();
    await device.scan(codes[0]);
    await device.sent(from + 1);
    await feels(page, "880 Hz sine", "vibrates 30", sentTone, "vibrates 30");
    await device.scan("2012345000018");
    await page.locator('.card[data-state="check"]').waitFor(soon);
    await feels(page, "660 Hz sine", "660 Hz sine", "vibrates 60 60 60");
    await device.scan("BLCMD-X0");
    const stop = page.locator(".stop");
    await stop.waitFor(soon);
    await feels(page, "220 Hz square", "220 Hz square", "vibrates 200 100 200");
    assert.equal(await stop.evaluate((e) => getComputedStyle(e).backgroundColor), "rgb(143, 0, 32)");
    const [box, size] = [await stop.boundingBox(), page.viewportSize()];
    assert.ok(box && size && box.height >= size.height - 40 && box.width === size.width, JSON.stringify(box));
    await device.scan("BLCMD-OK");
    await stop.waitFor({ state: "detached", ...soon });
  });

  await t.test("complaint 15: the beep is silent: a device that cannot be heard shows it all the time", async () => {
    await page.locator(".strip .mute").waitFor({ state: "detached", ...soon });
    await more();
    await page.getByRole("group", { name: "Sound" }).getByRole("button", { name: "Off" }).click();
    await back();
    await page.locator(".strip .mute").waitFor(soon);
  });
});

at("complaints 12, 20: of what is kept", 60_000, async ({ t, server, device }) => {
  const { page } = device;
  const unknown = "2012345000018";

  await t.test("complaint 12: unknown things are not counted, or lost with the tab: a count goes on where it was", async () => {
    await device.scan("BLCMD-COUNT");
    await device.scan("A-01");
    await device.scan(codes[0]);
    await device.scan(unknown);
    await page.getByText("In hand: 2").waitFor(soon);
    await page.reload();
    await device.ready();
    await device.scan(codes[0]);
    await device.scan("BLCMD-DONE");
    await device.sent(2);
    const entries = await booked(server);
    assert.deepEqual(entries.map((e) => [e.intent.action, e.outcome]).sort(), [["count", "applied"], ["count", "parked"]]);
    assert.match(JSON.stringify(entries.find((e) => e.outcome === "applied").intent), /"product":"P-0"[^}]*"quantity":"2"|"quantity":"2"[^}]*"product":"P-0"/);
  });

  await t.test("complaint 20: deleting on the phone deletes on the server: a device that is wiped takes nothing away", async () => {
    const before = (await booked(server)).length;
    await page.goto(device.url + "/scan-version.json");
    await page.evaluate(async () => {
      for (const { name = "" } of await indexedDB.databases()) await new Promise((resolve) => (indexedDB.deleteDatabase(name).onsuccess = resolve));
    });
    await page.goto(device.url + "/scan");
    await page.getByRole("heading", { name: "Pair this handheld" }).waitFor(soon);
    assert.equal((await booked(server)).length, before);
    assert.equal((await server.ask("GET", "/v1/balances?location=A-01")).rows[0].quantity, "2");
  });
});
