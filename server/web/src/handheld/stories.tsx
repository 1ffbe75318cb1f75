// Every state of every screen, without a server: open index.html#NAME, or without a name the list.

import { render, type ComponentChild, type ComponentChildren } from "preact";
import type { Screen } from "../core/flow/types.ts";
import type { FlowWords } from "../core/flow/words.ts";
import { pick } from "../core/tongues.ts";
import { languages } from "./languages.ts";
import { Viewfinder, type ViewfinderProps } from "./camera/viewfinder.tsx";
import type { ReadView } from "./readsheet.tsx";
import type { Readout } from "./reads.ts";
import { PairView, type PairViewProps } from "./pair.tsx";
import { PinPad, type Asking } from "./pinpad.tsx";
import { Shift, type ShiftProps } from "./shift.tsx";
import { Insecure, Told } from "./told.tsx";
import { Unopened } from "./unopened.tsx";
import { english, type Language } from "./words.ts";
import { Work, type WorkProps } from "./work.tsx";

const nothing = () => undefined;
const loaded = new Map<string, Language>();
const languageOf = (code: string): Language => loaded.get(code) ?? loaded.get(pick(languages, [code]).code) ?? english;
const card = { code: "BOLT-M6-40-A2", name: "Hex bolt M6 × 40, stainless A2", quantity: "288", unit: "piece", sum: "12 × 24 = 288" };
const nobody = "5901234123457"; // a code that nobody knows
const doneOf = ({ told, nobodyKnowsKept }: FlowWords): WorkProps["done"] => [
  { first: 47, last: 47, words: told("add", "288 BOLT-M6-40-A2 (12 × 24)", "A-01-02", ""), mark: "saved" },
  { first: 46, last: 46, words: told("add", "1 TEA", "A-01-02", ""), mark: "booked" },
  { first: 45, last: 45, words: told("add", "1 × " + nobody, "A-01-02", "") + " " + nobodyKnowsKept(nobody), mark: "needs" },
  { first: 44, last: 44, words: told("remove", "3 HAM", "A-01-02", ""), mark: "booked" },
  { first: 43, last: 43, words: told("move", "10 BOLT-M6-40-A2", "B-07-01", ""), mark: "booked" },
];
const screenOf = ({ prompt }: FlowWords) => (s: Partial<Screen>): Screen => ({ mode: "add", state: "ready", prompt: prompt.addAt("A-01-02"), place: "A-01-02", ...s });
const off = { state: "off" as const, since: 0 };
const waiting = { waiting: 12, oldest: 1, next: 48, acked: 35, notes: 0 };

const corrigibleOf = (f: FlowWords) => doneOf(f).filter((d) => d.mark === "booked").map((d) => ({ seq: d.first, words: d.words }));
const reasons = [{ code: "BENT", name: "Bent or broken" }, { code: "EXP", name: "Past its date" }, { code: "RET", name: "Return of a customer" }, { code: "SMP", name: "Sample" }];
const found = ["BOLT-M6-40-A2", "BOLT-M6-60-A2", "BOLT-M8-40-A4"].map((code) => ({ code, name: "Hex bolt " + code.slice(5) + ", stainless", unit: "piece", tracking: "none", decimals: 0, units: new Map<string, string>() }));

const boltOf = (f: FlowWords): Readout => ({
  seq: 47, at: 1, words: doneOf(f)[0]!.words, more: 0,
  parts: [{ scan: "]d2010952123454321310LOT-7B\u001d17311130", raw: "", times: 1, facts: [["product", "BOLT-M6-40-A2"], ["quantity", "288"], ["lot", "LOT-7B"], ["expiry", "2031-11-30"], ["action", "add"], ["to", "A-01-02"], ["operator", "ann"]] }],
});
const refusedOf = ({ noPlace }: FlowWords): Readout => ({ seq: 0, at: 1, words: noPlace("Z-99"), more: 0, parts: [{ scan: "BLLOC-Z-99", raw: "~BLLOC-Z-99 \t", times: 1, facts: [["place", "Z-99"]] }] });
const oddOf = ({ told, nobodyKnowsKept }: FlowWords): Readout => ({ seq: 46, at: 1, words: told("add", "12 × 4006381333930", "A-01-02", "") + " " + nobodyKnowsKept("4006381333930"), more: 0, parts: [{ scan: "4006381333930", raw: "", times: 12, facts: [["action", "add"], ["to", "A-01-02"]] }] });
const view = (v: Partial<ReadView>): ReadView => ({ readout: null, none: true, mark: "", at: "14:05", year: 2026, nameOf: () => "", later: null, earlier: nothing, ...v });

