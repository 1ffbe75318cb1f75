// Every state of the supervisor's pages, without a server: axe (WCAG 2.2 AA) finds nothing, light on a wide
// screen and dark on a phone, each in another language; and nothing scrolls sideways at the sizes of each,
// 200 % zoom (half the width) among them.
import axe from "axe-core";
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import test, { after } from "node:test";
import { pathToFileURL } from "node:url";
import { browser } from "./bayledger.mjs";

const page = pathToFileURL(path.resolve("node_modules/.stories/watch/index.html")).href;
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const pictures = process.env.PICTURES; // a folder to put a picture of each into

after(async () => (await browser()).close());

/** @type {[string, string, [number, number][]][]} */
const runs = [["light", "en", [[1440, 900], [1920, 1080], [720, 450]]], ["dark", "de", [[360, 740], [320, 640], [720, 450]]]];

for (const [theme, language, sizes] of runs) {
  const [width, height] = sizes[0];
  test(`every state, ${theme}, in ${language}`, { timeout: 900_000 }, async () => {
    const context = await (await browser()).newContext({ viewport: { width, height }, reducedMotion: "reduce" });
    const p = await context.newPage();
    /** @type {string[]} */
    const wrong = [];
    p.on("pageerror", (e) => wrong.push(String(e)));
    await p.goto(page);
    await p.locator("html[data-stories]").waitFor({ state: "attached" });
    const names = (await p.evaluate(() => document.documentElement.dataset.stories ?? "")).split(" ");
    assert.ok(names.length >= 25, "only " + names.length + " stories");
    await p.evaluate(axe.source);
    for (const name of names) {
      const story = [name, theme, language].join("/");
      await p.setViewportSize({ width, height });
      await p.evaluate((s) => void (location.hash = s), story);
      await p.locator('html[data-shown="' + story + '"]').waitFor({ state: "attached" });
      const { violations } = await p.evaluate((tags) => /** @type {any} */ (globalThis).axe.run(document, { runOnly: tags, resultTypes: ["violations"] }), rules);
      wrong.push(...violations.flatMap((/** @type {any} */ v) => v.nodes.map((/** @type {any} */ n) => `${name}: ${v.id}: ${n.target} ${n.html.slice(0, 120)} ${n.any[0]?.message ?? ""}`)));
      for (const [w, h] of sizes) {
        await p.setViewportSize({ width: w, height: h });
        const wide = await p.evaluate(() => [document.documentElement, ...document.querySelectorAll("main, .card, .rows, .opens, .bar, .figure, .top, .open, .actions, table")]
          .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0).map((e) => `${e.tagName}.${e.className} ${e.scrollWidth} > ${e.clientWidth}`));
        wrong.push(...wide.map((x) => `${name} at ${w}: ${x}`));
        if (!pictures) continue;
        await mkdir(pictures, { recursive: true });
        await p.screenshot({ path: path.join(pictures, [name, w, theme, language].join("-") + ".png") });
      }
    }
    await context.close();
    assert.deepEqual(wrong, []);
  });
}
