// What stories are made of: entries, rows and figures as a server sends them, and a server that answers
// from a list.

import { signal } from "@preact/signals";
import { Feed } from "./feed.ts";
import { Figures, minutes, type Now } from "./figures.ts";
import { Live, type LinkState } from "./live.ts";
import { Problem, type Ask } from "./rest.ts";
import type { AlertRow, Entry, ExceptionRow, Me } from "./wire.ts";
import type { ViewProps } from "./pages.ts";
import { words } from "./languages.ts";

/** clock is the moment at which every story is told. */
export const clock = new Date();
clock.setHours(14, 5, 12, 0);
export const ago = (seconds: number): string => new Date(clock.getTime() - seconds * 1000).toISOString();

export const supervisor: Me = {
  name: "ann", kind: "user", login: "ann", role: "supervisor", site: "main", roles: "supervisor",
  actions: ["session.watch", "read.activity", "read.alerts", "answer.alerts", "read.exceptions", "read.balances", "read.catalog", "read.reports", "device.list", "device.pair", "intent.any", "see.money"],
};

/** Answers are what the story's server says, by method and path without its query; a function is called, an Error thrown. */
export type Answers = Readonly<Record<string, unknown>>;

/** answering is a server that answers from a list; what is not in it never comes. */
export const answering = (answers: Answers): Ask => <T>(method: string, path: string, body?: unknown): Promise<T> => {
  const answer = answers[method + " " + path] ?? answers[method + " " + path.split("?")[0]];
  if (answer === undefined) return new Promise<T>(() => undefined);
  if (answer instanceof Error) return Promise.reject(answer);
  return Promise.resolve((typeof answer === "function" ? (answer as (path: string, body: unknown) => unknown)(path, body) : answer) as T);
};

export const failure = new Problem("unavailable", 503, "The disk of the server does not answer. Nothing was read; try again in a moment.");
export const hostile = "<img src=x onerror=alert(1)>\u202E \u0645\u0633\u0645\u0627\u0631 " + "W".repeat(90);

const people = ["ann", "ben", "chloé", "dmitri"];
const devices = ["Aisle 3 blue", "Aisle 7", "Dock 1", "H-04"];
const goods = ["BOLT-M6-40-A2", "FILTER-OIL", "SEAL-25", "LAMP-H7", "BELT-A42"];
const places = ["main/A-01-02", "main/A-03-11", "main/B-07-01", "main/incoming"];
const pick = <T>(list: readonly T[], i: number): T => list[i % list.length]!;

/** entry is the n-th entry, secondsAgo before the story's moment. */
export function entry(n: number, secondsAgo: number, more: Partial<Entry> = {}): Entry {
  const action = pick(["remove", "add", "move", "remove", "count"], n);
  const product = pick(goods, n * 3);
  const at = pick(places, n * 5);
  const quantity = String(1 + (n * 7) % 24);
  const from = action === "add" ? "supplier" : at;
  const to = action === "add" ? at : action === "move" ? pick(places, n * 5 + 1) : action === "count" ? "loss" : "customer";
  return {
    n, kind: "intent", booked_at: ago(secondsAgo), t_eff: ago(secondsAgo + 0.2), outcome: "applied", moves: [{ product, from, to, quantity: action === "count" ? "2" : quantity }], alerts: [], exceptions: [],
    intent: { device: pick(devices, n), operator: pick(people, n), action, product, quantity, from: at.slice(5) }, ...more,
  };
}

const sentences = {
  short: "3 of HAM taken from main/A-03-11 by Aisle 7 at 14:04 were not on the books there; count the shelf.",
  parked: 'The barcode "4006381333931" is not known. The scan is kept and holds no stock until someone says what it is.',
  low: "FILTER-OIL at main is low: 7 available, 10 wanted; it lasts about 4 days.",
};

