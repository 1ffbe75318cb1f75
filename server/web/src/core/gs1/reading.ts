// A message's elements as they are read, and the rules over a whole message.
// Data are bytes here: a text with one character a byte.

import { exact, find, spanText, type Row } from "./ai.ts";
import { bad, characters, checks, type Bad } from "./checks.ts";
import { Fault } from "./errors.ts";
import type { PackedSpan } from "./table.ts";

export const maxElements = 64; // of one message, as in the reference
export const gs = "\x1d"; // stands for FNC1 in what a reader sends

export type Element = readonly [ai: string, value: string];

export interface Found {
  readonly ai: string;
  value: string;
  readonly row: Row;
  readonly key: number;
  readonly at: number;
  readonly inQuery?: boolean;
}

/** valueOf checks as much of data as the AI can hold and says how much that is. */
export function valueOf(row: Row, data: string): [taken: number, bad: Bad | null] {
  if (data === "") return [0, bad("empty_value", 0)];
  let taken = 0;
  for (const p of row.parts) {
    const n = Math.min(data.length - taken, p.max);
    if (p.optional && n === 0) continue;
    if (n < p.min) return [0, bad("wrong_length", taken)];
    const v = data.slice(taken, taken + n);
    let c = characters(p.set, v);
    for (const name of p.checks) c ??= checks[name]!(v);
    if (c) return [0, { ...c, at: c.at + taken }];
    taken += n;
  }
  return [taken, null];
}

export const failure = (c: Bad, ai: string, at: number): Fault => new Fault(c.code, at + c.at, ai, c.detail ?? "");

/** unknown is the fault of data that begin with no AI; it names the digits that do not. */
export function unknownAI(data: string, at: number): Fault {
  const named = /^\d{0,4}/.exec(data)![0];
  return new Fault("unknown_ai", at, "", named ? "(" + named + ")" : "");
}

export class Reading {
  readonly elements: Found[] = [];
  private ignored = 0; // parameters of a link that are no AIs count as elements in the reference

  add(f: Found): Fault | null {
    if (this.elements.length + this.ignored >= maxElements) return new Fault("too_many_elements", f.at);
    this.elements.push(f);
    return null;
  }

  ignore(at: number): Fault | null {
    if (this.elements.length + this.ignored >= maxElements) return new Fault("too_many_elements", at);
    this.ignored++;
    return null;
  }

  result(): Element[] {
    return this.elements.map((f) => [f.ai, f.value]);
  }

  /** elementString reads AIs and values with GS between them; at is where data begin in the scan. */
  elementString(data: string, at: number): Fault | null {
    if (data === "") return new Fault("no_data", at);
    for (let p = 0; p < data.length; ) {
      const found = find(data, p);
      if (!found) return unknownAI(data.slice(p), at + p);
      const { row, key } = found;
      const ai = data.slice(p, p + row.digits);
      p += row.digits;
      const limit = row.fixed ? Math.min(p + row.longest, data.length) : data.length;
      const separated = data.indexOf(gs, p);
      const [taken, c] = valueOf(row, data.slice(p, separated >= 0 && separated < limit ? separated : limit));
      if (c) return failure(c, ai, at + p);
      const full = this.add({ ai, value: data.slice(p, p + taken), row, key, at: at + p });
      if (full) return full;
      p += taken;
      if (p === data.length) break;
      if (data[p] === gs) p++;
      else if (!row.fixed) return new Fault("too_long", at + p, ai);
    }
    return null;
  }

  /** brackets reads "(01)09506000134352(10)A\(1"; "|" stands between the parts of a composite symbol. */
  brackets(data: string, at: number): Fault | null {
    const bar = data.indexOf("|");
    const linear = bar < 0 ? data : data.slice(0, bar);
    let fault = this.bracketed(linear, at);
    if (fault || bar < 0) return fault;
    fault = this.ignore(at + bar); // the reference counts the "|"
    return fault ?? this.bracketed(data.slice(bar + 1), at + bar + 1);
  }

  private bracketed(data: string, at: number): Fault | null {
    if (data === "") return new Fault("no_data", at);
    const from = this.elements.length;
    for (let p = 0; p < data.length; ) {
      const end = data.indexOf(")", p);
      if (data[p] !== "(" || end < 0) return new Fault("malformed", at + p);
      const ai = data.slice(p + 1, end);
      const found = exact(ai);
      if (!found) return unknownAI(ai, at + p + 1);
      p = end + 1;
      if (p === data.length) return new Fault("malformed", at + p, ai);
      const [value, next] = bracketValue(data, p);
      const fault = fits(found.row, ai, value, at + p) ?? this.add({ ai, value, ...found, at: at + p });
      if (fault) return fault;
      p = next;
    }
    return this.values(from);
  }

  /** values runs the checks over the values of the elements from one on. */
  values(from: number): Fault | null {
    for (const f of this.elements.slice(from)) {
      const [taken, c] = valueOf(f.row, f.value);
      if (c) return failure(c, f.ai, f.at);
      if (taken < f.value.length) return new Fault("too_long", f.at + taken, f.ai);
    }
    return null;
  }

  /** sorted gives the elements in order of their AIs; equal AIs stay as they came. */
  sorted(): Found[] {
    return this.elements.slice().sort((a, b) => a.key - b.key);
  }

  /**
   * whole checks the message as a whole: what must not be together, what must, and what
   * is there twice. In the order of the reference, so that a scan with several faults
   * names the same one.
   */
  whole(): Fault | null {
    const order = this.sorted();
    const other = (f: Found, s: PackedSpan) => order.find((o) => s[0] <= o.key && o.key <= s[1] && o.key !== f.key);
    for (const f of order) {
      for (const s of f.row.excludes) {
        const o = other(f, s);
        if (o) return new Fault("excluded_ai", f.at, f.ai, "(" + o.ai + ")");
      }
    }
    for (const f of order) {
      for (const need of f.row.needs) {
        if (need.some((group) => group.every((s) => other(f, s)))) continue;
        return new Fault("missing_ai", f.at, f.ai, need.map((group) => group.map((s) => "(" + spanText(s) + ")").join("+")).join(" or "));
      }
    }
    for (let n = 1; n < order.length; n++) {
      const [a, b] = [order[n - 1]!, order[n]!];
      if (a.key === b.key && a.value !== b.value) return new Fault("different_values", b.at, a.ai);
    }
    return this.signed();
  }

  /** signed: where there is a signature (8030), keys that may name a class need their serial. */
  private signed(): Fault | null {
    if (!this.elements.some((f) => f.key === 8030)) return null;
    const f = this.elements.find((e) => (e.ai === "253" || e.ai === "255" || e.ai === "8003") && e.value.length === e.row.shortest);
    return f ? new Fault("missing_serial", f.at, f.ai) : null;
  }
}

/** bracketValue reads a value up to the next AI, and takes escapes out of it. */
function bracketValue(data: string, from: number): [value: string, next: number] {
  let p = from;
  for (; p < data.length; p++) if (data[p] === "(" && (p === from || data[p - 1] !== "\\")) break;
  return [data.slice(from, p).replaceAll("\\(", "("), p];
}

/** fits checks a value's length as a whole, and for the sign that stands for FNC1 in GS1's texts. */
export function fits(row: Row, ai: string, value: string, at: number): Fault | null {
  if (value.length < row.shortest) return new Fault("too_short", at + value.length, ai);
  if (value.length > row.longest) return new Fault("too_long", at + row.longest, ai);
  const caret = value.indexOf("^");
  return caret >= 0 ? new Fault("caret", at + caret, ai) : null;
}

