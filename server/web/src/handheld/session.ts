// One connection of the sync protocol. What it owes and promises is said in scanner/client: rows leave
// in order of seq, at most a window of them unanswered; after a gap it sends again; a row is
// acknowledged in the outbox only after its own outcome was heard, and an outcome that a person must
// see is noted there before that.

import type { Rows, Topic } from "../core/catalogue.ts";
import type { Box, Note, Row } from "./box.ts";
import { Window } from "./window.ts";
import { mostPush, mostUnacked, needsYou, pushBytes, skipsPerFrame, subprotocol, type Cursor, type FromServer, type Policy } from "./wire.ts";
import type { Outcome } from "./box.ts";

// Times, in milliseconds.
const welcomeWithin = 20_000; // the server may have a batch under way
const answerWithin = 5000; // to a ping of a probe: a poor radio link takes two or three seconds, and a wrong guess costs one connection
const ackWithin = 60_000; // without any answer by then the connection is taken for dead
const settleWithin = 2000; // answers to what is under way are in by then
const pings = { usual: 25_000, least: 5000, most: 300_000 };
const quietPings = 3; // pings missed before the connection is taken for dead
const mostPause = 600_000; // that a server may ask for
const mostGaps = 8; // rewinds without any answer before the connection is given up
const slice = 500; // rows handed on at once: a fraction of a millisecond of a page's time

/** What a session reports. */
export interface Heard {
  /** time: the server told its clock; rtt is how long the way took, in ms. */
  time(now: string, rtt: number): void;
  connected(epoch: string): void;
  policy(p: Policy): void;
  outcomes(list: readonly Outcome[]): void;
  notice(kind: string, text: string): void;
  /** lost: the outbox has lost rows; the server is told. */
  lost(from: number, through: number): void;
  /** rows of a followed topic; they resolve when they are kept. */
  rows(r: Rows, cursor: Cursor): Promise<void>;
  seen(c: Cursor): void;
}

export interface Surroundings {
  readonly box: Box;
  readonly device: string;
  readonly install: string;
  readonly site: string;
  readonly app: string;
  readonly key: () => string;
  /** cursor is where a topic was left; null asks for all of it. */
  readonly cursor: (topic: Topic) => Cursor | null;
  readonly seen: () => Cursor | null;
  readonly mono: () => number; // ms
  readonly rand: () => number;
  readonly battery: () => number | undefined;
  readonly lostFocus: () => number; // times since the page was opened
  readonly on: Heard;
}

/** How a connection ended. */
export interface Ending {
  readonly code: number; // of the close frame, 0 without one
  readonly reason: string;
  readonly said: string; // the server's last error that concerns no scan
  readonly age: number; // ms
  readonly useful: boolean; // something was acknowledged, or it held for a while
  readonly welcomed: boolean;
  readonly dead: boolean; // a probe heard nothing: somebody waits for a new one
  readonly after: number; // ms that the server asked to wait, 0: nothing
  readonly key: string; // that hello named
}

const steadyAfter = 30_000; // a connection that held so long starts the back-off anew
const topics: readonly Topic[] = ["catalog", "balances"];

export class Session {
  private readonly window = new Window();
  private readonly started: number;
  private readonly key: string;
  private ready = false;
  private over = false;
  private useful = false;
  private policy: Policy = {};
  private lastSeq = 0; // of welcome
  private heardAt: number; // the last answer to a row, or when nothing was under way
  private frameAt: number; // the last frame of any kind
  private pingedAt = 0;
  private ponging = false;
  private heldUntil = 0; // nothing is sent before; 0: go on
  private early = false; // the hold ends as soon as all is answered
  private gap = 0; // the lowest seq that the server asked for
  private gaps = 0; // rewinds since the last answer
  private said = "";
  private probing = false;
  private expected: ReturnType<typeof setTimeout> | undefined; // the answer to that
  private back = 0;
  private at: Partial<Record<Topic, number>> = {}; // how far each topic has been told; missing: a snapshot is wanted
  private parts: Partial<Record<Topic, number>> = {}; // of the snapshot that is coming
  private epoch = "";
  private tail: Promise<void> = Promise.resolve(); // frames and turns, one after the other
  private timer: ReturnType<typeof setTimeout> | undefined;
  private turning = false;