const base = (code: string): WorkProps => ({
  w: languageOf(code), screen: screenOf(languageOf(code).flow)({}), done: [], before: [], stats: { waiting: 0, oldest: 0, next: 1, acked: 0, notes: 0 }, connection: { state: "on" }, notes: [], said: [], stock: null, lying: null,
  device: "Aisle 3 blue at main", catalogue: "14:05", battery: { percent: 64, charging: false }, settings: { hand: "right", theme: "auto", language: code, muted: false, badge: false }, languages, audible: true,
  question: "", undone: "", reasons, wantsReason: false, corrigible: () => corrigibleOf(languageOf(code).flow), search: () => found,
  read: view({}), look: nothing,
  camera: nothing, tap: nothing, correct: nothing, number: nothing, typed: nothing, reason: nothing, run: nothing, again: nothing, set: nothing, hand: nothing, guide: nothing, keepFile: nothing,
});

const sight = (s: Partial<ViewfinderProps>) => (code: string) => <Viewfinder w={languageOf(code).camera} state={{ is: "on" }} torch="none" light={nothing} again={nothing} close={nothing} {...s} />;
const cameras: Record<string, (code: string) => ReturnType<typeof Viewfinder>> = {
  camera: sight({ torch: "off" }), "camera-starts": sight({ state: { is: "starting" } }), "camera-rests": sight({ state: { is: "resting" } }),
  "camera-denied": sight({ state: { is: "trouble", why: "denied" } }), "camera-broken": sight({ state: { is: "trouble", why: "broken" } }),
};

