// Who asked for a supervisor. An exception `asked` says so of a scan; where something else is open
// about that scan, both are one thing to look at: it is shown once, and answered once.

import type { ExceptionRow } from "./wire.ts";

/** Item is an exception to be shown, with who asked for it. One that only says so is its own. */
export interface Item { readonly row: ExceptionRow; readonly asked: readonly ExceptionRow[] }

/** scanOf is the scan that an exception is about: device/install/seq. */
const scanOf = (x: ExceptionRow): string => (x.kind === "asked" ? (x.about ?? "") : x.id.slice(x.id.indexOf("/") + 1));

/** itemsOf joins what was asked for with what else is open about the same scan. */
export function itemsOf(exceptions: readonly ExceptionRow[]): readonly Item[] {
  const asks = new Map<string, ExceptionRow[]>();
  for (const x of exceptions) if (x.kind === "asked") asks.set(scanOf(x), [...(asks.get(scanOf(x)) ?? []), x]);
  if (asks.size === 0) return exceptions.map((row) => ({ row, asked: [] }));
  const shown = new Set<string>();
  const out: Item[] = [];
  for (const row of exceptions) {
    if (row.kind === "asked") continue;
    const asked = asks.get(scanOf(row)) ?? [];
    if (asked.length > 0) shown.add(scanOf(row));
    out.push({ row, asked });
  }
  for (const [scan, [first, ...more]] of asks) if (first && !shown.has(scan)) out.push({ row: first, asked: [first, ...more] });
  return out;
}
