// Why a number is what it is: out of the steps that made it, those since it was last counted or last right,
// and what of them deserves a word. Pure.

import type { Step, Steps } from "./wire.ts";

const lateAfter = 60_000; // ms between a scan and its booking that are worth telling

/** Base is from where on the story is told. */
export type Base =
  | { readonly is: "count"; readonly step: Step }
  | { readonly is: "right"; readonly step: Step; readonly quantity: string } // nothing was missing before it
  | { readonly is: "start" } // all there ever was
  | { readonly is: "unknown"; readonly quantity: string }; // earlier steps were not read

/** Why is a number with its reasons. */
export interface Why {
  readonly balance: string;
  readonly below: boolean;
  readonly base: Base;
  /** crossing took it below zero, and it stayed there. */
  readonly crossing: Step | null;
  /** before is what was there when the crossing came. */
  readonly before: string;
  /** steps are those since the base, it included, the newest first. */
  readonly steps: readonly Step[];
  readonly came: string;
  readonly went: string;
  readonly scans: number;
  readonly late: readonly Step[];
  readonly undone: readonly Step[];
}

/** Scaled decimals: exact sums of what a server sends. */
const places = (text: string): number => (text.includes(".") ? text.length - text.indexOf(".") - 1 : 0);
const scaled = (text: string, decimals: number): bigint => {
  const [whole = "0", part = ""] = text.replace(/^-/, "").split(".");
  const n = BigInt(whole + part.padEnd(decimals, "0"));
  return text.startsWith("-") ? -n : n;
};
function written(n: bigint, decimals: number): string {
  const digits = (n < 0n ? -n : n).toString().padStart(decimals + 1, "0");
  const text = decimals === 0 ? digits : (digits.slice(0, -decimals) + "." + digits.slice(-decimals)).replace(/\.?0+$/, "");
  return (n < 0n ? "-" : "") + text;
}

/** sum adds decimals up exactly. */
export function sum(texts: readonly string[]): string {
  const decimals = Math.max(0, ...texts.map(places));
  return written(texts.reduce((total, t) => total + scaled(t, decimals), 0n), decimals);
}

export const negative = (text: string): boolean => text.startsWith("-");
export const minus = (text: string): string => (negative(text) ? text.slice(1) : text === "0" ? text : "-" + text);

/** isLate says whether a scan was booked well after it happened. */
export const isLate = (s: Step): boolean => s.booked_at !== undefined && new Date(s.booked_at).getTime() - new Date(s.at).getTime() > lateAfter;

/** beforeOf is what was there before a step. */
export const beforeOf = (s: Step): string => sum([s.balance, minus(s.change)]);

/** whyOf tells a number by its steps; more is false where all earlier steps that matter are among them. */
export function whyOf(steps: Steps): Why & { readonly more: boolean } {
  const rows = steps.rows;
  const below = negative(steps.balance);
  const crossed = below ? rows.findIndex((s) => !s.undone && negative(s.balance) && !negative(beforeOf(s))) : -1;
  const from = below ? crossed : 0;
  const counted = from < 0 ? -1 : rows.findIndex((s, i) => i >= from && s.counts && !s.undone);
  const end = !below || counted >= 0 ? counted : crossed;
  const base = baseOf(steps, counted, below ? crossed : -1);
  const told = end < 0 ? rows : rows.slice(0, end + 1);
  const moved = told.filter((s) => !s.undone && !(base.is === "count" && s === base.step));
  return {
    balance: steps.balance, below, base, steps: told, scans: moved.length,
    crossing: crossed < 0 ? null : rows[crossed]!, before: crossed < 0 ? "" : beforeOf(rows[crossed]!),
    came: sum(moved.map((s) => s.change).filter((c) => !negative(c))), went: minus(sum(moved.map((s) => s.change).filter(negative))),
    late: told.filter((s) => isLate(s) && !s.undone), undone: told.filter((s) => s.undone),
    more: base.is === "unknown" && steps.next !== undefined,
  };
}

function baseOf(steps: Steps, counted: number, crossed: number): Base {
  if (counted >= 0) return { is: "count", step: steps.rows[counted]! };
  if (crossed >= 0) return { is: "right", step: steps.rows[crossed]!, quantity: beforeOf(steps.rows[crossed]!) };
  return steps.next === undefined && !steps.cut ? { is: "start" } : { is: "unknown", quantity: steps.before };
}

/** joined is a longer list of steps: a page, and the one behind it. */
export const joined = (first: Steps, behind: Steps): Steps => {
  const { next: _, cut: __, ...rest } = first;
  return { ...rest, rows: [...first.rows, ...behind.rows], before: behind.before, ...(behind.next === undefined ? {} : { next: behind.next }), ...(behind.cut ? { cut: true } : {}) };
};

export const shows = ["all", "in", "out", "counts", "late", "undone"] as const;
export type Show = (typeof shows)[number];

/** shown are the steps that a filter and a text leave. */
export function shown(rows: readonly Step[], show: Show, text: string): readonly Step[] {
  const word = text.trim().toLowerCase();
  return rows.filter((s) => {
    const fits = show === "all" || (show === "in" && !s.undone && !s.counts && !negative(s.change)) || (show === "out" && negative(s.change) && !s.counts) || (show === "counts" && s.counts) || (show === "late" && isLate(s)) || (show === "undone" && s.undone);
    return fits && (word === "" || [s.operator, s.device, s.from, s.to, s.lot, s.serial, s.reference, s.partner, s.reason].some((t) => t?.toLowerCase().includes(word)));
  });
}

/** away is the other side of a step, as whoever stands at a place says it. */
export function away(s: Step, here: string): string {
  const other = negative(s.change) ? s.to : s.from;
  return other === here ? "" : (other ?? "");
}
