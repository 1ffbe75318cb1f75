// What there is, by product or by place: each number leads to why it is what it is.

import { useEffect, useState } from "preact/hooks";
import { address, filter } from "../address.ts";
import { Files } from "../files.tsx";
import { mayOpen, pageAt, type ViewProps } from "../pages.ts";
import { AskedFor, Button, Code, Empty, Go, Table, Tag, useAsked, When, type Column } from "../parts.tsx";
import { place } from "../say.ts";
import { AsOf, Choose, Field, queryOf, refOf, useFresh, useLater } from "../stock/bits.tsx";
import type { Stock, StockRow } from "../stock/wire.ts";
import { negative } from "../stock/why.ts";
import type { Entry } from "../wire.ts";

const page = 100;
const most = 500; // rows that the server gives at once

export function View(view: ViewProps) {
  const { w, ask } = view;
  const t = w.goods.stock;
  const f = address.value.filters;
  const [search, setSearch] = useState(f.q ?? "");
  const later = useLater(search);
  useEffect(() => filter("q", later.trim()), [later]);
  const [limit, setLimit] = useState(page);
  const by = f.by === "place" ? "place" : "product";
  const shown = { by, search: f.q ?? "", category: f.category ?? "", location: f.place ?? "", site: f.site ?? "", below: f.below ?? "" };
  const path = queryOf("/v1/stock", { ...shown, limit: String(limit) });
  const asked = useAsked<Stock>(ask, path);
  const categories = useAsked<{ rows: readonly { code: string }[] }>(ask, "/v1/categories?limit=500");
  useFresh(view, asked, { head: asked.value?.head, concerns: changesOf(asked.value, by === "place" || !!f.place || !!f.below, f.site ?? "") });
  useEffect(() => setLimit(page), [by, f.q, f.category, f.place, f.site, f.below]);
  const codes = [...new Set([...(categories.value?.rows ?? []).map((c) => c.code), ...(asked.value?.rows ?? []).map((r) => r.category).filter(Boolean)])].sort();
  return (
    <div class="page stock">
      <div class="head"><h1>{t.title}</h1><AsOf view={view} at={asked.value?.now} /><Files view={view} path={queryOf("/v1/stock", shown)} name={"stock" + (f.site ? "-" + f.site : "")} /></div>
      <div class="filters">
        <Field kind="search" label={t.search} how={t.searchHow} value={search} set={setSearch} />
        {codes.length > 0 && <Choose label={t.category} value={f.category ?? ""} options={[["", t.everything], ...codes.map((c) => [c, c] as const)]} set={(v) => filter("category", v)} />}
        <PlaceField label={t.place} value={f.place ?? ""} set={(v) => filter("place", v)} />
        <div class="choice" role="group" aria-label={t.find}>
          <Button small pressed={by === "product"} onClick={() => filter("by", "")}>{t.byProduct}</Button>
          <Button small pressed={by === "place"} onClick={() => filter("by", "place")}>{t.byPlace}</Button>
        </div>
        <div class="choice" role="group" aria-label={t.columns.notes}>
          {([["", t.everything], ["zero", t.negative], ["minimum", t.minimum]] as const).map(([v, text]) => <Button key={v} small pressed={(f.below ?? "") === v} onClick={() => filter("below", v)}>{text}</Button>)}
        </div>
      </div>
      <AskedFor w={w} asked={asked}>{(stock) => stock.rows.length === 0 ? <div class="card"><Empty icon="box" title={t.none} how={t.noneHow} /></div> : (
        <>
          <div class="card"><Table caption={t.title} columns={columnsOf(view, by, stock)} rows={stock.rows} name={(r) => [r.site, r.location, r.product, r.package].join("\n")} /></div>
          {stock.next && (limit < most ? <p class="after"><Button busy={asked.busy} onClick={() => setLimit(Math.min(most, limit + page))}>{w.goods.more}</Button></p> : <p class="after">{w.goods.capped(most)}</p>)}
          <p class="soft">{t.columnsHow}</p>
        </>
      )}</AskedFor>
    </div>
  );
}

const master = ["product", "category", "constraint", "location", "site"]; // what rows are made of, beside moves

/**
 * changesOf says which entries may change the rows of a page: those that moved its products, and where rows
 * come and go with what lies there, those that moved anything at its site.
 */
