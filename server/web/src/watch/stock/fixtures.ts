// What the stories of these pages are made of: answers as a server gives them.

import { ago, clock, failure, hostile, supervisor, type Answers } from "../fixtures.ts";
import type { Story } from "../stories.tsx";
import type { CountRow, Device, Step, Steps, StockRow, UnknownCode, UnknownScan } from "./wire.ts";

const now = clock.toISOString();
const row = (product: string, name: string, on_hand: string, more: Partial<StockRow> = {}): StockRow => ({ product, name, category: "Fasteners", unit: "piece", on_hand, available: on_hand, held: "0", incoming: "0", changed_at: ago(600), ...more });
const money = (r: StockRow, value: string): StockRow => ({ ...r, value });

const byProduct: readonly StockRow[] = [
  money(row("BELT-A42", "Drive belt A42", "120", { incoming: "40", category: "Drive" }), "1488"),
  money(row("BOLT-M6-40-A2", "Bolt M6 × 40, stainless", "1204", { available: "1192", held: "12" }), "181.8"),
  money(row("FILTER-OIL", "Oil filter", "7", { below_minimum: [{ site: "main", location: "", min: "10", available: "7" }] }), "41.65"),
  money(row("HAM", "Ham, boiled", "-3", { unit: "kg", below_zero: [{ site: "main", location: "A-03-11", quantity: "-3" }] }), "-18.9"),
  money(row("LAMP-H7", "Lamp H7", "24", { below_zero: [{ site: "main", location: "B-07-01", package: "P-0099", quantity: "-1" }, { site: "north", location: "N-02", quantity: "-4" }] }), "60"),
  { ...row("NUT-M6", "Nut M6", "71"), value: "0", uncosted: true },
  row("SEAL-25", "", "0", { below_minimum: [{ site: "north", location: "N-02", min: "3", available: "0" }] }),
];
const byPlace: readonly StockRow[] = [
  money(row("BOLT-M6-40-A2", "Bolt M6 × 40, stainless", "804", { site: "main", location: "A-01-02", held: "12", available: "792" }), "121"),
  money(row("BOLT-M6-40-A2", "Bolt M6 × 40, stainless", "400", { site: "main", location: "A-01-02", package: "P-0042" }), "60.8"),
  money(row("HAM", "Ham, boiled", "-3", { unit: "kg", site: "main", location: "A-03-11" }), "-18.9"),
  money(row("BELT-A42", "Drive belt A42", "40", { site: "main", location: "incoming", incoming: "40" }), "496"),
];
const rude: readonly StockRow[] = [row(hostile, hostile, "-999999999999999", { unit: hostile.slice(0, 20), category: hostile, below_zero: [{ site: "main", location: hostile, quantity: "-999999999999999" }], below_minimum: [{ site: "main", location: hostile, min: "1", available: "-999999999999999" }] })];
const stock = (rows: readonly StockRow[], next = false) => ({ rows, now, head: 1091, ...(next ? { next: "x" } : {}) });

