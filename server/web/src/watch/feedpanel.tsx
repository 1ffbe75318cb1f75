// The feed on the page: the filter, the list, and what says over the whole width that it is paused.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { address, filter } from "./address.ts";
import { mostRows, type Row } from "./feed.ts";
import type { ViewProps } from "./pages.ts";
import { Button, Empty, Go } from "./parts.tsx";
import { RowView } from "./rows.tsx";
import { choose, settings } from "./settings.ts";
import type { Words } from "./words.ts";

const firstShown = 100; // rows drawn; more as somebody reads on
const moreShown = 200;
const nearEnd = 800; // px from the end at which more are drawn
const scrolled = 48; // px from the top that mean that somebody reads
const mostFresh = 20; // rows of a frame that are still worth lighting up
const typing = "input, select, textarea, [contenteditable]";

export function FeedPanel({ w, feed, names }: ViewProps) {
  const view = feed.view.value;
  const asked = address.value.filters.q ?? "";
  const [shown, setShown] = useState(firstShown);
  const panel = useRef<HTMLElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const drawn = useRef(0);
  useEffect(() => feed.ask(asked), [feed, asked]);
  useEffect(() => () => feed.resume(), [feed]);

  const jump = () => {
    setShown(firstShown);
    feed.resume();
    if (list.current) list.current.scrollTop = 0;
    if (panel.current && panel.current.getBoundingClientRect().top < 0) panel.current.scrollIntoView();
    list.current?.focus({ preventScroll: true });
  };
  useEffect(() => watchReader(panel, list, () => feed.pause(), (more) => more && setShown((n) => Math.min(mostRows, n + moreShown))), [feed]);
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      if (!settings.value.keys || e.ctrlKey || e.metaKey || e.altKey || (e.target as Element | null)?.closest?.(typing)) return;
      if (e.key === "j" || e.key === "J") jump();
      if (e.key === "p" || e.key === "P") feed.pause();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [feed]);

  const rows = view.rows.slice(-shown).reverse();
  const newest = view.rows.at(-1)?.id ?? 0;
  const fresh = drawn.current > 0 && newest - drawn.current < mostFresh ? drawn.current : newest;
  useLayoutEffect(() => void (drawn.current = newest));
  const left = view.rows.length - rows.length;
  return (
    <section class="card feed" aria-labelledby="feed-title" ref={panel}>
      <div class="bar">
        <h2 id="feed-title">{w.feed.title}</h2>
        <FilterBox w={w} text={asked} unknown={feed.filter.value.unknown} />
        <Button small icon={view.pausedAt ? "go" : "pause"} class="pause" pressed={view.pausedAt !== null} onClick={() => (view.pausedAt ? jump() : feed.pause())}>{w.feed.pause}</Button>
      </div>
      {view.pausedAt && (
        <div class="paused" id="paused" role="status">
          <span>{w.feed.paused(w.format.clock(view.pausedAt), view.newer)}</span>
          <Button small icon="up" onClick={jump}>{w.feed.jump}{settings.value.keys && <> <kbd>J</kbd></>}</Button>
        </div>
      )}
      <div class="names" aria-hidden="true">{Object.values(w.feed.columns).map((c) => <span key={c}>{c}</span>)}</div>
      <ol class="rows" id="feed" tabIndex={0} aria-label={w.feed.list} ref={list} data-total={view.total} data-last={view.last} data-newer={view.newer}>
        {rows.map((row: Row) => <RowView key={row.id} w={w} names={names.value} row={row} fresh={row.id > fresh} />)}
        {left > 0 && <li class="gap end"><Button small onClick={() => setShown(shown + moreShown)}>{w.part.more}</Button></li>}
        {left === 0 && view.older > 0 && rows.length > 0 && <li class="gap end">{w.feed.older(view.older)} <Go to="/history" filters={{ q: asked, until: String(firstOf(rows) - 1) }}>{w.feed.openHistory}</Go></li>}
      </ol>
      {rows.length === 0 && <Empty icon="live" title={asked ? w.feed.emptyFilter : w.feed.empty} />}
    </section>
  );
}

