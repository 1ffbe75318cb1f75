// An item: where it is, and why each number is what it is.

import { useEffect, useState } from "preact/hooks";
import { address, filter, go } from "../address.ts";
import type { ViewProps } from "../pages.ts";
import { AskedFor, Button, Code, Empty, Go, useAsked, type Asked } from "../parts.tsx";
import { place } from "../say.ts";
import { AsOf, Field, Form, queryOf, refOf, Results, useDo, useFresh, useLater, useMore, type Paged } from "../stock/bits.tsx";
import { Chart } from "../stock/chart.tsx";
import { didOf, Moves, whoOf } from "../stock/moves.tsx";
import { seriesOf } from "../stock/series.ts";
import { joined, minus, negative, whyOf } from "../stock/why.ts";
import type { Negative, Step, Steps, Stock } from "../stock/wire.ts";
import type { Entry } from "../wire.ts";

const dayMs = 86_400_000;
const spans = { day: dayMs, week: 7 * dayMs, month: 30 * dayMs, quarter: 91 * dayMs } as const;
type Span = keyof typeof spans;
const chartMost = 2_000; // movements of one line

export function View(view: ViewProps) {
  const product = address.value.filters.product ?? "";
  return product === "" ? <Pick view={view} /> : <Item key={product} view={view} product={product} />;
}

/** Pick chooses a product. */
function Pick({ view }: { view: ViewProps }) {
  const { w, ask } = view;
  const [text, setText] = useState("");
  const later = useLater(text.trim());
  const found = useAsked<Stock>(ask, queryOf("/v1/stock", { search: later, limit: "10" }));
  const rows = found.value?.rows ?? [];
  const open = (product: string) => product !== "" && go("/why", { product });
  const send = () => open(rows.find((r) => r.product === text.trim())?.product ?? rows[0]?.product ?? "");
  return (
    <div class="page">
      <div class="head"><h1>{w.goods.why.title}</h1></div>
      <p class="soft">{w.goods.why.how}</p>
      <Form label={w.goods.why.product} send={send}><Field kind="search" label={w.goods.why.product} how={w.goods.stock.searchHow} value={text} set={setText} /></Form>
      <AskedFor w={w} asked={found}>{(stock) => stock.rows.length === 0 ? <Empty icon="box" title={w.goods.stock.none} /> : (
        <ul class="card picks">{stock.rows.map((r) => <li key={r.product}><Go to="/why" filters={{ product: r.product }}><Code>{r.product}</Code> <bdi class="soft">{r.name !== r.product && r.name}</bdi><span class="end">{w.goods.unit(r.on_hand, r.unit)}</span></Go></li>)}</ul>
      )}</AskedFor>
    </div>
  );
}

/** touches says whether an entry may have changed numbers of a product. */
const touches = (product: string) => (e: Entry): boolean => e.kind === "edit" || (e.moves ?? []).some((m) => m.product === product) || e.intent?.action === "undo";

/** useSteps asks for the steps of a number; more reads as many older ones as its reasons need. */
function useSteps(view: ViewProps, path: string, product: string): { asked: Asked<Steps>; read: Paged<Steps> } {
  const asked = useAsked<Steps>(view.ask, path);
  const read = useMore(view, asked, path, joined);
  useFresh(view, asked, { head: asked.value?.head, concerns: (e) => read.whole && touches(product)(e) }); // whoever reads older ones keeps them
  return { asked, read };
}

