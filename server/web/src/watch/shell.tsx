// The frame around the pages: who it is for, how far what is shown can be trusted, and where else to go.

import { useEffect, useState } from "preact/hooks";
import type { ComponentType } from "preact";
import { address, filter } from "./address.ts";
import { Icon, type IconName } from "./icons.tsx";
import type { LinkState } from "./live.ts";
import { mayOpen, pageAt, pages, type Page, type ViewProps } from "./pages.ts";
import { Button, Empty, Failed, Go, Loading } from "./parts.tsx";
import { said } from "./rest.ts";
import { choose, settings } from "./settings.ts";
import { languages } from "./languages.ts";
import type { Words } from "./words.ts";

const icons: Readonly<Record<string, IconName>> = { "/": "live", "/attention": "attention", "/history": "history", "/wall": "wall", "/figures": "chart", "/stock": "box", "/why": "why", "/devices": "device", "/codes": "code", "/counts": "count" };

export interface ShellProps extends ViewProps {
  /** leave forgets the key; missing where somebody is signed in. */
  readonly leave?: () => void;
}

export function Shell(p: ShellProps) {
  const { path } = address.value;
  const page = pageAt(path);
  if (page?.bare && mayOpen(page, p.me)) return <Page_ key={path} page={page} view={p} />;
  return (
    <>
      <a class="skip" href="#content">{p.w.skip}</a>
      <Head {...p} />
      <div class="frame">
        <Nav {...p} />
        <main id="content" tabIndex={-1}>
          <Stale w={p.w} state={p.live.state.value} />
          {!page ? <Empty icon="why" title={p.w.part.notFound} how={p.w.part.notFoundHow} /> : mayOpen(page, p.me) ? <Page_ key={path} page={page} view={p} /> : <Empty icon="stop" title={p.w.part.notYours} />}
        </main>
      </div>
    </>
  );
}

const reloadedAt = "bayledger.reloaded"; // when this tab was last taken anew because a part of it could not be had
const reloadEvery = 60_000; // ms

/** reloadOnce takes the page anew, and not again and again: a server that was updated has other parts. */
function reloadOnce(): void {
  try {
    if (Date.now() - Number(sessionStorage.getItem(reloadedAt)) < reloadEvery) return;
    sessionStorage.setItem(reloadedAt, String(Date.now()));
    location.reload();
  } catch { /* nothing is kept: a person may do it */ }
}

/** Page_ loads a page's view when it is opened first, and then, in quiet, the others: they open also while the server is away. */
export function Page_({ page, view }: { page: Page; view: ViewProps }) {
  const [got, setGot] = useState<{ View: ComponentType<ViewProps> } | string | null>(null);
  const live = view.live.state.value.is === "live";
  useEffect(() => {
    let here = true;
    page.load().then((v) => {
      if (here) setGot(v);
      for (const other of pages) if (mayOpen(other, view.me)) other.load().catch(() => undefined);
    }, (e: unknown) => here && setGot(said(e)));
    return () => void (here = false);
  }, [page]);
  useEffect(() => void (document.title = page.title(view.w) + " – " + view.w.title), [page, view.w]);
  const failed = typeof got === "string";
  useEffect(() => {
    if (failed && live) reloadOnce(); // a browser does not fetch a part again that it could not have
  }, [failed, live]);
  if (got === null) return <Loading w={view.w} />;
  if (typeof got === "string") return <Failed w={view.w} why={got} again={() => location.reload()} />;
  return <got.View {...view} />;
}

