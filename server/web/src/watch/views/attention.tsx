// All that needs attention: alerts and exceptions, the gravest first, each with what to do.

import { useState } from "preact/hooks";
import { address, filter } from "../address.ts";
import { Files } from "../files.tsx";
import { Announce, DecidedList, OpenItem, openOf, takenBy } from "../open.tsx";
import type { ViewProps } from "../pages.ts";
import { Button, Empty, Loading } from "../parts.tsx";
import { queryOf } from "../stock/bits.tsx";

const firstShown = 100; // rows; more when asked for
const shows = ["all", "alerts", "exceptions", "mine"] as const;

export function View(view: ViewProps) {
  const { w, live, me } = view;
  const show = (address.value.filters.show ?? "all") as (typeof shows)[number];
  const site = address.value.filters.site ?? "";
  const [most, setMost] = useState(firstShown);
  const all = openOf(show === "exceptions" ? [] : live.alerts.all.value, show === "alerts" ? [] : live.exceptions.all.value);
  const rows = show === "mine" ? all.filter((o) => takenBy(o) === me.name) : all;
  return (
    <div class="page">
      <div class="head">
        <h1>{w.attention.title}</h1>
        <div class="choice" role="group" aria-label={w.attention.title}>{shows.map((s) => <Button key={s} small pressed={s === show} onClick={() => filter("show", s === "all" ? "" : s)}>{w.attention.show[s]}</Button>)}</div>
        {rows.length > 0 && <Files view={view} path={queryOf("/v1/attention", { site, ...(show === "mine" ? { mine: "true" } : { show }) })} name={["attention", show === "all" ? "" : show, site].filter(Boolean).join("-")} />}
      </div>
      <Announce {...view} />
      <DecidedList {...view} />
      {!live.known() ? <Loading w={w} /> : rows.length === 0 ? <div class="card"><Empty title={w.attention.none} how={w.attention.noneHow} /></div> : (
        <ul class="opens full">
          {rows.slice(0, most).map((o) => <OpenItem key={o.is + o.row.id} view={view} open={o} />)}
        </ul>
      )}
      {rows.length > most && <p class="after"><Button onClick={() => setMost(most + firstShown)}>{w.part.more}</Button> {w.attention.more(rows.length - most)}</p>}
    </div>
  );
}
