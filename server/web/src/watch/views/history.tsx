// What was booked before: pages of the journal, the newest first, with the feed's filter. What a feed has
// skipped or let go is found here.

import { useEffect, useState } from "preact/hooks";
import { address, go } from "../address.ts";
import { FilterBox } from "../feedpanel.tsx";
import { Files } from "../files.tsx";
import { parse, wants } from "../filter.ts";
import type { ViewProps } from "../pages.ts";
import { Button, Empty, Failed, Loading } from "../parts.tsx";
import { said } from "../rest.ts";
import { EntryRow } from "../rows.tsx";
import { queryOf } from "../stock/bits.tsx";
import type { Entry } from "../wire.ts";

const pageOf = 500; // entries asked for at once
const wanted = 100; // rows that a page fills up to
const mostSearched = 20; // pages looked through for them

interface Page { readonly entries: readonly Entry[]; readonly head: number; readonly from: number; readonly searched: number }
interface Answer { readonly entries: readonly Entry[]; readonly head: number }

/** read gives a page of what matches, going back from an entry, and no further than after. */
async function read({ ask }: ViewProps, text: string, site: string, after: number, until: number, signal: AbortSignal): Promise<Page> {
  const f = parse(text);
  const where = site ? "&site=" + encodeURIComponent(site) : "";
  const { head } = await ask<Answer>("GET", "/v1/activity?limit=1&since=" + until, undefined, signal);
  let to = until > 0 ? Math.min(until, head) : head;
  const from = to;
  const entries: Entry[] = [];
  for (let pages = 0; to > after && entries.length < wanted && pages < mostSearched; pages++) {
    const since = Math.max(after, to - pageOf);
    const page = await ask<Answer>("GET", "/v1/activity?since=" + since + "&limit=" + (to - since) + where, undefined, signal);
    entries.push(...page.entries.filter((e) => e.n <= to && wants(f, e)).reverse());
    to = since;
  }
  return { entries, head, from, searched: to };
}

export function View(view: ViewProps) {
  const { w } = view;
  const { q = "", site = "", after = "0", until = "0" } = address.value.filters;
  const [got, setGot] = useState<Page | string | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    setGot(null);
    read(view, q, site, Number(after) || 0, Number(until) || 0, stop.signal).then(setGot, (e: unknown) => !stop.signal.aborted && setGot(said(e)));
    return () => stop.abort();
  }, [q, site, after, until, turn]);
  const open = (end: number) => {
    go("/history", { q, after, until: end > 0 ? String(end) : "" });
    scrollTo(0, 0);
  };
  return (
    <div class="page">
      <div class="head"><h1>{w.history.title}</h1><FilterBox w={w} text={q} unknown={parse(q).unknown} />{got !== null && typeof got !== "string" && got.entries.length > 0 && <Files view={view} path={queryOf("/v1/activity", { since: String(got.searched), entry: String(got.from), search: q, site })} name={"history-" + (got.searched + 1) + "-" + got.from} />}</div>
      {got === null ? <Loading w={w} /> : typeof got === "string" ? <Failed w={w} why={got} again={() => setTurn(turn + 1)} /> : (
        <section class="card feed still" aria-label={w.history.title}>
          <div class="names" aria-hidden="true">{Object.values(w.feed.columns).map((c) => <span key={c}>{c}</span>)}</div>
          {got.entries.length === 0 ? <Empty icon="history" title={w.history.empty} /> : <ol class="rows" aria-label={w.feed.list}>{got.entries.map((e) => <EntryRow key={e.n} w={w} names={view.names.value} entry={e} />)}</ol>}
          <div class="bar pager">
            <Button small onClick={() => open(0)}>{w.history.newerPage}</Button>
            <span>{got.searched > (Number(after) || 0) ? w.history.searched(w.format.number(got.searched + 1)) : w.history.asOf(w.format.number(got.head))}</span>
            {got.searched > (Number(after) || 0) && <Button small onClick={() => open(got.searched)}>{w.history.olderPage}</Button>}
          </div>
        </section>
      )}
    </div>
  );
}
