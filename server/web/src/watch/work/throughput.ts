// What was done over some days, as the server adds it up: which days, and its rows by what they are by. Pure.

import { queryOf } from "../stock/bits.tsx";

export const spans = ["today", "yesterday", "7-days", "28-days", "dates"] as const;
export type Span = (typeof spans)[number];

/** By is what rows are by, as GET /v1/throughput calls it. */
export type By = "total" | "day" | "hour" | "person" | "place" | "product" | "error";

/** Row is a row of GET /v1/throughput. */
export interface Row {
  readonly by: string;
  readonly group: string;
  readonly scans: number;
  readonly moves: number;
  readonly refused: number;
  readonly parked: number;
  readonly exceptions: number;
  readonly came?: string;
  readonly went?: string;
}

/** Took is a row of GET /v1/dock-to-stock; day is empty on that of all days. */
export interface Took { readonly day: string; readonly lines: number; readonly p50_seconds?: number; readonly p90_seconds?: number; readonly most_seconds?: number; readonly unknown: number }

/** Days are those that somebody has chosen. */
export interface Days { readonly span: Span; readonly first: string; readonly last: string }

const isDay = (text: string | undefined): text is string => /^\d{4}-\d\d-\d\d$/.test(text ?? "");

/** daysOf reads the days out of the address; what cannot be read is today. */
export function daysOf(f: Readonly<Record<string, string>>): Days {
  const span = (spans as readonly string[]).includes(f.span ?? "") ? (f.span as Span) : "today";
  const first = isDay(f.first) ? f.first : "";
  const last = isDay(f.last) ? f.last : "";
  return { span, first, last };
}

/** ready says whether there is anything to ask for. */
export const ready = (d: Days): boolean => d.span !== "dates" || (d.first !== "" && d.last !== "" && d.first <= d.last);

/** going says whether the days are not over: figures of them still grow. */
export const going = (d: Days): boolean => d.span !== "yesterday" && d.span !== "dates";

const fieldsOf = (d: Days): Record<string, string> => (d.span === "dates" ? { first: d.first, last: d.last } : { span: d.span });

export const throughputPath = (d: Days, site: string, more: Readonly<Record<string, string>> = {}): string => queryOf("/v1/throughput", { ...fieldsOf(d), site, ...more });
export const dockPath = (d: Days, site: string, more: Readonly<Record<string, string>> = {}): string => queryOf("/v1/dock-to-stock", { ...fieldsOf(d), site, ...more });

const mostHours = 8 * 24; // points of a line by hour; longer spans are drawn by day

/** lineOf is what the line of the days is by: hours, while they can be told apart. */
export const lineOf = (rows: readonly Row[]): "hour" | "day" => (rows.filter((r) => r.by === "hour").length > mostHours ? "day" : "hour");

export const rowsOf = (rows: readonly Row[], by: By): readonly Row[] => rows.filter((r) => r.by === by);

/** wrongOf is how many scans needed somebody: the server counts each of them once. */
export const wrongOf = (r: Row): number => r.refused + r.parked + r.exceptions;

/** shareOf is a part of a whole in hundredths, null where there is no whole. */
export const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : (part * 100) / whole);

/** apart moves labels at heights so that each has room, the order stays. */
export function apart(heights: readonly number[], room: number): number[] {
  const order = heights.map((h, i) => ({ h, i })).sort((a, b) => a.h - b.h);
  for (let k = 1; k < order.length; k++) order[k]!.h = Math.max(order[k]!.h, order[k - 1]!.h + room);
  const out = [...heights];
  for (const { h, i } of order) out[i] = h;
  return out;
}