/** day is an ordinary hour: scans, one late, one parked, one flagged, a change and an alert. */
export const day = (): Entry[] => [
  ...Array.from({ length: 80 }, (_, i) => entry(1000 + i, 900 - i * 10)),
  entry(1080, 90, { t_eff: ago(3900), message: "A later count covers it.", outcome: "absorbed", moves: [] }),
  entry(1081, 80, { exceptions: [{ id: "short/Aisle 7/k3/9", kind: "short", message: sentences.short }], outcome: "exception" }),
  { n: 1082, kind: "edit", booked_at: ago(70), t_eff: ago(70), outcome: "applied", actor: "ann", edit: { entity: "constraint", code: "FILTER-OIL", changes: [{ field: "min", from: "5", to: "10" }] } },
  entry(1083, 62, { outcome: "parked", message: sentences.parked, moves: [], intent: { device: "H-04", operator: "ben", action: "remove", scan: "4006381333931", quantity: "1", from: "A-01-02" } }),
  entry(1084, 40, { alerts: [{ id: "low/FILTER-OIL/main", kind: "low", state: "raised", message: sentences.low }] }),
  entry(1085, 22, { outcome: "refused", message: "Not enough of BELT-A42 at A-01-02: 2 are there. Nothing was booked.", moves: [] }),
  ...Array.from({ length: 6 }, (_, i) => entry(1086 + i, 16 - i * 3)),
];

/** burst is more than anybody reads: 40 entries a second for a while. */
export const burst = (): Entry[] => Array.from({ length: 1200 }, (_, i) => entry(2000 + i, 30 - i / 40));

export const alerts: readonly AlertRow[] = [
  { id: "negative/HAM/main", n: 900, kind: "negative", state: "raised", product: "HAM", site: "main", location: "A-03-11", quantity: "-3", since: ago(60), message: "HAM at A-03-11 is below zero: −3." },
  { id: "out/SEAL-25/main", n: 901, kind: "out", state: "escalated", product: "SEAL-25", site: "main", quantity: "0", since: ago(4200), message: "SEAL-25 at main is out of stock; 3 wanted." },
  { id: "low/FILTER-OIL/main", n: 1084, kind: "low", state: "raised", product: "FILTER-OIL", site: "main", quantity: "7", limit: "10", since: ago(40), message: sentences.low },
  { id: "low/LAMP-H7/main", n: 700, kind: "low", state: "acknowledged", by: "ben", product: "LAMP-H7", site: "main", quantity: "2", limit: "3", since: ago(9000), message: "LAMP-H7 at main is low: 2 available, 3 wanted." },
  { id: "over/BELT-A42/main", n: 600, kind: "over", state: "snoozed", by: "ann", until: ago(-3600), product: "BELT-A42", site: "main", quantity: "120", limit: "100", since: ago(86_500), message: "BELT-A42 at main is over: 120 on hand, 100 at most." },
];

export const exceptions: readonly ExceptionRow[] = [
  { id: "held_taken/Dock 1/k1/77", n: 890, kind: "held_taken", severity: "critical", state: "open", site: "main", location: "quarantine", product: "BOLT-M6-40-A2", device: "Dock 1", operator: "chloé", raised_at: ago(1500), evidence: "0011223344556677", message: "12 of BOLT-M6-40-A2, lot L7, were held and left for a customer." },
  { id: "short/Aisle 7/k3/9", n: 1081, kind: "short", severity: "warning", state: "open", site: "main", location: "A-03-11", product: "HAM", device: "Aisle 7", operator: "ben", raised_at: ago(80), evidence: "8899aabbccddeeff", message: sentences.short },
  { id: "double_scan/H-04/k9/40", n: 860, kind: "double_scan", severity: "info", state: "taken", taken_by: "ann", site: "main", location: "B-07-01", product: "SEAL-25", device: "H-04", operator: "dmitri", raised_at: ago(5000), evidence: "0123456789abcdef", message: "SEAL-25 was scanned twice within 2 seconds by H-04 at B-07-01." },
];

