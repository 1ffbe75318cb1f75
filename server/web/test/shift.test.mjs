// The jobs of a shift, each in a browser against a server: what is done on the handheld is what is booked.
import assert from "node:assert/strict";
import { Device } from "./device.mjs";
import { at, booked, codes } from "./floor.mjs";
import { soon } from "./bayledger.mjs";

const slowly = { timeout: 4 * soon.timeout }; // a PIN takes as long as it has to

/** @param {Device} device */
const button = (device, /** @type {string} */ name) => device.page.getByRole("button", { name, exact: true });

/**
 * withPin gives ann a PIN that the device knows of.
 * @param {import("./floor.mjs").Floor} floor
 */
async function withPin({ server, device }) {
  const { page } = device;
  await server.ask("PUT", "/v1/operators/ann", { active: true });
  await server.tell("PUT", "/v1/operators/ann/pin", { pin: "4821" });
  const told = page.waitForResponse((r) => r.url().endsWith("/v1/shift") && r.ok());
  await page.evaluate(() => new Promise((resolve, reject) => { // a list that is old is asked for anew
    const open = indexedDB.open("bayledger-outbox");
    open.onerror = () => reject(open.error);
    open.onsuccess = () => {
      const gone = open.result.transaction("state", "readwrite").objectStore("state").delete("shift");
      gone.onsuccess = () => resolve((open.result.close(), undefined));
    };
  }));
  await page.reload();
  await told;
  await device.kept("shift", (s) => s?.known?.includes("ann")); // and it goes by it from then on
  await device.ready();
}

/** @param {Device} device @param {string} pin */
async function enter(device, pin) {
  for (const d of pin) await button(device, d).click();
  await button(device, "Enter").click();
}

at("scans behind a PIN are on the device: the renderer is killed, and behind the PIN each is booked, once, under its name", 120_000, async (floor) => {
  const { server, device } = floor;
  await withPin(floor);
  await device.scan("A-01");
  await device.scan("BLOP-ann");
  await device.page.getByText("PIN of ann").waitFor(soon);
  for (const code of codes.slice(0, 3)) await device.scan(code);
  await device.page.getByText("3 scans wait until then.").waitFor(soon);
  await device.kill(() => device.page.getByText("PIN of ann").waitFor(slowly));
  await device.page.getByText("3 scans wait until then.").waitFor(soon);
  const entered = Date.now(); // so long behind the scans as a page takes to open: more than its clock may be off
  await enter(device, "4821");
  await device.sent(3, slowly);
  assert.deepEqual((await booked(server)).map((e) => [e.intent.seq, e.intent.operator, e.intent.product, e.intent.to]), [0, 1, 2].map((i) => [i + 1, "ann", "P-" + i, "A-01"]));
  const late = (await booked(server)).map((e) => Date.parse(e.intent.at ?? "") - entered).filter((ms) => !(ms <= 0));
  assert.deepEqual(late, [], "ms by which scans were made behind the PIN, and not when they were");
  await device.kill();
  assert.equal(await device.taken(), 3, "what was taken came again");
  assert.equal(await device.seq(), 3);
  await device.scan("BLOP-ann");
  await device.page.getByText("PIN of ann").waitFor(soon);
  await device.page.evaluate(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (value, key) { // a disk that is full
      if (String(key).startsWith("waits/")) throw new DOMException("", "QuotaExceededError");
      return put.call(this, value, key);
    };
  });
  await device.scan(codes[0]);
  await device.page.getByText("This device has no room. The scan was not taken").waitFor(soon);
  assert.equal(await device.page.getByText("until then").count(), 0, "it is counted all the same");
  await button(device, "Not now").click();
  await device.page.reload();
  await device.ready();
  assert.equal(await device.seq(), 3);
});

