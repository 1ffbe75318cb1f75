// Who may work under a badge: what scanner/handheld/access.go does, in a browser. A PIN is judged on
// the device for one shift, by the list that the server gave; where the device may not, the server is
// asked. A wrong try counts before it is judged, so that switching the device off forgets none.

import type { Check } from "./pincheck.ts";

/** By what PINs are judged without a network, and how that went so far. */
export interface Shift {
  readonly until: string; // RFC 3339; the checks are not used after it
  readonly tries: number; // wrong ones in a row, after which the server is asked
  readonly checks: readonly Check[];
  readonly known: readonly string[]; // who has a PIN
  readonly wrong: Readonly<Record<string, number>>; // in a row, by operator
  readonly got: number; // ms
}

export type Verdict =
  | { kind: "right" }
  | { kind: "wrong"; left: number } // left: tries that this device judges by itself; 0: from now on the server is asked
  | { kind: "refused" } // by the server
  | { kind: "shut"; until: number } // ms
  | { kind: "unasked"; why: string }; // the server has to judge, and could not be asked

/** What the list needs of its page. */
export interface Means {
  now(): number; // ms, by the server's clock as far as known
  keep(s: Shift): Promise<void>;
  matches(c: Check, pin: string): Promise<boolean>;
  /** ask speaks to the server. It throws a sentence. */
  ask(method: "GET" | "POST", path: string, body?: object): Promise<unknown>;
}

const none: Shift = { until: "", tries: 0, checks: [], known: [], wrong: {}, got: 0 };
const refreshAfter = 3_600_000; // ms that a list may be old while the network is there

export class Pins {
  private shift: Shift;
  private fetching = false;

  constructor(kept: Shift | undefined, private readonly means: Means) {
    this.shift = { ...none, ...kept };
  }

  /** known says whether somebody has a PIN. */
  known(operator: string): boolean {
    return this.shift.known.includes(operator);
  }

  /** judge says whether a PIN is right. */
  async judge(operator: string, pin: string): Promise<Verdict> {
    const { checks, tries, until } = this.shift;
    const check = checks.find((c) => c.operator === operator);
    const wrong = this.shift.wrong[operator] ?? 0;
    if (!check || this.means.now() >= Date.parse(until) || wrong >= tries) return this.askServer(operator, pin);
    await this.count(operator, wrong + 1); // it counts as wrong until it was right
    if (!(await this.means.matches(check, pin))) return { kind: "wrong", left: tries - wrong - 1 };
    await this.count(operator, 0);
    return { kind: "right" };
  }

  private async askServer(operator: string, pin: string): Promise<Verdict> {
    try {
      const said = (await this.means.ask("POST", "/v1/operators/" + encodeURIComponent(operator) + "/verify", { pin })) as { right: boolean; shut_until?: string };
      if (said.right) {
        await this.count(operator, 0);
        return { kind: "right" };
      }
      return said.shut_until ? { kind: "shut", until: Date.parse(said.shut_until) } : { kind: "refused" };
    } catch (e) {
      return { kind: "unasked", why: e instanceof Error ? e.message : String(e) };
    }
  }

  /** fetch gets the list, unless it is young. One at a time does. A list that cannot be had leaves the old one. */
  async fetch(anew = false): Promise<void> {
    const age = this.means.now() - this.shift.got;
    if (this.fetching || (!anew && this.shift.got !== 0 && age >= 0 && age < refreshAfter)) return;
    this.fetching = true;
    try {
      const got = (await this.means.ask("GET", "/v1/shift")) as Pick<Shift, "until" | "tries" | "checks" | "known">;
      const known = [...new Set([...(got.known ?? []), ...got.checks.map((c) => c.operator)])];
      await this.put({ until: got.until, tries: got.tries, checks: got.checks, known, wrong: this.shift.wrong, got: this.means.now() });
    } catch { /* it is asked for again at the next connection */ } finally {
      this.fetching = false;
    }
  }

  /** forget drops the checks whose shift is over; who has a PIN stays known. */
  async forget(): Promise<void> {
    if (this.shift.checks.length > 0 && this.means.now() >= Date.parse(this.shift.until)) await this.put({ ...this.shift, checks: [] });
  }

  private async count(operator: string, wrong: number): Promise<void> {
    const { [operator]: _, ...others } = this.shift.wrong;
    await this.put({ ...this.shift, wrong: wrong === 0 ? others : { ...others, [operator]: wrong } });
  }

  private async put(shift: Shift): Promise<void> {
    this.shift = shift;
    await this.means.keep(shift);
  }
}
