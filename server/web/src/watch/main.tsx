// The supervisor's page: asks for a key where nobody is signed in, keeps a session with the server, and
// shows what it says. Text from the server only ever becomes text.

import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { address, follow } from "./address.ts";
import { Feed } from "./feed.ts";
import { Figures } from "./figures.ts";
import { Link } from "./link.ts";
import { within } from "../core/tongues.ts";
import { speak, words } from "./languages.ts";
import { Live } from "./live.ts";
import { pageAt, type ViewProps } from "./pages.ts";
import { Failed } from "./parts.tsx";
import { asker, filer, Problem, said, type Ask, type AskOptions } from "./rest.ts";
import type { Names } from "./say.ts";
import { followPaper, keepSettings, settings } from "./settings.ts";
import { Shell } from "./shell.tsx";
import { SignIn } from "./signin.tsx";
import type { Me } from "./wire.ts";

const keyName = "bayledger.key";
const root = document.getElementById("app")!;
const speakAfter = 2_000; // ms, after which the page begins in the language it has

/** Session is everything behind one key, or behind who is signed in. */
interface Session { readonly view: Omit<ViewProps, "w">; readonly keyed: boolean; readonly hurry: () => void; readonly end: () => void }

/** shown is the session, or why there is none. */
const shown = signal<Session | { why: string } | { failed: string; again: () => void } | null>(null);
let current: Session | null = null;
const denseEvery = 90; // ms
const againAfter = 5_000; // ms until a server that did not answer is asked again

const keyInAddress = (): string | null => new URLSearchParams(location.hash.slice(1)).get("key");

/** takeKey reads the key of this tab, or of the address, which then forgets it. */
function takeKey(): string {
  const given = keyInAddress();
  if (given) {
    keep(given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem(keyName) ?? "";
}

/** keep keeps a key for this tab: one that opened, or of which no server could be asked. What was only typed is not kept. */
function keep(key: string): void {
  if (key) sessionStorage.setItem(keyName, key);
}

/** askForKey forgets the key, and says why another one is needed. */
function askForKey(why: string): void {
  sessionStorage.removeItem(keyName);
  opening++;
  current?.end();
  current = null;
  shown.value = { why };
}

const refuse = (): void => askForKey(words().signIn.refused);

/** frame asks for a frame, or where entries come fast for ten a second; a hidden tab gets none, and what is drawn for nobody has to be drawn no sooner. */
const frame = (draw: () => void, dense: boolean): void => void (dense ? setTimeout(() => requestAnimationFrame(draw), denseEvery) : requestAnimationFrame(draw));

/** opening counts the keys that were tried: what comes back for an older one is passed over. */
let opening = 0;

/** open begins a session with a key, or with "" as who is signed in. A server that does not answer is asked again. */
async function open(key: string): Promise<void> {
  current?.end();
  current = null;
  const turn = ++opening;
  let ended = false;
  const asking: AskOptions = { key, sentences: () => words().asking, ended: () => !ended && turn === opening && refuse() };
  const ask = asker(asking);
  try {
    const me = await ask<Me>("GET", "/v1/key");
    const sites = await ask<{ rows: { code: string }[] }>("GET", "/v1/sites");
    if (turn !== opening) return;
    if (!me.actions.includes("session.watch")) return refuse();
    keep(key);
    current = session(key, ask, filer(asking), me, sites.rows.map((s) => s.code), () => (ended = true));
    shown.value = current;
  } catch (e) {
    if (turn !== opening || ended || (e instanceof Problem && e.status === 401)) return;
    keep(key); // nobody said that it is wrong, and this tab may be reloaded before somebody answers
    shown.value = { failed: said(e), again: () => void open(key) };
    setTimeout(() => turn === opening && void open(key), againAfter);
  }
}

function session(key: string, ask: Ask, file: ViewProps["file"], me: Me, sites: readonly string[], over: () => void): Session {
  const live = new Live();
  const names = signal<Names>(new Map([[me.name, me.login || me.name]]));
  if (me.actions.includes("people.pair")) ask<{ rows: { id: string; login: string; name?: string }[] }>("GET", "/v1/users").then((list) => (names.value = new Map(list.rows.map((u) => [u.id, u.name || u.login]))), () => undefined); // ids are shown then
  const site = () => address.value.filters.site ?? "";
  const feed = new Feed(frame);
  const figures = new Figures(live, ask, me.actions.includes("device.list"), site);
  live.refused = refuse;
  live.watch({ entries: (list) => feed.add(list), skipped: (from, to) => feed.skipped(from, to), restored: () => feed.restored(), live: () => undefined, lost: () => undefined });
  live.watch(figures);
  const topics = [...(me.actions.includes("read.alerts") ? ["alerts" as const] : []), ...(me.actions.includes("read.exceptions") ? ["exceptions" as const] : [])];
  live.topics = topics;
  let link: Link | null = null;
  const url = (location.protocol === "https:" ? "wss://" : "ws://") + location.host + "/v1/sync";
  let followed: string | null = null;
  const stop = effect(() => { // another site is another session: what it is told begins anew
    if (site() === followed) return;
    if (followed !== null) {
      feed.clear();
      figures.restored();
      live.restart();
      void figures.look();
    }
    followed = site();
    link?.end();
    link = new Link({ url, key, site: followed, topics }, live);
    link.start();
  });
  figures.start();
  return {
    view: { ask, file, live, feed, figures, names, me, sites }, keyed: key !== "", hurry: () => link?.hurry(),
    end: () => {
      over();
      stop();
      link?.end();
      figures.end();
    },
  };
}

/** attempt opens with a typed key. What was said of the one before goes, so that a screen reader says it again where it is so again. */
function attempt(key: string): void {
  shown.value = { why: "" };
  void open(key);
}

function App() {
  const w = words();
  const s = shown.value;
  if (s === null) return <p class="state-of loading" role="status">{w.part.loading}…</p>;
  if ("failed" in s) return <main><Failed w={w} why={s.failed} again={s.again} /></main>;
  if ("why" in s) return <SignIn w={w} why={s.why} open={attempt} />;
  return <Shell w={w} {...s.view} {...(s.keyed ? { leave: () => askForKey("") } : {})} />;
}

/** begin opens what is there: a key of the address or the tab, else who is signed in. */
async function begin(): Promise<void> {
  const key = takeKey();
  if (key) return open(key);
  const answer = await fetch("/v1/session", { credentials: "same-origin", cache: "no-store" }).then((a) => a.json() as Promise<{ signed_in?: boolean }>).catch(() => null);
  if (opening > 0 || keyInAddress()) return; // a key came meanwhile
  if (answer?.signed_in) return open("");
  askForKey("");
}

keepSettings();
followPaper();
follow();
pageAt(address.value.path)?.load().catch(() => undefined); // it is wanted in a moment; why it could not be had is told then
effect(() => void Object.assign(document.documentElement, { lang: words().code, dir: words().dir }));
effect(() => void speak(settings.value.language).catch(() => undefined));
addEventListener("online", () => current?.hurry());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && current?.hurry());
addEventListener("hashchange", () => {
  if (keyInAddress()) void open(takeKey());
});
void within(speakAfter, speak(settings.value.language)).then(() => {
  render(<App />, root);
  return begin();
});
