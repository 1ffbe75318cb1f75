// Codes that nobody could read: what each is, or that it is nothing; what that books is shown before.

import { useState } from "preact/hooks";
import type { ViewProps } from "../pages.ts";
import { AskedFor, Button, Code, Empty, Tag, useAsked } from "../parts.tsx";
import { place } from "../say.ts";
import { book } from "../stock/booking.ts";
import { Field, Form, queryOf, Results, useDo, useFresh, useLater, useMore, type Paged } from "../stock/bits.tsx";
import { complete, dismissals, mapping, nothingMeant, planOf, type Meaning } from "../stock/codes.ts";
import type { Stock, UnknownCode, UnknownCodes, UnknownScan, UnknownScans } from "../stock/wire.ts";
import { named, type Words } from "../words.ts";

const page = "/v1/unknown?limit=100";
const scansPage = 500; // scans of one code that are read, and dismissed, at once
const fewPlanned = 8; // lines of a plan, so that the buttons below it are seen
const morePlanned = 100; // and so many more, as pages of lists have

export function View(view: ViewProps) {
  const { w, ask } = view;
  const t = w.goods.codes;
  const asked = useAsked<UnknownCodes>(ask, page);
  const read = useMore(view, asked, page, (first, next) => ({ ...next, rows: [...first.rows, ...next.rows.filter((n) => !first.rows.some((r) => keyOf(r) === keyOf(n)))] }));
  const [open, setOpen] = useState("");
  const [done, setDone] = useState("");
  useFresh(view, asked, { concerns: (e) => open === "" && read.whole && (e.outcome === "parked" || !!e.edit || ["map", "undo"].includes(e.intent?.action ?? "")) }); // nothing moves under who names one, or reads on
  const finish = (message: string) => { setDone(message); setOpen(""); asked.again(); };
  return (
    <div class="page codes">
      <div class="head"><h1>{t.title}</h1>{asked.at && <span class="as-of">{w.goods.asOf(w.format.clock(asked.at))}</span>}</div>
      <p class="soft">{t.how}</p>
      <Results error="" done={done} />
      <AskedFor w={w} asked={asked}>{() => read.all!.rows.length === 0 ? <div class="card"><Empty title={t.none} how={t.noneHow} /></div> : (
        <>
          <ul class="card things">{read.all!.rows.map((c) => <Item key={keyOf(c)} view={view} code={c} open={open === keyOf(c)} toggle={() => { setDone(""); setOpen(open === keyOf(c) ? "" : keyOf(c)); }} finish={finish} />)}</ul>
          {read.error && <p class="error" role="alert">{read.error}</p>}
          {read.more && <p class="after"><Button busy={read.busy} onClick={read.more}>{w.goods.more}</Button> {t.left(read.all!.count - read.all!.rows.length)}</p>}
        </>
      )}</AskedFor>
    </div>
  );
}

const keyOf = (c: UnknownCode): string => [c.kind, c.site, c.raw].join("\n");

function Item({ view, code, open, toggle, finish }: { view: ViewProps; code: UnknownCode; open: boolean; toggle: () => void; finish: (message: string) => void }) {
  const { w, me } = view;
  const t = w.goods.codes;
  const when = (iso: string) => w.format.moment(new Date(iso));
  return (
    <li class="thing" data-raw={code.raw}>
      <div class="name"><Code class="raw">{code.raw}</Code><span class="soft"><Tag tone="wait">{named(t.kinds, code.kind)}</Tag> {code.site && <bdi>{code.site}</bdi>}</span></div>
      <p><b>{t.scans(code.scans)}</b> <span class="soft">{t.between(when(code.first), when(code.last))} <bdi>{t.by(code.devices.join(", "))}</bdi></span></p>
      {me.actions.includes("intent.any") && <div class="actions"><Button small kind={open ? "plain" : "strong"} pressed={open} onClick={toggle}>{open ? t.close : t.name}</Button></div>}
      {open && <Name view={view} code={code} finish={finish} />}
    </li>
  );
}

