// A balance over time, as a line of steps.

import { useMemo } from "preact/hooks";
import type uPlot from "uplot";
import { Table } from "../parts.tsx";
import { Plot, type Kit } from "../plot.tsx";
import type { Words } from "../words.ts";
import { around, type Point } from "./series.ts";

const daySeconds = 86_400;
const room = 1.12; // above and below the line, so that no label is cut

/** line says how a balance is drawn: steps, a line at zero where it went below, and what it is now beside its end. */
function line({ Plot, colour, axis, label }: Kit, w: Words, points: readonly Point[], said: (p: Point) => string): Partial<uPlot.Options> & Pick<uPlot.Options, "series"> {
  const { least, most } = around(points);
  const last = points.at(-1)!;
  const day = new Intl.DateTimeFormat(w.format.code, { day: "numeric", month: "short" });
  const hour = new Intl.DateTimeFormat(w.format.code, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return {
    scales: { x: { time: true }, y: { range: () => (least === most ? [-1, 1] : [least * room, most * room]) } },
    axes: [{ ...axis, space: 70, values: (_, at, __, ___, by) => at.map((t) => (by < daySeconds ? hour : day).format(t * 1000)) }, { ...axis, size: 60, values: (_, values) => values.map((v) => w.format.short(v)) }],
    series: [{}, { stroke: () => colour("--mark"), width: 2, paths: Plot.paths.stepped!({ align: 1 }), points: { show: points.length < 60, size: 5, stroke: () => colour("--mark") } }],
    hooks: {
      draw: [(u) => {
        const c = u.ctx;
        const zero = u.valToPos(0, "y", true);
        c.save();
        c.strokeStyle = colour("--stop-text");
        c.lineWidth = devicePixelRatio;
        c.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
        c.beginPath();
        c.moveTo(u.bbox.left, zero);
        c.lineTo(u.bbox.left + u.bbox.width, zero);
        if (least < 0) c.stroke();
        c.restore();
        label(u, said(last), u.bbox.left + u.bbox.width - 4, u.valToPos(Number(last.balance), "y", true) - 8 * devicePixelRatio, "right");
      }],
    },
  };
}

export interface ChartProps { readonly w: Words; readonly points: readonly Point[]; readonly unit: string }

export function Chart({ w, points, unit }: ChartProps) {
  const t = w.goods.why;
  const said = (p: Point) => w.goods.unit(p.balance, unit);
  const data = useMemo((): uPlot.AlignedData => [points.map((p) => p.at / 1000), points.map((p) => Number(p.balance))], [points]);
  return (
    <Plot w={w} label={t.chart} how={t.chartHow} table={t.chartTable} data={data} shape={unit} make={(kit) => line(kit, w, points, said)} say={(i) => t.chartValue(w.format.moment(new Date(points[i]!.at)), said(points[i]!))}>
      <Table caption={t.chart} name={(p: Point) => p.at + " " + (p.step?.entry ?? "")} rows={points.toReversed()} columns={[
        { title: t.columns.when, head: true, cell: (p) => w.format.moment(new Date(p.at)) },
        { title: t.columns.after, end: true, cell: said },
      ]} />
    </Plot>
  );
}