const step = (entry: number, secondsAgo: number, change: string, balance: string, more: Partial<Step> = {}): Step => ({
  at: ago(secondsAgo), booked_at: ago(secondsAgo - 1), entry, change, balance, device: "Aisle 7", install: "k3", seq: entry, operator: "ben", action: change.startsWith("-") ? "remove" : "add", from: change.startsWith("-") ? "main/A-03-11" : "supplier", to: change.startsWith("-") ? "customer" : "main/A-03-11", ...more,
});
const base = { product: "HAM", name: "Ham, boiled", unit: "kg", site: "main", location: "A-03-11", now, head: 1091 };
const below: Steps = {
  ...base, balance: "-3", before: "0",
  rows: [
    step(1081, 80, "-2", "-3", { reference: "SO-771" }),
    step(1070, 1300, "0", "-1", { undone: true, undone_by: "Aisle 7", undone_at: ago(1250), action: "remove" }),
    step(1066, 2600, "-3", "-1", { operator: "chloé", device: "Dock 1", action: "move", to: "main/output", reason: "wanted at the dock" }),
    step(1088, 5200, "-1.5", "2", { booked_at: ago(400), device: "H-04", operator: "dmitri" }),
    step(1040, 7900, "-0.5", "3.5", { counts: true, action: "count", operator: "ann", device: "Aisle 3 blue", changed: 1088 }),
    step(1001, 90_000, "4", "4", { operator: "ann", device: "Dock 1", partner: "ACME", reference: "PO-12" }),
  ],
};
const fine: Steps = { ...base, product: "BOLT-M6-40-A2", name: "Bolt M6 × 40, stainless", unit: "piece", location: "A-01-02", balance: "804", before: "1150", next: "older", rows: Array.from({ length: 40 }, (_, i) => step(1090 - i, 900 + i * 4000, i % 7 === 3 ? "36" : "-12", String(804 + i * 12 - Math.floor((i + 3) / 7) * 48))) };
const steps = (list: Steps) => (path: string) => (path.includes("after=") ? { ...list, rows: [step(900, 400_000, "-4", "1150", {}), step(899, 500_000, "1154", "1154", { counts: true, action: "count" })], before: "0", next: undefined } : list);
const negatives = [{ site: "main", location: "A-03-11", product: "HAM", quantity: "-3", corrections: [{ kind: "count", evidence: "1" }, { kind: "receive", evidence: "1" }, { kind: "found", evidence: "1" }] }];
const why = (list: Steps): Answers => ({ "GET /v1/balances/steps": steps(list), "GET /v1/negative": list === below ? negatives : [], "GET /v1/stock": stock(byPlace.filter((r) => r.product === list.product)) });

const device = (name: string, more: Partial<Device> = {}, p: Partial<Device["presence"] & object> | null = {}): Device => ({ device: name, role: "floor", site: "main", created_at: ago(9_000_000), ...more, ...(p === null ? {} : { presence: { app: "bayledger-scan-page/1.4", connected: true, heard: ago(5), pending: 0, battery: 78, ahead_ms: 120, ...p } }) });
const devices: readonly Device[] = [
  device("H-04", { name: "Aisle 7" }, { pending: 214, oldest: ago(22 * 60), connected: false, heard: ago(1290), battery: 12 }),
  device("H-01", { name: "Aisle 3 blue", logs: [{ id: "2", at: ago(300), asked_by: "ann", asked_at: ago(330), bytes: 14_200 }, { id: "1", at: ago(90_000), asked_by: "ann", asked_at: ago(90_100), bytes: 212_000 }] }, { pending: 2, oldest: ago(40), lost_focus: 7 }),
  device("H-02", { messages: 1, log_asked: { by: "ann", at: ago(500) } }, { ahead_ms: -7_260_000, connected: false, heard: ago(80_000) }),
  device("Dock 1", { role: "dock", site: "" }, { battery: undefined, app: undefined, ahead_ms: undefined }),
  device("H-09", { name: "Spare" }, null),
  device("H-00", { revoked_at: ago(400_000), revoked_by: "ann" }, null),
];
const tiny = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAACAQMAAABIeJ9nAAAABlBMVEX///8AAABVwtN+AAAADElEQVQI12NoYGgAAAGEAMHzZP2HAAAAAElFTkSuQmCC";
const pairing = { device: "H-10", code: "abc", url: "bayledger.local/scan#pair=abc", qr: tiny, expires_at: ago(-600) };

const codes: readonly UnknownCode[] = [
  { kind: "product", raw: "4006381333931", site: "", scans: 14, first: ago(90_000), last: ago(62), devices: ["Aisle 7", "H-04"] },
  { kind: "location", raw: "A-9-1", site: "main", scans: 1, first: ago(4000), last: ago(4000), devices: ["Dock 1"] },
  { kind: "operator", raw: "badge-77", site: "", scans: 3, first: ago(9000), last: ago(8000), devices: ["H-01"] },
];
const paged = (rows: readonly UnknownCode[], count = rows.length) => ({ rows, count, ...(count > rows.length ? { next: "x" } : {}) });
const scan = (n: number, more: Partial<UnknownScan> = {}): UnknownScan => ({ at: ago(62 + n * 300), entry: 1083 - n, device: "H-04", install: "k9", seq: 40 - n, site: "main", operator: "ben", action: "remove", scan: "]E04006381333931", from: "A-01-02", ...more });
const scans = (path: string) => path.includes("after=") ? { rows: Array.from({ length: 10 }, (_, i) => scan(9 - i)), count: 14 } : { next: "x", rows: [scan(13, { action: "add", quantity: "24", to: "A-01-02", from: "supplier" }), scan(12), scan(11, { action: "count", quantity: "18" }), scan(10)], count: 14 };