/** firstOf is the first entry of the oldest row that has one. */
function firstOf(rows: readonly Row[]): number {
  const row = rows.at(-1)!;
  return row.is === "entry" ? row.entry.n : row.is === "group" ? row.first : row.is === "skipped" ? row.from + 1 : 1;
}

/** watchReader pauses while somebody reads: the list or the page is scrolled, or a text is selected. */
function watchReader(panel: { current: HTMLElement | null }, list: { current: HTMLElement | null }, pause: () => void, end: (near: boolean) => void): () => void {
  const scroll = () => {
    const l = list.current;
    if (!l) return;
    if (l.scrollTop > scrolled) pause();
    end(l.scrollTop > 0 && l.scrollTop + l.clientHeight > l.scrollHeight - nearEnd);
  };
  const page = () => {
    if (panel.current && panel.current.getBoundingClientRect().top < -scrolled) pause();
  };
  const select = () => {
    const s = getSelection();
    if (s && !s.isCollapsed && s.anchorNode && list.current?.contains(s.anchorNode)) pause();
  };
  const l = list.current;
  l?.addEventListener("scroll", scroll, { passive: true });
  addEventListener("scroll", page, { passive: true });
  document.addEventListener("selectionchange", select);
  return () => {
    l?.removeEventListener("scroll", scroll);
    removeEventListener("scroll", page);
    document.removeEventListener("selectionchange", select);
  };
}

const typedFor = 250; // ms of quiet after which what was typed is asked for

/** FilterBox is the words of a filter, and the views that were saved. */
export function FilterBox({ w, text, unknown }: { w: Words; text: string; unknown: readonly string[] }) {
  const [typed, setTyped] = useState(text);
  const [naming, setNaming] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => setTyped(text), [text]);
  const set = (value: string, at: number) => {
    setTyped(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => filter("q", value.trim()), at);
  };
  const { views } = settings.value;
  return (
    <form class="filter" role="search" onSubmit={(e) => { e.preventDefault(); set(typed, 0); }}>
      <label class="sr" for="filter">{w.feed.filter}</label>
      <input id="filter" type="search" value={typed} placeholder={w.feed.filterSuch("device:blue state:needs")} title={w.feed.filterHow} autocomplete="off" autocapitalize="off" spellcheck={false} aria-describedby="filter-how" list="views" onInput={(e) => set(e.currentTarget.value, typedFor)} />
      <span class="sr" id="filter-how">{w.feed.filterHow}</span>
      {unknown.length > 0 && <span class="hint" role="status">{unknown.map((u) => w.feed.unknown(u)).join(" ")}</span>}
      {views.length > 0 && (
        <select aria-label={w.feed.views} value="" onChange={(e) => { const v = views.find((x) => x.name === e.currentTarget.value); e.currentTarget.value = ""; if (v) set(v.text, 0); }}>
          <option value="">{w.feed.views}</option>
          {views.map((v) => <option key={v.name} value={v.name}>{v.name}</option>)}
        </select>
      )}
      {text && (views.some((v) => v.text === text)
        ? <Button small kind="quiet" onClick={() => choose({ views: views.filter((v) => v.text !== text) })}>{w.feed.forgetView(views.find((v) => v.text === text)!.name)}</Button>
        : naming
          ? <NameView w={w} done={(name) => { setNaming(false); if (name) choose({ views: [...views.filter((v) => v.name !== name), { name, text }] }); }} />
          : <Button small kind="quiet" onClick={() => setNaming(true)}>{w.feed.saveView}</Button>)}
    </form>
  );
}

function NameView({ w, done }: { w: Words; done: (name: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const key = (e: KeyboardEvent) => {
    if (e.key === "Escape") done("");
    if (e.key !== "Enter") return;
    e.preventDefault();
    done(field.current?.value.trim() ?? "");
  };
  return <input class="naming" ref={field} aria-label={w.feed.viewName} placeholder={w.feed.viewName} maxLength={40} onKeyDown={key} onBlur={(e) => done(e.currentTarget.value.trim())} />;
}
