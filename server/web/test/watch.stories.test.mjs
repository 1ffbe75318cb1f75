// Every state of the supervisor's pages, without a server: axe (WCAG 2.2 AA) finds nothing, light on a wide
// screen and dark on a phone; and nothing scrolls sideways at the sizes of each, 200 % zoom (half the width)
// among them. The languages go round: a state is seen in one of them light, in the next dark, in a third at the
// narrowest size; so each page meets them all. What is written from the right is mirrored.
import axe from "axe-core";
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import test, { after } from "node:test";
import { pathToFileURL } from "node:url";
import { browser, drawn } from "./bayledger.mjs";

const page = pathToFileURL(path.resolve("node_modules/.stories/watch/index.html")).href;
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const pictures = process.env.PICTURES; // a folder to put a picture of each into

after(async () => (await browser()).close());

/** @type {[string, [number, number][]][]} */
const runs = [["light", [[1440, 900], [1920, 1080], [720, 450]]], ["dark", [[360, 740], [320, 640], [720, 450]]]];

/** wideOf runs in the page: what scrolls sideways. */
const wideOf = () => [document.documentElement, ...document.querySelectorAll("main, .card, .rows, .opens, .bar, .figure, .top, .open, .actions, table")]
  .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0).map((e) => `${e.tagName}.${e.className} ${e.scrollWidth} > ${e.clientWidth}`);

/** opened is a page with the stories, and their names. */
async function opened() {
  const context = await (await browser()).newContext({ reducedMotion: "reduce" });
  const p = await context.newPage();
  /** @type {string[]} */
  const wrong = [];
  p.on("pageerror", (e) => wrong.push(String(e)));
  await p.goto(page);
  await p.locator("html[data-stories]").waitFor({ state: "attached" });
  const { stories = "", languages = "" } = await p.evaluate(() => ({ ...document.documentElement.dataset }));
  const names = stories.split(" ");
  assert.ok(names.length >= 25, "only " + names.length + " stories");
  const show = async (/** @type {string} */ story, /** @type {number} */ width, /** @type {number} */ height) => {
    await p.setViewportSize({ width, height });
    await drawn(p);
    await p.evaluate((s) => void (location.hash = s), story);
    await p.locator('html[data-shown="' + story + '"]').waitFor({ state: "attached" });
  };
  return { context, p, wrong, names, show, languages: languages.split(" ") };
}

for (const [run, [theme, sizes]] of runs.entries()) {
  test(`every state, ${theme}`, { timeout: 900_000 }, async () => {
    const { context, p, wrong, names, show, languages } = await opened();
    await p.evaluate(axe.source);
    const [width, height] = sizes[0];
    for (const [i, name] of names.entries()) {
      const turn = (/** @type {number} */ n) => languages[(i + n) % languages.length];
      const language = turn(run);
      await show([name, theme, language].join("/"), width, height);
      const { violations } = await p.evaluate((tags) => /** @type {any} */ (globalThis).axe.run(document, { runOnly: tags, resultTypes: ["violations"] }), rules);
      wrong.push(...violations.flatMap((/** @type {any} */ v) => v.nodes.map((/** @type {any} */ n) => `${name} ${language}: ${v.id}: ${n.target} ${n.html.slice(0, 120)} ${n.any[0]?.message ?? ""}`)));
      for (const [w, h] of sizes) {
        await p.setViewportSize({ width: w, height: h });
        await drawn(p);
        wrong.push(...(await p.evaluate(wideOf)).map((x) => `${name} ${language} at ${w}: ${x}`));
        if (!pictures) continue;
        await mkdir(pictures, { recursive: true });
        await p.screenshot({ path: path.join(pictures, [name, w, theme, language].join("-") + ".png") });
      }
      if (theme === "light") continue;
      const third = turn(run + 1);
      await show([name, theme, third].join("/"), 320, 640);
      wrong.push(...(await p.evaluate(wideOf)).map((x) => `${name} ${third} at 320: ${x}`));
    }
    await context.close();
    assert.deepEqual(wrong, []);
  });
}

test("what is written from the right is mirrored", { timeout: 300_000 }, async () => {
  const { context, p, wrong, names, show } = await opened();
  for (const name of names.filter((n) => !n.includes("-"))) {
    for (const [width, height] of [[1440, 900], [320, 640]]) {
      await show(name + "/light/rtl", width, height);
      wrong.push(...(await p.evaluate(wideOf)).map((x) => `${name} at ${width}: ${x}`));
      const [menu, main] = await p.evaluate(() => [".nav", "main"].map((e) => document.querySelector(e)?.getBoundingClientRect().left ?? 0));
      if (width === 1440 && menu && main && menu < main) wrong.push(name + ": the menu is not mirrored");
    }
  }
  await context.close();
  assert.deepEqual(wrong, []);
});
