// A balance over time: a line that is read by pointer, by keyboard, or as a table. The library that draws
// it is fetched when the first chart is shown.

import { useEffect, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { Table } from "../parts.tsx";
import { settings } from "../settings.ts";
import type { Words } from "../words.ts";
import { around, type Point } from "./series.ts";

const height = 220; // px
const daySeconds = 86_400;
const room = 1.12; // above and below the line, so that no label is cut

interface Drawn { readonly plot: uPlot; readonly resize: ResizeObserver }

/** draw makes the plot of points in a box. Colours are those of the page. */
async function draw(box: HTMLElement, language: string, points: readonly Point[], label: (p: Point) => string, tick: (v: number) => string): Promise<Drawn> {
  const { default: Plot } = await import("uplot");
  const of = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const { least, most } = around(points);
  const axis = { stroke: of("--soft"), grid: { stroke: of("--line"), width: 1 }, ticks: { stroke: of("--line"), width: 1 }, font: "13px " + getComputedStyle(document.body).fontFamily };
  const last = points.at(-1)!;
  const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
  const hour = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const plot = new Plot({
    width: Math.max(200, box.clientWidth), height, legend: { show: false }, cursor: { y: false, drag: { x: false, y: false }, points: { size: 9 } },
    scales: { x: { time: true }, y: { range: () => (least === most ? [-1, 1] : [least * room, most * room]) } },
    axes: [{ ...axis, space: 70, values: (_: uPlot, at: number[], __: number, ___: number, by: number) => at.map((t) => (by < daySeconds ? hour : day).format(t * 1000)) }, { ...axis, size: 60, values: (_: uPlot, values: number[]) => values.map(tick) }] as uPlot.Axis[],
    series: [{}, { stroke: of("--mark"), width: 2, paths: Plot.paths.stepped!({ align: 1 }), points: { show: points.length < 60, size: 5, stroke: of("--mark") } }],
    hooks: {
      draw: [(u) => {
        const c = u.ctx;
        const zero = u.valToPos(0, "y", true);
        c.save();
        c.strokeStyle = of("--stop-text");
        c.lineWidth = devicePixelRatio;
        c.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
        c.beginPath();
        c.moveTo(u.bbox.left, zero);
        c.lineTo(u.bbox.left + u.bbox.width, zero);
        if (least < 0) c.stroke();
        c.fillStyle = of("--text");
        c.font = "600 " + 13 * devicePixelRatio + "px " + getComputedStyle(document.body).fontFamily;
        c.textAlign = "right";
        c.fillText(label(last), u.bbox.left + u.bbox.width - 4, u.valToPos(Number(last.balance), "y", true) - 8 * devicePixelRatio);
        c.restore();
      }],
    },
  }, [points.map((p) => p.at / 1000), points.map((p) => Number(p.balance))], box);
  const resize = new ResizeObserver(() => plot.setSize({ width: Math.max(200, box.clientWidth), height }));
  resize.observe(box);
  return { plot, resize };
}

export interface ChartProps { readonly w: Words; readonly points: readonly Point[]; readonly unit: string }

/** Chart shows the line; arrow keys move the crosshair, and what it stands at is said. */
export function Chart({ w, points, unit }: ChartProps) {
  const t = w.goods.why;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [at, setAt] = useState(points.length - 1);
  const theme = settings.value.theme;
  const said = (p: Point) => w.goods.unit(p.balance, unit);
  useEffect(() => {
    let drawn: Drawn | null = null;
    let here = true;
    void draw(box.current!, w.format.code, points, said, (v) => w.format.number(v)).then((d) => {
      drawn = d;
      plot.current = d.plot;
      if (!here) end();
    }, () => undefined); // the table says the same
    const end = () => {
      drawn?.resize.disconnect();
      drawn?.plot.destroy();
      plot.current = null;
    };
    return () => {
      here = false;
      end();
    };
  }, [points, unit, w, theme]);
  const index = Math.min(at, points.length - 1);
  const point = points[index]!;
  const text = t.chartValue(w.format.moment(new Date(point.at)), said(point));
  const move = (to: number) => {
    const next = Math.max(0, Math.min(points.length - 1, to));
    setAt(next);
    const u = plot.current;
    u?.setCursor({ left: u.valToPos(points[next]!.at / 1000, "x"), top: u.valToPos(Number(points[next]!.balance), "y") });
  };
  const keys = (e: KeyboardEvent) => {
    const by: Readonly<Record<string, number>> = { ArrowLeft: index - 1, ArrowRight: index + 1, PageUp: index - 10, PageDown: index + 10, Home: 0, End: points.length - 1 };
    const to = by[e.key];
    if (to === undefined) return;
    e.preventDefault();
    move(to);
  };
  return (
    <div class="chart">
      <div class="plot" ref={box} role="slider" tabIndex={0} aria-label={t.chart} aria-valuemin={0} aria-valuemax={Math.max(1, points.length - 1)} aria-valuenow={index} aria-valuetext={text} onKeyDown={keys} onFocus={() => move(index)} />
      <p class="reading"><b>{text}</b> <span class="soft">{t.chartHow}</span></p>
      <details>
        <summary>{t.chartTable}</summary>
        <Table caption={t.chart} name={(p: Point) => p.at + " " + (p.step?.entry ?? "")} rows={points.toReversed()} columns={[
          { title: t.columns.when, head: true, cell: (p) => w.format.moment(new Date(p.at)) },
          { title: t.columns.after, end: true, cell: said },
        ]} />
      </details>
    </div>
  );
}
