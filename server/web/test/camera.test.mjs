// The camera as a reader, on Chromium's camera that plays a film: of labels as our server draws them.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import { Server, browser, soon } from "./bayledger.mjs";
import { Device, Line } from "./device.mjs";
import { booked, stock } from "./floor.mjs";
import { film } from "./video.mjs";

const long = { timeout: 90_000 }; // the film has to come round

after(async () => (await browser()).close());

/** @param {Server} server @param {string} label */
async function labelOf(server, label) {
  const answer = await fetch(server.url + "/v1/labels/" + label + "?format=png", { headers: { authorization: "Bearer " + server.key } });
  assert.ok(answer.ok, await answer.clone().text());
  return "data:image/png;base64," + Buffer.from(await answer.arrayBuffer()).toString("base64");
}

/**
 * filmed runs a device whose camera sees a film.
 * @param {(s: {server: Server, folder: string}) => Promise<{png: string, seconds: number}[]>} scenes
 * @param {(s: {server: Server, line: Line, device: Device}) => Promise<void>} act
 */
async function filmed(scenes, act) {
  const server = await Server.create();
  const line = new Line(server);
  await line.listen();
  const folder = await mkdtemp(path.join(tmpdir(), "bayledger-film-"));
  const file = path.join(folder, "film.y4m");
  try {
    await stock(server);
    await film(file, await scenes({ server, folder }));
    const device = await Device.create(String(line.url), {
      permissions: ["camera"], args: ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--use-file-for-fake-video-capture=" + file],
    });
    try {
      await act({ server, line, device });
    } finally {
      await device.remove();
    }
  } finally {
    line.close();
    await server.remove();
    await rm(folder, { recursive: true });
  }
}

test("complaint 3: once counts twice: the camera reads our labels; a code counts again only after it was out of the picture", { timeout: 300_000 }, () => filmed(async ({ server }) => {
  const [shelf, tea] = [await labelOf(server, "location/A-01"), await labelOf(server, "product/P-0")];
  return [{ png: shelf, seconds: 1 }, { png: tea, seconds: 2 }, { png: "", seconds: 2 }, { png: tea, seconds: 2 }, { png: "", seconds: 2 }];
}, async ({ server, line, device }) => {
  const { page } = device;
  /** @type {string[]} */
  const asked = [];
  page.on("request", (r) => asked.push(new URL(r.url()).pathname));
  await device.pair(server, "H-07");
  assert.ok(!asked.some((p) => /camera|wasm/.test(p)), "what reads pictures was loaded before it was used");
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("button", { name: "Scan with the camera" }).click();
  await page.locator('.viewfinder[data-camera="on"]').waitFor(long);
  await page.locator(".places").getByText("A-01").waitFor(long);
  const from = await device.seq();
  await page.locator('.card[data-seq="' + (from + 2) + '"]').waitFor(long);
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await page.locator(".viewfinder").waitFor({ state: "detached", ...soon });
  const seq = await device.taken(); // what it read last included
  await device.sent(seq);
  const entries = await booked(server);
  for (const { intent, outcome } of entries) assert.deepEqual([outcome, intent.action, intent.product, intent.quantity], ["applied", "add", "P-0", "1"]);
  assert.equal(entries.length, seq);
  const moments = entries.map((e) => Date.parse(e.intent.at));
  assert.ok(moments.every((at, i) => i === 0 || at - moments[i - 1] > 1000), "a label that stayed in the picture counted again: " + moments);

  // It was kept on the device with its first use: without a server it reads on.
  await (await device.context.newCDPSession(page)).send("Network.clearBrowserCache");
  line.down = true;
  line.cut();
  await page.reload();
  await device.ready();
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("button", { name: "Scan with the camera" }).click();
  await page.locator('.card[data-seq="' + (seq + 1) + '"]').waitFor(long);
}));

test("a handheld is paired by its own camera, without typing", { timeout: 200_000 }, () => {
  let qr = "";
  return filmed(async ({ server }) => {
    ({ qr } = await server.ask("POST", "/v1/pairings", { device: "H-07", role: "floor" }));
    return [{ png: qr, seconds: 2 }, { png: "", seconds: 1 }];
  }, async ({ device }) => {
    await device.page.goto(device.url + "/scan");
    await device.page.getByRole("button", { name: "Scan with the camera" }).click();
    await device.begin();
  });
});
