// What naming a code will book: one move a waiting scan, at the scan's own moment. Pure.

import type { UnknownCode, UnknownScan } from "./wire.ts";

/** Meaning is what somebody says that a code is. */
export interface Meaning { readonly product: string; readonly quantity: string; readonly unit: string; readonly place: string; readonly operator: string }
export const nothingMeant: Meaning = { product: "", quantity: "", unit: "", place: "", operator: "" };

/** Planned is what a scan will book: how many, or null where the server reads that off the scan itself. */
export interface Planned { readonly scan: UnknownScan; readonly quantity: string | null; readonly unit: string; readonly from: string; readonly to: string }

const defaults: Readonly<Record<string, readonly [string, string]>> = {
  add: ["supplier", "stock"], remove: ["stock", "customer"], isolate: ["stock", "quarantine"], release: ["quarantine", "stock"], assemble: ["stock", "asset"], disassemble: ["asset", "stock"], scrap: ["stock", "scrap"],
};
const spoken = /^\](C1|d2|Q3|e0)|\u001d|\(\d{2,4}\)/; // element strings, which may hold a count or a measure of their own

/** planOf says what naming a code will book, scan by scan. */
export function planOf(code: UnknownCode, scans: readonly UnknownScan[], m: Meaning): readonly Planned[] {
  return scans.map((scan) => {
    const [from = "", to = ""] = defaults[scan.action] ?? [];
    const place = (said: string | undefined, standard: string): string => (code.kind === "location" && said === code.raw ? m.place : said || standard);
    const quantity = scan.quantity || (scan.lines ?? 0) > 1 ? (scan.quantity ?? null) : scan.action === "count" || spoken.test(scan.scan ?? "") ? null : code.kind === "product" ? m.quantity || "1" : null;
    return { scan, quantity, unit: scan.quantity ? (scan.unit ?? "") : m.unit, from: place(scan.from, from), to: place(scan.to, to) };
  });
}

/** complete says whether enough is said of a code to name it. */
export function complete(code: UnknownCode, m: Meaning): boolean {
  if (code.kind === "location") return m.place !== "";
  if (code.kind === "operator") return m.operator !== "";
  return m.product !== "" && (m.quantity === "" || /^(?!0+(\.0+)?$)\d{1,15}(\.\d{1,6})?$/.test(m.quantity));
}

/** mapping is the intent that names a code. */
export function mapping(code: UnknownCode, m: Meaning): object {
  const raw = { action: "map", raw: code.raw };
  if (code.kind === "location") return { ...raw, site: code.site, to: m.place };
  if (code.kind === "operator") return { ...raw, operator: m.operator };
  return { ...raw, product: m.product, ...(m.quantity ? { quantity: m.quantity } : {}), ...(m.unit ? { unit: m.unit } : {}) };
}

/** dismissals are the intents that take the scans of a code out: kept, and booked never. */
export const dismissals = (scans: readonly UnknownScan[], reason: string): readonly object[] =>
  scans.map((s) => ({ action: "undo", reference: s.device + "/" + s.install + "/" + s.seq, site: s.site, reason }));