/** storiesOf are those of the work, said as the machine says them in a language. */
function storiesOf({ flow, job, ui }: Language): Record<string, Partial<WorkProps>> {
  const { prompt, told } = flow;
  const screen = screenOf(flow);
  const done = doneOf(flow);
  const booked = done.map((d) => ({ ...d, mark: "booked" as const }));
  const corrigible = corrigibleOf(flow);
  const many = Array.from({ length: 34 }, (_, i) => ({ seq: 80 - i, words: told("add", ((i * 7) % 24 + 1) + " BOLT-M6-40-A2", "A-01-02", "") }));
  const run = corrigible.map(({ seq, words }) => ({ seq, was: words, now: words.replace("A-01-02", "B-07-01") }));
  const bolt = boltOf(flow);
  const refused = refusedOf(flow);
  const odd = oddOf(flow);
  return {
    start: { screen: screen({ place: undefined, prompt: prompt.placeOrThing }), battery: null },
    saved: { screen: screen({ state: "saved", words: done[0]!.words, last: card }), done, connection: off, stats: waiting },
    sent: { screen: screen({ state: "saved", words: done[0]!.words, last: card, operator: "ann" }), done: booked, stock: { amount: "1,288", at: "14:05" } },
    hand: { screen: screen({ state: "saved", place: undefined, prompt: prompt.placeOrMore, last: card, in_hand: 3 }), done },
    check: { screen: screen({ state: "check", words: told("add", "1 × " + nobody, "A-01-02", "") + " " + flow.nobodyKnowsKept(nobody), last: { code: nobody } }), done },
    ask: { screen: screen({ state: "check", prompt: prompt.really("1440 BOLT-M6-40-A2 (60 × 24)"), last: card }), done, question: "quantity" },
    stop: { screen: screen({ state: "stop", words: flow.held("A-01-02", "3 HAM"), prompt: "", behind: 2 }), done },
    refused: { screen: screen({ state: "stop", words: flow.noPlace("Z-99"), prompt: "" }) },
    move: { screen: screen({ mode: "move", to: "B-07-01", prompt: prompt.move("A-01-02", "B-07-01") }), done: booked },
    count: { screen: screen({ mode: "count", state: "saved", prompt: prompt.countMore("A-01-02"), last: { ...card, sum: undefined, quantity: "7" }, in_hand: 4 }) },
    together: { screen: screen({ mode: "count", state: "saved", session: "Spring 2026", prompt: prompt.countSession("A-01-02"), last: { ...card, sum: undefined, quantity: "7" }, in_hand: 4 }) },
    complete: { screen: screen({ mode: "count", state: "check", session: "Spring 2026", prompt: prompt.complete("A-01-02") }), question: "complete" },
    assemble: { screen: screen({ mode: "assemble", state: "saved", asset: "PRESS-0042", words: told("assemble", "4 BOLT-M6-40-A2", "A-01-02", "PRESS-0042"), prompt: prompt.part("PRESS-0042", "A-01-02"), last: { ...card, sum: undefined, quantity: "4" } }), done: booked },
    disassemble: { screen: screen({ mode: "disassemble", state: "saved", asset: "PRESS-0042", words: told("disassemble", "1 BOLT-M6-40-A2", "A-01-02", "PRESS-0042"), prompt: prompt.out.part("PRESS-0042", "A-01-02"), last: { ...card, sum: undefined, quantity: "1" } }), done: booked },
    remove: { screen: screen({ mode: "remove", prompt: prompt.removeFrom("A-01-02") }) },
    isolate: { screen: screen({ mode: "isolate", prompt: prompt.isolateWhy("A-01-02") }), wantsReason: true },
    why: { screen: screen({ mode: "isolate", state: "check", prompt: prompt.why, last: card }), question: "reason", wantsReason: true },
    because: { screen: screen({ mode: "isolate", state: "saved", reason: "BENT", prompt: prompt.isolate("A-01-02"), last: card }), wantsReason: true, done: booked, open: "why" },
    lookup: { screen: screen({ mode: "lookup", place: undefined, prompt: prompt.lookup, words: flow.onlyLookedUp, last: { ...card, sum: undefined, quantity: "1" } }), lying: { list: [{ place: "A-01-02", amount: "1,288" }, { place: "B-07-01", amount: "40" }, { place: "incoming", amount: "-3" }], at: "14:05" } },
    nowhere: { screen: screen({ mode: "lookup", place: undefined, prompt: prompt.lookup, words: flow.onlyLookedUp, last: { code: "TEA", name: "Green tea 100 g" } }), lying: { list: [], at: "14:05" } },
    undone: { screen: screen({ state: "saved", words: flow.undone(done[0]!.words), last: card }), done, undone: flow.undone(done[0]!.words) },
    choose: { open: "correct", corrigible: () => many },
    run: { screen: screen({ state: "check", prompt: prompt.run(3), run: run.map(({ seq, was }) => ({ seq, was })) }), question: "run" },
    preview: { screen: screen({ state: "check", prompt: prompt.runTo(3, "B-07-01"), run, run_to: "B-07-01" }), question: "run" },
    previous: { open: "previous", screen: screen({ state: "saved", last: card }), done },
    read: { open: "read", screen: screen({ state: "saved", last: card }), done, read: view({ readout: bolt, mark: "saved", nameOf: () => "Hex bolt M6 × 40, stainless A2" }) },
    "read-odd": { open: "read", done, read: view({ readout: odd, mark: "needs", later: nothing }) },
    "read-button": { open: "read", done, read: view({ readout: { seq: 44, at: 1, words: flow.undone(told("remove", "3 HAM", "A-01-02", "")), more: 0, parts: [{ scan: "", raw: "", times: 1, facts: [["action", "undo"], ["operator", "ann"]] }] }, mark: "booked", earlier: null, later: nothing }) },
    "read-none": { open: "read", read: view({ earlier: null }) },
    "read-stop": { open: "read", screen: screen({ state: "stop", words: refused.words, prompt: "" }), read: view({ readout: refused }) },
    modes: { open: "modes", screen: screen({ mode: "remove" }) },
    session: { open: "modes", screen: screen({ mode: "count", session: "Spring 2026" }) },
    find: { open: "find", finding: "hex" },
    none: { open: "find", finding: "zz", search: () => [] },
    end: { open: "end", screen: screen({ operator: "ann" }), stats: waiting },
    handed: { said: [job.handed], connection: off, stats: { ...waiting, waiting: 1 }, screen: screen({ state: "saved", last: card }), done: booked },
    stopped: { connection: { state: "stopped", why: "bad_key", text: "" }, said: [ui.stopped("bad_key", "")], stats: waiting },
    needs: { stats: { ...waiting, notes: 2 }, notes: [{ seq: 46, at: 0, outcome: "parked", message: "The barcode \"5901234123457\" is not known. The scan is kept and holds no stock until someone says what it is." }, { seq: 31, at: 0, outcome: "exception", message: "BOLT-M6 at A-01-02 was short by 3." }], open: "notes" },
    more: { open: "more", done, screen: screen({ operator: "ann" }) },
    quantity: { open: "quantity", screen: screen({ state: "saved", last: card }), done },
    ...Object.fromEntries(Object.keys(cameras).map((name) => [name, { screen: screen({ state: "saved", words: done[0]!.words, last: card }), done }])),
    left: { settings: { hand: "left", theme: "auto", language: "en", muted: true, badge: false }, audible: false, screen: screen({ state: "saved", last: card }), done, battery: { percent: 12, charging: false } },
  };
}

