// A session of the sync protocol that watches: it comes back by itself, resumes
// where it was, and never takes a gap for nothing.

const subprotocol = "bayledger.v1+json";
const firstShown = 100; // entries shown of the past on arrival
const mostResumed = 2000; // further behind, a reader is told and goes on from the end
const pongWithin = 10; // seconds
const firstWait = 0.5; // seconds before the second try; doubles
const mostWait = 20;
const stopFrom = 4400; // close codes from here on: a person has to do something
const badKey = 4401;

function random(bytes) {
  const b = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
}

export class Link {
  constructor(key, handlers) {
    this.key = key;
    this.on = handlers;
    this.device = "watch-" + random(6);
    this.install = random(8);
    this.cursor = null; // everything up to here has been shown
    this.heard = null; // when the server was last heard
    this.tries = 0;
    this.retryAfter = 0;
    this.lastError = null;
    this.ended = false;
  }

  start() {
    this.on.connecting();
    const scheme = location.protocol === "https:" ? "wss://" : "ws://";
    const socket = new WebSocket(scheme + location.host + "/v1/sync", [subprotocol]);
    this.socket = socket;
    this.welcomed = false;
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

  // watchdog takes silence for a dead connection.
  watchdog(seconds) {
    clearTimeout(this.dog);
    this.dog = setTimeout(() => {
      const socket = this.socket;
      this.drop();
      if (socket) this.again();
    }, seconds * 1000);
  }

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

  message(m) {
    switch (m.type) {
      case "welcome":
        this.welcome(m);
        break;
      case "events":
        if (m.topic === "activity") this.activity(m);
        if (m.topic === "alerts") this.on.alertRows(m.events ?? []);
        break;
      case "snapshot":
        if (m.topic === "alerts") this.on.alertSnapshot(m.rows ?? [], m.part, m.parts);
        if (m.topic === "activity") this.recent(m);
        break;
      case "error":
        this.lastError = m;
        this.retryAfter = m.retry_after ?? 0;
        break;
      default: // pong, notice and what newer servers say need no answer
        break;
    }
  }

  welcome(m) {
    this.tries = 0;
    this.welcomed = true;
    this.head = m.head.n;
    this.pingEvery = m.policy?.ping_every || 20;
    clearInterval(this.beat);
    this.beat = setInterval(() => this.send({ type: "ping", now: new Date().toISOString() }), this.pingEvery * 1000);
    const resumed = this.cursor !== null && this.cursor.epoch === m.head.epoch && this.cursor.n <= m.head.n;
    if (this.cursor !== null && !resumed) this.on.restored();
    if (!resumed) this.cursor = { epoch: m.head.epoch, n: Math.max(0, m.head.n - firstShown) };
    const behind = m.head.n - this.cursor.n;
    if (behind > mostResumed) {
      this.on.skipped(behind - firstShown);
      this.cursor.n = m.head.n - firstShown;
    }
    this.on.live(m, resumed);
    this.send({ type: "subscribe", topic: "activity", since: this.cursor });
    this.send({ type: "subscribe", topic: "alerts", since: null });
  }

  activity(m) {
    if (m.to <= this.cursor.n) return; // told before
    if (m.from > this.cursor.n) { // entries are missing: ask again from where we are
      this.broken();
      return;
    }
    const entries = (m.events ?? []).filter((e) => e.n > this.cursor.n);
    this.cursor = { epoch: this.cursor.epoch, n: m.to };
    this.on.entries(entries, m.to, m.to > this.head);
  }

  // recent is what a server sends that could not use the cursor.
  recent(m) {
    const entries = (m.rows ?? []).filter((e) => e.n > this.cursor.n);
    if (entries.length > 0 && entries[0].n > this.cursor.n + 1) this.on.skipped(entries[0].n - this.cursor.n - 1);
    this.cursor = { epoch: this.cursor.epoch, n: Math.max(this.cursor.n, m.n) };
    this.on.entries(entries, m.n, false);
  }
}
