// Every state of every page, without a server: open index.html#NAME, or without a name the list. Browser
// tests look at each in every language, light and dark, at every size.

import { render } from "preact";
import { address } from "./address.ts";
import { asked, burst, busy, clock, day, entry, failure, figures, hostile, lost, quiet, ago, alerts, exceptions, viewOf, type Scene } from "./fixtures.ts";
import { choose, followPaper, settings } from "./settings.ts";
import { Shell } from "./shell.tsx";
import { SignIn } from "./signin.tsx";
import { goodsStories } from "./stock/fixtures.ts";
import { workStories } from "./work/fixtures.ts";
import { languages, speak, words } from "./languages.ts";
import type { Words } from "./words.ts";

/** Story is a page with its filters, and what there is; settle tells once what was asked for is drawn. */
export interface Story extends Scene {
  readonly path: string;
  readonly filters?: Readonly<Record<string, string>>;
  /** act does what a person would, once the page is there. */
  readonly act?: (root: HTMLElement) => void;
}

const stale = { is: "stale" as const, heard: new Date(ago(190)), seconds: 8 };
const stopped = { is: "stopped" as const, heard: new Date(ago(190)), message: "This page is too old for the server." };
const rude = [entry(1, 30, { moves: [{ product: hostile, from: "main/" + hostile, to: "customer", quantity: "1" }], intent: { device: hostile, operator: hostile, action: "remove", product: hostile }, exceptions: [{ id: "x", kind: "short", message: hostile }] })];
const pages = { "GET /v1/activity": (path: string) => ({ entries: path.includes("limit=1&") ? [] : day().slice(-60), head: 1091 }) };

const stories: Readonly<Record<string, Story>> = {
  home: { path: "/" },
  "home-quiet": { path: "/", alerts: [], exceptions: [], figures: quiet },
  "home-empty": { path: "/", entries: [], alerts: [], exceptions: [], figures: { ...lost(quiet), attention: quiet.attention, lag: { value: null, since: null, line: [] } } },
  "home-loading": { path: "/", entries: [], alerts: null, state: { is: "connecting" }, figures: { ...lost(figures), scans: { ...figures.scans, value: null, measuring: true, line: [] } } },
  "home-paused": { path: "/", after: (feed) => { feed.pause(); feed.add(Array.from({ length: 37 }, (_, i) => entry(1092 + i, 3))); } },
  "home-skipped": { path: "/", after: (feed) => { feed.skipped(1091, 2295); feed.add([entry(2296, 2), entry(2297, 1)]); } },
  "home-busy": { path: "/", entries: burst(), figures: busy },
  "home-filter": { path: "/", filters: { q: "state:needs" } },
  "home-filter-none": { path: "/", filters: { q: "device:nobody colour:blue" } },
  "home-stale": { path: "/", state: stale, figures: lost(figures) },
  "home-stopped": { path: "/", state: stopped, figures: lost(figures) },
  "home-hostile": { path: "/", entries: rude, alerts: alerts.map((a) => ({ ...a, message: hostile, product: hostile })), exceptions: exceptions.map((x) => ({ ...x, message: hostile, location: hostile })) },
  settings: { path: "/", act: (root) => root.querySelector<HTMLButtonElement>(".gear")?.click() },
  menu: { path: "/", act: (root) => root.querySelector<HTMLButtonElement>(".nav .toggle")?.click() },
  attention: { path: "/attention" },
  "attention-asked": { path: "/attention", exceptions: [...exceptions, ...asked, { ...asked[1]!, id: "asked/H-04/k9/44", about: "H-04/k9/43", state: "taken", taken_by: "ann" }] },
  "attention-more": { path: "/attention", act: (root) => root.querySelectorAll<HTMLButtonElement>(".more button").forEach((b) => b.click()), answers: Object.fromEntries(exceptions.map((x) => ["GET /v1/exceptions/" + encodeURIComponent(x.id), { choices: ["take", "leave", "accept", "recount", "dismiss"] }])) },
  "attention-failed": { path: "/attention", act: (root) => root.querySelectorAll<HTMLButtonElement>(".actions .strong").forEach((b) => b.click()), answers: { "POST /v1/intents": failure, ...Object.fromEntries(alerts.map((a) => ["POST /v1/alerts/" + encodeURIComponent(a.id) + "/acknowledge", failure])) } },
  "attention-none": { path: "/attention", alerts: [], exceptions: [], figures: quiet },
  "attention-loading": { path: "/attention", alerts: null },
  history: { path: "/history", answers: pages },
  "history-none": { path: "/history", filters: { q: "device:nobody" }, answers: { "GET /v1/activity": { entries: [], head: 1091 } } },
  "history-failed": { path: "/history", answers: { "GET /v1/activity": failure } },
  "history-loading": { path: "/history" },
  wall: { path: "/wall" },
  "wall-busy": { path: "/wall", figures: busy, entries: burst() },
  "wall-stale": { path: "/wall", state: stale, figures: lost(figures) },
  "wall-quiet": { path: "/wall", alerts: [], exceptions: [], figures: quiet },
  ...goodsStories,
  ...workStories,
  "not-found": { path: "/nowhere" },
  "sign-in": { path: "sign-in" },
  "sign-in-refused": { path: "sign-in", filters: { why: "refused" } },
};

const root = document.getElementById("app")!;

/** frozen has every clock of the page stand at the story's moment. */
function frozen(): void {
  const Real = Date;
  const at = clock.getTime();
  globalThis.Date = new Proxy(Real, { construct: (target, args) => Reflect.construct(target, args.length > 0 ? args : [at]), get: (target, name) => (name === "now" ? () => at : Reflect.get(target, name)) });
}

async function show(): Promise<void> {
  const [name = "", theme = "auto", language = "en"] = location.hash.slice(1).split("/");
  const story = stories[name];
  await speak(language);
  const w: Words = language === "rtl" ? { ...words(), dir: "rtl" } : words(); // English as if it were written from the right
  document.documentElement.removeAttribute("data-shown");
  choose({ theme: theme as "auto", language, views: name === "home-filter" ? [{ name: "Needs a look", text: "state:needs" }] : [] });
  document.documentElement.dataset.theme = settings.value.theme;
  Object.assign(document.documentElement, { lang: w.code, dir: w.dir });
  render(null, root);
  if (!story) render(<ul class="page">{Object.keys(stories).map((n) => <li key={n}><a href={"#" + n}>{n}</a></li>)}</ul>, root);
  else if (story.path === "sign-in") render(<SignIn w={w} why={story.filters?.why ? w.signIn.refused : ""} open={() => undefined} />, root);
  else {
    address.value = { path: story.path, filters: story.filters ?? {} };
    const view = { ...viewOf(story), w };
    render(<Shell key={location.hash} {...view} leave={() => undefined} />, root);
    await settled();
    story.after?.(view.feed);
    story.act?.(root);
  }
  await settled();
  document.documentElement.dataset.stories = Object.keys(stories).join(" ");
  document.documentElement.dataset.languages = languages.map((l) => l.code).join(" ");
  document.documentElement.dataset.shown = location.hash.slice(1);
}

/** settled waits until what was rendered, loaded and answered at once is drawn. */
async function settled(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise((done) => setTimeout(done));
  await new Promise((done) => requestAnimationFrame(done));
}

frozen();
followPaper();
addEventListener("hashchange", () => void show());
void show();
