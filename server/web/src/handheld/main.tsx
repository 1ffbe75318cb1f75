// The handheld's page: one of a device works, the others wait for it.

import { computed, effect, signal } from "@preact/signals";
import { render } from "preact";
import { Camera } from "./camera/camera.ts";
import { Viewfinder } from "./camera/viewfinder.tsx";
import { Box, warnAt, type Pairing, type Stats } from "./box.ts";
import { Feel } from "./feel.ts";
import { Field } from "./field.tsx";
import { Handheld } from "./handheld.ts";
import { codeIn, Pair } from "./pair.tsx";
import { Looking } from "./looking.ts";
import { PinPad } from "./pinpad.tsx";
import type { Settings } from "./more.tsx";
import { Shift } from "./shift.tsx";
import { Insecure, secureAddress, Told } from "./told.tsx";
import { judgePin, startWorker } from "./trusted.ts";
import { askForAnother, followVersion, Updates } from "./updates.ts";
import { rowsOfAnyForm, troubleOf, Unopened, type Trouble } from "./unopened.tsx";
import { keepAwake } from "./wake.ts";
import { Work } from "./work.tsx";
import { inWords } from "../core/wedge/calibrate.ts";
import { pick, within } from "../core/tongues.ts";
import { languages } from "./languages.ts";
import { english, type Language } from "./words.ts";

declare const APP: string; // name and version, set by the build

const lockName = "bayledger-handheld";
const lookEvery = 60_000; // ms, at the room that is left
const speakAfter = 2_000; // ms, after which a page begins in the language it has: words that do not come must not keep anybody from scanning
const tellAfter = 250; // ms, until pages that wait hear how many scans do: no scan is to pay for it
const root = document.getElementById("app")!;
const feel = new Feel();
const settings = signal<Settings>({ hand: "right", theme: "auto", language: pick(languages, navigator.languages).code, muted: false, badge: false });
const power = signal<{ percent: number; charging: boolean } | null>(null);
const audible = signal(false);
const room = signal({ kept: true, full: false });

const spoken = signal<Language>(english);
const words = () => spoken.value;
const today = (): string => {
  const d = new Date();
  return [d.getFullYear(), String(d.getMonth() + 1).padStart(2, "0"), String(d.getDate()).padStart(2, "0")].join("-");
};
let clock = { code: "", format: new Intl.DateTimeFormat(), minute: 0, text: "" }; // making a format takes milliseconds, using it a part of one, and each scan shows times
const clockTime = (at: number): string => {
  const { code } = words();
  if (clock.code !== code) clock = { code, format: new Intl.DateTimeFormat(code, { hour: "2-digit", minute: "2-digit" }), minute: 0, text: "" };
  const minute = Math.floor(at / 60_000);
  if (clock.minute !== minute) [clock.minute, clock.text] = [minute, clock.format.format(at)];
  return clock.text;
};

/** speak loads the words of the language that is chosen. Where they cannot be had, it stays as it is until the next start. */
async function speak(): Promise<void> {
  const { language } = settings.value;
  const loaded = await pick(languages, [language]).load();
  if (settings.value.language === language) spoken.value = loaded.default;
}

function download(text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
  link.download = "bayledger-scans.jsonl";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), lookEvery);
}

async function lookAtRoom(): Promise<void> {
  const [kept, { usage = 0, quota = 0 }] = await Promise.all([navigator.storage.persisted(), navigator.storage.estimate()]);
  room.value = { kept, full: quota > 0 && usage / quota > warnAt };
}

