// Parts that these pages share.

import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import type { ViewProps } from "../pages.ts";
import type { Asked } from "../parts.tsx";
import { said } from "../rest.ts";
import type { Words } from "../words.ts";

const freshEvery = 2_000; // ms between two looks at what scans have changed

/** useFresh asks again once something was booked, as often as is of use. */
export function useFresh(view: ViewProps, asked: Asked<unknown>): void {
  const last = view.feed.view.value.last;
  const first = useRef(last);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const again = useRef(asked.again);
  again.current = asked.again;
  useEffect(() => {
    if (last === first.current || timer.current !== null) return;
    timer.current = setTimeout(() => {
      timer.current = null;
      again.current();
    }, freshEvery);
    first.current = last;
  }, [last]);
  useEffect(() => () => clearTimeout(timer.current ?? undefined), []);
}

/** AsOf says of when what is shown is, also while it is shown for a long time. */
export const AsOf = ({ w, at }: { w: Words; at: string | undefined }) => (at ? <span class="as-of"><time dateTime={at}>{w.goods.asOf(w.format.moment(new Date(at)))}</time></span> : null);

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
