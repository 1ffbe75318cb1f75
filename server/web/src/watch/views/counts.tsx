// Counts that wait for approval: what was expected, counted, and moved since.

import { useState } from "preact/hooks";
import { address } from "../address.ts";
import type { ViewProps } from "../pages.ts";
import { AskedFor, Button, Code, Empty, Go, useAsked } from "../parts.tsx";
import { place } from "../say.ts";
import { book } from "../stock/booking.ts";
import { AsOf, Field, queryOf, refOf, Results, useDo, useFresh } from "../stock/bits.tsx";
import { negative } from "../stock/why.ts";
import type { CountRow, Counts } from "../stock/wire.ts";

const page = 50;
const most = 200; // rows that the server gives at once

interface Decided { readonly text: string; readonly reference: string; readonly site: string }

export function View(view: ViewProps) {
  const { w, ask, me } = view;
  const t = w.goods.counts;
  const [limit, setLimit] = useState(page);
  const asked = useAsked<Counts>(ask, queryOf("/v1/counts", { site: address.value.filters.site ?? "", limit: String(limit) }));
  const shown = new Set(asked.value?.rows.map((r) => r.exception.product));
  const [decided, setDecided] = useState<readonly Decided[]>([]);
  const { error, busy, run } = useDo();
  useFresh(view, asked, { head: asked.value?.head, concerns: (e) => (e.exceptions ?? []).length > 0 || e.kind === "decision" || (e.moves ?? []).some((m) => shown.has(m.product)) || ["decide", "undo", "count", "session-close"].includes(e.intent?.action ?? "") });
  const undo = (d: Decided) => run(async () => {
    await book(ask, me.name, [{ action: "undo", reference: d.reference, site: d.site }]);
    setDecided((all) => all.filter((x) => x !== d));
    asked.again();
    return "";
  });
  return (
    <div class="page counts">
      <div class="head"><h1>{t.title}</h1><AsOf view={view} at={asked.value?.now} /></div>
      <p class="soft">{t.how}</p>
      {decided.length > 0 && <ul class="decided">{decided.map((d) => <li key={d.reference}><b><bdi>{d.text}</bdi></b><Button small busy={busy} onClick={() => undo(d)}>{t.undo}</Button></li>)}</ul>}
      <Results error={error} done="" />
      <AskedFor w={w} asked={asked}>{(counts) => counts.rows.length === 0 ? <div class="card"><Empty title={t.none} how={t.noneHow} /></div> : (
        <>
          <ul class="card things">{counts.rows.map((r) => <Item key={r.exception.id} view={view} row={r} decided={(d) => { setDecided((all) => [d, ...all].slice(0, 20)); asked.again(); }} />)}</ul>
          {counts.next && (limit < most ? <p class="after"><Button busy={asked.busy} onClick={() => setLimit(Math.min(most, limit + page))}>{w.goods.more}</Button></p> : <p class="after">{w.goods.capped(most)}</p>)}
        </>
      )}</AskedFor>
    </div>
  );
}

function Item({ view, row, decided }: { view: ViewProps; row: CountRow; decided: (d: Decided) => void }) {
  const { w, ask, me } = view;
  const t = w.goods.counts;
  const x = row.exception;
  const [reason, setReason] = useState("");
  const { busy, error, run } = useDo();
  const q = (text: string | undefined) => (text === undefined ? t.far : w.format.decimal(text));
  const choose = (choice: "accept" | "recount") => run(async () => {
    const [first] = await book(ask, me.name, [{ action: "decide", mode: "command", exception: x.id, choice, evidence: x.evidence, site: x.site, ...(reason.trim() ? { reason: reason.trim() } : {}) }]);
    decided({ text: t.decided(choice === "accept" ? t.accept : t.recount, x.product ?? ""), reference: first!.reference, site: x.site ?? "" });
    return "";
  });
  const ref = refOf(x.site, x.location);
  return (
    <li class="thing count" data-id={x.id}>
      <div class="name"><b><Code>{x.product ?? ""}</Code></b><span class="soft">{row.name !== x.product && <bdi>{row.name}</bdi>}{row.name !== x.product && ", "}<bdi>{[place(ref), row.package && w.goods.in(row.package), row.lot && t.lot(row.lot)].filter(Boolean).join(", ")}</bdi></span></div>
      <dl class="facts numbers">
        <div><dt>{t.expected}</dt><dd>{q(row.expected)}</dd></div>
        <div><dt>{t.counted}</dt><dd>{q(row.counted)}</dd></div>
        <div><dt>{t.difference}</dt><dd class={negative(row.difference) ? "below" : ""}><b>{(negative(row.difference) ? "" : "+") + w.goods.unit(row.difference, row.unit)}</b>{row.value !== undefined && row.value !== "0" && <span class="soft">{t.worth(w.format.decimal(row.value))}</span>}</dd></div>
      </dl>
      <p class="soft said">{[
        t.by(x.operator || x.device || "", w.format.moment(new Date(x.at ?? x.raised_at))),
        row.moves_since ? t.since((negative(row.moved_since ?? "") ? "" : "+") + q(row.moved_since), row.moves_since) + ", " + t.now(q(row.balance)) : row.counted === undefined ? "" : t.still,
        row.reason, row.session, x.taken_by && t.taken(x.taken_by),
      ].filter(Boolean).map((s) => <bdi key={s}>{s}</bdi>)}<Go to="/why" filters={{ product: x.product ?? "", place: row.package ? "" : ref, package: row.package ?? "" }}>{t.look}</Go></p>
      {me.actions.includes("intent.any") && <div class="form deciding">
        <Field label={w.goods.reason} value={reason} set={setReason} wide />
        <div class="choice"><Button kind="strong" busy={busy} onClick={() => choose("accept")}>{t.accept}</Button><Button busy={busy} onClick={() => choose("recount")}>{t.recount}</Button></div>
      </div>}
      <Results error={error} done="" />
    </li>
  );
}
