// A chart that is read by pointer, by keyboard, or as the table under it. The library that draws it is fetched
// when the first chart is shown. Colours are asked for at each drawing, so that dark, light and paper follow.

import { effect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import type uPlot from "uplot";
import { drawn, settings } from "./settings.ts";
import type { Words } from "./words.ts";

/** Kit is what a plot is made with. */
export interface Kit {
  readonly Plot: typeof uPlot;
  /** colour gives a colour of the page by its name. */
  readonly colour: (name: string) => string;
  readonly font: string;
  /** axis is how axes look. */
  readonly axis: uPlot.Axis;
  /** label writes a text beside a point, in the plot's own font. */
  readonly label: (u: uPlot, text: string, left: number, top: number, align: "left" | "right") => void;
}

export interface PlotProps {
  readonly w: Words;
  readonly label: string;
  readonly how: string;
  readonly data: uPlot.AlignedData;
  readonly height?: number;
  /** make says how it is drawn; it is asked again where shape is another. */
  readonly make: (kit: Kit) => Partial<uPlot.Options> & Pick<uPlot.Options, "series">;
  readonly shape: string;
  /** say tells in words what stands at a point. */
  readonly say: (index: number) => string;
  /** children are the same as a table. */
  readonly children: ComponentChildren;
  readonly table: string;
}

const least = 200; // px of width that are drawn in any case

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function kitOf(Plot: typeof uPlot): Kit {
  const family = getComputedStyle(document.body).fontFamily;
  const line = { stroke: () => colour("--line"), width: 1 };
  return {
    Plot, colour, font: family, axis: { stroke: () => colour("--soft"), grid: line, ticks: line, font: "13px " + family },
    label: (u, text, left, top, align) => {
      u.ctx.save();
      u.ctx.fillStyle = colour("--text");
      u.ctx.font = "600 " + 13 * devicePixelRatio + "px " + family;
      u.ctx.textAlign = align;
      u.ctx.fillText(text, left, top);
      u.ctx.restore();
    },
  };
}

/** draw makes the plot in a box; the result takes it away again. */
async function draw(box: HTMLElement, p: PlotProps, height: number, pointed: (index: number) => void): Promise<{ plot: uPlot; end: () => void }> {
  const { default: Plot } = await import("uplot");
  const options = p.make(kitOf(Plot));
  const width = () => Math.max(least, box.clientWidth);
  const plot = new Plot({
    width: width(), height, legend: { show: false }, cursor: { y: false, drag: { x: false, y: false }, points: { size: 9 } }, ...options,
    hooks: { ...options.hooks, setCursor: [(u) => u.cursor.idx != null && pointed(u.cursor.idx)] },
  }, p.data, box);
  const resize = new ResizeObserver(() => plot.setSize({ width: width(), height }));
  resize.observe(box);
  const stop = effect(() => void (drawn.value, plot.redraw(false)));
  return { plot, end: () => { stop(); resize.disconnect(); plot.destroy(); } };
}

/** Plot shows the chart; arrow keys move the crosshair, and what it stands at is said. */
export function Plot(p: PlotProps) {
  const { w, data, height = 220 } = p;
  const count = data[0].length;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [at, setAt] = useState(count - 1);
  const theme = settings.value.theme;
  useEffect(() => {
    let here = true;
    let end = () => undefined as void;
    void draw(box.current!, p, height, setAt).then((d) => {
      if (!here) return d.end();
      plot.current = d.plot;
      end = d.end;
    }, () => undefined); // the table says the same
    return () => {
      here = false;
      plot.current = null;
      end();
    };
  }, [data, p.shape, w, theme, height]);
  const index = Math.max(0, Math.min(at, count - 1));
  const move = (to: number) => {
    const next = Math.max(0, Math.min(count - 1, to));
    setAt(next);
    const u = plot.current;
    const y = data.slice(1).map((s) => s[next]).find((v) => v != null);
    u?.setCursor({ left: u.valToPos(data[0][next]!, "x"), top: u.valToPos(y ?? 0, "y") });
  };
  const keys = (e: KeyboardEvent) => {
    const by: Readonly<Record<string, number>> = { ArrowLeft: index - 1, ArrowRight: index + 1, PageUp: index - 10, PageDown: index + 10, Home: 0, End: count - 1 };
    const to = by[e.key];
    if (to === undefined) return;
    e.preventDefault();
    move(to);
  };
  const text = p.say(index);
  return (
    <div class="chart">
      <div class="plot" style={{ minHeight: height + "px" }} ref={box} role="slider" tabIndex={0} aria-label={p.label} aria-valuemin={0} aria-valuemax={Math.max(1, count - 1)} aria-valuenow={index} aria-valuetext={text} onKeyDown={keys} onFocus={() => move(index)} />
      <p class="reading"><b>{text}</b> <span class="soft">{p.how}</span></p>
      <details><summary>{p.table}</summary>{p.children}</details>
    </div>
  );
}