function changesOf(stock: Stock | null, comes: boolean, site: string): (e: Entry) => boolean {
  const shown = new Set(stock?.rows.map((r) => r.product));
  const here = (ref: string) => site === "" || ref.startsWith(site + "/");
  return (e) => (e.edit ? master.includes(e.edit.entity) : (e.moves ?? []).some((m) => shown.has(m.product) || (comes && (here(m.from) || here(m.to)))) || ["isolate", "release", "undo"].includes(e.intent?.action ?? ""));
}

/** PlaceField is typed and taken with Enter: half a code is no place. */
function PlaceField({ label, value, set }: { label: string; value: string; set: (v: string) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <form onSubmit={(e) => { e.preventDefault(); set(text.trim()); }} onFocusOut={() => text.trim() !== value && set(text.trim())}>
      <Field label={label} value={text} set={setText} />
    </form>
  );
}

function columnsOf(view: ViewProps, by: "product" | "place", stock: Stock): Column<StockRow>[] {
  const { w } = view;
  const t = w.goods.stock;
  const number = (text: string) => w.format.decimal(text);
  const money = stock.rows.some((r) => r.value !== undefined);
  const product: Column<StockRow> = { title: t.columns.product, head: true, cell: (r) => <span class="goods"><Code>{r.product}</Code>{r.name && r.name !== r.product && <bdi class="soft">{r.name}</bdi>}</span> };
  const where: Column<StockRow> = { title: t.columns.place, cell: (r) => <span class="goods"><bdi>{place(refOf(r.site, r.location))}</bdi>{r.package && <bdi class="soft">{w.goods.in(r.package)}</bdi>}</span> };
  return [
    product,
    ...(by === "place" ? [where] : []),
    { title: t.columns.onHand, end: true, cell: (r) => <Why view={view} row={r} /> },
    { title: t.columns.available, end: true, cell: (r) => number(r.available) },
    { title: t.columns.held, end: true, cell: (r) => (r.held === "0" ? <span class="soft">0</span> : number(r.held)) },
    { title: t.columns.incoming, end: true, cell: (r) => (r.incoming === "0" ? <span class="soft">0</span> : number(r.incoming)) },
    ...(money ? [{ title: t.columns.value, end: true, cell: (r: StockRow) => (r.value === undefined ? "" : r.uncosted ? <span class="soft">{t.noCost}</span> : number(r.value)) }] : []),
    { title: t.columns.notes, cell: (r) => <Notes view={view} row={r} /> },
    { title: t.columns.changed, cell: (r) => (r.changed_at ? <When w={w} at={r.changed_at} class="soft" /> : <span class="soft">–</span>) },
  ];
}

/** Why is a number that leads to its reasons, where one may see them. */
function Why({ view, row }: { view: ViewProps; row: StockRow }) {
  const { w } = view;
  const text = w.goods.unit(row.on_hand, row.unit);
  const page = pageAt("/why");
  if (!page || !mayOpen(page, view.me)) return <b>{text}</b>;
  return <Go class={"number" + (negative(row.on_hand) ? " below" : "")} to="/why" filters={{ product: row.product, place: refOf(row.site, row.location), package: row.package ?? "" }} aria-label={w.goods.stock.explain(text, row.product)}>{text}</Go>;
}

function Notes({ view, row }: { view: ViewProps; row: StockRow }) {
  const { w } = view;
  const t = w.goods.stock;
  const page = pageAt("/why");
  const open = page && mayOpen(page, view.me);
  return (
    <span class="notes-of">
      {row.below_zero?.map((b) => {
        const text = t.belowAt(w.format.decimal(b.quantity), [place(refOf(b.site, b.location)), b.package && w.goods.in(b.package)].filter(Boolean).join(" "));
        return open
          ? <Go key={b.site + "/" + b.location + (b.package ?? "")} class="tag stop" to="/why" filters={{ product: row.product, place: refOf(b.site, b.location), package: b.package ?? "" }}>{text}</Go>
          : <Tag key={b.location} tone="stop">{text}</Tag>;
      })}
      {row.below_minimum?.map((m) => <Tag key={m.site + "/" + m.location} tone="look">{t.least(w.format.decimal(m.available), w.format.decimal(m.min), m.location ? place(refOf(m.site, m.location)) : m.site)}</Tag>)}
    </span>
  );
}
