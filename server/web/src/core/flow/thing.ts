import * as decimal from "../decimal.ts";
import { one, type Decimal } from "../decimal.ts";
import { bytesOf } from "../gs1/index.ts";
import { shown as visible } from "../wedge/profile.ts";
import { maxBytes, maxLines, type Card, type Line, type Thing } from "./types.ts";
import type { FlowWords } from "./words.ts";

/** shown is text of a scan, with what nobody can see escaped and not longer than a line. */
export function shown(text: string): string {
  const line = 64;
  const signs = Array.from(text);
  return signs.length > line ? visible(signs.slice(0, line).join("")) + "…" : visible(text);
}

/** total is the quantity in the product's unit; null where it has too many digits. */
export function total(t: Pick<Thing, "each" | "times">): Decimal | null {
  const each = t.each || "1";
  return t.times === "" ? each : decimal.mul(each, t.times);
}

export const codeOf = (t: Thing): string => t.product || t.package || t.scan;

/** isPackage says whether a thing is a package as such. */
export const isPackage = (t: Thing): boolean => t.product === "" && t.package !== "";

const lineRoom = 16; // what a line takes as JSON besides its scan

/** few says whether a number of pieces of an unknown code can be written as lines. */
export function few(t: Thing): boolean {
  if (t.times === "") return true;
  const units = decimal.scaled(t.times, 0);
  return units !== null && units <= BigInt(maxLines) && Number(units) * (bytesOf(t.scan).length + lineRoom) <= maxBytes;
}

/** bytes is about what a thing takes in an intent. */
export function bytes(t: Thing): number {
  const fields = 512;
  let n = bytesOf(t.scan).length + bytesOf(t.lot).length + bytesOf(t.serial).length + bytesOf(t.package).length + fields;
  const units = decimal.scaled(t.times, 0);
  if (units !== null && t.product === "" && t.package === "") n += Number(units < BigInt(maxLines) ? units : BigInt(maxLines)) * (bytesOf(t.scan).length + lineRoom);
  return n;
}

/** same says whether two scans count one and the same. */
export function same(t: Thing, o: Thing): boolean {
  if (t.product === "" && t.scan !== o.scan) return false;
  return t.product === o.product && t.each === o.each && t.lot === o.lot && t.serial === o.serial && t.package === o.package;
}

/** amountOf is "288 TEA (12 × 24)", or "1.25 kg of HAM". */
export function amountOf(t: Thing, w: FlowWords): string {
  if (isPackage(t)) return w.package(shown(t.package));
  if (t.product === "") return (t.times || "1") + " × " + shown(t.scan);
  const number = total(t) ?? "";
  let words = number + " " + shown(t.product);
  if (t.unit !== "" && t.unit !== "piece" && t.unit !== "each") words = w.of(number, shown(t.unit), shown(t.product));
  if (t.times !== "" && !one(t.each)) words += " (" + t.times + " × " + t.each + ")";
  return t.package === "" ? words : words + w.onPackage(shown(t.package));
}

/** cardOf is a thing as the last one scanned. */
export function cardOf(t: Thing): Card {
  const quantity = t.product === "" ? t.times : (total(t) ?? "");
  const sum = t.product !== "" && quantity !== "" && t.times !== "" && !one(t.each) ? t.times + " × " + t.each + " = " + quantity : "";
  return filled({
    code: shown(codeOf(t)), name: shown(t.name), quantity, unit: shown(t.unit), sum, lot: shown(t.lot), serial: shown(t.serial), expiry: t.expiry, package: shown(t.package),
  });
}

/** filled leaves out what is empty. */
export function filled<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== "" && v !== undefined && v !== 0 && v !== null)) as T;
}

export function lineOf(t: Thing): Line {
  const quantity = t.product === "" || t.serial !== "" ? t.times : (total(t) ?? ""); // nobody here knows what one stands for; a serial is one piece
  return filled({ scan: t.scan, product: t.product, quantity, lot: t.lot, serial: t.serial, expiry: t.expiry, package: t.package });
}
