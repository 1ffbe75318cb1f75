// What is open: alerts and exceptions as one list, each with one recommended action and the name of who
// took it. A decision can be taken back for a while.

import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { AlertRow, ExceptionRow } from "./wire.ts";
import { itemsOf, type Item } from "./asks.ts";
import { mayOpen, pageAt, type ViewProps } from "./pages.ts";
import { Button, Empty, Go, Loading, Tag, type Tone } from "./parts.tsx";
import { said } from "./rest.ts";
import { called } from "./say.ts";
import { book } from "./stock/booking.ts";
import { classed, named } from "./words.ts";

/** Open is an alert or an exception that is open. */
export type Open = { readonly is: "alert"; readonly row: AlertRow } | { readonly is: "exception"; readonly row: ExceptionRow; readonly asked: readonly ExceptionRow[] };

const undoFor = 10 * 60_000; // ms that a decision can be taken back here
const hourMs = 3_600_000;
const graveAlerts = ["negative", "out", "held_taken", "expired"];

/** recommended is what is done about an exception of a kind, where nothing else is known. */
const recommended: Readonly<Record<string, string>> = {
  short: "recount", held_taken: "returned", doubtful_count: "reject", count_difference: "accept", lost_scan: "recount", reinstalled: "dismiss", double_scan: "recount", serial_two_places: "recount", recount: "recount",
  no_reason: "accept", closed_books: "dismiss", held_short: "recount", serial_unknown: "accept", serial_returned: "accept", serial_mismatch: "accept", asked: "answered",
};

export const sinceOf = (o: Open): string => (o.is === "alert" ? o.row.since : o.row.raised_at);
export const textOf = (o: Open): string => o.row.message ?? (o.row as AlertRow).product ?? o.row.id;
export const takenBy = (o: Open): string => (o.is === "alert" ? (o.row.state === "acknowledged" || o.row.state === "snoozed" ? o.row.by ?? "" : "") : o.row.taken_by ?? "");
const asked = (o: Open): boolean => o.is === "exception" && o.asked.length > 0;
const graveness = (o: Open): number => (takenBy(o) ? 3 : o.is === "alert" ? (graveAlerts.includes(o.row.kind) ? 0 : 1) : o.row.severity === "critical" ? 0 : o.row.severity === "info" ? 2 : 1);

export function toneOf(o: Open): Tone {
  return takenBy(o) ? "calm" : (["stop", "look", "calm"] as const)[graveness(o)] ?? "calm";
}

/** openOf is all that is open: first what somebody on the floor waits for and nobody took, then the gravest, and of those the newest. */
export function openOf(alerts: readonly AlertRow[], exceptions: readonly ExceptionRow[]): Open[] {
  const all: Open[] = [...alerts.map((row) => ({ is: "alert" as const, row })), ...itemsOf(exceptions).map((i) => ({ is: "exception" as const, ...i }))];
  const waited = (o: Open): number => (asked(o) && !takenBy(o) ? 0 : 1);
  return all.sort((a, b) => waited(a) - waited(b) || graveness(a) - graveness(b) || (sinceOf(a) < sinceOf(b) ? 1 : -1));
}

/** Decided is what was decided here a while ago. */
interface Decided { readonly id: string; readonly choice: string; readonly text: string; readonly references: readonly string[]; readonly until: number }
const decided = signal<readonly Decided[]>([]);

/** decide books what is chosen; whoever asked about the same scan is answered with it. */
async function decide(view: ViewProps, { row, asked }: Item, choice: string): Promise<void> {
  const hands = choice === "take" || choice === "leave";
  const also = asked.filter((x) => x.id !== row.id).map((x) => [x, hands ? choice : "answered"] as const);
  const booked = await book(view.ask, view.me.name, [[row, choice] as const, ...also].map(([x, c]) => ({ action: "decide", mode: "command", exception: x.id, choice: c, evidence: x.evidence, site: x.site })));
  if (hands || booked.length === 0) return;
  decided.value = [{ id: row.id, choice, text: row.message ?? row.id, references: booked.map((b) => b.reference), until: Date.now() + undoFor }, ...decided.value].slice(0, 20);
}

/** DecidedList is what was decided here, while it can be taken back. */
export function DecidedList(view: ViewProps) {
  const { w } = view;
  const [error, setError] = useState("");
  useEffect(() => {
    const timer = setInterval(() => (decided.value = decided.value.filter((d) => d.until > Date.now())), 10_000);
    return () => clearInterval(timer);
  }, []);
  if (decided.value.length === 0 && !error) return null;
  const undo = (d: Decided) => {
    setError("");
    book(view.ask, view.me.name, d.references.map((reference) => ({ action: "undo", reference }))).then(() => (decided.value = decided.value.filter((x) => x !== d)), (e: unknown) => setError(said(e)));
  };
  return (
    <ul class="decided">
      {decided.value.map((d) => <li key={d.references[0]}><span><b>{w.attention.decided(named(w.attention.choices, d.choice))}</b> <bdi>{w.format.sentence(d.text)}</bdi></span><Button small onClick={() => undo(d)}>{w.attention.undo}</Button></li>)}
      {error && <li class="error" role="alert">{error}</li>}
    </ul>
  );
}