function Board({ h, box, camera, looking }: { h: Handheld; box: Box; camera: Camera; looking: Looking }) {
  const w = words();
  const screen = h.screen.value;
  const { last, place } = screen;
  const blind = screen.mode === "count" && h.policy.value.counts === "blind";
  const at = h.asOf.value.balances;
  const product = last && h.copy.product(last.code) !== null;
  const amount = last && place && !blind && product && at > 0 ? h.copy.stock(h.copy.site, place, last.code) : "";
  const looked = screen.mode === "lookup" && last && at > 0 ? (product ? h.copy.where(last.code) : h.copy.place(h.copy.site, last.code) ? h.copy.lying(last.code) : null) : null;
  const { connection } = h;
  const said = [connection.value.state === "stopped" ? w.ui.stopped(connection.value.why, connection.value.text) : "", room.value.full ? w.ui.nearlyFull : "", ...h.said.value].filter(Boolean);
  return (
    <Work
      w={w} screen={screen} done={h.fates.done.value} before={h.fates.before.value} stats={h.fates.stats.value} connection={connection.value} notes={h.fates.notes.value} said={said} battery={power.value}
      stock={amount ? { amount, at: clockTime(at) } : null} lying={looked ? { list: looked, at: clockTime(at) } : null}
      device={w.ui.device(h.pairing.device, h.pairing.site) + (room.value.kept ? "" : ". " + w.ui.notKept)}
      catalogue={h.asOf.value.catalog > 0 ? clockTime(h.asOf.value.catalog) : ""} settings={settings.value} languages={languages} audible={audible.value}
      question={h.question.value} undone={h.undone.value} reasons={h.copy.reasons(screen.mode)} wantsReason={h.copy.reasonsWanted().split(",").includes(screen.mode)}
      read={looking.view()} look={(at) => looking.open(at)}
      camera={() => useCamera(box, camera, true)} viewfinder={<Sight box={box} camera={camera} />}
      tap={(tap) => h.event({ tap })} correct={(correct) => h.event({ correct })} number={(number) => h.event({ number })} typed={(code) => h.typed(code)}
      reason={(reason) => h.event({ reason })} run={(run) => h.event({ run })} again={(seq) => h.event({ again: String(seq) })}
      corrigible={() => h.corrigible()} search={(text, most) => h.copy.search(text, most)} set={(s) => set(h, box, s)}
      hand={(seq) => void h.hand(seq)}
      guide={() => void h.guide.resume()} keepFile={() => void h.exported().then(download)}
    />
  );
}

/** Sight is what the camera sees, while it is open. */
function Sight({ box, camera }: { box: Box; camera: Camera }) {
  const state = camera.state.value;
  if (state.is === "off") return null;
  return <Viewfinder w={words().camera} state={state} torch={camera.torch.value} show={(v) => camera.show(v)} light={(on) => void camera.light(on)} again={() => camera.open()} close={() => useCamera(box, camera, false)} />;
}

/** useCamera opens or closes it, now and whenever the page is opened. */
function useCamera(box: Box, camera: Camera, yes: boolean): void {
  if (yes) camera.open();
  else camera.close();
  void box.save("camera", yes);
}

function set(h: Handheld, box: Box, s: Settings): void {
  const { language, badge } = settings.value;
  settings.value = s;
  if (s.language !== language) void speak().then(() => h.speak(), () => undefined);
  if (s.badge !== badge) h.wantBadge(s.badge);
  void box.save("settings", s);
}

function Begin({ h, box }: { h: Handheld; box: Box }) {
  const w = words();
  const { profile, learned, foreign } = h.reader;
  const { operator = "", words: hello = "" } = h.screen.value;
  return (
    <Shift
      w={w} guide={h.guide.state.value} operator={operator} hello={hello} muted={settings.value.muted} audible={audible.value} vibrates={"vibrate" in navigator}
      learned={learned} profile={inWords(profile, w.wedge)} layout={foreign || profile.layout} fixed={foreign === "" && profile.layout !== ""}
      go={(step) => void h.guide.go(step)} close={() => void h.guide.close()} play={(tone) => void feel.ready().then(() => feel.feel(tone))}
      heard={(yes) => void h.guide.heard(yes)} unmute={() => set(h, box, { ...settings.value, muted: false })} again={() => void h.guide.again()}
    />
  );
}

