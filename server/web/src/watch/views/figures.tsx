// How the work goes over some days: how much was done and when, by whom and where, what went wrong, and how
// long goods took from the dock to the shelf.

import { useMemo, useState } from "preact/hooks";
import { address, go } from "../address.ts";
import type { ViewProps } from "../pages.ts";
import { AskedFor, Button, Code, Empty, Go, Table, Tag, useAsked, type Column } from "../parts.tsx";
import { called, place } from "../say.ts";
import { useFresh } from "../stock/bits.tsx";
import { Bar, Big, Panel } from "../work/bits.tsx";
import { Dock, DockTable, spanOf, Throughput, whenOf } from "../work/lines.tsx";
import { daysOf, dockPath, going, lineOf, ready, rowsOf, shareOf, spans, throughputPath, wrongOf, type By, type Days, type Row, type Took } from "../work/throughput.ts";
import { named, type Words } from "../words.ts";

const few = 10; // rows of a list
const most = 100; // after somebody wants more
const freshEvery = 60_000; // ms: it reads all of the days anew

export function View(view: ViewProps) {
  const { w } = view;
  const f = address.value.filters;
  const days = daysOf(f);
  return (
    <div class="page work">
      <div class="head"><h1>{w.work.title}</h1><Chooser view={view} days={days} /></div>
      {ready(days) ? <Shown key={JSON.stringify([days, f.site])} view={view} days={days} site={f.site ?? ""} /> : <div class="card"><Empty icon="chart" title={w.work.choose} /></div>}
    </div>
  );
}

/** Chooser chooses the days. */
function Chooser({ view: { w }, days }: { view: ViewProps; days: Days }) {
  const t = w.work;
  const open = (d: Partial<Days>) => {
    const next = { ...days, ...d };
    go("/figures", { span: next.span === "today" ? "" : next.span, ...(next.span === "dates" ? { first: next.first, last: next.last } : {}) }, "replace");
  };
  const day = (label: string, value: string, set: (v: string) => void) => <label class="field"><span>{label}</span><input type="date" value={value} onChange={(e) => set(e.currentTarget.value)} /></label>;
  return (
    <div class="spans">
      <div class="choice" role="group" aria-label={t.days}>{spans.map((s) => <Button key={s} small pressed={s === days.span} onClick={() => open({ span: s })}>{t.spans[s]}</Button>)}</div>
      {days.span === "dates" && <>{day(t.first, days.first, (first) => open({ first }))}{day(t.last, days.last, (last) => open({ last }))}</>}
      <Button small kind="quiet" class="print" onClick={() => print()}>{t.print}</Button>
    </div>
  );
}

function Shown({ view, days, site }: { view: ViewProps; days: Days; site: string }) {
  const { w, ask } = view;
  const path = throughputPath(days, site, { limit: String(most) });
  const asked = useAsked<readonly Row[]>(ask, path);
  const took = useAsked<readonly Took[]>(ask, dockPath(days, site));
  const again = () => { asked.again(); took.again(); };
  useFresh(view, { ...asked, busy: asked.busy || took.busy, again }, { concerns: (e) => going(days) && e.kind === "intent", every: freshEvery });
  return (
    <>
      <p class="soft about">{[site || w.allSites, asked.value && saidOf(w, asked.value), asked.at && w.goods.asOf(w.format.moment(asked.at))].filter(Boolean).join(", ")}</p>
      <AskedFor w={w} asked={asked}>{(rows) => (
        <>
          <Headline view={view} rows={rows} took={took.value} />
          {rowsOf(rows, "total")[0]?.scans ? <Work view={view} rows={rows} days={days} site={site} /> : <div class="card"><Empty icon="chart" title={w.work.none} how={w.work.noneHow} /></div>}
        </>
      )}</AskedFor>
      <Panel view={view} id="dock-title" title={w.work.dock} path={dockPath(days, site)} name={nameOf("dock-to-stock", days, site)} wide>
        <AskedFor w={w} asked={took}>{(rows) => <DockPanel view={view} rows={rows} />}</AskedFor>
      </Panel>
      <p class="soft">{w.work.how}</p>
    </>
  );
}

/** saidOf is which days there are, also on paper. */
function saidOf(w: Words, rows: readonly Row[]): string {
  const days = rowsOf(rows, "day");
  const [first, last] = [days[0], days.at(-1)];
  return !first || !last ? "" : first === last ? whenOf(w, first.group) : whenOf(w, first.group) + " – " + whenOf(w, last.group);
}

/** nameOf is the name of a file. */
const nameOf = (what: string, d: Days, site: string): string => [what, d.span === "dates" ? d.first + "-" + d.last : d.span, site].filter(Boolean).join("-");

