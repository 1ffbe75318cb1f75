// Takes the pictures of the README: starts a demo, waits until it is lively, and
// writes them beside this file.
import { stat } from "node:fs/promises";
import path from "node:path";
import { Server, browser } from "../test/bayledger.mjs";

const lively = 90_000; // milliseconds: by then every handheld has scanned, and alerts were raised
const largest = 300_000; // bytes of a picture in the repository
const folder = path.dirname(new URL(import.meta.url).pathname);
const pictures = /** @type {const} */ ([
  { name: "live.png", viewport: { width: 1440, height: 900 }, colorScheme: "light" },
  { name: "live-dark.png", viewport: { width: 1440, height: 900 }, colorScheme: "dark" },
  { name: "phone.png", viewport: { width: 390, height: 844 }, colorScheme: "light" },
]);

const server = await Server.create({ demo: true });
try {
  const chromium = await browser();
  try {
    const page = await chromium.newPage({ locale: "en-GB", reducedMotion: "reduce", viewport: pictures[0].viewport });
    await page.goto(server.url + "/#key=" + server.key);
    for (const { name, viewport, colorScheme } of pictures) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      // A picture tells the most where a scan was parked or counted, and alerts are open.
      await page.locator("#rate-note").filter({ hasText: "last 10 seconds" }).waitFor({ timeout: lively });
      await page.locator("#alerts .alert").nth(1).waitFor({ timeout: lively });
      const newest = viewport.width > 1000 ? 9 : 3; // rows from the top
      await page.locator(`#feed .entry:nth-child(-n+${newest}) .tag:not(.applied)`).first().waitFor({ timeout: lively });
      const file = path.join(folder, name);
      await page.screenshot({ path: file });
      const { size } = await stat(file);
      if (size > largest) throw new Error(name + " has " + size + " bytes, more than " + largest);
      console.log("server/web/pictures/" + name + "  " + Math.round(size / 1000) + " kB");
    }
  } finally {
    await chromium.close();
  }
} finally {
  await server.remove();
}
