// Every state of the handheld's screens, at every size, light and dark: nothing scrolls sideways,
// everything that is tapped is large enough for a glove, and axe finds nothing. Each is looked at in two of
// the languages at a size, in the others at the next, and axe looks at it in one that goes round too: over the
// sizes each state is met in every language, at 320 px in all of them. What is written from the right is mirrored.
import axe from "axe-core";
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import test, { after } from "node:test";
import { pathToFileURL } from "node:url";
import { browser } from "./bayledger.mjs";

const page = pathToFileURL(path.resolve("node_modules/.stories/index.html")).href;
// 400×240 is 800×480 at 200 % zoom, 160×266 is 320×533, and narrower than 360×640 at 200 %. What is laid out does not depend on the theme; what axe sees does.
const sizes = /** @type {const} */ ([[360, 640, "light"], [320, 533, "light"], [320, 533, "dark"], [800, 480, "light"], [400, 240, "light"], [160, 266, "light"], ...(process.env.PICTURES ? /** @type {const} */ ([[360, 640, "dark"], [800, 480, "dark"]]) : [])]);
const looked = new Set([160, 320, 400]); // widths at which axe looks: the narrowest, and what zoom leaves
const least = { control: 64, action: 72, apart: 8 }; // px: about a gloved finger; of the main actions, and between them
const zoomed = { control: 44, action: 64, apart: 8 }; // of a narrow screen at 200 %: each is twice as large for the finger
const narrow = 240; // px
const pictures = process.env.PICTURES; // a folder to put a picture of each into

after(async () => (await browser()).close());

/**
 * faultsOf runs in the page: what a hand with a glove or an eye would stumble over.
 * @param {{control: number, action: number, apart: number}} least px
 */
function faultsOf({ control, action, apart }) {
  const out = [];
  const of = (/** @type {Element} */ e) => e.getBoundingClientRect();
  const small = (/** @type {Element} */ e, /** @type {number} */ most) => of(e).width > 0 && (of(e).height < most - 0.5 || of(e).width < most - 0.5);
  const sizeOf = (/** @type {Element} */ e) => `"${e.textContent}" is ${Math.round(of(e).width)}×${Math.round(of(e).height)}`;
  for (const e of document.querySelectorAll("button, .typed input, a.lead")) if (small(e, control)) out.push(sizeOf(e));
  const actions = [...document.querySelectorAll(".actions button")];
  for (const e of actions) if (small(e, action)) out.push("of the main actions, " + sizeOf(e));
  const left = actions.map(of).sort((a, b) => a.left - b.left);
  left.forEach((b, i) => i > 0 && b.top === left[i - 1].top && b.left - left[i - 1].right < apart - 0.5 && out.push("main actions are nearer than " + apart + " px"));
  const bar = document.querySelector(".actions");
  if (bar && innerHeight >= 480 && of(bar).top < innerHeight * 0.6) out.push("the main actions are not in the lower 40 %");
  const mirrored = document.querySelector(".hand-left");
  if (mirrored && actions.length > 1 && of(actions[0]).top === of(actions[1]).top && of(actions[0]).left < of(actions[1]).left) out.push("the main actions are not mirrored");
  for (const e of document.querySelectorAll("html, body, body *:not(.line, .sr, video)")) {
    if (e.scrollWidth > e.clientWidth + 1 && (e === document.documentElement || ["auto", "scroll", "hidden"].includes(getComputedStyle(e).overflowX))) out.push("it scrolls sideways: " + e.tagName + "." + e.className + " " + e.scrollWidth + " > " + e.clientWidth);
  }
  for (const b of document.querySelectorAll("button")) if (b.scrollWidth > b.clientWidth + 1) out.push("cut off: " + b.textContent?.slice(0, 40));
  const light = (/** @type {string} */ colour) => { // relative luminance (WCAG 2.2)
    const [r, g, b] = (colour.match(/[\d.]+/g) ?? []).map((c) => (Number(c) / 255 <= 0.04045 ? Number(c) / 255 / 12.92 : ((Number(c) / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  for (const b of document.querySelectorAll("button:not(:disabled)")) {
    /** @type {any} */ (b).focus({ focusVisible: true, preventScroll: true }); // what axe sees must not move
    const { outlineColor, boxShadow } = getComputedStyle(b);
    /** @type {Element} */
    let behind = b; // the ring is drawn within the control
    while (behind.parentElement && getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
    const ground = light(getComputedStyle(behind).backgroundColor);
    const contrast = Math.max(...[outlineColor, /^rgb\([^)]*\)/.exec(boxShadow)?.[0] ?? outlineColor].map(light).map((ring) => (Math.max(ring, ground) + 0.05) / (Math.min(ring, ground) + 0.05)));
    if (contrast < 3) out.push(`the focus of "${b.textContent || b.ariaLabel}" is hardly seen: ${contrast.toFixed(1)}:1`);
  }
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  return out;
}

for (const [nth, [width, height, theme]] of sizes.entries()) {
  test(`every state at ${width}×${height}, ${theme}`, { timeout: 480_000 }, async () => {
    const context = await (await browser()).newContext({ viewport: { width, height }, reducedMotion: "reduce" });
    const p = await context.newPage();
    const wrong = [];
    await p.goto(page);
    await p.evaluate(axe.source);
    const names = (await p.evaluate(() => document.documentElement.dataset.stories ?? "")).split(" ");
    assert.ok(names.length >= 40, "only " + names.length + " stories");
    const languages = await p.evaluate(() => (document.documentElement.dataset.languages ?? "").split(" "));
    for (const [i, name] of names.entries()) {
      const turn = languages.map((_, k) => languages[(i + nth + k) % languages.length]);
      const spoken = pictures ? turn : turn.filter((_, k) => k % 2 === 0);
      for (const language of spoken) {
        const story = [name, theme, language].join("/");
        await p.goto(page + "#" + story);
        await p.locator(`html[data-story="${story}"]`).waitFor({ state: "attached" });
        const found = await p.evaluate(faultsOf, width < narrow ? zoomed : least);
        wrong.push(...found.map((f) => `${name} ${language}: ${f}`));
        if (looked.has(width) && language === spoken[0]) {
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

test("what is written from the right is mirrored, but for digits and hands", { timeout: 240_000 }, async () => {
  const context = await (await browser()).newContext({ viewport: { width: 320, height: 533 }, reducedMotion: "reduce" });
  const p = await context.newPage();
  const wrong = [];
  await p.goto(page);
  await p.locator("html[data-stories]").waitFor({ state: "attached" });
  for (const name of (await p.evaluate(() => document.documentElement.dataset.stories ?? "")).split(" ")) {
    const story = name + "/light/rtl";
    await p.goto(page + "#" + story);
    await p.locator(`html[dir="rtl"][data-story="${story}"]`).waitFor({ state: "attached" });
    const found = await p.evaluate(() => {
      const left = (/** @type {string} */ e) => document.querySelector(e)?.getBoundingClientRect().left;
      const before = (/** @type {string} */ a, /** @type {string} */ b) => [left(a), left(b)].every((x) => x !== undefined) && /** @type {number} */ (left(a)) < /** @type {number} */ (left(b));
      return [before(".strip .connection", ".strip .unsent") && "the strip is not mirrored", before(".keypad button:nth-child(2)", ".keypad button:first-child") && "digits are mirrored"].filter((x) => typeof x === "string");
    });
    wrong.push(...[...found, ...(await p.evaluate(faultsOf, least))].map((f) => name + ": " + f));
  }
  await context.close();
  assert.deepEqual(wrong, []);
});
