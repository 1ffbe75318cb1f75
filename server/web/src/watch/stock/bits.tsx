// Parts that these pages share.

import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import type { ViewProps } from "../pages.ts";
import type { Asked } from "../parts.tsx";
import { said } from "../rest.ts";
import { follow, type Fresh } from "./fresh.ts";

/** useFresh asks again once something that is shown was changed, as the live stream tells, and no oftener than is of use. */
export function useFresh(view: ViewProps, asked: Asked<unknown>, fresh: Fresh = {}): void {
  const now = useRef({ asked, fresh });
  now.current = { asked, fresh };
  const following = useRef<ReturnType<typeof follow> | null>(null);
  useEffect(() => {
    const f = (following.current = follow(() => now.current));
    const end = view.live.watch(f.watcher);
    return () => {
      end();
      f.end();
    };
  }, [view.live]);
  useEffect(() => {
    if (!asked.busy) following.current?.answered();
  }, [asked.busy]);
}

/** Paged is what is on the pages read so far, as one, and how more are read. */
export interface Paged<T> { readonly all: T | null; readonly whole: boolean; readonly more: (() => void) | undefined; readonly busy: boolean; readonly error: string }

/** useMore reads the pages behind the one that was asked for; join lays two beside each other. */
export function useMore<T extends { readonly next?: string }>(view: ViewProps, asked: Asked<T>, path: string, join: (first: T, next: T) => T): Paged<T> {
  const [behind, setBehind] = useState<{ of: T; pages: readonly T[] } | null>(null);
  const [state, setState] = useState({ busy: false, error: "" });
  const first = asked.value;
  const pages = first && behind?.of === first ? behind.pages : [];
  const all = first && pages.reduce(join, first);
  const more = () => {
    if (!first || !all?.next || state.busy) return;
    setState({ busy: true, error: "" });
    view.ask<T>("GET", path + (path.includes("?") ? "&" : "?") + "after=" + encodeURIComponent(all.next)).then(
      (p) => { setBehind({ of: first, pages: [...pages, p] }); setState({ busy: false, error: "" }); },
      (e: unknown) => setState({ busy: false, error: said(e) }));
  };
  return { all, whole: pages.length === 0, more: all?.next ? more : undefined, ...state };
}

/** AsOf says of when what is shown is, also while it is shown for a long time; and since when nobody tells of changes. */
export function AsOf({ view: { w, live }, at }: { view: ViewProps; at: string | undefined }) {
  const state = live.state.value;
  const heard = state.is === "stale" || state.is === "stopped" ? state.heard : null;
  if (!at) return null;
  const then = heard && heard.getTime() > new Date(at).getTime() ? heard.toISOString() : at;
  return <span class={"as-of" + (heard ? " old" : "")}><time dateTime={then}>{heard ? w.goods.standsSince(w.format.moment(new Date(then))) : w.goods.asOf(w.format.moment(new Date(at)))}</time></span>;
}

/** useDo runs one thing at a time, and keeps why it failed and what it came to. */
export function useDo(): { busy: boolean; error: string; done: string; run: (act: () => Promise<string>) => void } {
  const [state, set] = useState({ busy: false, error: "", done: "" });
  const here = useRef(true);
  useEffect(() => () => void (here.current = false), []);
  const run = (act: () => Promise<string>) => {
    set({ busy: true, error: "", done: "" });
    act().then((done) => here.current && set({ busy: false, error: "", done }), (e: unknown) => here.current && set({ busy: false, error: said(e), done: "" }));
  };
  return { ...state, run };
}

export function Results({ error, done }: { error: string; done: string }) {
  return <>{done && <p class="banner ok" role="status">{done}</p>}{error && <p class="error" role="alert">{error}</p>}</>;
}

export interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly how?: string;
  readonly list?: readonly string[];
  readonly kind?: "text" | "search" | "decimal";
  readonly wide?: boolean;
  readonly most?: number;
}

/** Field is a labelled input; list offers what may be meant. */
export function Field({ label, value, set, how, list, kind = "text", wide, most = 200 }: FieldProps) {
  const id = useId();
  return (
    <label class={"field" + (wide ? " wide" : "")} for={id}>
      <span>{label} {how && <small id={id + "-how"}>{how}</small>}</span>
      <input id={id} type={kind === "search" ? "search" : "text"} inputMode={kind === "decimal" ? "decimal" : "text"} value={value} maxLength={most} autoComplete="off" spellcheck={false} list={list ? id + "-list" : undefined} aria-describedby={how ? id + "-how" : undefined} onInput={(e) => set(e.currentTarget.value)} />
      {list && <datalist id={id + "-list"}>{list.map((v) => <option key={v} value={v} />)}</datalist>}
    </label>
  );
}

export function Choose<T extends string>({ label, value, options, set }: { label: string; value: T; options: readonly (readonly [T, string])[]; set: (value: T) => void }) {
  const id = useId();
  return (
    <label class="field" for={id}>
      <span>{label}</span>
      <select id={id} value={value} onChange={(e) => set(e.currentTarget.value as T)}>{options.map(([v, text]) => <option key={v} value={v}>{text}</option>)}</select>
    </label>
  );
}

/** useLater is a value once it has stood still for a while: what is typed is not asked for letter by letter. */
export function useLater<T>(value: T, ms = 250): T {
  const [later, set] = useState(value);
  useEffect(() => {
    const t = setTimeout(() => set(value), ms);
    return () => clearTimeout(t);
  }, [value, ms]);
  return later;
}

/** Form sends by Enter and by its strong button. */
export function Form({ label, send, children }: { label: string; send: () => void; children: ComponentChildren }) {
  return <form class="form" aria-label={label} onSubmit={(e) => { e.preventDefault(); send(); }}>{children}</form>;
}

/** refOf names a place as site/code, as the server takes it anywhere. */
export const refOf = (site: string | undefined, location: string | undefined): string => (location ? (site ? site + "/" + location : location) : "");

/** queryOf is a query without what is empty. */
export function queryOf(path: string, fields: Readonly<Record<string, string>>): string {
  const q = new URLSearchParams(Object.entries(fields).filter(([, v]) => v !== ""));
  const text = q.toString();
  return path + (text && "?" + text);
}