/** App is one capture field above whatever is shown: no key is lost where a screen takes another's place. */
function App({ h, box, camera, looking }: { h: Handheld; box: Box; camera: Camera; looking: Looking }) {
  const w = words();
  const asking = h.asking.value;
  const begins = !asking && h.guide.state.value.open && h.screen.value.state !== "stop";
  return (
    <div class="shell">
      <Field w={w} reader={() => h.reader} scan={(raw) => h.scan(raw)} deaf={() => h.lostFocus()} />
      {asking ? <PinPad key={asking.operator} j={w.job} asking={asking} enter={(pin) => void h.enterPin(pin)} cancel={() => h.cancelPin()} /> : begins ? <Begin h={h} box={box} /> : <Board h={h} box={box} camera={camera} looking={looking} />}
    </div>
  );
}

/** unopened is shown in place of everything where the outbox cannot be opened or taken up. */
function unopened(why: Trouble, failure: unknown): void {
  const said = signal("");
  const keepFile = () => void rowsOfAnyForm().then((text) => {
    download(text);
    said.value = words().ui.unopened.fileKept;
  }).catch(() => (said.value = words().ui.unopened.noFile));
  const Page = () => <Unopened w={words()} why={why} detail={failure ? String(failure) : ""} said={said.value} keepFile={keepFile} reload={() => location.reload()} />;
  render(<Page />, root);
  document.addEventListener("keydown", soundStop);
}

/** soundStop answers a reader while nothing can be taken: nobody looks. */
function soundStop(e: KeyboardEvent): void {
  if ((e.key === "Enter" || e.key === "Tab") && root.querySelector(".unopened")) void feel.ready().then(() => feel.feel("stop"));
}

async function work(box: Box, pairing: Pairing, tell: (s: Stats) => void): Promise<void> {
  const h = await Handheld.open({ origin: location.origin, app: APP, words, today, clockTime, badge: settings.value.badge, feel: (state) => feel.feel(state), judge: judgePin, startWorker }, box, pairing);
  let telling = false;
  effect(() => {
    void h.fates.stats.value; // each time that they are others
    if (telling) return;
    telling = true;
    setTimeout(() => {
      telling = false;
      tell(h.fates.stats.value);
    }, tellAfter);
  });
  const stayAwake = keepAwake(() => ({ visible: document.visibilityState === "visible", idle: h.quiet(), charging: power.value?.charging ?? false }));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") h.hurry();
    stayAwake();
  });
  window.addEventListener("online", () => h.hurry());
  void battery(h, stayAwake);
  window.addEventListener("error", (e) => h.note(...faultOf(e)));
  window.addEventListener("unhandledrejection", (e) => h.note(...faultOf(e)));
  const disk = computed(() => (room.value.kept ? "kept" : "may be cleared") + (room.value.full ? ", nearly full" : ""));
  effect(() => h.note("storage", disk.value)); // each time that it is another
  void lookAtRoom();
  setInterval(() => {
    void lookAtRoom();
    h.forget();
  }, lookEvery);
  keepCurrent(h);
  const camera = new Camera((code) => h.typed(code), () => h.screen.value.state !== "stop");
  const looking = new Looking(h, clockTime, today);
  render(<App h={h} box={box} camera={camera} looking={looking} />, root);
  if (await box.load("camera")) camera.open();
}

/** faultOf says what went wrong in the page and where, and not what was worked on. */
function faultOf(e: ErrorEvent | PromiseRejectionEvent): readonly (string | number)[] {
  const fault: unknown = "reason" in e ? e.reason : e.error;
  const place = "lineno" in e ? e.lineno + ":" + e.colno : "";
  return ["fault", fault instanceof Error ? fault.name : typeof fault, place];
}