/** Name says what a code is, or that its scans are nothing. */
function Name({ view, code, finish }: { view: ViewProps; code: UnknownCode; finish: (message: string) => void }) {
  const { w, ask, me } = view;
  const t = w.goods.codes;
  const path = queryOf("/v1/unknown/scans", { kind: code.kind, raw: code.raw, site: code.site, limit: String(scansPage) });
  const scans = useAsked<UnknownScans>(ask, path);
  const read = useMore(view, scans, path, (first, next) => ({ ...next, rows: [...first.rows, ...next.rows] }));
  const list = read.all ?? { rows: [], count: 0 };
  const [m, setM] = useState<Meaning>(nothingMeant);
  const [reason, setReason] = useState("");
  const [dismissing, setDismissing] = useState(false);
  const { busy, error, run } = useDo();
  const everywhere = me.roles === me.role;
  const may = code.kind === "location" || everywhere;
  const ready = complete(code, m);
  const save = () => ready && run(async () => {
    const [first] = await book(ask, me.name, [{ ...mapping(code, m), mode: "command", ...(reason ? { reason } : {}) }]);
    finish(first?.message ?? "");
    return "";
  });
  const dismiss = (rows: readonly UnknownScan[]) => run(async () => {
    if (!reason.trim()) throw new Error(w.goods.reasonNeeded);
    await book(ask, me.name, dismissals(rows, reason.trim()));
    finish(t.dismissed(rows.length));
    return "";
  });
  return (
    <div class="form naming" role="group" aria-label={t.name}>
      <AskedFor w={w} asked={scans}>{() => (
        <>
          {may ? <Form label={t.name} send={save}>
            {code.kind === "location" ? <Field label={t.place} value={m.place} set={(place) => setM({ ...m, place })} />
              : code.kind === "operator" ? <Field label={t.operator} value={m.operator} set={(operator) => setM({ ...m, operator })} />
              : <><Product view={view} value={m.product} set={(product) => setM({ ...m, product })} /><Field kind="decimal" label={t.quantity} how={t.quantityHow} value={m.quantity} set={(quantity) => setM({ ...m, quantity })} /><Field label={t.unit} value={m.unit} set={(unit) => setM({ ...m, unit })} /></>}
          </Form> : <p class="soft">{t.notYours}</p>}
          <Plan w={w} code={code} scans={list} read={read} meaning={m} ready={ready || !may} />
          <Field label={w.goods.reason} how={w.goods.reasonHow} value={reason} set={setReason} wide />
          {dismissing && <p>{t.dismissHow(list.rows.length)} {list.count > list.rows.length && t.only(list.rows.length)}</p>}
          <div class="choice">
            {may && !dismissing && ready && <Button kind="strong" busy={busy} onClick={save}>{t.map(list.count)}</Button>}
            {dismissing ? <><Button kind="strong" class="danger" busy={busy} onClick={() => dismiss(list.rows)}>{t.dismissYes(list.rows.length)}</Button><Button onClick={() => setDismissing(false)}>{w.goods.cancel}</Button></> : <Button kind="quiet" onClick={() => setDismissing(true)}>{t.dismiss}</Button>}
          </div>
          <Results error={error} done="" />
        </>
      )}</AskedFor>
    </div>
  );
}

function Product({ view: { w, ask }, value, set }: { view: ViewProps; value: string; set: (v: string) => void }) {
  const later = useLater(value.trim());
  const found = useAsked<Stock>(ask, queryOf("/v1/stock", { search: later, limit: "20" }));
  return <Field label={w.goods.codes.product} how={found.value?.rows.find((r) => r.product === value)?.name || w.goods.codes.productHow} value={value} set={set} list={(found.value?.rows ?? []).map((r) => r.product)} />;
}

/** Plan is what will be booked. */
function Plan({ w, code, scans, read, meaning, ready }: { w: Words; code: UnknownCode; scans: UnknownScans; read: Paged<UnknownScans>; meaning: Meaning; ready: boolean }) {
  const t = w.goods.codes;
  const [most, setMost] = useState(fewPlanned);
  const plan = planOf(code, scans.rows, meaning).slice(0, most);
  const more = () => {
    const next = most + morePlanned;
    setMost(next);
    if (next > scans.rows.length) read.more?.();
  };
  return (
    <div class="plan">
      <h3>{t.plan}</h3>
      {!ready && <p class="soft">{t.planNone}</p>}
      <ul>{plan.map((p) => <li key={p.scan.entry + "/" + p.scan.seq}>{t.planLine(w.format.moment(new Date(p.scan.at)), named(w.entry.verbs, p.scan.action), p.quantity === null ? (p.scan.action === "count" ? t.asCounted : (p.scan.lines ?? 0) > 1 ? w.entry.lines(p.scan.lines!) : t.asScanned) : w.goods.unit(p.quantity, p.unit), place(p.from), place(p.to))} <span class="soft"><bdi>{[p.scan.operator, p.scan.device].filter(Boolean).join(", ")}</bdi></span></li>)}</ul>
      {read.error && <p class="error" role="alert">{read.error}</p>}
      {scans.count > plan.length && <p class="after">{(scans.rows.length > plan.length || read.more) && <Button small busy={read.busy} onClick={more}>{w.goods.more}</Button>} {t.more(scans.count - plan.length)}</p>}
    </div>
  );
}