function Item({ view, product }: { view: ViewProps; product: string }) {
  const { w, ask } = view;
  const t = w.goods.why;
  const f = address.value.filters;
  const where = { site: f.site ?? "", location: f.package ? "" : (f.place ?? ""), package: f.package ?? "" };
  const places = useAsked<Stock>(ask, queryOf("/v1/stock", { by: "place", product, limit: "200", site: f.site ?? "" }));
  useFresh(view, places, { head: places.value?.head, concerns: touches(product) });
  const { asked, read } = useSteps(view, queryOf("/v1/balances/steps", { product, ...where, limit: "200" }), product);
  const steps = read.all;
  const one = where.location !== "" || where.package !== "";
  const why = steps && whyOf(steps);
  const needs = why?.more === true && steps!.rows.length < chartMost;
  useEffect(() => {
    if (needs && !read.busy && !read.error) read.more?.();
  }, [needs, read.busy, steps]);
  return (
    <div class="page item">
      <div class="head"><h1><bdi>{product}</bdi>{steps && steps.name !== "" && steps.name !== product && <bdi class="soft"> {steps.name}</bdi>}</h1><AsOf view={view} at={asked.value?.now} /></div>
      <Places view={view} asked={places} product={product} />
      <AskedFor w={w} asked={asked}>{() => steps!.rows.length === 0 && steps!.balance === "0" ? <div class="card"><Empty icon="history" title={t.nothing} /></div> : (
        <>
          <div class="explained">
            <Reasons view={view} steps={steps!} />
            {one && negative(steps!.balance) && view.me.actions.includes("intent.any") && <Corrections view={view} steps={steps!} again={() => { asked.again(); places.again(); }} />}
          </div>
          {read.error && <p class="error" role="alert">{read.error}</p>}
          <Line view={view} path={queryOf("/v1/balances/steps", { product, ...where, brief: "true", limit: String(chartMost) })} unit={steps!.unit} head={steps!.head} />
          <Moves w={w} rows={steps!.rows} here={refOf(steps!.site, steps!.location)} unit={steps!.unit} crossing={why!.crossing} base={why!.base.is === "count" ? why!.base.step : null} older={read.more} busy={read.busy} />
        </>
      )}</AskedFor>
    </div>
  );
}

/** Places are where the product is; each opens the reasons of its number. */
function Places({ view, asked, product }: { view: ViewProps; asked: Asked<Stock>; product: string }) {
  const { w } = view;
  const f = address.value.filters;
  const rows = asked.value?.rows ?? [];
  const here = (f.package ?? "") + "\n" + (f.place ?? "");
  if (rows.length === 0) return null;
  return (
    <nav class="places" aria-label={w.goods.why.places}>
      <Go class="place" to="/why" filters={{ product }} aria-current={here === "\n" ? "true" : undefined}><span>{w.goods.why.everywhere}</span></Go>
      {rows.map((r) => {
        const ref = refOf(r.site, r.location);
        const current = r.package ? f.package === r.package : !f.package && (f.place === ref || (f.place === r.location && (f.site ?? "main") === r.site));
        return (
          <Go key={ref + (r.package ?? "")} class={"place" + (negative(r.on_hand) ? " stop" : "")} to="/why" filters={{ product, place: ref, package: r.package ?? "" }} aria-current={current ? "true" : undefined}>
            <bdi>{[place(ref), r.package && w.goods.in(r.package)].filter(Boolean).join(" ")}</bdi> <b>{w.format.decimal(r.on_hand)}</b>
          </Go>
        );
      })}
    </nav>
  );
}

/** Reasons tells in sentences what made the number. */
function Reasons({ view: { w }, steps }: { view: ViewProps; steps: Steps }) {
  const t = w.goods.why;
  const y = whyOf(steps);
  const q = (text: string) => w.format.decimal(text);
  const when = (iso: string) => w.format.moment(new Date(iso));
  const did = (s: Step) => { const word = didOf(w, s); return word.slice(0, 1).toLowerCase() + word.slice(1); };
  const { base } = y;
  const where = steps.package ? w.goods.in(steps.package) : steps.location ? place(refOf(steps.site, steps.location)) : t.everywhere;
  return (
    <section class={"card reasons" + (y.below ? " stop" : "")} aria-labelledby="why-title">
      <h2 id="why-title">{t.question(q(steps.balance))}</h2>
      <p class="big"><b class={y.below ? "below" : ""}>{w.goods.unit(steps.balance, steps.unit)}</b> <bdi class="soft">{where}</bdi></p>
      <ol class="sentences">
        <li data-base={base.is}>{base.is === "count" ? t.lastCounted(q(base.step.balance), when(base.step.at), whoOf(base.step)) : base.is === "right" ? t.lastRight(q(base.quantity), when(base.step.at)) : base.is === "start" ? t.start : t.unknown(q(base.quantity))}</li>
        {y.crossing && <li class="crossing" data-entry={y.crossing.entry}>{t.crossed(when(y.crossing.at), whoOf(y.crossing), did(y.crossing), q(minus(y.crossing.change)), q(y.before))}</li>}
        <li>{y.scans === 0 ? t.nothingSince : t.since(y.came === "0" ? t.none0 : q(y.came), y.went === "0" ? t.none0 : q(y.went), y.scans)}</li>
        {y.late.length > 0 && <li>{t.late(y.late.length)}<Some rows={y.late} say={(s) => t.lateOne(whoOf(s) + " " + did(s) + " " + q(negative(s.change) ? minus(s.change) : s.change), when(s.at), when(s.booked_at ?? s.at))} /></li>}
        {y.undone.length > 0 && <li>{t.undone(y.undone.length)}</li>}
      </ol>
    </section>
  );
}

