// The five figures at the top. Each is of now, or says since when there is none; never a 0 that nobody
// measured. Its line is a point a minute.

import { signal } from "@preact/signals";
import { itemsOf } from "./asks.ts";
import type { Live, Watcher } from "./live.ts";
import type { Ask } from "./rest.ts";
import type { Entry } from "./wire.ts";

export const minutes = 60; // points of a line
const minuteMs = 60_000;
const lagOver = 5; // minutes that the lag is taken over
const askEvery = 10_000; // ms between two looks at the devices
const oldAfter = 30_000; // ms after which the last look at the devices is of the past
const leastMeasured = 5_000; // ms that a rate is taken over at least

/** Figure is one of the five. value null: there is none, since when is in since (null: there never was). */
export interface Figure {
  readonly value: number | null;
  readonly since: Date | null;
  readonly line: readonly (number | null)[];
}

export interface Now {
  readonly scans: Figure & { readonly measuring: boolean };
  readonly online: Figure & { readonly of: number };
  readonly unsent: Figure & { readonly oldest: number | null };
  readonly attention: Figure & { readonly alerts: number; readonly exceptions: number; readonly worst: "" | "look" | "stop" };
  /** lag in milliseconds; null without since: no scan came in the last minutes. */
  readonly lag: Figure;
  readonly devicesRefused: boolean;
  readonly devicesError: string;
}

/** Lags are how long things took, counted in steps of a tenth: a percentile is at most so far off. */
class Lags {
  readonly #steps = new Uint32Array(256);
  #count = 0;
  static readonly #base = Math.log(1.1);

  add(ms: number): void {
    this.#steps[Math.min(255, Math.max(0, Math.round(Math.log(Math.max(1, ms)) / Lags.#base)))]!++;
    this.#count++;
  }

