// A session of the sync protocol that watches: it comes back by itself, resumes
// where it was, and never takes a gap for nothing.

/** @import {Cursor, Entry, Events, Failure, Handlers, Message, Snapshot, Welcome} from "../types.js" */

const subprotocol = "bayledger.v1+json";
const firstShown = 100; // entries shown of the past on arrival
const mostResumed = 2000; // further behind, a reader is told and goes on from the end
const pongWithin = 10; // seconds
const firstWait = 0.5; // seconds before the second try; doubles
const mostWait = 20;
const stopFrom = 4400; // close codes from here on: a person has to do something
const badKey = 4401;

/** @param {number} bytes */
function random(bytes) {
  const b = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
}

export class Link {
  /**
   * @param {string} key
   * @param {Handlers} handlers
   */
  constructor(key, handlers) {
    this.key = key;
    this.on = handlers;
    this.device = "watch-" + random(6);
    this.install = random(8);
    /** @type {Cursor | null} */
    this.cursor = null; // everything up to here has been shown
    /** @type {Date | null} */
    this.heard = null; // when the server was last heard
    this.tries = 0;
    this.retryAfter = 0;
    /** @type {Failure | null} */
    this.lastError = null;
    this.ended = false;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.head = 0; // of the books at the last welcome
    this.pingEvery = 0; // seconds; 0 before the first welcome
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.dog = undefined;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.beat = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.retry = undefined;
  }

  start() {
    this.on.connecting();
    const scheme = location.protocol === "https:" ? "wss://" : "ws://";
    const socket = new WebSocket(scheme + location.host + "/v1/sync", [subprotocol]);
    this.socket = socket;
    this.lastError = null;
    this.watchdog(pongWithin);
    socket.addEventListener("open", () => {
      this.send({ type: "hello", device: this.device, install: this.install, key: this.key, cursor: this.cursor, now: new Date().toISOString(), app: "live page" });
    });
    socket.addEventListener("message", (event) => {
      if (socket === this.socket) this.frame(event.data);
    });
    socket.addEventListener("close", (event) => {
      if (socket === this.socket) this.closed(event);
    });
  }

  end() {
    this.ended = true;
    this.drop();
    clearTimeout(this.retry);
  }

  // hurry tries again at once: the network came back.
  hurry() {
    if (this.ended || this.socket) return;
    clearTimeout(this.retry);
    this.start();
  }

  /** @param {object} message */
  send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  drop() {
    clearTimeout(this.dog);
    clearInterval(this.beat);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  /**
   * watchdog takes silence for a dead connection.
   * @param {number} seconds
   */
  watchdog(seconds) {
    clearTimeout(this.dog);
    this.dog = setTimeout(() => {
      const socket = this.socket;
      this.drop();
      if (socket) this.again();
    }, seconds * 1000);
  }

  /** @param {CloseEvent} event */
  closed(event) {
    this.drop();
    if (event.code >= stopFrom && event.code < 5000) {
      this.ended = true;
      const why = this.lastError?.message || event.reason || "The server closed the connection (" + event.code + ").";
      this.on.stopped(why, event.code === badKey || this.lastError?.code === "bad_key" || this.lastError?.code === "not_allowed");
      return;
    }
    this.again();
  }

  again() {
    if (this.ended) return;
    const wait = Math.max(this.retryAfter, Math.min(mostWait, firstWait * 2 ** this.tries)) * (0.5 + Math.random());
    this.tries++;
    this.retryAfter = 0;
    this.on.lost(this.heard, Math.round(wait));
    this.retry = setTimeout(() => this.start(), wait * 1000);
  }

  /** @param {string} data */
  frame(data) {
    let messages;
    try {
      messages = JSON.parse(data);
    } catch {
      this.broken();
      return;
    }
    this.heard = new Date();
    this.watchdog(this.pingEvery ? this.pingEvery + pongWithin : pongWithin);
    for (const m of Array.isArray(messages) ? messages : [messages]) this.message(m);
  }

  // broken starts over from the cursor.
  broken() {
    this.drop();
    this.again();
  }

  /** @param {Message} m */
  message(m) {
    switch (m.type) {
      case "welcome":
        this.welcome(m);
        break;
      case "events":
        if (m.topic === "activity") this.activity(m, m.events ?? []);
        else if (m.topic === "alerts") this.on.alertRows(m.events ?? []);
        break;
      case "snapshot":
        if (m.topic === "activity") this.recent(m, m.rows ?? []);
        else if (m.topic === "alerts") this.on.alertSnapshot(m.rows ?? [], m.part, m.parts);
        break;
      case "error":
        this.lastError = m;
        this.retryAfter = m.retry_after ?? 0;
        break;
      default: // pong, notice and what newer servers say need no answer
        break;
    }
  }

  /** @param {Welcome} m */
  welcome(m) {
    this.tries = 0;
    this.head = m.head.n;
    this.pingEvery = m.policy?.ping_every || 20;
    clearInterval(this.beat);
    this.beat = setInterval(() => this.send({ type: "ping", now: new Date().toISOString() }), this.pingEvery * 1000);
    const cursor = this.cursor;
    const resumed = cursor !== null && cursor.epoch === m.head.epoch && cursor.n <= m.head.n;
    if (cursor !== null && !resumed) this.on.restored();
    let from = resumed ? cursor.n : Math.max(0, m.head.n - firstShown);
    if (m.head.n - from > mostResumed) {
      from = m.head.n - firstShown;
      this.on.skipped(from - (cursor?.n ?? 0));
    }
    this.cursor = { epoch: m.head.epoch, n: from };
    this.on.live(m, resumed);
    this.send({ type: "subscribe", topic: "activity", since: this.cursor });
    this.send({ type: "subscribe", topic: "alerts", since: null });
  }

  /**
   * @param {Events} m
   * @param {Entry[]} events
   */
  activity(m, events) {
    const cursor = this.cursor;
    if (!cursor || m.to <= cursor.n) return; // told before
    if (m.from > cursor.n) { // entries are missing: ask again from where we are
      this.broken();
      return;
    }
    const entries = events.filter((e) => e.n > cursor.n);
    this.cursor = { epoch: cursor.epoch, n: m.to };
    this.on.entries(entries, m.to, m.to > this.head);
  }

  /**
   * recent is what a server sends that could not use the cursor.
   * @param {Snapshot} m
   * @param {Entry[]} rows
   */
  recent(m, rows) {
    const cursor = this.cursor;
    if (!cursor) return;
    const entries = rows.filter((e) => e.n > cursor.n);
    if (entries.length > 0 && entries[0].n > cursor.n + 1) this.on.skipped(entries[0].n - cursor.n - 1);
    this.cursor = { epoch: cursor.epoch, n: Math.max(cursor.n, m.n) };
    this.on.entries(entries, m.n, false);
  }
}