const shift = (code: string): ShiftProps => ({
  w: languageOf(code), guide: { open: true, step: 0, heard: null, seen: [], said: [] }, operator: "", hello: "", muted: false, audible: true, vibrates: true, learned: false, profile: "", layout: "", fixed: false,
  go: nothing, close: nothing, play: nothing, heard: nothing, unmute: nothing, again: nothing,
});
const at = (step: number, more: Partial<ShiftProps["guide"]> = {}) => ({ ...shift("en").guide, step, ...more });

const shifts: Record<string, (w: ShiftProps["w"]) => Partial<ShiftProps>> = {
  "shift-badge": () => ({}),
  "shift-hello": () => ({ operator: "ann" }),
  "shift-sound": () => ({ guide: at(1) }),
  "shift-silent": () => ({ guide: at(1, { heard: false }), muted: true, audible: false, vibrates: false }),
  "shift-reader": (w) => ({ guide: at(2, { seen: ["digits", "letters"], said: [w.wedge.good.letters] }), learned: true, profile: w.wedge.suffix + " CR" }),
  "shift-french": () => ({ guide: at(2), layout: "azerty" }),
  "shift-fixed": (w) => ({ guide: at(2, { seen: ["digits", "letters", "symbols", "zero", "long", "end"], said: [w.wedge.good.end, w.wedge.allIsWell] }), learned: true, layout: "azerty", fixed: true, profile: w.wedge.layout + " azerty" }),
};

const asking: Asking = { operator: "ann", wrong: "", busy: false, waiting: 0 };
const pads: Record<string, (w: ShiftProps["w"]) => Asking> = {
  pin: () => asking,
  "pin-wrong": (w) => ({ ...asking, wrong: w.job.pinWrong(3), waiting: 2 }),
  "pin-busy": () => ({ ...asking, busy: true }),
  "pin-shut": (w) => ({ ...asking, wrong: w.job.pinUnasked("ann", w.job.noAnswer) }),
};