at("a badge and its PIN, without a network: a wrong one is counted, the right one signs what is scanned", 120_000, async (floor) => {
  const { server, line, device } = floor;
  const { page } = device;
  await withPin(floor);
  line.down = true;
  line.cut();
  await device.scan("BLOP-ann");
  await page.getByText("PIN of ann").waitFor(soon);
  await device.scan(codes[0]); // it waits
  await page.getByText("1 scan waits until then.").waitFor(soon);
  await enter(device, "1111");
  await page.getByText("Wrong PIN. 4 tries left.").waitFor(slowly);
  await enter(device, "4821");
  await page.locator(".strip .operator").getByText("ann").waitFor(slowly);
  await device.scan("A-01");
  line.down = false;
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await device.sent(1, slowly);
  assert.deepEqual((await booked(server)).map((e) => [e.intent.operator, e.intent.product, e.intent.to]), [["ann", "P-0", "A-01"]]);
});

at("the start of a shift: sound, a scanner with French keys, and where it was left after a reload", 60_000, async ({ device }) => {
  const { page } = device;
  await button(device, "More").click();
  await button(device, "Start of shift").click();
  await page.getByText("Step 1 of 3").waitFor(soon);
  await button(device, "Skip").click();
  await button(device, "Stop: not taken").click();
  await button(device, "I notice all four").click();
  await button(device, "Next").click();
  const azerty = { 0: "à", 1: "&", 2: "é", 3: "\"", 4: "'", 5: "(", 6: "-", 7: "è", 8: "_", 9: "ç", "-": ")", A: "Q" };
  const typed = (/** @type {string} */ text) => Array.from(text, (c) => /** @type {Record<string, string>} */ (azerty)[c] ?? c).join("");
  await device.scan(typed("BLCAL-0123456789"));
  await page.getByText("Your scanner sends French keys. Scan this to fix.").waitFor(soon);
  await page.getByRole("img", { name: "Calibration code" }).waitFor(soon);
  await device.kept("guide", (g) => g?.step === 2);
  await page.reload();
  await page.getByText("Step 3 of 3").waitFor(soon);
  await button(device, "Start work").click();
  await page.locator(".work").waitFor(soon);
});

at("the last three went to the wrong shelf: chosen, seen, corrected as one, and undone as one", 60_000, async ({ server, device }) => {
  const { page } = device;
  await server.ask("PUT", "/v1/locations/B-07?site=main", { kind: "stock" });
  await device.scan("A-01");
  for (const code of codes.slice(0, 3)) await device.scan(code);
  await device.sent(3);
  await button(device, "More").click();
  await button(device, "Correct the last scans").click();
  await button(device, "The last 3").click();
  await button(device, "Go on with these").click();
  await page.getByText("3 scans: scan where they belong.").waitFor(soon);
  await device.scan("BLLOC-B-07");
  await page.getByText("Added 1 P-2 to B-07.").waitFor(soon);
  await button(device, "Correct 3 scans to B-07").click();
  await device.sent(9);
  const balance = async () => (await server.ask("GET", "/v1/balances?site=main")).rows.filter((/** @type {any} */ r) => r.quantity !== "0").map((/** @type {any} */ r) => r.location + " " + r.product + " " + r.quantity).sort();
  assert.deepEqual(await balance(), ["B-07 P-0 1", "B-07 P-1 1", "B-07 P-2 1"]);
  await button(device, "Undo").click();
  await page.locator(".undone", { hasText: "The correction is undone." }).getByRole("button", { name: "Redo" }).waitFor(soon);
  await device.sent(15);
  assert.deepEqual(await balance(), ["A-01 P-0 1", "A-01 P-1 1", "A-01 P-2 1"]);
  await button(device, "More").click();
  await page.getByRole("dialog").getByRole("button", { name: "Redo", exact: true }).click(); // the strip has it for five seconds alone
  await device.sent(21);
  assert.deepEqual(await balance(), ["B-07 P-0 1", "B-07 P-1 1", "B-07 P-2 1"]);
});

