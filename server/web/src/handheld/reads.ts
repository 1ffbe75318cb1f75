// What was read, kept as it came: the last scans with their characters, and what became of each. The
// rows of the outbox say the rest, for as long as they are held.

import { read, type Context } from "../core/meaning/index.ts";
import type { Intent, Line } from "../core/flow/types.ts";
import type { Box } from "./box.ts";
import type { Heard, StoredRow } from "./stored.ts";

export const maxHeard = 12; // that are kept: the screen lists six
const mostRows = 20; // of one step that are shown
const mostLines = 20; // of one count

/** What the device made of something, by its name. */
export type Fact = "action" | "product" | "quantity" | "lot" | "serial" | "expiry" | "package" | "from" | "to" | "place" | "asset" | "reason" | "session" | "operator" | "command";

/** One thing that was read, and what was made of it. */
export interface Part {
  readonly scan: string; // "": a button
  readonly raw: string | null; // as the reader sent it, where that is not the same; "": it is; null: nobody knows any more
  readonly times: number; // so often, where a code was taken as several lines
  readonly facts: readonly (readonly [Fact, string])[];
}

export interface Readout {
  readonly seq: number; // 0: nothing was booked
  readonly at: number; // ms
  readonly words: string;
  readonly parts: readonly Part[];
  readonly more: number; // parts that are not shown
}

/** What somebody looks at: a scan that was read, or rows that were stored. */
export interface Looked {
  readonly heard: Heard | null;
  readonly first: number;
  readonly last: number;
  readonly words: string;
}

/** lookedAt lists what can be looked at, the last first: what was read, and what else was booked. */
export function lookedAt(heard: readonly Heard[], done: readonly { first: number; last: number; words: string }[]): Looked[] {
  const known = new Set(heard.map((h) => h.first));
  const others = done.filter((d) => !known.has(d.first)).map((d): Looked => ({ heard: null, first: d.first, last: d.last, words: d.words }));
  const all = [...heard.map((h): Looked => ({ heard: h, first: h.first, last: h.last, words: h.words })), ...others];
  const order = (l: Looked, i: number) => l.first || heard.slice(i + 1).find((h) => h.first > 0)?.first || 0; // what was not booked came behind what was booked before it
  return all.map((l, i) => ({ l, i, at: order(l, i) })).sort((a, b) => b.at - a.at || a.i - b.i).map(({ l }) => l);
}

/** readout says all that is known of it on this device. context reads what was not booked. */
export async function readout(box: Box, l: Looked, context: Context): Promise<Readout> {
  const seqs = l.first === 0 ? [] : Array.from({ length: Math.min(mostRows, l.last - l.first + 1) }, (_, i) => l.first + i);
  const unread = l.first === 0 ? 0 : l.last - l.first + 1 - seqs.length;
  const rows = (await Promise.all(seqs.map((seq) => box.row(seq)))).filter((r): r is StoredRow => r !== undefined);
  const parts = rows.flatMap((r) => partsOf(JSON.parse(r.data) as Intent));
  const { heard } = l;
  const shown = parts.length > 0 ? parts.slice(0, mostLines).map((p) => (p.scan === heard?.scan ? { ...p, raw: heard.raw } : p)) : heard ? [{ scan: heard.scan, raw: heard.raw, times: 1, facts: factsOf(heard.scan, context) }] : [];
  return { seq: l.first, at: heard?.at ?? rows[0]?.at ?? 0, words: l.words, parts: shown, more: unread + parts.length - Math.min(parts.length, mostLines) };
}

const filled = (list: readonly (readonly [Fact, string | undefined])[]): [Fact, string][] => list.flatMap(([name, value]): [Fact, string][] => (value ? [[name, value]] : []));

/** partsOf takes a stored intent apart: one part for each code. */
function partsOf(i: Intent): Part[] {
  const about = filled([["action", i.action], ["from", i.from], ["to", i.to], ["asset", i.asset], ["reason", i.reason], ["session", i.session], ["operator", i.operator]]);
  if (!i.lines) return [{ scan: i.scan ?? "", raw: null, times: 1, facts: [...goodsOf(i), ...about] }];
  const parts: Part[] = [];
  for (const line of i.lines) {
    const last = parts.at(-1);
    if (last && last.scan === line.scan && !line.quantity) parts[parts.length - 1] = { ...last, times: last.times + 1 };
    else parts.push({ scan: line.scan ?? "", raw: null, times: 1, facts: [...goodsOf(line), ...about] });
  }
  return parts;
}

const goodsOf = (l: Line): [Fact, string][] => filled([["product", l.product], ["quantity", l.quantity], ["lot", l.lot], ["serial", l.serial], ["expiry", l.expiry], ["package", l.package]]);

/** factsOf says what a scan is about that was not booked. */
function factsOf(scan: string, context: Context): [Fact, string][] {
  const m = read(scan, context);
  const { lot, serial, expiry, package: box, count } = m.says;
  const named: Partial<Record<typeof m.kind, Fact>> = { package: "package", place: "place", operator: "operator", command: "command", lot: "lot", serial: "serial" };
  const fact = named[m.kind];
  return filled([["product", m.item?.code], ["quantity", m.kind === "product" ? m.quantity || "1" : count], ["lot", lot], ["serial", serial], ["expiry", expiry], ["package", m.kind === "package" ? "" : box], ...(fact ? [[fact, m.code] as const] : [])]);
}
