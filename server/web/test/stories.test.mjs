// Every state of the handheld's screens, at every size, light and dark: nothing scrolls sideways,
// everything that is tapped is large enough for a glove, and axe finds nothing.
import axe from "axe-core";
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import test, { after } from "node:test";
import { pathToFileURL } from "node:url";
import { browser } from "./bayledger.mjs";

const page = pathToFileURL(path.resolve("node_modules/.stories/index.html")).href;
// 400×240 is 800×480 at 200 % zoom. What is laid out does not depend on the theme; what axe sees does.
const sizes = /** @type {const} */ ([[360, 640, "light"], [320, 533, "light"], [320, 533, "dark"], [800, 480, "light"], [400, 240, "light"], ...(process.env.PICTURES ? /** @type {const} */ ([[360, 640, "dark"], [800, 480, "dark"]]) : [])]);
const looked = new Set([320, 400]); // widths at which axe looks: the narrowest, and the largest zoom
const least = 64; // px of a control: about a gloved finger
const pictures = process.env.PICTURES; // a folder to put a picture of each into

after(async () => (await browser()).close());

for (const [width, height, theme] of sizes) {
  test(`every state at ${width}×${height}, ${theme}`, { timeout: 120_000 }, async () => {
    const context = await (await browser()).newContext({ viewport: { width, height }, reducedMotion: "reduce" });
    const p = await context.newPage();
    const wrong = [];
    await p.goto(page);
    await p.evaluate(axe.source);
    const names = (await p.evaluate(() => document.documentElement.dataset.stories ?? "")).split(" ");
    assert.ok(names.length >= 40, "only " + names.length + " stories");
    for (const language of await p.evaluate(() => (document.documentElement.dataset.languages ?? "").split(" "))) {
      for (const name of names) {
        await p.goto(page + "#" + [name, theme, language].join("/"));
        await p.locator("#app > *").first().waitFor();
        const found = await p.evaluate((most) => {
          const small = [...document.querySelectorAll("button, .typed input")].map((b) => ({ text: b.textContent, box: b.getBoundingClientRect() }))
            .filter(({ box }) => box.width > 0 && (box.height < most - 0.5 || box.width < most - 0.5)).map(({ text, box }) => text + " is " + Math.round(box.width) + "×" + Math.round(box.height));
          const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["it scrolls sideways"] : [];
          const cut = [...document.querySelectorAll("button, .sheet")].filter((b) => b.scrollWidth > b.clientWidth + 1).map((b) => "cut off: " + b.textContent?.slice(0, 40));
          return [...small, ...wide, ...cut];
        }, least);
        wrong.push(...found.map((f) => `${name} ${language}: ${f}`));
        if (looked.has(width) && language === "en") {
          const { violations } = await p.evaluate(() => /** @type {any} */ (globalThis).axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
          wrong.push(...violations.map((/** @type {any} */ v) => `${name} ${language}: ${v.id}: ${v.nodes[0].html.slice(0, 120)} ${v.nodes[0].any[0]?.message ?? ""}`));
        }
        if (pictures) {
          await mkdir(pictures, { recursive: true });
          await p.screenshot({ path: path.join(pictures, [width, theme, language, name].join("-") + ".png") });
        }
      }
    }
    await context.close();
    assert.deepEqual(wrong, []);
  });
}