const mostNamed = 3;
const Some = ({ rows, say }: { rows: readonly Step[]; say: (s: Step) => string }) => <ul>{rows.slice(0, mostNamed).map((s) => <li key={s.entry + " " + s.at + s.change}>{say(s)}</li>)}</ul>;

/** Corrections are the steps that the server offers to set a number below zero right. */
function Corrections({ view, steps, again }: { view: ViewProps; steps: Steps; again: () => void }) {
  const { w, ask } = view;
  const t = w.goods.why;
  const asked = useAsked<readonly Negative[]>(ask, queryOf("/v1/negative", { product: steps.product, site: steps.site ?? "", location: steps.location ?? "" }));
  const [counted, setCounted] = useState("0");
  const { busy, error, done, run } = useDo();
  const row = (asked.value ?? []).find((n) => n.location === steps.location && n.site === steps.site && (n.package ?? "") === (steps.package ?? ""));
  if (!row) return done || error || asked.error ? <section class="card correct"><Results error={error || asked.error} done={done} /></section> : null;
  const correct = (c: Negative["corrections"][number]) => run(async () => {
    await ask("POST", "/v1/negative/correct", { site: row.site, location: row.location, product: row.product, ...(row.package ? { package: row.package } : {}), kind: c.kind, evidence: c.evidence, ...(c.kind === "count" ? { quantity: counted } : {}) });
    asked.again();
    again();
    return t.corrected;
  });
  const missing = w.format.decimal(minus(row.quantity));
  return (
    <section class="card correct" aria-labelledby="correct">
      <h2 id="correct">{t.correct}</h2>
      <p class="soft">{t.correctHow}</p>
      <Results error={error} done={done} />
      <div class="ways">{row.corrections.map((c) => {
        const text = t.corrections[c.kind]?.(missing) ?? c.kind;
        return c.kind === "count"
          ? <Form key={c.kind} label={text} send={() => correct(c)}><Field kind="decimal" label={t.counted} value={counted} set={setCounted} /><Button kind="strong" busy={busy} onClick={() => correct(c)}>{text}</Button></Form>
          : <Button key={c.kind} busy={busy} onClick={() => correct(c)}>{text}</Button>;
      })}</div>
    </section>
  );
}

/** Line is the balance over time. */
function Line({ view, path, unit, head }: { view: ViewProps; path: string; unit: string; head: number }) {
  const { w, ask } = view;
  const t = w.goods.why;
  const span = (address.value.filters.span ?? "month") as Span;
  const [now] = useState(() => view.live.now());
  const since = Math.floor((now - (spans[span] ?? spans.month)) / 60_000) * 60_000;
  const asked = useAsked<Steps>(ask, path + "&since=" + new Date(since).toISOString());
  const [points, setPoints] = useState<ReturnType<typeof seriesOf> | null>(null);
  useEffect(() => setPoints(asked.value && seriesOf(asked.value, since)), [asked.value]);
  useEffect(() => {
    if (asked.value && asked.value.head < head) asked.again();
  }, [head]);
  return (
    <section class="card line" aria-labelledby="line">
      <div class="bar"><h2 id="line">{t.chart}</h2><div class="choice" role="group" aria-labelledby="line">{(Object.keys(spans) as Span[]).map((s) => <Button key={s} small pressed={s === span} onClick={() => filter("span", s === "month" ? "" : s)}>{t.spans[s]}</Button>)}</div></div>
      <AskedFor w={w} asked={asked}>{(steps) => <>{points && <Chart w={w} points={points} unit={unit} />}{(steps.next || steps.cut) && <p class="soft">{t.chartCut}</p>}</>}</AskedFor>
    </section>
  );
}
