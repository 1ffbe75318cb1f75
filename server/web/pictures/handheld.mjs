// Takes the README's pictures of the handheld: a delivery is scanned, and somebody scans what they may not.
import { stat } from "node:fs/promises";
import path from "node:path";
import { Server } from "../test/bayledger.mjs";
import { Device } from "../test/device.mjs";

const largest = 120_000; // bytes of a picture in the repository
const folder = path.dirname(new URL(import.meta.url).pathname);
const goods = [["BOLT-M6x20", "Hex bolt M6 × 20, stainless A2", "4006381333931"], ["TEA-250", "Green tea, 250 g", "5901234123457"], ["GLOVE-L", "Work glove, size L", "96385074"]];

const server = await Server.create();
try {
  await server.ask("PUT", "/v1/locations/A-01-02?site=main", { kind: "stock" });
  for (const [code, name, barcode] of goods) {
    await server.ask("PUT", "/v1/products/" + encodeURIComponent(code), { unit: "piece", name });
    await server.ask("PUT", "/v1/barcodes/" + barcode, { product: code });
  }
  const device = await Device.create(server.url, { reducedMotion: "reduce" });
  /** @param {string} name */
  const take = async (name) => {
    const file = path.join(folder, name);
    await device.page.screenshot({ path: file });
    const { size } = await stat(file);
    if (size > largest) throw new Error(name + " has " + size + " bytes, more than " + largest);
    console.log("server/web/pictures/" + name + "  " + Math.round(size / 1000) + " kB");
  };
  try {
    await device.pair(server, "Aisle 3 blue");
    for (const code of ["A-01-02", goods[1][2], goods[2][2], "BLCMD-X12", goods[0][2]]) await device.scan(code);
    await device.sent(3);
    await device.page.locator('.card[data-state="sent"]').waitFor();
    await take("handheld.png");
    await device.scan("BLCMD-X0");
    await device.page.locator(".stop").waitFor();
    await take("handheld-stop.png");
  } finally {
    await device.remove();
  }
} finally {
  await server.remove();
}
process.exit(0);
