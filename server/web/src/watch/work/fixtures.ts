// What the stories of the page of figures are made of: answers as a server gives them.

import { failure, hostile } from "../fixtures.ts";
import type { Story } from "../stories.tsx";
import type { Row, Took } from "./throughput.ts";

const day = "2026-03-02";
const two = (n: number): string => String(n).padStart(2, "0");
const row = (by: string, group: string, scans: number, more: Partial<Row> = {}): Row => ({ by, group, scans, moves: Math.round(scans * 1.08), refused: 0, parked: 0, exceptions: 0, ...more });
const shift = (hour: number): number => (hour < 6 || hour > 21 ? 0 : Math.round(180 + 140 * Math.sin((hour - 6) / 2.4) + 40 * Math.sin(hour * 2.3)));
const hours = (date: string, until = 24): Row[] => Array.from({ length: until }, (_, h) => row("hour", date + "T" + two(h) + ":00", Math.max(0, shift(h)), h === 9 ? { parked: 4, refused: 1 } : {}));
const dayOf = (n: number): string => new Date(Date.UTC(2026, 1, 3 + n)).toISOString().slice(0, 10);

const lists: readonly Row[] = [
  row("person", "chloé", 812, { exceptions: 3 }), row("person", "ann", 640), row("person", "ben", 512, { parked: 9, refused: 2 }), row("person", "", 77, { parked: 12 }), row("person", "dmitri", 31),
  row("place", "main/incoming", 730), row("place", "main/A-01-02", 402, { exceptions: 2 }), row("place", "main/B-07-01", 377), row("place", "north/N-02", 120), row("place", "main/A-03-11", 96),
  row("product", "BOLT-M6-40-A2", 420, { came: "12000", went: "9840" }), row("product", "FILTER-OIL", 233, { came: "120", went: "187" }), row("product", "HAM", 180, { came: "240.5", went: "243.75" }), row("product", "BELT-A42", 44, { came: "40", went: "0" }),
  row("error", "parked/unknown_product", 19), row("error", "exception/short", 4), row("error", "refused/short", 3), row("error", "exception/held_taken", 1), row("error", "parked/something_new", 1),
];
const today: readonly Row[] = [row("total", "", 2072, { parked: 21, refused: 3, exceptions: 5 }), row("day", day, 2072), ...hours(day, 15), ...lists];
const month: readonly Row[] = [
  row("total", "", 61_240, { parked: 311, refused: 42, exceptions: 88 }), ...Array.from({ length: 28 }, (_, n) => row("day", dayOf(n), n % 7 > 4 ? 0 : 2600 + 500 * Math.sin(n))), ...Array.from({ length: 28 }, (_, n) => hours(dayOf(n))).flat(),
  ...Array.from({ length: 60 }, (_, n) => row("person", "person " + two(n), 900 - n * 12)), ...lists.filter((r) => r.by !== "person"),
].map((r) => ({ ...r, scans: Math.round(r.scans), moves: Math.round(r.moves) }));
const dock: readonly Took[] = [{ day, lines: 64, p50_seconds: 2_460, p90_seconds: 9_300, most_seconds: 21_600, unknown: 3 }, { day: "", lines: 64, p50_seconds: 2_460, p90_seconds: 9_300, most_seconds: 21_600, unknown: 3 }];
const docks: readonly Took[] = [...Array.from({ length: 20 }, (_, n) => ({ day: dayOf(n), lines: 40 + n, p50_seconds: 2_000 + 900 * Math.sin(n), p90_seconds: 8_000 + 4_000 * Math.sin(n / 2), most_seconds: 90_000, unknown: 0 })), { day: "", lines: 990, p50_seconds: 2_220, p90_seconds: 8_900, most_seconds: 90_000, unknown: 0 }];
const answers = (rows: readonly Row[], took: readonly Took[]) => ({ "GET /v1/throughput": rows, "GET /v1/dock-to-stock": took });
const rude: readonly Row[] = [row("total", "", 999_999_999, { refused: 999_999_999 }), row("day", day, 1), ...hours(day, 3).map((r) => ({ ...r, scans: 999_999_999, moves: 1_234_567_890 })), row("person", hostile, 5), row("place", "main/" + hostile, 5), row("product", hostile, 5, { came: "999999999999999", went: "-999999999999999.123456" }), row("error", "refused/" + hostile, 9), row("error", "exception/" + hostile, 9)];

export const workStories: Readonly<Record<string, Story>> = {
  figures: { path: "/figures", answers: answers(today, dock) },
  "figures-a-lot": { path: "/figures", filters: { span: "28-days", site: "main" }, answers: answers(month, docks) },
  "figures-dates": { path: "/figures", filters: { span: "dates", first: "2026-03-01", last: "2026-03-02" }, answers: answers([row("total", "", 2072), ...hours("2026-03-01"), ...hours(day), ...lists.filter((r) => r.by !== "error")], []) },
  "figures-choose": { path: "/figures", filters: { span: "dates" } },
  "figures-table": { path: "/figures", answers: answers(today, dock), act: (root) => root.querySelector<HTMLElement>("details summary")?.click() },
  "figures-file-failed": { path: "/figures", answers: answers(today, dock), act: (root) => root.querySelector<HTMLElement>(".files button")?.click() },
  "figures-empty": { path: "/figures", answers: answers([row("total", "", 0), row("day", day, 0), ...hours(day, 3).map((r) => ({ ...r, scans: 0, moves: 0 }))], [{ day: "", lines: 0, unknown: 0 }]) },
  "figures-loading": { path: "/figures" },
  "figures-failed": { path: "/figures", answers: { "GET /v1/throughput": failure, "GET /v1/dock-to-stock": failure } },
  "figures-hostile": { path: "/figures", answers: answers(rude, [{ day: "", lines: 0, unknown: 999_999 }]) },
};
