// A session of the sync protocol that watches: it comes back by itself, resumes where it was, and never
// takes a gap for nothing. What it tells of the activity is each entry once, in the order of n; where
// entries were passed over it says which.

import type { AlertRow, Cursor, Entry, Events, ExceptionRow, Failure, Message, Snapshot, Welcome } from "./wire.ts";

const subprotocol = "bayledger.v1+json";
const firstShown = 100; // entries of the past on arrival
const mostResumed = 20_000; // further behind, a reader is told and goes on from the end
const welcomeWithin = 10; // s
const pingEvery = 5; // s at most: figures that nobody tells any more say so within seconds
const pongWithin = 4; // s
const stalled = 1_500; // ms that a timer is late where the machine stood, or the tab is hidden: silence then says nothing
const firstWait = 0.5; // s before the second try; doubles
const mostWait = 20;
const stopFrom = 4400; // close codes from here on: a person has to do something
const stopBelow = 5000;
const badKey = 4401;

/** Handlers are told of what happens, in order. */
export interface Handlers {
  live(now: Date, resumed: boolean): void;
  lost(heard: Date | null, seconds: number): void;
  stopped(message: string, badKey: boolean): void;
  /** heard: the server is there; now is its clock where it told it. */
  heard(now: Date | null): void;
  /** restored: the books are others; nothing shown before belongs to them. */
  restored(): void;
  /** skipped: the entries from+1 … to are not told. */
  skipped(from: number, to: number): void;
  entries(entries: readonly Entry[], to: number, fresh: boolean): void;
  rows(topic: "alerts", rows: readonly AlertRow[], shot: Shot | null): void;
  rows(topic: "exceptions", rows: readonly ExceptionRow[], shot: Shot | null): void;
}

/** Shot says that rows are a part of all there are. */
export interface Shot { readonly part: number; readonly parts: number }

export interface LinkOptions {
  readonly url: string;
  readonly key: string;
  /** site whose activity is followed; "" for all. */
  readonly site: string;
  readonly topics: readonly ("alerts" | "exceptions")[];
  readonly socket?: (url: string, protocol: string) => WebSocket;
}

function random(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (x) => x.toString(16).padStart(2, "0")).join("");
}

