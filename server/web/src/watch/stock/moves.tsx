// The movements behind a number, with filters.

import { useState } from "preact/hooks";
import { Button, Code, Empty, Table, Tag } from "../parts.tsx";
import { place } from "../say.ts";
import { named, type Words } from "../words.ts";
import { Field } from "./bits.tsx";
import { away, isLate, negative, shown, shows, type Show } from "./why.ts";
import type { Step } from "./wire.ts";

export interface MovesProps {
  readonly w: Words;
  readonly rows: readonly Step[];
  readonly here: string;
  readonly unit: string;
  readonly crossing: Step | null;
  readonly base: Step | null;
  readonly older?: (() => void) | undefined;
  readonly busy?: boolean;
}

export const didOf = (w: Words, s: Step): string => named(w.entry.verbs, s.action ?? "") || w.goods.why.entry(s.entry);
export const whoOf = (s: Step): string => s.operator || s.device;
const signed = (w: Words, text: string): string => (negative(text) || text === "0" ? "" : "+") + w.format.decimal(text);

export function Moves(p: MovesProps) {
  const { w, rows, here } = p;
  const t = w.goods.why;
  const [show, setShow] = useState<Show>("all");
  const [text, setText] = useState("");
  const some = shows.filter((s) => s === "all" || shown(rows, s, "").length > 0);
  const list = shown(rows, show, text);
  const other = (s: Step): string => {
    const ref = away(s, here);
    return ref === "" || s.counts ? "" : (negative(s.change) ? t.to : t.from)(place(ref));
  };
  return (
    <section class="card moves" aria-labelledby="moves">
      <div class="bar"><h2 id="moves">{t.moves}</h2></div>
      <div class="filters">
        <div class="choice" role="group" aria-labelledby="moves">{some.map((s) => <Button key={s} small pressed={s === show} onClick={() => setShow(s)}>{t.shows[s]}</Button>)}</div>
        <Field kind="search" label={w.goods.stock.search} how={t.text} value={text} set={setText} />
      </div>
      {list.length === 0 ? <Empty icon="history" title={t.none} /> : (
        <Table caption={t.moves} rows={list} name={(s) => [s.entry, s.at, s.device, s.seq, s.change, s.lot, s.serial].join(" ")} columns={[
          { title: t.columns.when, head: true, cell: (s) => <span class="goods"><time dateTime={s.at} title={t.entry(s.entry)}>{w.format.moment(new Date(s.at))}</time>{isLate(s) && <Tag tone="wait">{t.marks.late(w.format.span(new Date(s.booked_at!).getTime() - new Date(s.at).getTime()))}</Tag>}</span> },
          { title: t.columns.what, cell: (s) => <span class={"goods" + (s.undone ? " gone" : "")}><span>{didOf(w, s)} <bdi>{other(s)}</bdi></span><bdi class="soft">{[s.lot && w.entry.lot(s.lot), s.serial && w.entry.serial(s.serial)].filter(Boolean).join(", ")}</bdi></span> },
          { title: t.columns.change, end: true, cell: (s) => (s.undone ? <Tag tone="calm">{t.marks.undone(s.undone_by ?? "")}</Tag> : <b class={negative(s.change) ? "below" : ""}>{signed(w, s.change)}</b>) },
          { title: t.columns.after, end: true, cell: (s) => <span class={negative(s.balance) ? "below" : ""}>{w.format.decimal(s.balance)}</span> },
          { title: t.columns.who, cell: (s) => <span class="goods"><bdi>{whoOf(s)}</bdi>{s.operator && <Code class="soft">{s.device}</Code>}</span> },
          { title: t.columns.why, cell: (s) => <span class="notes-of">{s === p.crossing && <Tag tone="stop">{t.marks.crossing}</Tag>}{s === p.base && <Tag tone="look">{t.marks.base}</Tag>}<bdi class="soft">{[s.reason, s.reference, s.partner].filter(Boolean).join(", ")}</bdi></span> },
        ]} />
      )}
      {p.older && <p class="after"><Button busy={p.busy ?? false} onClick={p.older}>{t.older}</Button></p>}
    </section>
  );
}