  constructor(private readonly socket: WebSocket, private readonly env: Surroundings, private readonly ended: (e: Ending) => void) {
    this.started = this.heardAt = this.frameAt = env.mono();
    this.key = env.key();
    socket.onopen = () => this.run(() => this.hello());
    socket.onmessage = (m) => {
      this.frameAt = env.mono();
      this.run(() => this.frame(m.data));
    };
    socket.onclose = (e) => void this.tail.then(() => this.end(e.code === 1005 || e.code === 1006 ? 0 : e.code, e.reason));
    this.sleep(welcomeWithin);
  }

  /** wake: a row was stored. */
  wake(): void {
    if (!this.ready || this.turning) return;
    this.turning = true;
    this.run(() => this.turn());
  }

  /**
   * probe finds out at once whether anybody is still there: the network came back, or somebody looks. A
   * frame of any kind is an answer. One that waits for its welcome is not asked, it has its own time.
   */
  probe(): void {
    if (this.over || this.probing || (!this.ready && this.socket.readyState !== WebSocket.CONNECTING)) return;
    const since = this.env.mono();
    this.probing = true;
    if (!this.ready) return this.expect(since);
    this.run(async () => { // behind what was heard and is being kept: a large catalogue takes longer than an answer
      if (!this.ponging) await this.ping(since); // one that is on its way will do: of two nobody knows which pong is whose
      this.expect(since);
    });
  }

  /** expect ends the connection where nothing is heard in time, and nothing that was sent before leaves any more. */
  private expect(since: number): void {
    const left = this.socket.bufferedAmount;
    this.expected = setTimeout(() => {
      const heard = this.frameAt > since;
      if (!heard && this.socket.bufferedAmount < left) return this.expect(since); // a poor line carries many scans before the ping
      this.probing = false;
      if (!heard) this.close("nothing was heard from the server", true);
    }, answerWithin);
  }

  close(reason: string, dead = false): void {
    this.socket.close(1000);
    this.end(0, reason, dead);
  }

  underway(seq: number): boolean {
    return this.window.underway(seq);
  }

  private run(step: () => Promise<void>): void {
    this.tail = this.tail.then(async () => {
      if (this.over) return;
      try {
        await step();
      } catch (e) {
        this.close(e instanceof Error ? e.message : String(e));
      }
    });
  }

