// Every state of every screen, without a server: open index.html#NAME, or without a name the list.

import { render, type ComponentChild } from "preact";
import type { Screen } from "../core/flow/types.ts";
import { languages, languageOf } from "./languages.ts";
import { Insecure, Told } from "./told.tsx";
import type { Language } from "./words.ts";
import { Viewfinder, type ViewfinderProps } from "./camera/viewfinder.tsx";
import { PairView, type PairViewProps } from "./pair.tsx";
import { Work, type WorkProps } from "./work.tsx";

const nothing = () => undefined;
const card = { code: "BOLT-M6-40-A2", name: "Hex bolt M6 × 40, stainless A2", quantity: "288", unit: "piece", sum: "12 × 24 = 288" };
const done: WorkProps["done"] = [
  { first: 47, last: 47, words: "Added 288 BOLT-M6-40-A2 (12 × 24) to A-01-02.", mark: "saved" },
  { first: 46, last: 46, words: "Added 1 TEA to A-01-02.", mark: "booked" },
  { first: 45, last: 45, words: "Added 1 × 5901234123457 to A-01-02.", mark: "needs" },
  { first: 44, last: 44, words: "Took 3 HAM from A-01-02.", mark: "booked" },
  { first: 43, last: 43, words: "Moved 10 BOLT-M6-40-A2 to B-07-01.", mark: "booked" },
];
const booked = done.map((d) => ({ ...d, mark: "booked" as const }));
const screen = (s: Partial<Screen>): Screen => ({ mode: "add", state: "ready", prompt: "Scan a thing for A-01-02.", place: "A-01-02", ...s });
const off = { state: "off" as const, since: 0 };
const waiting = { waiting: 12, oldest: 1, next: 48, acked: 35, notes: 0 };

const base = (code: string): WorkProps => ({
  w: languageOf(code), screen: screen({}), done: [], stats: { waiting: 0, oldest: 0, next: 1, acked: 0, notes: 0 }, connection: { state: "on" }, notes: [], said: [], stock: null,
  device: "Aisle 3 blue at main", catalogue: "14:05", settings: { hand: "right", theme: "auto", language: code, muted: false }, languages, audible: true, asks: false,
  capture: <label class="capture" data-listening="true"><span class="bar">{languageOf(code).ui.ready}</span><input type="text" inputMode="none" aria-label={languageOf(code).ui.ready} /></label>,
  camera: nothing, tap: nothing, correct: nothing, number: nothing, typed: nothing, reason: nothing, set: nothing, seen: nothing, keepFile: nothing,
});

const sight = (s: Partial<ViewfinderProps>) => (code: string) => <Viewfinder language={code} state={{ is: "on" }} torch="none" light={nothing} again={nothing} close={nothing} {...s} />;
const cameras: Record<string, (code: string) => ReturnType<typeof Viewfinder>> = {
  camera: sight({ torch: "off" }), "camera-starts": sight({ state: { is: "starting" } }), "camera-rests": sight({ state: { is: "resting" } }),
  "camera-denied": sight({ state: { is: "trouble", why: "denied" } }), "camera-broken": sight({ state: { is: "trouble", why: "broken" } }),
};

