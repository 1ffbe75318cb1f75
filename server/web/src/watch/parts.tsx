// The parts that pages are made of: links, buttons, times, tables, and the states of what is asked for.

import { useEffect, useState } from "preact/hooks";
import type { AnchorHTMLAttributes, ComponentChildren } from "preact";
import { go, hrefOf } from "./address.ts";
import { Icon, type IconName } from "./icons.tsx";
import type { Ask } from "./rest.ts";
import { said } from "./rest.ts";
import type { Words } from "./words.ts";

/** Go is a link to a page, with filters. */
export function Go({ to, filters = {}, children, ...rest }: { to: string; filters?: Readonly<Record<string, string>>; children: ComponentChildren } & Omit<AnchorHTMLAttributes, "href" | "onClick">) {
  const open = (e: MouseEvent) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey || e.button !== 0) return; // a tab of its own
    e.preventDefault();
    go(to, filters);
    scrollTo(0, 0);
  };
  return <a {...(rest as object)} href={hrefOf(to, filters)} onClick={open}>{children}</a>;
}

export interface ButtonProps {
  readonly kind?: "strong" | "plain" | "quiet";
  readonly icon?: IconName;
  readonly small?: boolean;
  readonly pressed?: boolean;
  readonly busy?: boolean;
  readonly label?: string;
  readonly class?: string;
  readonly onClick: () => void;
  readonly children?: ComponentChildren;
}

/** Button does something here; strong is the one that is recommended. A busy one takes no second tap. */
export function Button({ kind = "plain", icon, small, pressed, busy, label, onClick, children, ...rest }: ButtonProps) {
  return (
    <button type="button" class={["button", kind, small ? "small" : "", rest.class ?? ""].join(" ").trim()} aria-pressed={pressed} aria-label={label} aria-busy={busy || undefined} onClick={() => !busy && onClick()}>
      {icon && <Icon name={icon} />}{children}
    </button>
  );
}

/** When is a time for people and for machines. */
export const When = ({ w, at, class: name }: { w: Words; at: string; class?: string }) => <time class={name} dateTime={at} title={w.format.moment(new Date(at))}>{w.format.moment(new Date(at))}</time>;

/** Code is a code of goods, places or people: text in its own direction. */
export const Code = ({ children, class: name }: { children: ComponentChildren; class?: string }) => <bdi class={"code " + (name ?? "")}>{children}</bdi>;

export const Tag = ({ tone, children }: { tone: Tone; children: ComponentChildren }) => <span class={"tag " + tone}>{children}</span>;
export type Tone = "ok" | "calm" | "look" | "wait" | "stop";

export const Loading = ({ w }: { w: Words }) => <p class="state-of loading" role="status">{w.part.loading}…</p>;

export function Empty({ title, how, icon = "tick" }: { title: string; how?: string; icon?: IconName }) {
  return <div class="state-of empty"><Icon name={icon} /><p class="title">{title}</p>{how && <p>{how}</p>}</div>;
}

export function Failed({ w, why, again }: { w: Words; why: string; again?: () => void }) {
  return <div class="state-of failed" role="alert"><Icon name="stop" /><p class="title">{w.part.failed}</p><p>{why}</p>{again && <Button onClick={again}>{w.part.again}</Button>}</div>;
}

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => ComponentChildren;
  /** end: numbers, under each other. */
  readonly end?: boolean;
  /** head: what names the row. */
  readonly head?: boolean;
}

/** Table is a table on wide screens, and a card a row on narrow ones. */
export function Table<T>({ caption, columns, rows, name }: { caption: string; columns: readonly Column<T>[]; rows: readonly T[]; name: (row: T) => string }) {
  return (
    <table class="table" aria-label={caption}>
      <thead><tr>{columns.map((c) => <th key={c.title} scope="col" class={c.end ? "end" : ""}>{c.title}</th>)}</tr></thead>
      <tbody>
        {rows.map((row) => (
          <tr key={name(row)}>
            {columns.map((c) => c.head
              ? <th key={c.title} scope="row" class={c.end ? "end" : ""}>{c.cell(row)}</th>
              : <td key={c.title} data-title={c.title} class={c.end ? "end" : ""}>{c.cell(row)}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Asked is something that the server was asked for. A value that could not be had anew stays, with its time. */
export interface Asked<T> {
  readonly value: T | null;
  readonly at: Date | null;
  readonly error: string;
  readonly busy: boolean;
  readonly again: () => void;
}

/** useAsked asks for what is at a path, anew where the path changes; every: ms after which to ask again. */
export function useAsked<T>(ask: Ask, path: string, every = 0): Asked<T> {
  const [got, setGot] = useState<{ path: string; value: T | null; at: Date | null; error: string; busy: boolean }>({ path, value: null, at: null, error: "", busy: true });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    setGot((g) => ({ ...g, busy: true, ...(g.path === path ? {} : { path, value: null, at: null, error: "" }) }));
    ask<T>("GET", path, undefined, stop.signal).then(
      (value) => setGot({ path, value, at: new Date(), error: "", busy: false }),
      (e: unknown) => !stop.signal.aborted && setGot((g) => ({ ...g, error: said(e), busy: false })),
    );
    const timer = every > 0 ? setTimeout(() => setTurn((t) => t + 1), every) : undefined;
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [ask, path, turn, every]);
  return { value: got.value, at: got.at, error: got.error, busy: got.busy, again: () => setTurn((t) => t + 1) };
}

/** AskedFor shows what was asked for in each of its states: loading, failed, stale, there. */
export function AskedFor<T>({ w, asked, children }: { w: Words; asked: Asked<T>; children: (value: T) => ComponentChildren }) {
  if (asked.value === null) return asked.error ? <Failed w={w} why={asked.error} again={asked.again} /> : <Loading w={w} />;
  return (
    <>
      {asked.error && <p class="banner" role="status">{asked.error} {asked.at && w.asOf(w.format.clock(asked.at))} <Button small onClick={asked.again}>{w.part.again}</Button></p>}
      {children(asked.value)}
    </>
  );
}
