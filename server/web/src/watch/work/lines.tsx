// The lines of the page of figures: how much was done, hour by hour or day by day, and how long goods took
// from the dock to the shelf.

import { useMemo } from "preact/hooks";
import type uPlot from "uplot";
import { Table } from "../parts.tsx";
import { Plot, type Kit } from "../plot.tsx";
import type { Words } from "../words.ts";
import { apart, wrongOf, type Row, type Took } from "./throughput.ts";

const labelRoom = 16; // px between two labels at the ends of lines
const hoursOfDay = 24;
const letter = 8; // px that a letter of them takes at most

/** Ticks say what stands at the axes; every is how many points lie between two names that differ. */
interface Ticks { readonly name: (i: number) => string; readonly value: (v: number) => string; readonly steps?: number[]; readonly every?: number }

/** Series is one line: its colour, and whether it is dashed, so that colour is not all that tells it apart. */
interface Series { readonly name: string; readonly colour: string; readonly dash?: number[]; readonly fill?: boolean }

/** lines says how several lines over named points are drawn, each with its name at its end. */
function lines({ colour, axis, label }: Kit, data: uPlot.AlignedData, series: readonly Series[], ticks: Ticks): Partial<uPlot.Options> & Pick<uPlot.Options, "series"> {
  const last = data[0].length - 1;
  const few = data[0].length < 40;
  return {
    padding: [12, 16 + letter * Math.max(...series.map((s) => s.name.length)), 0, 0],
    scales: { x: { time: false, range: (_, from, to) => (from === to ? [from - 1, to + 1] : [from, to]) }, y: { range: (_, __, most) => [0, Math.max(1, most) * 1.08] } },
    axes: [{ ...axis, size: 34, space: 74, incrs: [1, 2, 3, 6, 12, 24, 48, 72, 168].map((n) => n * (ticks.every ?? 1)), values: (_, at) => at.map((i) => (Number.isInteger(i) && i >= 0 && i <= last ? ticks.name(i) : "")) }, { ...axis, size: 64, ...(ticks.steps ? { incrs: ticks.steps } : {}), values: (_, values) => values.map(ticks.value) }],
    series: [{}, ...series.map((s): uPlot.Series => ({ stroke: () => colour(s.colour), width: 2, ...(s.dash ? { dash: s.dash } : {}), ...(s.fill ? { fill: () => colour(s.colour) + "22" } : {}), spanGaps: false, points: { show: few, size: 5, stroke: () => colour(s.colour), fill: () => colour(s.colour) } }))],
    hooks: {
      draw: [(u) => {
        const ends = series.map((_, k) => {
          const values = data[k + 1]!;
          let i = last;
          while (i > 0 && values[i] == null) i--;
          return u.valToPos(values[i] ?? 0, "y", true) + 4 * devicePixelRatio;
        });
        apart(ends, labelRoom * devicePixelRatio).forEach((top, k) => label(u, series[k]!.name, u.bbox.left + u.bbox.width + 8 * devicePixelRatio, Math.min(top, u.bbox.top + u.bbox.height + labelRoom * devicePixelRatio * k), "left"));
      }],
    },
  };
}

const date = { day: "numeric", month: "short" } as const;
const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const shapes = { day: { weekday: "short", ...date }, hour: { weekday: "short", ...date, ...clock }, date, clock } as const;
const formats = new Map<string, Intl.DateTimeFormat>(); // making one takes longer than all its uses in a table

/** civil writes a day (2026-03-02) or an hour (2026-03-02T09:00) of a site's clocks: no zone may move it. */
function civil(w: Words, group: string, shape: keyof typeof shapes): string {
  const { code } = w.format;
  const key = code + " " + shape;
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.DateTimeFormat(code, { timeZone: "UTC", ...shapes[shape] })));
  return format.format(new Date(isHour(group) ? group + ":00Z" : group + "T00:00:00Z"));
}

const isHour = (group: string): boolean => group.includes("T");

