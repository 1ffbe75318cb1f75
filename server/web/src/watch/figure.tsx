// One figure with its line, which opens the list behind it. A figure that is not of now says since when.

import type { ComponentChildren } from "preact";
import { Go } from "./parts.tsx";
import { mayOpen, pageAt, type ViewProps } from "./pages.ts";
import type { Figure, Now } from "./figures.ts";
import type { Words } from "./words.ts";

export interface Face {
  readonly id: string;
  readonly label: string;
  /** text is the figure in words; null where there is none. */
  readonly text: ComponentChildren | null;
  /** long, longer: it has more digits than a wall screen shows at full size. */
  readonly long: "" | "long" | "longer";
  readonly note: string;
  readonly tone: "" | "look" | "stop";
  readonly line: readonly (number | null)[];
  readonly to: string;
  readonly filters: Readonly<Record<string, string>>;
}

const fits = 5; // characters of a figure on a wall screen
const slow = 2_000; // ms of lag from which it is worth a look
const longUnsent = 15 * 60_000; // ms: the sign of a corner without Wi-Fi

/** none says why there is no figure, and since when. */
const none = (w: Words, f: Figure): string => (f.since ? w.numbers.noDataSince(w.format.minute(f.since)) : w.numbers.noData);

/** faces are the five figures in words. */
export function faces(w: Words, n: Now): readonly Face[] {
  const f = w.format;
  const number = (x: Figure): string | null => (x.value === null ? null : f.number(Math.round(x.value * 10) / 10));
  const devices = n.devicesRefused ? w.numbers.notYours : "";
  const long = (...parts: (number | null)[]): Face["long"] => {
    const { length } = parts.map((v) => (v === null ? "" : f.number(Math.round(v)))).join(" ");
    return length > 2 * fits ? "longer" : length > fits ? "long" : "";
  };
  const idle = n.lag.value === null && n.lag.since === null && n.attention.value !== null;
  return [
    { id: "scans", label: w.numbers.scans, text: n.scans.value === null ? null : f.number(Math.round(n.scans.value)), long: long(n.scans.value), note: n.scans.value === null ? (n.scans.measuring ? w.numbers.measuring : none(w, n.scans)) : w.numbers.perMinute, tone: "", line: n.scans.line, to: "/history", filters: { q: "do:intent" } },
    {
      id: "online", label: w.numbers.online, text: n.online.value === null ? null : <>{f.number(n.online.value)} <small>{w.numbers.of(f.number(n.online.of))}</small></>,
      long: long(n.online.value, n.online.of), note: devices || (n.online.value === null ? none(w, n.online) : n.online.of === 0 ? w.numbers.noDevices : n.online.value < n.online.of ? w.numbers.away(n.online.of - n.online.value) : w.numbers.allOnline),
      tone: "", line: n.online.line, to: "/devices", filters: {},
    },
    {
      id: "unsent", label: w.numbers.unsent, text: number(n.unsent), long: long(n.unsent.value), note: devices || (n.unsent.value === null ? none(w, n.unsent) : n.unsent.value === 0 ? w.numbers.nothingWaits : n.unsent.oldest === null ? w.numbers.oldestUnknown : w.numbers.oldest(f.span(Math.max(0, n.unsent.oldest)))),
      tone: (n.unsent.oldest ?? 0) > longUnsent ? "stop" : (n.unsent.value ?? 0) > 0 ? "look" : "", line: n.unsent.line, to: "/devices", filters: { state: "unsent" },
    },
    {
      id: "attention", label: w.numbers.attention, text: number(n.attention), long: long(n.attention.value), note: n.attention.value === null ? none(w, n.attention) : [n.attention.alerts && w.numbers.alerts(n.attention.alerts), n.attention.exceptions && w.numbers.exceptions(n.attention.exceptions)].filter(Boolean).join(", ") || w.numbers.allWell,
      tone: n.attention.value === null ? "" : n.attention.worst, line: n.attention.line, to: "/attention", filters: {},
    },
    { id: "lag", label: w.numbers.lag, text: n.lag.value === null ? null : <Span parts={f.spanParts(n.lag.value)} />, long: "", note: n.lag.value !== null ? w.numbers.p95 : idle ? w.numbers.noScans : none(w, n.lag), tone: (n.lag.value ?? 0) > slow ? "look" : "", line: n.lag.line, to: "/history", filters: { q: "lag:" + slow / 1000 } },
  ];
}

const Span = ({ parts: [number, unit] }: { parts: readonly [string, string] }) => <>{number} <small>{unit}</small></>;

/** FigureView is a figure as a card. */
export function FigureView({ view, face }: { view: ViewProps; face: Face }) {
  const page = pageAt(face.to);
  const inside = (
    <>
      <span class="label">{face.label}</span>
      <span class={"value" + (face.text === null ? " none" : "") + (face.long && " " + face.long)} id={face.id}>{face.text ?? "–"}</span>
      <span class="note" id={face.id + "-note"}>{face.note}</span>
      <Spark line={face.line} label={face.label} />
    </>
  );
  const known = { class: "figure", "data-tone": face.tone, "data-known": String(face.text !== null) };
  return page && mayOpen(page, view.me) ? <Go to={face.to} filters={face.filters} {...known}>{inside}</Go> : <div {...known}>{inside}</div>;
}

const width = 120;
const height = 28;
const inset = 2; // so that a stroke at the edge is whole

const leastPoints = 10; // of a line that has just begun: it is drawn over so many minutes

/** Spark is a line, a point a minute, from the first that was measured; where nothing was, it is broken. */
export function Spark({ line: all, label }: { line: readonly (number | null)[]; label: string }) {
  const first = all.findIndex((v) => v !== null);
  const line = all.slice(Math.max(0, Math.min(first, all.length - leastPoints)));
  const known = line.filter((v) => v !== null);
  const most = Math.max(...known, 1);
  const x = (i: number): number => inset + (i * (width - 2 * inset)) / Math.max(1, line.length - 1);
  const y = (v: number): number => height - inset - (v * (height - 2 * inset)) / most;
  let path = "";
  let pen = false;
  line.forEach((v, i) => {
    if (v === null) pen = false;
    else {
      path += (pen ? "L" : "M") + x(i).toFixed(1) + " " + y(v).toFixed(1);
      if (!pen && line[i + 1] == null) path += "h.1"; // a point by itself
      pen = true;
    }
  });
  const last = line.length - 1;
  const end = line[last];
  return (
    <svg class="spark" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true" data-label={label}>
      <path class="base" d={`M0 ${height - 0.5}H${width}`} />
      {path && <path class="line" d={path} />}
      {end != null && <path class="end" d={`M${x(last)} ${y(end)}h.01`} />}
    </svg>
  );
}