const stories: Record<string, Partial<WorkProps>> = {
  start: { screen: screen({ place: undefined, prompt: "Scan a place or a thing." }) },
  saved: { screen: screen({ state: "saved", words: done[0]!.words, last: card }), done, connection: off, stats: waiting },
  sent: { screen: screen({ state: "saved", words: done[0]!.words, last: card }), done: booked, stock: { amount: "1,288", at: "14:05" } },
  hand: { screen: screen({ state: "saved", place: undefined, prompt: "Scan the place, or more things.", last: card, in_hand: 3 }), done },
  check: { screen: screen({ state: "check", words: "Added 1 × 5901234123457 to A-01-02. Nobody here knows 5901234123457. It is kept, and someone will say what it is.", last: { code: "5901234123457" } }), done },
  ask: { screen: screen({ state: "check", prompt: "Really 1440 BOLT-M6-40-A2 (60 × 24)? Scan it again or CONFIRM; CANCEL if not.", last: card }), done, asks: true },
  stop: { screen: screen({ state: "stop", words: "Held at A-01-02, and not booked: 3 HAM. Put it back, and ask a supervisor.", prompt: "", behind: 2 }), done },
  refused: { screen: screen({ state: "stop", words: "There is no place Z-99 here. Nothing was booked; scan another place.", prompt: "" }) },
  move: { screen: screen({ mode: "move", to: "B-07-01", prompt: "Scan a thing: from A-01-02 to B-07-01." }), done: booked },
  count: { screen: screen({ mode: "count", state: "saved", prompt: "Scan each thing at A-01-02; DONE when all are counted.", last: { ...card, sum: undefined, quantity: "7" }, in_hand: 4 }) },
  remove: { screen: screen({ mode: "remove", prompt: "Scan a thing from A-01-02." }) },
  isolate: { screen: screen({ mode: "isolate", prompt: "Key in the reason, then scan a thing at A-01-02." }) },
  lookup: { screen: screen({ mode: "lookup", place: undefined, prompt: "Scan anything: nothing is booked.", words: "Only looked up.", last: card }), stock: { amount: "40", at: "14:05" } },
  deaf: { capture: <label class="capture" data-listening="false"><span class="bar">{languageOf("en").ui.notListening}</span><input type="text" inputMode="none" aria-label="-" /></label>, audible: false },
  stopped: { connection: { state: "stopped", why: "bad_key", text: "" }, said: [languageOf("en").ui.stopped("bad_key", "")], stats: waiting },
  needs: { stats: { ...waiting, notes: 2 }, notes: [{ seq: 45, at: 0, outcome: "parked", message: "The barcode \"5901234123457\" is not known. The scan is kept and holds no stock until someone says what it is." }, { seq: 31, at: 0, outcome: "exception", message: "BOLT-M6 at A-01-02 was short by 3." }], open: "notes" },
  more: { open: "more", done },
  quantity: { open: "quantity", screen: screen({ state: "saved", last: card }), done },
  ...Object.fromEntries(Object.keys(cameras).map((name) => [name, { screen: screen({ state: "saved", words: done[0]!.words, last: card }), done }])),
  left: { settings: { hand: "left", theme: "auto", language: "en", muted: true }, audible: false, screen: screen({ state: "saved", last: card }), done },
};

/** Pages around the work: they stand alone. */
const pages: Record<string, (w: Language) => ComponentChild> = {
  pair: (w) => pairing(w, {}),
  "pair-opened": (w) => pairing(w, { code: "tyixq7bgas42tcbihyubhw46", address: "https://10.1.2.3:8443/scan#pair=tyixq7bgas42tcbihyubhw46" }),
  "pair-camera": (w) => pairing(w, { viewfinder: sight({})(w.code) }),
  "pair-failed": (w) => pairing(w, { wrong: w.ui.pairFailed("The code has been used already."), device: w.ui.device("Aisle 3 blue", "main") }),
  "pair-unsent": (w) => pairing(w, { code: "tyixq7bgas42tcbihyubhw46", wrong: w.ui.pairWaiting(12), address: "https://10.1.2.3:8443/scan#pair=tyixq7bgas42tcbihyubhw46" }),
  insecure: (w) => <Insecure w={w} trust="https://10.1.2.3:8443/trust" />,
  "other-tab": (w) => <Told w={w} text={w.ui.otherTab + " " + w.ui.notSent(12)} />,
};
const pairing = (w: Language, more: Partial<PairViewProps>) => <PairView w={w} code="" address="" wrong="" busy={false} device="" capture={base(w.code).capture} viewfinder={null} go={nothing} camera={nothing} {...more} />;

function show(): void {
  const [name = "", theme = "auto", language = "en"] = location.hash.slice(1).split("/");
  const w = languageOf(language);
  document.documentElement.dataset.theme = theme;
  document.documentElement.lang = w.code;
  const story = stories[name];
  const names = [...Object.keys(stories), ...Object.keys(pages)];
  const root = document.getElementById("app")!;
  render(null, root);
  render(pages[name] ? <>{pages[name](w)}</> : story ? <Work {...base(language)} {...story} w={w} viewfinder={cameras[name]?.(language)} key={name} /> : <ul class="page">{names.map((n) => <li key={n}><a href={"#" + n}>{n}</a></li>)}</ul>, root);
  document.title = w.ui.title + (name ? ": " + name : "");
  document.documentElement.dataset.stories = names.join(" ");
  document.documentElement.dataset.languages = languages.map((l) => l.code).join(" ");
}

addEventListener("hashchange", show);
show();