const count = (product: string, more: Partial<CountRow> = {}): CountRow => ({
  exception: { id: "count_difference/H-01/k1/" + product, n: 900, kind: "count_difference", severity: "warning", state: "open", site: "main", location: "A-01-02", product, device: "Aisle 3 blue", operator: "ann", at: ago(5000), raised_at: ago(5000), entry: 890, evidence: "00" },
  name: "Bolt M6 × 40, stainless", unit: "piece", difference: "-96", value: "-14.5", expected: "900", counted: "804", moved_since: "-24", moves_since: 3, balance: "780", ...more,
});
const taken = count("LAMP-H7", { name: "Lamp H7", difference: "12", value: "30", expected: "12", counted: "24", moves_since: 0, moved_since: "0", balance: "24", lot: "L-2026-03", session: "yearly" });
const counts = { rows: [count("BOLT-M6-40-A2"), { ...taken, exception: { ...taken.exception, state: "taken", taken_by: "ben" } }], now };

const nobody = { ...supervisor, role: "floor", roles: "floor", actions: ["read.activity"] };
const onlyLooks = { ...supervisor, actions: supervisor.actions.filter((a) => !["intent.any", "device.pair", "see.money"].includes(a)) };
const stale = { is: "stale" as const, heard: new Date(ago(190)), seconds: 8 };
const press = (selector: string) => (root: HTMLElement) => root.querySelectorAll<HTMLElement>(selector).forEach((b) => b.click());
const categories: Answers = { "GET /v1/categories": { rows: [{ code: "Drive" }, { code: "Fasteners" }] } };