function Head({ w, live, sites, me, leave, ...rest }: ShellProps) {
  const { site = "" } = address.value.filters;
  const [open, setOpen] = useState(false);
  return (
    <header class="top">
      <Go to="/" class="brand"><Icon name="box" />{w.title}</Go>
      {sites.length > 1 && (
        <label class="site"><span class="sr">{w.site}</span>
          <select value={site} onChange={(e) => filter("site", e.currentTarget.value, "push")}>
            <option value="">{w.allSites}</option>
            {sites.map((s) => <option key={s} value={s}>{s}</option>)}
          </select>
        </label>
      )}
      <State w={w} state={live.state.value} />
      <span class="me"><Icon name="person" />{me.login || me.name}</span>
      <Button kind="quiet" icon="settings" pressed={open} label={w.settings} class="gear" onClick={() => setOpen(!open)} />
      {open && <Choices w={w} close={() => setOpen(false)} leave={leave} {...rest} />}
    </header>
  );
}

/** State says in a word how far what is shown can be trusted. */
export function State({ w, state }: { w: Words; state: LinkState }) {
  return <p class="state" id="state" role="status" data-state={state.is}><span class="dot" aria-hidden="true" /><span>{stateText(w, state)}</span></p>;
}

export const heardText = (w: Words, heard: Date | null): string => (heard ? w.asOf(w.format.clock(heard)) : w.nothingYet);

function stateText(w: Words, state: LinkState): string {
  switch (state.is) {
    case "connecting": return w.state.connecting;
    case "live": return w.state.live;
    case "stale": return w.state.stale(heardText(w, state.heard));
    case "stopped": return w.state.stopped;
  }
}

/** Stale says over the whole width that what is shown is no longer the present, and of when it is. */
export function Stale({ w, state }: { w: Words; state: LinkState }) {
  if (state.is === "stale") return <p class="banner" id="stale" role="status">{w.lost(heardText(w, state.heard), state.seconds)}</p>;
  if (state.is === "stopped") return <p class="banner stop" id="stale" role="alert">{state.message} {heardText(w, state.heard)}. <Button small onClick={() => location.reload()}>{w.reload}</Button></p>;
  return null;
}

function Nav({ w, me, figures }: ShellProps) {
  const [open, setOpen] = useState(false);
  const { path } = address.value;
  useEffect(() => setOpen(false), [path]);
  const waits = figures.now.value.attention.value ?? 0;
  return (
    <nav class="nav" aria-label={w.menu} data-open={open}>
      <Button kind="plain" icon={open ? "close" : "menu"} pressed={open} class="toggle" onClick={() => setOpen(!open)}>{w.menu}</Button>
      <ul>
        {pages.filter((p) => mayOpen(p, me)).map((p) => (
          <li key={p.path}>
            <Go to={p.path} aria-current={p.path === path ? "page" : undefined}>
              <Icon name={icons[p.path] ?? "box"} /><span>{p.title(w)}</span>
              {p.path === "/attention" && waits > 0 && <span class="badge">{w.format.number(waits)}</span>}
            </Go>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Choices({ w, close, leave }: { w: Words; close: () => void; leave?: (() => void) | undefined }) {
  const s = settings.value;
  useEffect(() => {
    const key = (e: KeyboardEvent) => e.key === "Escape" && close();
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);
  return (
    <section class="choices card" aria-label={w.settings}>
      <label>{w.theme}
        <select value={s.theme} onChange={(e) => choose({ theme: e.currentTarget.value as typeof s.theme })}>
          {(["auto", "light", "dark"] as const).map((t) => <option key={t} value={t}>{w.themes[t]}</option>)}
        </select>
      </label>
      <label>{w.language}
        <select value={w.code} onChange={(e) => choose({ language: e.currentTarget.value })}>
          {languages.map((l) => <option key={l.code} value={l.code} lang={l.code}>{l.name}</option>)}
        </select>
      </label>
      <label class="check"><input type="checkbox" checked={s.keys} onChange={(e) => choose({ keys: e.currentTarget.checked })} /><span>{w.keys}<small>{w.keysHow}</small></span></label>
      <div class="row">
        <a class="button plain" href="/account">{w.account}</a>
        {leave && <Button onClick={leave}>{w.leave}</Button>}
        <Button kind="quiet" onClick={close}>{w.close}</Button>
      </div>
    </section>
  );
}