/** Pages around the work: they stand alone. */
const pages: Record<string, (w: Language) => ComponentChild> = {
  pair: (w) => pairing(w, {}),
  "pair-opened": (w) => pairing(w, { code: "tyixq7bgas42tcbihyubhw46", address: "https://10.1.2.3:8443/scan#pair=tyixq7bgas42tcbihyubhw46" }),
  "pair-camera": (w) => pairing(w, { viewfinder: sight({})(w.code) }),
  "pair-failed": (w) => pairing(w, { wrong: w.ui.pairFailed("The code has been used already."), device: w.ui.device("Aisle 3 blue", "main") }),
  "pair-unsent": (w) => pairing(w, { code: "tyixq7bgas42tcbihyubhw46", wrong: w.ui.pairWaiting(12), address: "https://10.1.2.3:8443/scan#pair=tyixq7bgas42tcbihyubhw46" }),
  insecure: (w) => <Insecure w={w} trust="https://10.1.2.3:8443/trust" />,
  "unopened-newer": (w) => <Unopened w={w} why="newer" detail="VersionError: The requested version (1) is less than the existing version (2)." said="" keepFile={nothing} reload={nothing} />,
  "unopened-held": (w) => <Unopened w={w} why="held" detail="" said="" keepFile={nothing} reload={nothing} />,
  "unopened-failed": (w) => <Unopened w={w} why="failed" detail="UnknownError: Internal error opening backing store for indexedDB.open." said={w.ui.unopened.noFile} keepFile={nothing} reload={nothing} />,
  "other-tab": (w) => <Told w={w} text={w.ui.otherTab + " " + w.ui.notSent(12)} />,
};
const pairing = (w: Language, more: Partial<PairViewProps>) => <PairView w={w} code="" address="" wrong="" busy={false} device="" capture={<Capture w={w} deaf={false} />} viewfinder={null} go={nothing} camera={nothing} {...more} />;

const Capture = ({ w, deaf }: { w: Language; deaf: boolean }) => (
  <label class="capture" data-listening={!deaf}><span class="bar">{deaf ? w.ui.notListening : w.ui.ready}</span><input type="text" inputMode="none" aria-label={w.ui.ready} /></label>
);

/** Shell is the page around a screen, with its capture field. */
function Shell({ code, deaf, children }: { code: string; deaf: boolean; children: ComponentChildren }) {
  return (
    <div class="shell">
      <Capture w={languageOf(code)} deaf={deaf} />
      {children}
    </div>
  );
}

const names = [...Object.keys(storiesOf(english)), "deaf", ...Object.keys(shifts), ...Object.keys(pads), ...Object.keys(pages)];

function story(name: string, code: string): ComponentChildren {
  const w = languageOf(code);
  if (shifts[name]) return <Shift {...shift(code)} {...shifts[name](w)} w={w} key={name} />;
  if (pads[name]) return <PinPad j={w.job} asking={pads[name](w)} enter={nothing} cancel={nothing} key={name} />;
  const work = name === "deaf" ? { audible: false } : storiesOf(w)[name];
  return work ? <Work {...base(code)} {...work} before={(work.done ?? []).slice(1)} w={w} viewfinder={cameras[name]?.(code)} key={name} /> : null;
}

function show(): void {
  const [name = "", theme = "auto", language = "en"] = location.hash.slice(1).split("/");
  const w = languageOf(language);
  document.documentElement.dataset.theme = theme;
  Object.assign(document.documentElement, { lang: w.code, dir: w.dir });
  const shown = story(name, language);
  const root = document.getElementById("app")!;
  render(null, root);
  render(pages[name] ? <>{pages[name](w)}</> : shown ? <Shell code={language} deaf={name === "deaf"}>{shown}</Shell> : <ul class="page">{names.map((n) => <li key={n}><a href={"#" + n}>{n}</a></li>)}</ul>, root);
  document.title = w.ui.title + (name ? ": " + name : "");
  document.documentElement.dataset.story = location.hash.slice(1);
  document.documentElement.dataset.stories = names.join(" ");
  document.documentElement.dataset.languages = languages.map((l) => l.code).join(" ");
}

/** begin shows what is asked for, once every language is there. */
async function begin(): Promise<void> {
  for (const l of languages) loaded.set(l.code, (await l.load()).default);
  loaded.set("rtl", { ...english, dir: "rtl" }); // English as if it were written from the right
  addEventListener("hashchange", show);
  show();
}

void begin();