export const goodsStories: Readonly<Record<string, Story>> = {
  stock: { path: "/stock", answers: { ...categories, "GET /v1/stock": stock(byProduct, true) } },
  "stock-place": { path: "/stock", filters: { by: "place" }, answers: { ...categories, "GET /v1/stock": stock(byPlace) } },
  "stock-no-money": { path: "/stock", me: onlyLooks, answers: { "GET /v1/stock": stock(byProduct.map(({ value: _, ...r }) => r)) } },
  "stock-empty": { path: "/stock", filters: { q: "nothing", below: "zero" }, answers: { "GET /v1/stock": stock([]) } },
  "stock-loading": { path: "/stock" },
  "stock-failed": { path: "/stock", answers: { "GET /v1/stock": failure } },
  "stock-stale": { path: "/stock", state: stale, answers: { "GET /v1/stock": stock(byProduct) } },
  "stock-refused": { path: "/stock", me: nobody },
  "stock-hostile": { path: "/stock", answers: { "GET /v1/stock": stock(rude) } },
  "why-below": { path: "/why", filters: { product: "HAM", place: "main/A-03-11" }, answers: why(below) },
  "why-table": { path: "/why", filters: { product: "HAM", place: "main/A-03-11" }, answers: why(below), act: press("details summary") },
  "why-fine": { path: "/why", filters: { product: "BOLT-M6-40-A2" }, answers: why(fine) },
  "why-only-looks": { path: "/why", filters: { product: "HAM", place: "main/A-03-11" }, me: onlyLooks, answers: why(below) },
  "why-pick": { path: "/why", answers: { "GET /v1/stock": stock(byProduct) } },
  "why-empty": { path: "/why", filters: { product: "SEAL-25" }, answers: { "GET /v1/balances/steps": { ...base, balance: "0", before: "0", rows: [] }, "GET /v1/stock": stock([]) } },
  "why-loading": { path: "/why", filters: { product: "HAM" } },
  "why-failed": { path: "/why", filters: { product: "HAM" }, answers: { "GET /v1/balances/steps": failure, "GET /v1/stock": failure } },
  "why-hostile": { path: "/why", filters: { product: hostile, place: "main/" + hostile }, answers: { "GET /v1/balances/steps": { ...below, product: hostile, name: hostile, unit: "kg", location: hostile, rows: below.rows.map((s) => ({ ...s, operator: hostile, device: hostile, reason: hostile, from: hostile, to: hostile, lot: hostile })) }, "GET /v1/negative": [], "GET /v1/stock": stock([{ ...rude[0]!, site: "main", location: hostile }]) } },
  devices: { path: "/devices", answers: { "GET /v1/devices": { rows: devices, now } } },
  "devices-revoked": { path: "/devices", filters: { state: "revoked" }, answers: { "GET /v1/devices": { rows: devices, now } } },
  "devices-revoke": { path: "/devices", filters: { state: "trouble" }, answers: { "GET /v1/devices": { rows: devices, now } }, act: press("[data-device='H-04'] .actions button:last-child") },
  "devices-message": { path: "/devices", filters: { state: "trouble" }, answers: { "GET /v1/devices": { rows: devices, now } }, act: press(".actions button:first-child") },
  "devices-pair": { path: "/devices", answers: { "GET /v1/devices": { rows: devices, now }, "POST /v1/pairings": pairing }, act: press(".head .button") },
  "devices-empty": { path: "/devices", answers: { "GET /v1/devices": { rows: [], now } } },
  "devices-loading": { path: "/devices" },
  "devices-failed": { path: "/devices", answers: { "GET /v1/devices": failure } },
  "devices-only-looks": { path: "/devices", me: onlyLooks, answers: { "GET /v1/devices": { rows: devices, now } } },
  "devices-hostile": { path: "/devices", answers: { "GET /v1/devices": { rows: [device(hostile, { name: hostile, site: hostile, messages: 3 }, { app: hostile, pending: 123_456, oldest: ago(90_000), battery: 1 })], now } } },
  codes: { path: "/codes", answers: { "GET /v1/unknown": paged(codes) } },
  "codes-many": { path: "/codes", answers: { "GET /v1/unknown": paged(Array.from({ length: 40 }, (_, i) => ({ ...codes[i % 3]!, raw: codes[i % 3]!.raw + "-" + i })), 2_412) } },
  "codes-name": { path: "/codes", answers: { "GET /v1/unknown": paged(codes.slice(0, 1)), "GET /v1/unknown/scans": scans, "GET /v1/stock": stock(byProduct) }, act: press(".thing .actions button") },
  "codes-empty": { path: "/codes", answers: { "GET /v1/unknown": paged([]) } },
  "codes-loading": { path: "/codes" },
  "codes-failed": { path: "/codes", answers: { "GET /v1/unknown": failure } },
  "codes-only-looks": { path: "/codes", me: onlyLooks, answers: { "GET /v1/unknown": paged(codes) } },
  "codes-hostile": { path: "/codes", answers: { "GET /v1/unknown": paged([{ ...codes[0]!, raw: hostile, devices: [hostile, hostile] }]), "GET /v1/unknown/scans": { rows: [scan(1, { device: hostile, from: hostile })], count: 1 }, "GET /v1/stock": stock([]) }, act: press(".thing .actions button") },
  counts: { path: "/counts", answers: { "GET /v1/counts": counts } },
  "counts-empty": { path: "/counts", answers: { "GET /v1/counts": { rows: [], now } } },
  "counts-loading": { path: "/counts" },
  "counts-failed": { path: "/counts", answers: { "GET /v1/counts": failure } },
  "counts-refused": { path: "/counts", answers: { "GET /v1/counts": counts, "POST /v1/intents": failure }, act: press(".deciding .strong") },
  "counts-only-looks": { path: "/counts", me: onlyLooks, answers: { "GET /v1/counts": counts } },
  "counts-hostile": { path: "/counts", answers: { "GET /v1/counts": { rows: [count(hostile, { name: hostile, lot: hostile, session: hostile, reason: hostile, difference: "-999999999999999", expected: undefined, counted: undefined })], now } } },
};