/**
 * useDo runs one thing at a time with a row, and keeps why it failed. Once the feed has brought what came of it,
 * which may be before the answer, the next may be asked for: a tap on what is shown by then must not be lost.
 */
function useDo(row: { readonly n: number }): { busy: boolean; error: string; run: (act: () => Promise<unknown>) => void } {
  const [state, set] = useState({ n: row.n, busy: false, error: "" });
  const turn = useRef(0);
  useEffect(() => () => void turn.current++, []);
  return {
    busy: state.busy && state.n === row.n, error: state.error,
    run: (act) => {
      const mine = ++turn.current;
      const end = (error: string) => void (mine === turn.current && set({ n: row.n, busy: false, error }));
      set({ n: row.n, busy: true, error: "" });
      act().then(() => end(""), (e: unknown) => end(said(e)));
    },
  };
}

/** OpenItem is one of them: what it is, since when, and what to do. */
export function OpenItem({ view, open, brief = false }: { view: ViewProps; open: Open; brief?: boolean }) {
  const { w } = view;
  const kinds = open.is === "alert" ? w.attention.alertKinds : w.attention.kinds;
  const { row } = open;
  const where = [row.site && row.site !== "main" ? row.site : "", row.location].filter(Boolean).join("/");
  return (
    <li class={"open " + toneOf(open)} data-id={row.id} data-kind={classed(kinds, row.kind)}>
      <p class="what"><Tag tone={toneOf(open)}>{named(kinds, row.kind)}</Tag> <span class="since">{w.attention.since(w.format.moment(new Date(sinceOf(open))))}</span></p>
      <p class="message"><bdi>{w.format.sentence(textOf(open))}</bdi></p>
      {open.is === "exception" && <Asked view={view} asks={open.asked} />}
      {!brief && <p class="about">{[where, open.is === "exception" && !asked(open) ? open.row.operator || open.row.device : ""].filter(Boolean).map((t) => <bdi key={t}>{t}</bdi>)}</p>}
      {open.is === "alert" ? <AlertActions view={view} row={open.row} brief={brief} /> : <ExceptionActions view={view} item={open} brief={brief} />}
    </li>
  );
}

function Explain({ view, row }: { view: ViewProps; row: AlertRow | ExceptionRow }) {
  const page = pageAt("/why");
  if (!page || !mayOpen(page, view.me) || !row.product) return null;
  return <Go class="button quiet small" to="/why" filters={{ product: row.product, place: row.location ? (row.site || "main") + "/" + row.location : "" }}>{view.w.attention.explain}</Go>;
}

function AlertActions({ view, row, brief }: { view: ViewProps; row: AlertRow; brief: boolean }) {
  const { w, ask, live, me } = view;
  const { busy, error, run } = useDo(row);
  const may = me.actions.includes("answer.alerts");
  const answer = (verb: string, body?: object) => run(() => ask<{ alert: AlertRow }>("POST", "/v1/alerts/" + encodeURIComponent(row.id) + "/" + verb, body).then((a) => live.alerts.put(a.alert)));
  const until = (ms: number) => answer("snooze", { until: new Date(live.now() + ms).toISOString() });
  const by = called(view.names.value, row.by ?? "");
  return (
    <div class="actions">
      {row.state === "acknowledged" && <span class="taken">{w.attention.acknowledgedBy(by)}</span>}
      {row.state === "snoozed" && <span class="taken">{w.attention.snoozedBy(by, w.format.moment(new Date(row.until ?? row.since)))}</span>}
      {row.state === "escalated" && <Tag tone="stop">{w.attention.escalated}</Tag>}
      {may && (row.state === "acknowledged" || row.state === "snoozed"
        ? <Button small kind="quiet" busy={busy} onClick={() => answer("wake")}>{w.attention.wake}</Button>
        : <>
            <Button small kind={brief ? "plain" : "strong"} busy={busy} onClick={() => answer("acknowledge")}>{w.attention.acknowledge}</Button>
            {!brief && <More label={w.attention.snooze}><Button small busy={busy} onClick={() => until(hourMs)}>{w.attention.snoozeHour}</Button><Button small busy={busy} onClick={() => until(24 * hourMs)}>{w.attention.snoozeDay}</Button></More>}
          </>)}
      {!brief && <Explain view={view} row={row} />}
      {error && <p class="error" role="alert">{error}</p>}
    </div>
  );
}

