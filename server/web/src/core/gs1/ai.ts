// Application identifiers, by key: four digits, filled up with zeros behind. All AIs
// that begin with the same two digits are equally long, so no two share a key.

import { table, type PackedRow, type PackedSpan } from "./table.ts";

export interface Part {
  readonly set: string;
  readonly min: number;
  readonly max: number;
  readonly optional: boolean;
  readonly checks: readonly string[];
}

export interface Row {
  readonly digits: number;
  readonly fixed: boolean; // predefined length: needs no separator behind it
  readonly inQuery: boolean; // may be a data attribute of a Digital Link
  readonly parts: readonly Part[];
  readonly needs: readonly (readonly (readonly PackedSpan[])[])[];
  readonly excludes: readonly PackedSpan[];
  readonly paths: readonly (readonly number[])[] | null;
  readonly title: string;
  readonly shortest: number;
  readonly longest: number;
}

const rows = new Map<number, Row>();
const digitsOf = new Uint8Array(100);

function unpack([, , digits, flags, packed, needs, excludes, paths, title]: PackedRow): Row {
  const parts = packed.map(([set, min, max, optional, checks]) => ({ set, min, max, optional: optional === 1, checks: checks ? checks.split(" ") : [] }));
  return {
    digits, fixed: (flags & 1) > 0, inQuery: (flags & 2) > 0, parts, needs, excludes, paths, title,
    shortest: parts.reduce((n, p) => n + (p.optional ? 0 : p.min), 0),
    longest: parts.reduce((n, p) => n + p.max, 0),
  };
}

for (const packed of table) {
  const row = unpack(packed);
  const step = 10 ** (4 - row.digits);
  for (let key = packed[0]; key <= packed[1]; key += step) {
    rows.set(key, row);
    digitsOf[Math.floor(key / 100)] = row.digits;
  }
}

export const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39;

export function allDigits(s: string): boolean {
  for (let i = 0; i < s.length; i++) if (!isDigit(s.charCodeAt(i))) return false;
  return true;
}

/** keyText is a key as its AI. */
export const keyText = (key: number): string =>
  String(key).padStart(4, "0").slice(0, Math.max(digitsOf[Math.floor(key / 100)] ?? 0, 2));

/** spanText is a span as the dictionary writes it: 01, 31nn. */
export function spanText([low, high]: PackedSpan): string {
  const ai = keyText(low);
  if (high - low === 9) return ai.slice(0, -1) + "n";
  if (high - low === 99) return ai.slice(0, -2) + "nn";
  return ai;
}

export interface At {
  readonly row: Row;
  readonly key: number;
}

/** find gives the AI that data begin with, from a place on. */
export function find(data: string, from = 0): At | null {
  const two = data.slice(from, from + 2);
  if (two.length < 2 || !allDigits(two)) return null;
  const n = digitsOf[Number(two)] ?? 0;
  const ai = data.slice(from, from + n);
  if (n === 0 || ai.length < n || !allDigits(ai)) return null;
  const key = Number(ai.padEnd(4, "0"));
  const row = rows.get(key);
  return row ? { row, key } : null;
}

/** exact gives the row of an AI that stands alone. */
export function exact(ai: string): At | null {
  const found = find(ai);
  return found && found.row.digits === ai.length ? found : null;
}

/** fixedLength says whether an AI needs no separator behind it. */
export const fixedLength = (ai: string): boolean => exact(ai)?.row.fixed ?? false;

/** measure says whether a key is a weight, length, area or volume. */
export const isMeasure = (key: number): boolean => key >= 3100 && key < 3700;

/** unitOf reads the unit out of a data title: "NET VOLUME (qt (US))". */
export function unitOf(title: string): string {
  const from = title.indexOf("(");
  const to = title.lastIndexOf(")");
  if (from < 0 || to < from) return title.replace(" PER ", "/").toLowerCase(); // KG PER m²
  return title.slice(from + 1, to);
}