at("counted together, a place complete; built into a machine, and taken out; the reason that the site wants; the end of a shift", 90_000, async ({ server, line, device }) => {
  const { page } = device;
  await server.ask("PUT", "/v1/reasons/SAMPLE", { name: "A sample", actions: "remove" });
  await server.ask("PUT", "/v1/sites/main", { reasons_required: "remove" });
  await device.scan("A-01");
  await device.scan(codes[0]);
  await device.scan(codes[1]);
  await device.sent(2);
  await page.getByRole("button", { name: /^Add/ }).click();
  await page.getByLabel("Count together").fill("Q1");
  await button(device, "Count in it").click();
  await page.getByText("Counting together: Q1").waitFor(soon);
  await device.scan("A-01");
  await device.scan(codes[0]);
  await page.getByRole("button", { name: /^Count/ }).click();
  await button(device, "Nothing else is here").click();
  await page.getByText("Is all of A-01 counted?").waitFor(soon);
  await button(device, "Confirm").click();
  await device.sent(5);
  assert.deepEqual((await server.ask("GET", "/v1/balances?location=A-01")).rows.filter((/** @type {any} */ r) => r.quantity !== "0").map((/** @type {any} */ r) => r.product + " " + r.quantity), ["P-0 1"], "what nobody scanned is still there");

  await device.scan("BLCMD-ASSEMBLE");
  await device.scan("PRESS-42");
  await device.scan("A-01");
  await device.scan(codes[2]);
  await device.sent(6);
  await button(device, "Take out").click();
  await page.getByText("Scan a part out of PRESS-42, or the place that it goes to.").waitFor(soon);
  await device.scan("A-01");
  await device.scan(codes[2]);
  await device.sent(7);
  await device.scan("BLCMD-REMOVE");
  await device.scan("A-01");
  await device.scan(codes[0]);
  await button(device, "A sample").click();
  await device.sent(8);
  const entries = await booked(server);
  assert.deepEqual(entries.slice(2).map((e) => [e.intent.action, e.intent.session ?? e.intent.asset ?? e.intent.reason]), [["session-open", "Q1"], ["count", "Q1"], ["session-close", "Q1"], ["assemble", "PRESS-42"], ["disassemble", "PRESS-42"], ["remove", "SAMPLE"]]);

  line.down = true;
  line.cut();
  await device.scan(codes[0]);
  await page.locator('.unsent[data-waiting="1"]').waitFor(soon);
  await button(device, "More").click();
  await button(device, "End my shift").click();
  await page.getByText("1 not sent. Leave it on this device?").waitFor(soon);
  await button(device, "Leave them, end my shift").click();
  await page.getByText("Step 1 of 3").waitFor(soon);
  line.down = false;
});

at("a code that ends like a command is a code: no shift is over", 60_000, async ({ server, device }) => {
  await server.ask("PUT", "/v1/barcodes/" + encodeURIComponent("WEST-END"), { product: "P-0" });
  await device.scan("A-01");
  await device.scan("WEST-END");
  await device.sent(1);
  assert.ok(await device.page.locator(".work").isVisible(), "the start of a shift is shown");
  await device.scan("BLCMD-END");
  await device.page.getByText("Step 1 of 3").waitFor(soon);
});

at("a product is found by a word of its name, and where it lies", 60_000, async ({ server, device }) => {
  const { page } = device;
  await server.ask("PUT", "/v1/products/P-0", { unit: "piece", name: "Hex bolt M6" });
  await device.scan("A-01");
  await device.scan(codes[0]);
  await device.sent(1);
  await device.scan("BLCMD-LOOKUP");
  await page.locator('.work[data-mode="lookup"]').waitFor(soon);
  await button(device, "Find").click();
  await page.getByLabel("Code, or the beginning of a word of the name").fill("bolt");
  await page.getByRole("button", { name: /Hex bolt M6/ }).click();
  await page.locator(".lies").getByText("A-01").waitFor(soon);
  assert.match(await page.locator(".lies").innerText(), /A-01\s*1/);
});