/** Asked says who on the floor waits for it: the first who asked, whoever asked later. */
function Asked({ view: { w, names }, asks }: { view: ViewProps; asks: readonly ExceptionRow[] }) {
  const [first] = asks.toSorted((a, b) => ((a.at ?? "") < (b.at ?? "") ? -1 : 1));
  if (!first) return null;
  return <p class="asked"><bdi>{w.attention.askedBy(called(names.value, first.operator || first.device || "?"), first.device ?? "", w.format.minute(new Date(first.at ?? first.raised_at)))}</bdi></p>;
}

function ExceptionActions({ view, item, brief }: { view: ViewProps; item: Item; brief: boolean }) {
  const { w } = view;
  const { row } = item;
  const { busy, error, run } = useDo(row);
  const choice = recommended[row.kind] ?? "take";
  const taken = row.state === "taken";
  const first = brief ? "take" : choice;
  return (
    <div class="actions">
      {taken && <span class="taken">{w.attention.takenBy(called(view.names.value, row.taken_by || "?"))}</span>}
      {!(taken && first === "take") && !(brief && taken) && <Button small kind={brief ? "plain" : "strong"} busy={busy} onClick={() => run(() => decide(view, item, first))}>{named(w.attention.choices, first)}</Button>}
      {!brief && <More label={w.attention.otherwise}><OtherChoices view={view} row={row} except={[first, ...(taken ? ["take"] : ["leave"])]} busy={busy} choose={(c) => run(() => decide(view, item, c))} /></More>}
      {!brief && <Explain view={view} row={row} />}
      {!brief && w.attention.advice[first] && !taken && <p class="advice">{w.attention.advice[first]}</p>}
      {error && <p class="error" role="alert">{error}</p>}
    </div>
  );
}

/** OtherChoices asks the server what can be decided, once somebody wants to know. */
function OtherChoices({ view, row, except, busy, choose }: { view: ViewProps; row: ExceptionRow; except: readonly string[]; busy: boolean; choose: (choice: string) => void }) {
  const { w, ask } = view;
  const [got, setGot] = useState<readonly string[] | string | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    ask<{ choices: string[] }>("GET", "/v1/exceptions/" + encodeURIComponent(row.id), undefined, stop.signal).then((a) => setGot(a.choices), (e: unknown) => !stop.signal.aborted && setGot(said(e)));
    return () => stop.abort();
  }, [row.id, row.n]);
  if (got === null) return <Loading w={w} />;
  if (typeof got === "string") return <p class="error" role="alert">{got}</p>;
  return <>{got.filter((c) => !except.includes(c)).map((c) => <Button key={c} small busy={busy} onClick={() => choose(c)}>{named(w.attention.choices, c)}</Button>)}</>;
}

/** More opens further actions beside the recommended one. */
function More({ label, children }: { label: string; children: preact.ComponentChildren }) {
  const [open, setOpen] = useState(false);
  return <span class="more"><Button small kind="quiet" icon={open ? "close" : "right"} pressed={open} onClick={() => setOpen(!open)}>{label}</Button>{open && <span class="choices-of">{children}</span>}</span>;
}

/** Announce says to screen readers what was raised just now. */
export function Announce({ w, live }: ViewProps) {
  const raised = [...live.alerts.raised.value, ...live.exceptions.raised.value];
  const last = raised.at(-1);
  return <p class="sr" id="raised" role="status">{last && w.attention.said(w.format.sentence(last.message ?? last.id))}</p>;
}

const mostBrief = 50;

/** AttentionPanel is the list beside the feed. */
export function AttentionPanel(view: ViewProps) {
  const { w, live } = view;
  const all = openOf(live.alerts.all.value, live.exceptions.all.value);
  return (
    <section class="card attention" aria-labelledby="attention-title">
      <div class="bar"><h2 id="attention-title">{w.attention.title}</h2>{all.length > 0 && <Go to="/attention">{w.attention.openAll}</Go>}</div>
      <Announce {...view} />
      {live.known()
        ? all.length === 0
          ? <Empty title={w.attention.none} how={w.attention.noneHow} />
          : <ul class="opens" id="open" tabIndex={0} aria-labelledby="attention-title">
              {all.slice(0, mostBrief).map((o) => <OpenItem key={o.is + o.row.id} view={view} open={o} brief />)}
              {all.length > mostBrief && <li class="gap">{w.attention.more(all.length - mostBrief)}</li>}
            </ul>
        : <Loading w={w} />}
    </section>
  );
}