  /** of is a percentile of several together, null where there are none. */
  static of(many: readonly Lags[], part: number): number | null {
    const all = many.reduce((sum, l) => sum + l.#count, 0);
    if (all === 0) return null;
    let left = Math.ceil(all * part);
    for (let i = 0; i < 256; i++) {
      for (const l of many) left -= l.#steps[i]!;
      if (left <= 0) return Math.exp(i * Lags.#base);
    }
    return null;
  }
}

interface Minute {
  scans: number;
  lags: Lags | null;
  online: number | null;
  unsent: number | null;
  attention: number | null;
}

/** Looked is what the devices said when they were last looked at. */
interface Looked { readonly at: number; readonly online: number; readonly of: number; readonly unsent: number; readonly oldest: number | null }

interface DeviceList {
  readonly now?: string;
  readonly rows: readonly {
    readonly role: string;
    readonly roles?: string;
    readonly site?: string;
    readonly revoked_at?: string;
    readonly presence?: { readonly connected?: boolean; readonly pending?: number; readonly oldest?: string };
  }[];
}

const handhelds = ["floor", "dock"];
const closedStates = ["acknowledged", "snoozed"];
const grave = ["negative", "out", "held_taken", "expired"];

export class Figures implements Watcher {
  readonly now = signal<Now>(nothing());
  readonly #live: Live;
  readonly #ask: Ask;
  readonly #site: () => string;
  readonly #may: boolean;
  readonly #minutes = new Map<number, Minute>();
  readonly #recent: number[] = []; // moments of the scans of the last minute
  #from: number | null = null; // since when every scan was told
  #looked: Looked | null = null;
  #error = "";
  #lostAt = 0; // when the link was lost: what the devices said before is of the past then
  #timers: ReturnType<typeof setInterval>[] = [];

  constructor(live: Live, ask: Ask, mayDevices: boolean, site: () => string) {
    this.#live = live;
    this.#ask = ask;
    this.#may = mayDevices;
    this.#site = site;
  }

  start(): void {
    this.#timers.push(setInterval(() => this.tick(), 1000));
    if (!this.#may) return;
    this.#timers.push(setInterval(() => void this.look(), askEvery));
    void this.look();
  }

  end(): void {
    this.#timers.forEach(clearInterval);
  }

  entries(entries: readonly Entry[], fresh: boolean): void {
    const now = this.#live.now();
    const first = entries[0];
    if (first && (this.#from === null || !fresh)) { // those of the past reach back behind the moment of coming
      const from = first.n === 1 ? now - minutes * minuteMs : new Date(first.booked_at).getTime();
      this.#from = Math.min(this.#from ?? from, from);
    }
    for (const e of entries) {
      if (e.kind !== "intent") continue;
      const at = new Date(e.booked_at).getTime();
      this.#minute(at).scans++;
      if (at > now - minuteMs) this.#recent.push(at);
      if (!fresh || !e.intent?.device) continue;
      const minute = this.#minute(now);
      (minute.lags ??= new Lags()).add(now - new Date(e.t_eff).getTime());
    }
  }

  skipped(): void {
    this.#from = null;
  }

  restored(): void {
    this.#minutes.clear();
    this.#recent.length = 0;
    this.#from = null;
  }

  live(resumed: boolean): void {
    this.#lostAt = 0;
    if (!resumed && this.#from === null) this.#from = this.#live.now();
    this.tick();
  }

  lost(): void {
    if (this.#lostAt === 0) {
      this.#lostAt = Date.now();
      if (this.#may) void this.look(); // the server may be there all the same
    }
    this.tick();
  }

  /** look asks how the devices are. */
  async look(): Promise<void> {
    try {
      const list = await this.#ask<DeviceList>("GET", "/v1/devices");
      const site = this.#site();
      const rows = list.rows.filter((d) => handhelds.includes(d.role) && !d.revoked_at && (site === "" || (d.site || "main") === site));
      const oldest = rows.map((d) => d.presence?.oldest).filter((t) => t !== undefined).sort()[0];
      const now = this.#live.now();
      this.#looked = {
        at: Date.now(), of: rows.length, online: rows.filter((d) => d.presence?.connected).length, unsent: rows.reduce((sum, d) => sum + (d.presence?.pending ?? 0), 0),
        oldest: oldest === undefined ? null : now - new Date(oldest).getTime(),
      };
      this.#error = "";
      const minute = this.#minute(now);
      minute.online = this.#looked.online;
      minute.unsent = this.#looked.unsent;
    } catch (e) {
      this.#error = e instanceof Error ? e.message : String(e);
    }
    this.tick();
  }

  tick(): void {
    const now = this.#live.now();
    const live = this.#live.state.value.is === "live";
    const lost = live ? null : this.#live.heardAt;
    while (this.#recent.length > 0 && this.#recent[0]! < now - minuteMs) this.#recent.shift();
    const known = live && this.#live.known();
    const open = this.#open();
    if (known) this.#minute(now).attention = open.alerts + open.exceptions;
    this.#forget(now);

    const over = this.#from === null ? 0 : Math.min(minuteMs, now - this.#from);
    const measuring = live && over < leastMeasured;
    const looked = this.#looked && Date.now() - this.#looked.at < oldAfter && this.#looked.at >= this.#lostAt ? this.#looked : null;
    const since = this.#looked ? new Date(this.#looked.at) : null;
    const recent = Array.from({ length: lagOver }, (_, i) => this.#minutes.get(Math.floor(now / minuteMs) - i)?.lags).filter((l) => !!l);
    this.now.value = {
      scans: { value: live && !measuring ? (this.#recent.length * minuteMs) / over : null, since: lost, measuring, line: this.#line(now, (m, at) => (this.#from !== null && at >= this.#from - minuteMs ? (m?.scans ?? 0) : null)) },
      online: { value: looked?.online ?? null, of: looked?.of ?? 0, since, line: this.#line(now, (m) => m?.online ?? null) },
      unsent: { value: looked?.unsent ?? null, oldest: looked?.oldest ?? null, since, line: this.#line(now, (m) => m?.unsent ?? null) },
      attention: { value: known ? open.alerts + open.exceptions : null, since: lost, ...open, line: this.#line(now, (m) => m?.attention ?? null) },
      lag: { value: live ? Lags.of(recent as Lags[], 0.95) : null, since: lost, line: this.#line(now, (m) => (m?.lags ? Lags.of([m.lags], 0.95) : null)) },
      devicesRefused: !this.#may, devicesError: this.#error,
    };
  }

  /** #open is what nobody looks after yet. */
  #open(): { alerts: number; exceptions: number; worst: "" | "look" | "stop" } {
    const alerts = this.#live.alerts.all.value.filter((a) => !closedStates.includes(a.state ?? ""));
    const exceptions = itemsOf(this.#live.exceptions.all.value).map((i) => i.row).filter((x) => x.state !== "taken"); // as the list shows them
    const stop = alerts.some((a) => grave.includes(a.kind)) || exceptions.some((x) => x.severity === "critical");
    return { alerts: alerts.length, exceptions: exceptions.length, worst: stop ? "stop" : alerts.length + exceptions.length > 0 ? "look" : "" };
  }

  #minute(at: number): Minute {
    const i = Math.floor(at / minuteMs);
    let m = this.#minutes.get(i);
    if (!m) this.#minutes.set(i, (m = { scans: 0, lags: null, online: null, unsent: null, attention: null }));
    return m;
  }

  #forget(now: number): void {
    const oldest = Math.floor(now / minuteMs) - minutes;
    for (const i of this.#minutes.keys()) if (i < oldest) this.#minutes.delete(i);
  }

  #line(now: number, value: (m: Minute | undefined, at: number) => number | null): (number | null)[] {
    const last = Math.floor(now / minuteMs);
    return Array.from({ length: minutes }, (_, i) => value(this.#minutes.get(last - minutes + 1 + i), (last - minutes + 1 + i) * minuteMs));
  }
}

function nothing(): Now {
  const none: Figure = { value: null, since: null, line: [] };
  return { scans: { ...none, measuring: false }, online: { ...none, of: 0 }, unsent: { ...none, oldest: null }, attention: { ...none, alerts: 0, exceptions: 0, worst: "" }, lag: none, devicesRefused: false, devicesError: "" };
}