/** whenOf is an hour or a day of a site's clocks in words. */
export const whenOf = (w: Words, group: string): string => civil(w, group, isHour(group) ? "hour" : "day");

const tickOf = (w: Words, group: string, days: boolean): string => civil(w, group, days ? "date" : "clock");

/** Throughput is how much was done. */
export function Throughput({ w, rows, title }: { w: Words; rows: readonly Row[]; title: string }) {
  const t = w.work;
  const data = useMemo((): uPlot.AlignedData => [rows.map((_, i) => i), rows.map((r) => r.scans), rows.map((r) => r.moves)], [rows]);
  const hours = isHour(rows[0]?.group ?? "");
  const days = rows.length > 48 || !hours;
  const series: readonly Series[] = [{ name: t.scans, colour: "--mark", fill: true }, { name: t.moves, colour: "--edge", dash: [6, 4] }];
  return (
    <Plot w={w} label={title} how={t.lineHow} table={t.table} height={260} data={data} shape={title} make={(kit) => lines(kit, data, series, { name: (i) => tickOf(w, rows[i]!.group, days), value: (v) => w.format.short(v), every: days && hours ? hoursOfDay : 1 })} say={(i) => t.lineAt(whenOf(w, rows[i]!.group), rows[i]!.scans, rows[i]!.moves)}>
      <Table caption={title} name={(r: Row) => r.group} rows={rows} columns={[
        { title: t.columns.when, head: true, cell: (r) => whenOf(w, r.group) },
        { title: t.columns.scans, end: true, cell: (r) => w.format.number(r.scans) },
        { title: t.columns.moves, end: true, cell: (r) => w.format.number(r.moves) },
        { title: t.columns.wrong, end: true, cell: (r) => w.format.number(wrongOf(r)) },
      ]} />
    </Plot>
  );
}

const ms = 1000;

/** spanOf is how long something took, in words. */
export const spanOf = (w: Words, seconds: number | undefined): string => (seconds === undefined ? "–" : w.format.span(seconds * ms));

/** DockTable is the days as a table, those of all together last. */
export function DockTable({ w, rows }: { w: Words; rows: readonly Took[] }) {
  const t = w.work;
  return (
    <Table caption={t.dock} name={(r: Took) => r.day} rows={rows} columns={[
      { title: t.columns.day, head: true, cell: (r) => (r.day ? whenOf(w, r.day) : t.days) },
      { title: t.columns.lines, end: true, cell: (r) => w.format.number(r.lines) },
      { title: t.columns.half, end: true, cell: (r) => spanOf(w, r.p50_seconds) },
      { title: t.columns.most, end: true, cell: (r) => spanOf(w, r.p90_seconds) },
      { title: t.columns.unknown, end: true, cell: (r) => w.format.number(r.unknown) },
    ]} />
  );
}

/** Dock is how long goods took to the shelf, day by day. */
export function Dock({ w, days }: { w: Words; days: readonly Took[] }) {
  const t = w.work;
  const data = useMemo((): uPlot.AlignedData => [days.map((_, i) => i), days.map((d) => d.p50_seconds ?? null), days.map((d) => d.p90_seconds ?? null)], [days]);
  const series: readonly Series[] = [{ name: t.half, colour: "--mark" }, { name: t.nine, colour: "--edge", dash: [6, 4] }];
  return (
    <Plot w={w} label={t.dock} how={t.lineHow} table={t.table} data={data} shape="dock" make={(kit) => lines(kit, data, series, { name: (i) => tickOf(w, days[i]!.day, true), value: (v) => (v === 0 ? "0" : spanOf(w, v)), steps: [1, 10, 60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400, 172_800, 604_800] })} say={(i) => t.dockAt(whenOf(w, days[i]!.day), spanOf(w, days[i]!.p50_seconds), spanOf(w, days[i]!.p90_seconds), days[i]!.lines)}>
      <DockTable w={w} rows={days} />
    </Plot>
  );
}