/** keepCurrent takes newer versions of the page when nothing is under way that they could disturb. */
function keepCurrent(h: Handheld): void {
  const updates = new Updates({
    busy: () => h.busy(), quiet: () => h.idle(), lowest: () => h.policy.value.lowest_page ?? 0,
    speaks: () => h.connection.value.state !== "stopped" || !["update", "bad_frame"].includes(h.connection.value.why),
  });
  updates.start();
  effect(() => {
    if (h.connection.value.state !== "connecting" || h.policy.value.lowest_page) void updates.ask(); // the server may have been changed meanwhile
  });
}

async function battery(h: Handheld, changed: () => void): Promise<void> {
  const b = await (navigator as { getBattery?: () => Promise<EventTarget & { level: number; charging: boolean }> }).getBattery?.().catch(() => undefined);
  if (!b) return;
  const tell = () => {
    power.value = { percent: Math.round(b.level * 100), charging: b.charging };
    h.battery(power.value.percent);
    changed();
  };
  b.addEventListener("levelchange", tell);
  b.addEventListener("chargingchange", tell);
  tell();
}

/** begin runs in the one page of the device that has the lock. Whatever fails on the way is said. */
async function begin(code: string, tell: (s: Stats) => void): Promise<void> {
  const fail = (e: unknown) => {
    unopened(troubleOf(e), e);
    askForAnother();
  };
  await take(code, tell, fail).catch(fail);
}

async function take(code: string, tell: (s: Stats) => void, fail: (e: unknown) => void): Promise<void> {
  const box = await Box.open(Date.now, () => unopened("held", null));
  const [pairing, kept] = await Promise.all([box.load("pairing"), box.load("settings")]);
  if (kept) settings.value = { ...settings.value, ...(kept as Partial<Settings>) };
  settings.value = { ...settings.value, language: pick(languages, [settings.value.language]).code };
  await within(speakAfter, speak());
  const go = (p: Pairing) => void work(box, p, tell).catch(fail);
  const pair = (text: string) => {
    const paired = (p: Pairing) => {
      void navigator.storage.persist();
      void feel.ready();
      go(p);
    };
    render(<Pair w={words()} origin={location.origin} box={box} code={text} old={pairing ?? null} paired={paired} />, root);
  };
  window.addEventListener("hashchange", () => codeIn(location.hash) && location.reload());
  if (code || !pairing) pair(code);
  else go(pairing);
}

/** forgetCode takes a pairing code out of the address, which histories keep. */
function forgetCode(): string {
  const code = codeIn(location.hash);
  if (code) history.replaceState(null, "", "/scan");
  return code;
}

effect(() => {
  const { theme, muted } = settings.value;
  const w = words();
  Object.assign(document.documentElement, { lang: w.code, dir: w.dir });
  document.documentElement.dataset.theme = theme;
  document.title = w.ui.title;
  feel.muted = muted;
  audible.value = feel.audible;
});
document.addEventListener("pointerdown", () => void feel.ready().then(() => (audible.value = feel.audible)));

async function start(): Promise<void> {
  await within(speakAfter, speak());
  if (!isSecureContext) return render(<Insecure w={words()} trust={secureAddress(location, "/trust")} />, root);
  followVersion();
  const code = forgetCode();
  const others = new BroadcastChannel(lockName);
  const tell = (s: Stats) => others.postMessage(s);
  const hold = () => begin(code, tell).then(() => new Promise<never>(() => undefined));
  void navigator.locks.request(lockName, { ifAvailable: true }, async (lock) => {
    if (lock) return hold();
    const waits = signal("");
    others.onmessage = (e: MessageEvent<Stats>) => (waits.value = " " + words().ui.notSent(e.data.waiting));
    const Waits = () => <Told w={words()} text={words().ui.otherTab + waits.value} />;
    render(<Waits />, root);
    void navigator.locks.request(lockName, () => {
      others.onmessage = null;
      return hold();
    });
  });
}

void start();