function Headline({ view: { w }, rows, took }: { view: ViewProps; rows: readonly Row[]; took: readonly Took[] | null }) {
  const t = w.work;
  const n = (v: number) => w.format.number(v);
  const total = rowsOf(rows, "total")[0];
  const all = took?.at(-1);
  const peak = rowsOf(rows, "hour").reduce<Row | null>((best, r) => (r.scans > (best?.scans ?? 0) ? r : best), null);
  const share = total && shareOf(wrongOf(total), total.scans);
  return (
    <section class="figures" aria-label={t.title}>
      <Big id="total-scans" label={t.scans} text={total ? n(total.scans) : null} note={peak ? t.peak(n(peak.scans), whenOf(w, peak.group)) : ""} />
      <Big id="total-moves" label={t.moves} text={total ? n(total.moves) : null} note={total?.scans ? t.each(n(total.moves / total.scans)) : ""} />
      <Big id="total-wrong" label={t.wrong} text={total ? n(wrongOf(total)) : null} note={share == null ? "" : t.wrongShare(n(share))} />
      <Big id="total-dock" label={t.dock} text={all?.p50_seconds === undefined ? null : spanOf(w, all.p50_seconds)} note={took === null ? "" : all?.p50_seconds === undefined ? t.dockNone : t.dockNote(spanOf(w, all.p90_seconds), all.lines)} />
    </section>
  );
}

function Work({ view, rows, days, site }: { view: ViewProps; rows: readonly Row[]; days: Days; site: string }) {
  const { w, names } = view;
  const t = w.work;
  const by = lineOf(rows);
  const line = useMemo(() => rowsOf(rows, by), [rows, by]);
  const wrong: Column<Row> = { title: t.columns.wrong, end: true, cell: (r) => (wrongOf(r) === 0 ? <span class="soft">0</span> : w.format.number(wrongOf(r))) };
  const counted = (of: "scans" | "moves") => (list: readonly Row[]): Column<Row> => {
    const longest = Math.max(...list.map((x) => x[of]));
    return { title: t.columns[of], end: true, cell: (r) => <Bar value={r[of]} most={longest} text={w.format.number(r[of])} /> };
  };
  const [scans, moves] = [counted("scans"), counted("moves")];
  const number = (text: string | undefined) => (!text || text === "0" ? <span class="soft">0</span> : w.format.decimal(text));
  const list = { view, rows, days, site };
  return (
    <>
      <Panel view={view} id="line-title" title={t.line[by]} path={throughputPath(days, site, { by })} name={nameOf("throughput-" + by, days, site)} wide><Throughput w={w} rows={line} title={t.line[by]} /></Panel>
      <div class="panels">
        <List {...list} by="person" title={t.people} columns={(r) => [{ title: t.columns.person, head: true, cell: (x) => (x.group ? <bdi>{called(names.value, x.group)}</bdi> : <span class="soft">{t.nobody}</span>) }, scans(r), wrong]} />
        <List {...list} by="place" title={t.places} columns={(r) => [{ title: t.columns.place, head: true, cell: (x) => <bdi>{place(x.group)}</bdi> }, moves(r), wrong]} />
        <List {...list} by="product" title={t.products} columns={(r) => [{ title: t.columns.product, head: true, cell: (x) => <Go to="/why" filters={{ product: x.group }}><Code>{x.group}</Code></Go> }, moves(r), { title: t.columns.came, end: true, cell: (x) => number(x.came) }, { title: t.columns.went, end: true, cell: (x) => number(x.went) }]} />
        <List {...list} by="error" title={t.errors} none={t.noErrors} columns={(r) => [{ title: t.columns.cause, head: true, cell: (x) => <Cause view={view} group={x.group} /> }, scans(r)]} />
      </div>
    </>
  );
}

interface ListProps { readonly view: ViewProps; readonly rows: readonly Row[]; readonly days: Days; readonly site: string; readonly by: By; readonly title: string; readonly none?: string; readonly columns: (rows: readonly Row[]) => readonly Column<Row>[] }

/** List is a table whose numbers have a length, those with the most first. */
function List({ view, rows, days, site, by, title, none, columns }: ListProps) {
  const { w } = view;
  const [limit, setLimit] = useState(few);
  const all = rowsOf(rows, by);
  const shown = all.slice(0, limit);
  return (
    <Panel view={view} id={by + "-title"} title={title} path={throughputPath(days, site, { by, limit: String(limit) })} name={nameOf("throughput-" + by, days, site)}>
      {shown.length === 0 ? <Empty title={none ?? w.work.none} /> : <Table caption={title} columns={columns(shown)} rows={shown} name={(r) => r.group} />}
      {all.length > limit && <p class="after"><Button small onClick={() => setLimit(most)}>{w.work.more}</Button></p>}
    </Panel>
  );
}

/** Cause is what became of a scan, and why. */
function Cause({ view: { w }, group }: { view: ViewProps; group: string }) {
  const slash = group.indexOf("/");
  const outcome = group.slice(0, slash);
  const cause = group.slice(slash + 1);
  const words = outcome === "exception" ? w.attention.kinds : w.work.causes;
  return <span class="cause"><Tag tone={outcome === "refused" ? "stop" : outcome === "parked" ? "wait" : "look"}>{named(w.entry.outcomes, outcome)}</Tag> <bdi>{named(words, cause)}</bdi></span>;
}

function DockPanel({ view: { w }, rows }: { view: ViewProps; rows: readonly Took[] }) {
  const t = w.work;
  const days = useMemo(() => rows.filter((r) => r.day !== ""), [rows]);
  const all = rows.at(-1);
  if (!all || (all.lines === 0 && all.unknown === 0)) return <Empty icon="box" title={t.noDock} how={t.noDockHow} />;
  return (
    <>
      {days.length > 1 ? <Dock w={w} days={days} /> : all.lines > 0 && <DockTable w={w} rows={days} />}
      {all.unknown > 0 && <p class="soft after">{t.dockUnknown(all.unknown)}</p>}
    </>
  );
}
