// What the page knows of now: how far it can be trusted, and the rows that are open. The feed and the
// figures have rooms of their own and listen here.

import { signal, type ReadonlySignal } from "@preact/signals";
import type { Handlers, Shot } from "./link.ts";
import type { AlertRow, Entry, ExceptionRow, Row } from "./wire.ts";

/** LinkState says how far what is shown is of now. */
export type LinkState =
  | { readonly is: "connecting" }
  | { readonly is: "live" }
  | { readonly is: "stale"; readonly heard: Date | null; readonly seconds: number }
  | { readonly is: "stopped"; readonly heard: Date | null; readonly message: string };

/** Rows are the open rows of a topic, by id; of two of one id that of the higher n counts. */
export class Rows<T extends Row> {
  readonly #all = signal<readonly T[]>([]);
  #rows = new Map<string, T>();
  #coming: Map<string, T> | null = null; // of a snapshot that is not complete
  readonly #raised = signal<readonly T[]>([]);
  /** known is false until the first snapshot is complete: an empty list means nothing before. */
  readonly known = signal(false);

  get all(): ReadonlySignal<readonly T[]> {
    return this.#all;
  }

  /** raised are those that came last, while one watched. */
  get raised(): ReadonlySignal<readonly T[]> {
    return this.#raised;
  }

  apply(rows: readonly T[], shot: Shot | null): void {
    if (shot) return this.#snapshot(rows, shot);
    const into = this.#coming ?? this.#rows;
    const raised: T[] = [];
    for (const row of rows) {
      const known = into.get(row.id);
      if (known && known.n > row.n) continue;
      if (row.gone) into.delete(row.id);
      else {
        if (!known) raised.push(row);
        into.set(row.id, row);
      }
    }
    if (this.#coming || rows.length === 0) return;
    if (raised.length > 0) this.#raised.value = raised;
    this.#all.value = [...into.values()];
  }

  /** put lays over a row that was answered to a request, before the feed brings it. */
  put(row: T): void {
    if (this.#rows.has(row.id)) this.apply([row], null);
  }

  forget(): void {
    this.#rows = new Map();
    this.#coming = null;
    this.known.value = false;
    this.#all.value = [];
  }

  #snapshot(rows: readonly T[], shot: Shot): void {
    if (shot.part === 1 || this.#coming === null) this.#coming = new Map();
    for (const row of rows) this.#coming.set(row.id, row);
    if (shot.part < shot.parts) return;
    this.#rows = this.#coming;
    this.#coming = null;
    this.known.value = true;
    this.#all.value = [...this.#rows.values()];
  }
}

/** Watcher listens to the activity. */
export interface Watcher {
  entries(entries: readonly Entry[], fresh: boolean): void;
  skipped(from: number, to: number): void;
  restored(): void;
  live(resumed: boolean): void;
  lost(heard: Date | null): void;
}

export class Live implements Handlers {
  readonly state = signal<LinkState>({ is: "connecting" });
  readonly alerts = new Rows<AlertRow>();
  readonly exceptions = new Rows<ExceptionRow>();
  /** refused is told that the key opens nothing. */
  refused: () => void = () => undefined;
  heardAt: Date | null = null;
  /** topics are those that are followed. */
  topics: readonly ("alerts" | "exceptions")[] = ["alerts"];
  readonly #watchers = new Set<Watcher>();
  #skew = 0; // ms that the server's clock is ahead of this one

  /** watch has somebody told of what comes; the result ends it. */
  watch(w: Watcher): () => void {
    this.#watchers.add(w);
    return () => void this.#watchers.delete(w);
  }

  /** known says whether all that is open has been told: before, none that is shown means nothing. */
  known(): boolean {
    return this.topics.length > 0 && this.topics.every((topic) => this[topic].known.value);
  }

  /** now is the server's time, as well as is known. */
  now(): number {
    return Date.now() + this.#skew;
  }

  heard(now: Date | null): void {
    this.heardAt = new Date();
    if (now) this.#skew = now.getTime() - Date.now();
  }

  live(now: Date, resumed: boolean): void {
    this.heard(now);
    this.state.value = { is: "live" };
    for (const w of this.#watchers) w.live(resumed);
  }

  lost(heard: Date | null, seconds: number): void {
    this.state.value = { is: "stale", heard, seconds };
    for (const w of this.#watchers) w.lost(heard);
  }

  stopped(message: string, badKey: boolean): void {
    if (badKey) return this.refused();
    this.state.value = { is: "stopped", heard: this.heardAt, message };
    for (const w of this.#watchers) w.lost(this.heardAt);
  }

  /** restart forgets what was told: something else is followed from now on. */
  restart(): void {
    this.state.value = { is: "connecting" };
    this.alerts.forget();
    this.exceptions.forget();
  }

  restored(): void {
    this.alerts.forget();
    this.exceptions.forget();
    for (const w of this.#watchers) w.restored();
  }

  skipped(from: number, to: number): void {
    for (const w of this.#watchers) w.skipped(from, to);
  }

  entries(entries: readonly Entry[], _to: number, fresh: boolean): void {
    if (entries.length > 0) for (const w of this.#watchers) w.entries(entries, fresh);
  }

  rows(topic: "alerts" | "exceptions", rows: readonly (AlertRow | ExceptionRow)[], shot: Shot | null): void {
    if (topic === "alerts") this.alerts.apply(rows as readonly AlertRow[], shot);
    else this.exceptions.apply(rows as readonly ExceptionRow[], shot);
  }
}
