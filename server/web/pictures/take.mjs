// Takes the pictures of the README: starts a demo, waits until it is lively, and
// writes them beside this file.
import { stat } from "node:fs/promises";
import path from "node:path";
import { Server, browser } from "../test/bayledger.mjs";

const lively = 90_000; // milliseconds: by then every handheld has scanned, and alerts were raised
const lined = 45_000; // milliseconds: the figures are of a whole minute or nearly so then
const largest = 300_000; // bytes of a picture in the repository
const folder = path.dirname(new URL(import.meta.url).pathname);
const pictures = /** @type {const} */ ([
  { name: "live.png", path: "/", viewport: { width: 1440, height: 900 }, colorScheme: "light" },
  { name: "live-dark.png", path: "/", viewport: { width: 1440, height: 900 }, colorScheme: "dark" },
  { name: "phone.png", path: "/", viewport: { width: 390, height: 844 }, colorScheme: "light" },
  { name: "attention.png", path: "/attention", viewport: { width: 1280, height: 720 }, colorScheme: "light" },
  { name: "wall.png", path: "/wall", viewport: { width: 1920, height: 1080 }, colorScheme: "dark" },
]);

const server = await Server.create({ demo: true });
try {
  const chromium = await browser();
  try {
    const page = await chromium.newPage({ locale: "en-GB", reducedMotion: "reduce", viewport: pictures[0].viewport });
    await page.goto(server.url + "/#key=" + server.key);
    // A picture tells the most once some minutes have passed: the figures have lines, and things are open.
    await page.locator(".figure .spark .line").nth(4).waitFor({ timeout: 2 * lively });
    await page.waitForFunction((ms) => performance.now() > ms, lined, { timeout: 2 * lined });
    for (const { name, path: at, viewport, colorScheme } of pictures) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await page.evaluate((to) => { if (location.pathname !== to) { history.pushState(null, "", to); dispatchEvent(new PopStateEvent("popstate")); } }, at);
      await page.locator(".opens .open").nth(1).waitFor({ timeout: lively });
      // Where a scan was parked or counted there is more to see.
      const newest = viewport.width > 1000 ? 9 : 3; // rows from the top
      if (at === "/") await page.locator(`#feed .entry:nth-child(-n+${newest}) .tag:not(.ok)`).first().waitFor({ timeout: lively });
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