  private end(code: number, reason: string, dead = false): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.timer);
    clearTimeout(this.expected);
    const age = this.env.mono() - this.started;
    this.ended({ code, reason, said: this.said, age, useful: this.useful || (this.ready && age > steadyAfter), welcomed: this.ready, dead, after: this.back, key: this.key });
  }

  private send(...messages: object[]): void {
    if (messages.length > 0) this.socket.send(JSON.stringify(messages.length === 1 ? messages[0] : messages));
  }

  private async hello(): Promise<void> {
    if (this.socket.protocol !== subprotocol) throw new Error("the server speaks another protocol");
    const { device, install, app } = this.env;
    const { waiting } = await this.env.box.stats();
    this.send({ type: "hello", device, install, key: this.key, cursor: this.env.seen(), now: new Date().toISOString(), pending: waiting, app });
  }

  private async frame(data: unknown): Promise<void> {
    if (typeof data !== "string") throw new Error("the server sent a binary frame on a JSON connection");
    const parsed = JSON.parse(data) as FromServer | FromServer[];
    for (const m of Array.isArray(parsed) ? parsed : [parsed]) await this.take(m);
    this.wake();
  }

  private async take(m: FromServer): Promise<void> {
    switch (m.type) {
      case "welcome": return this.ready ? undefined : this.welcome(m);
      case "ack": return this.ack(m.through, m.outcomes);
      case "error": return this.fault(m);
      case "events": return this.events(m);
      case "snapshot": return this.snapshot(m);
      case "pong":
        if (this.ponging) this.env.on.time(m.now, this.env.mono() - this.pingedAt);
        this.ponging = false;
        return;
      case "notice":
        if (m.policy) this.obey(m.policy);
        if (m.kind === "drain" && m.retry_after) this.back = Math.min(m.retry_after * 1000, mostPause);
        return this.env.on.notice(m.kind, m.text ?? "");
    }
  }

  /** welcome puts the outbox where the server stands; then sending may begin. */
  private async welcome(m: FromServer & { type: "welcome" }): Promise<void> {
    const { box, on } = this.env;
    this.epoch = m.head.epoch;
    on.time(m.now, this.env.mono() - this.started);
    const { acked, next } = await box.stats();
    if (m.last_seq < acked) await box.resend(m.last_seq + 1);
    else if (m.last_seq >= next) await box.raise(m.last_seq);
    this.lastSeq = m.last_seq;
    this.ready = true;
    this.heardAt = this.pingedAt = this.env.mono();
    on.connected(m.head.epoch);
    if (m.policy) this.obey(m.policy);
    this.subscribe(topics);
  }

  private obey(p: Policy): void {
    this.policy = p;
    this.env.on.policy(p);
  }

  private subscribe(list: readonly Topic[]): void {
    const messages = list.map((topic) => {
      const kept = this.at[topic] === undefined ? this.env.cursor(topic) : { epoch: this.epoch, n: this.at[topic] };
      const since = kept?.epoch === this.epoch ? kept : null;
      this.at[topic] = since?.n;
      this.parts[topic] = 0;
      return { type: "subscribe", topic, since, ...(topic === "balances" ? { site: this.env.site } : {}) };
    });
    this.send(...messages);
  }

  private bound(asked: number | undefined, most: number): number {
    return asked && asked >= 1 && asked <= most ? asked : most;
  }

  private pingEvery(): number {
    return Math.min(Math.max((this.policy.ping_every ?? 0) * 1000 || pings.usual, pings.least), pings.most);
  }

  /** turn does everything that is due, and sleeps until something is. */
  private async turn(): Promise<void> {
    this.turning = false;
    const now = this.env.mono();
    if (!this.ready) {
      if (now - this.started >= welcomeWithin) throw new Error("the server did not answer hello");
      return this.sleep(welcomeWithin - (now - this.started));
    }
    if (now - this.frameAt > quietPings * this.pingEvery()) throw new Error("nothing was heard from the server for too long");
    if (this.window.rows.length > 0 && this.heldUntil === 0 && now - this.heardAt > ackWithin) throw new Error("the server did not answer what was sent");
    if (this.heldUntil !== 0 && (now >= this.heldUntil || (this.early && this.window.quiet()))) await this.rewind();
    if (!this.ponging && now - this.pingedAt >= this.pingEvery()) await this.ping(now);
    await this.sendRows();
    this.sleep(this.heldUntil === 0 ? pings.least : Math.min(pings.least, Math.max(0, this.heldUntil - now)));
  }

  private sleep(delay: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.turning = true;
      this.run(() => this.turn());
    }, delay);
  }

  private async ping(now: number): Promise<void> {
    const { waiting, oldest } = await this.env.box.stats();
    const [battery, lost] = [this.env.battery(), this.env.lostFocus()];
    [this.pingedAt, this.ponging] = [now, true];
    this.send({ type: "ping", now: new Date().toISOString(), pending: waiting, ...(oldest ? { oldest: new Date(oldest).toISOString() } : {}), ...(battery === undefined ? {} : { battery }), ...(lost === 0 ? {} : { lost_focus: lost }) });
  }

  /** sendRows sends what waits, as far as the window goes. */
  private async sendRows(): Promise<void> {
    for (;;) {
      const room = this.bound(this.policy.max_unacked, mostUnacked) - this.window.rows.length;
      if (this.heldUntil !== 0 || room <= 0) return;
      const most = Math.min(room, this.bound(this.policy.max_push, mostPush));
      const rows = await this.env.box.unacked(this.window.next, most, Math.min(pushBytes, this.bound(this.policy.max_frame, 2 * pushBytes) / 2));
      if (rows.length === 0) return;
      this.compose(rows);
      await this.acknowledge(); // lost rows that the server has need no answer
    }
  }

  /** compose makes one frame of rows, in their order: pushes of what is there, a skip for each that is lost. */
  private compose(rows: readonly Row[]): void {
    const messages: string[] = [];
    let push: string[] = [];
    if (this.window.rows.length === 0) this.heardAt = this.env.mono();
    const flush = () => {
      if (push.length === 0) return;
      messages.push('{"type":"push","intents":[' + push.join(",") + "]}");
      push = [];
      this.window.message();
    };
    for (const r of rows) {
      if (messages.length >= skipsPerFrame) break;
      if (r.lost === "") {
        push.push(r.data);
        this.window.launch(r.seq, false);
        continue;
      }
      flush();
      const known = r.seq <= this.lastSeq;
      this.window.launch(r.seq, known);
      this.env.on.lost(r.seq, r.seq);
      if (known) continue;
      this.window.message();
      messages.push(JSON.stringify({ type: "skip", seq: r.seq, reason: "row " + r.seq + " of the outbox is " + r.lost }));
    }
    flush();
    if (messages.length > 0) this.socket.send(messages.length === 1 ? messages[0]! : "[" + messages.join(",") + "]");
  }

  /** ack takes the fates of rows: those that need a person are noted, then the outbox is told, then whoever watches. */
  private async ack(through: number, list: readonly Outcome[]): Promise<void> {
    const late = list.find((o) => o.seq > through);
    if (late) throw new Error("the server did not take scan " + late.seq + ": " + (late.message ?? "") + " (" + (late.code ?? "") + ")");
    const fresh = list.filter((o) => this.window.answer(o.seq));
    this.heardAt = this.env.mono();
    if (fresh.length === 0) return;
    [this.useful, this.gaps] = [true, 0];
    await this.env.box.note(fresh.filter(needsYou).map((o): Note => ({ ...o, at: Date.now() })));
    await this.acknowledge();
    this.env.on.outcomes(fresh);
  }

  private async acknowledge(): Promise<void> {
    const through = this.window.settle();
    if (through !== 0) await this.env.box.ack(through);
  }

  /**
   * fault takes an error. Those that refuse rows hold the sending back: after a gap until all that is
   * under way is answered, else as long as the server asks.
   */
  private fault(m: FromServer & { type: "error" }): void {
    const now = this.env.mono();
    switch (m.code) {
      case "gap":
        this.window.refused();
        if (this.heldUntil === 0) [this.heldUntil, this.early] = [now + settleWithin, true];
        if (m.last_seq !== undefined && (this.gap === 0 || m.last_seq + 1 < this.gap)) {
          this.gap = m.last_seq + 1;
          this.lastSeq = Math.min(this.lastSeq, m.last_seq);
        }
        return;
      case "disk_full":
      case "too_fast": {
        this.window.refused();
        const pause = Math.max(1000, Math.min((m.retry_after ?? 0) * 1000, mostPause));
        if (this.heldUntil === 0 || this.early) [this.heldUntil, this.early] = [now + pause * (1 + this.env.rand() / 4), false]; // not all in the same moment
        break;
      }
      default:
        this.said = m.message;
    }
    this.env.on.notice(m.code, m.message);
  }

  /** rewind goes back to the first row that is not answered, or further where the server asked for it. */
  private async rewind(): Promise<void> {
    const from = this.gap;
    [this.heldUntil, this.early, this.gap] = [0, false, 0];
    this.heardAt = this.env.mono();
    this.window.rewind(from);
    if (++this.gaps > mostGaps) throw new Error("the server keeps asking for what it was sent");
    if (from !== 0) await this.env.box.resend(from);
  }

  private async events(m: FromServer & { type: "events" }): Promise<void> {
    const topic = topics.find((t) => t === m.topic);
    const at = topic && this.at[topic];
    if (!topic || at === undefined || m.to <= at) return; // not asked for, before its snapshot, or known already
    if (m.from > at) return this.subscribe([topic]); // something is missing between: ask again from where this stands
    this.at[topic] = m.to;
    await this.hand({ topic, snapshot: false, first: false, last: true, n: m.to, at: 0, rows: m.events });
  }

  private async snapshot(m: FromServer & { type: "snapshot" }): Promise<void> {
    const topic = topics.find((t) => t === m.topic);
    if (!topic) return;
    if (m.part <= 1) [this.parts[topic], this.at[topic]] = [0, m.n]; // the feed goes on from the first part's n while the others come
    if (m.part !== (this.parts[topic] ?? 0) + 1) return; // a part without those before it
    this.parts[topic] = m.part >= m.parts ? 0 : m.part;
    await this.hand({ topic, snapshot: true, first: m.part === 1, last: m.part >= m.parts, n: this.at[topic] ?? m.n, at: 0, rows: m.rows });
  }

  /** hand hands rows on, a slice at a time. */
  private async hand(r: Rows): Promise<void> {
    const n = Math.max(1, Math.ceil(r.rows.length / slice));
    for (let i = 0; i < n; i++) {
      await this.env.on.rows({ ...r, first: r.first && i === 0, last: r.last && i === n - 1, rows: r.rows.slice(i * slice, (i + 1) * slice) }, { epoch: this.epoch, n: r.n });
    }
    if (r.last) this.env.on.seen({ epoch: this.epoch, n: r.n });
  }
}