export class Link {
  readonly #o: LinkOptions;
  readonly #on: Handlers;
  readonly #device = "watch-" + random(6);
  readonly #install = random(8);
  #cursor: Cursor | null = null; // everything up to here has been told
  #heard: Date | null = null;
  #tries = 0;
  #retryAfter = 0;
  #lastError: Failure | null = null;
  #ended = false;
  #socket: WebSocket | null = null;
  #head = 0; // of the books at the last welcome
  #pingEvery = 0; // s; 0 before the first welcome
  #asked = true; // somebody came back, and nothing was heard since; nobody is asked before a welcome
  #dog: ReturnType<typeof setTimeout> | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(o: LinkOptions, on: Handlers) {
    this.#o = o;
    this.#on = on;
  }

  start(): void {
    const socket = this.#o.socket?.(this.#o.url, subprotocol) ?? new WebSocket(this.#o.url, [subprotocol]);
    this.#socket = socket;
    this.#lastError = null;
    this.#asked = true;
    this.#watchdog(welcomeWithin);
    socket.addEventListener("open", () => {
      this.#send({ type: "hello", device: this.#device, install: this.#install, key: this.#o.key, cursor: this.#cursor, now: new Date().toISOString(), app: "watch" });
    });
    socket.addEventListener("message", (event) => {
      if (socket === this.#socket) this.#frame(event.data as string);
    });
    socket.addEventListener("close", (event) => {
      if (socket === this.#socket) this.#closed(event.code, event.reason);
    });
  }

  end(): void {
    this.#ended = true;
    this.#drop();
    clearTimeout(this.#retry);
  }

  /** hurry tries again at once: the network came back, or somebody looks. A connection that is there has to show that it lives. */
  hurry(): void {
    if (this.#ended) return;
    if (!this.#socket) {
      clearTimeout(this.#retry);
      return this.start();
    }
    if (this.#asked) return;
    this.#asked = true;
    this.#ping();
    this.#watchdog(pongWithin, true);
  }

  #send(message: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #drop(): void {
    clearTimeout(this.#dog);
    clearInterval(this.#beat);
    this.#beat = undefined;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  /** #watchdog takes silence for a dead connection; where this side stood meanwhile it asks once more. */
  #watchdog(seconds: number, again = false): void {
    clearTimeout(this.#dog);
    const due = Date.now() + seconds * 1000;
    this.#dog = setTimeout(() => {
      if (again || Date.now() - due < stalled) return this.#broken();
      this.#ping();
      this.#watchdog(pongWithin, true);
    }, seconds * 1000);
  }

  #ping(): void {
    this.#send({ type: "ping", now: new Date().toISOString() });
  }

  #closed(code: number, reason: string): void {
    this.#drop();
    if (code >= stopFrom && code < stopBelow) {
      this.#ended = true;
      const refused = this.#lastError?.code === "bad_key" || this.#lastError?.code === "not_allowed";
      this.#on.stopped(this.#lastError?.message || reason || String(code), code === badKey || refused);
      return;
    }
    this.#again();
  }

  #again(): void {
    if (this.#ended) return;
    const wait = Math.max(this.#retryAfter, Math.min(mostWait, firstWait * 2 ** this.#tries)) * (0.5 + Math.random());
    this.#tries++;
    this.#retryAfter = 0;
    this.#on.lost(this.#heard, Math.round(wait));
    this.#retry = setTimeout(() => this.start(), wait * 1000);
  }

  /** #broken starts over from the cursor. */
  #broken(): void {
    this.#drop();
    this.#again();
  }

  #frame(data: string): void {
    let messages: Message | Message[];
    try {
      messages = JSON.parse(data) as Message | Message[];
    } catch {
      this.#broken();
      return;
    }
    this.#heard = new Date();
    this.#watchdog(this.#pingEvery ? this.#pingEvery + pongWithin : welcomeWithin);
    for (const m of Array.isArray(messages) ? messages : [messages]) this.#message(m);
    this.#asked = this.#beat === undefined;
    this.#on.heard(null);
  }

  #message(m: Message): void {
    switch (m.type) {
      case "welcome":
        return this.#welcome(m);
      case "events":
        if (m.topic === "activity") this.#activity(m, (m.events ?? []) as readonly Entry[]);
        else if (m.topic === "alerts" || m.topic === "exceptions") this.#on.rows(m.topic as "alerts", m.events ?? [], null);
        return;
      case "snapshot":
        if (m.topic === "activity") this.#recent(m, (m.rows ?? []) as readonly Entry[]);
        else if (m.topic === "alerts" || m.topic === "exceptions") this.#on.rows(m.topic as "alerts", m.rows ?? [], m);
        return;
      case "pong":
        return this.#on.heard(new Date(m.now));
      case "error":
        this.#lastError = m;
        this.#retryAfter = m.retry_after ?? 0;
    } // notices, and what newer servers say, need no answer
  }

  #welcome(m: Welcome): void {
    this.#tries = 0;
    this.#head = m.head.n;
    this.#pingEvery = Math.min(pingEvery, m.policy?.ping_every || pingEvery);
    this.#watchdog(this.#pingEvery + pongWithin);
    clearInterval(this.#beat);
    this.#beat = setInterval(() => this.#ping(), this.#pingEvery * 1000);
    const cursor = this.#cursor;
    const resumed = cursor !== null && cursor.epoch === m.head.epoch && cursor.n <= m.head.n;
    if (cursor !== null && !resumed) this.#on.restored();
    let from = resumed ? cursor.n : Math.max(0, m.head.n - firstShown);
    this.#on.live(new Date(m.now), resumed);
    if (m.head.n - from > mostResumed) {
      this.#on.skipped(from, m.head.n - firstShown);
      from = m.head.n - firstShown;
    }
    this.#cursor = { epoch: m.head.epoch, n: from };
    this.#send({ type: "subscribe", topic: "activity", site: this.#o.site, since: this.#cursor });
    for (const topic of this.#o.topics) this.#send({ type: "subscribe", topic, site: this.#o.site, since: null });
  }

  #activity(m: Events, events: readonly Entry[]): void {
    const cursor = this.#cursor;
    if (!cursor || m.to <= cursor.n) return; // told before
    if (m.from > cursor.n) { // entries are missing: ask again from where we are
      this.#broken();
      return;
    }
    this.#cursor = { epoch: cursor.epoch, n: m.to };
    this.#on.entries(events.filter((e) => e.n > cursor.n), m.to, m.to > this.#head);
  }

  /** #recent is what a server sends that could not use the cursor. */
  #recent(m: Snapshot, rows: readonly Entry[]): void {
    const cursor = this.#cursor;
    if (!cursor) return;
    const entries = rows.filter((e) => e.n > cursor.n);
    const first = entries[0]?.n ?? m.n + 1;
    if (first > cursor.n + 1) this.#on.skipped(cursor.n, first - 1);
    this.#cursor = { epoch: cursor.epoch, n: Math.max(cursor.n, m.n) };
    this.#on.entries(entries, m.n, false);
  }
}
