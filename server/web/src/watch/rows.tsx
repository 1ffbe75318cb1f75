// The rows of the feed and of the history.

import { Component } from "preact";
import { Code, Go, Tag, type Tone } from "./parts.tsx";
import type { Row } from "./feed.ts";
import { notes, times, what, who, type Names } from "./say.ts";
import type { Entry } from "./wire.ts";
import { named, type Words } from "./words.ts";

const tones: Readonly<Record<string, Tone>> = { applied: "ok", absorbed: "calm", exception: "look", parked: "wait", refused: "stop" };
const toneOf = (outcome: string): Tone => (Object.hasOwn(tones, outcome) ? tones[outcome]! : "calm");

export interface RowProps { readonly w: Words; readonly names: Names; readonly row: Row; readonly fresh: boolean }

/** RowView draws a row once: a row that is the same object is never drawn again. */
export class RowView extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    return next.row !== this.props.row || next.w !== this.props.w || next.names !== this.props.names;
  }

  override render({ w, names, row, fresh }: RowProps) {
    switch (row.is) {
      case "entry": return <EntryRow w={w} names={names} entry={row.entry} fresh={fresh} />;
      case "group": return <GroupRow w={w} row={row} />;
      case "skipped": return <li class="gap" data-count={row.count}>{w.feed.skipped(row.count)} <Go to="/history" filters={{ after: String(row.from), until: String(row.to) }}>{w.feed.openHistory}</Go></li>;
      case "note": return <li class="gap">{w.restored}</li>;
    }
  }
}

export function EntryRow({ w, names, entry, fresh = false }: { w: Words; names: Names; entry: Entry; fresh?: boolean }) {
  const t = times(w, entry);
  const person = who(w, entry, names);
  const words = what(w, entry);
  const sentences = notes(entry);
  return (
    <li class={fresh ? "entry fresh" : "entry"} data-n={entry.n} data-count={1}>
      <time dateTime={t.iso} title={w.feed.entry(entry.n)}>{t.booked}{t.then && <> <span class="then">{t.then}</span></>}</time>{" "}
      <span class="who"><bdi class="person">{person.name}</bdi>{person.device && <> <bdi class="device">{person.device}</bdi></>}</span>{" "}
      <span class="what">{words.did} <bdi class="thing">{words.thing}</bdi></span>{" "}
      <bdi class="where">{words.where}</bdi>{" "}
      {entry.outcome && <Tag tone={toneOf(entry.outcome)}>{named(w.entry.outcomes, entry.outcome)}</Tag>}
      {sentences.length > 0 && <div class="notes">{sentences.map((s) => <p key={s.text} class={s.flag ? "note flag" : "note"}>{w.format.sentence(s.text)}</p>)}</div>}
    </li>
  );
}

function GroupRow({ w, row }: { w: Words; row: Row & { is: "group" } }) {
  const did = [...row.actions].sort((a, b) => b[1] - a[1]).map(([action, count]) => named(w.entry.verbs, action) + " " + w.format.number(count)).join(", ");
  return (
    <li class="entry group" data-n={row.last} data-first={row.first} data-count={row.count}>
      <time dateTime={row.minute}>{w.format.minute(new Date(row.minute))}</time>{" "}
      <span class="who"><bdi class="person">{[...row.who].join(", ") || row.device}</bdi>{row.who.size > 0 && <> <Code class="device">{row.device}</Code></>}</span>{" "}
      <span class="what"><b>{w.feed.group(row.count)}</b></span>{" "}
      <span class="where">{did}</span>{" "}
      <Tag tone="ok">{w.entry.outcomes.applied}</Tag>
    </li>
  );
}