/** asked are what handhelds ask a supervisor to look at: one that is on the list anyway, and a scan that was refused. */
export const asked: readonly ExceptionRow[] = [
  { id: "asked/Aisle 7/k3/10", n: 1085, kind: "asked", severity: "warning", state: "open", about: "Aisle 7/k3/9", site: "main", location: "A-03-11", product: "HAM", device: "Aisle 7", operator: "ben", at: ago(60), raised_at: ago(58), evidence: "8899aabbccddee00", message: "ben asks a supervisor to look at scan 9 of Aisle 7: Removed 2 HAM from A-03-11." },
  { id: "asked/H-04/k9/42", n: 1086, kind: "asked", severity: "warning", state: "open", about: "H-04/k9/41", site: "main", location: "B-07-01", product: "SEAL-25", device: "H-04", operator: "dmitri", at: ago(30), raised_at: ago(28), evidence: "8899aabbccddee01", message: "dmitri asks a supervisor to look at scan 41 of H-04: Removed 40 SEAL-25 from B-07-01. The quantity has more digits than the unit." },
];

const wave = (most: number, over: number, round = true): number[] => Array.from({ length: minutes }, (_, i) => {
  const v = most * (0.55 + 0.3 * Math.sin(i / over) + 0.15 * Math.sin(i * 1.7));
  return round ? Math.round(v) : v;
});
const late = (line: readonly number[]): (number | null)[] => line.map((v, i) => (i < 20 ? null : v));

export const figures: Now = {
  scans: { value: 42, since: null, measuring: false, line: late(wave(48, 6)) },
  online: { value: 11, since: null, of: 12, line: late(wave(12, 30).map(() => 11)) },
  unsent: { value: 4, since: null, oldest: 75_000, line: late(wave(6, 9)) },
  attention: { value: 5, since: null, alerts: 3, exceptions: 2, worst: "stop", line: late(wave(5, 12)) },
  lag: { value: 180, since: null, line: late(wave(220, 7, false)) },
  devicesRefused: false, devicesError: "",
};

const well = (now: Now): Now => ({
  ...now, online: { ...now.online, value: 12 }, unsent: { ...now.unsent, value: 0, oldest: null, line: now.unsent.line.map((v) => (v === null ? null : 0)) },
  attention: { ...now.attention, value: 0, alerts: 0, exceptions: 0, worst: "", line: now.attention.line.map((v) => (v === null ? null : 0)) },
});
export const quiet = well(figures);
export const busy: Now = { ...figures, scans: { ...figures.scans, value: 12_408 }, online: { ...figures.online, value: 1_204, of: 1_210 }, unsent: { ...figures.unsent, value: 3_112, oldest: 22 * 60_000 }, lag: { ...figures.lag, value: 4_200 } };

/** lost are figures that nobody tells any more. */
export function lost(now: Now): Now {
  const since = new Date(ago(190));
  const gone = { value: null, since };
  return { ...now, scans: { ...now.scans, ...gone }, online: { ...now.online, ...gone }, unsent: { ...now.unsent, ...gone, oldest: null }, attention: { ...now.attention, ...gone }, lag: { ...now.lag, ...gone } };
}


export interface Scene {
  readonly state?: LinkState;
  readonly entries?: readonly Entry[];
  readonly alerts?: readonly AlertRow[] | null;
  readonly exceptions?: readonly ExceptionRow[];
  readonly figures?: Now;
  readonly answers?: Answers;
  readonly me?: Me;
  readonly sites?: readonly string[];
  readonly after?: (feed: Feed) => void;
}

/** viewOf is a page's view of a scene, as it would be with a server. */
export function viewOf(s: Scene): ViewProps {
  const live = new Live();
  const ask = answering(s.answers ?? {});
  live.state.value = s.state ?? { is: "live" };
  if (s.alerts !== null) {
    live.rows("alerts", s.alerts ?? alerts, { part: 1, parts: 1 });
    live.rows("exceptions", s.exceptions ?? exceptions, { part: 1, parts: 1 });
  }
  const feed = new Feed((draw) => draw(), () => clock);
  feed.add(s.entries ?? day());
  const f = new Figures(live, ask, true, () => "");
  f.now.value = s.figures ?? figures;
  return { w: words(), ask, file: () => Promise.reject(failure), live, feed, figures: f, names: signal(new Map()), me: s.me ?? supervisor, sites: s.sites ?? ["main", "north"] };
}
