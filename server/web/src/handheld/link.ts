// The way to the server: a WebSocket that comes back by itself, and plain HTTPS for what waits where
// sockets do not get through. Nothing here is waited for by a scan.

import type { Box, Note, Outcome } from "./box.ts";
import { Session, type Ending, type Surroundings } from "./session.ts";
import { closeBadFrame, closeBadKey, closeDrain, closeReplaced, closeTooFast, closeUnsupported, needsYou, stopFrom, subprotocol } from "./wire.ts";

const shortest = 1000; // ms before the next try
const longest = 30_000; // a whole site's devices come back spread out after a power cut
const ownEarlier = 5000; // a connection this young may have been replaced by the device's own earlier one
const drainWait = 2000; // a restart takes some seconds, where a server does not say how many
const slowAttempt = 4; // asked to come back more slowly
const failuresBeforePost = 2; // of the socket, before what waits goes by HTTPS
const postRows = 200; // of one request: what a poor line carries in seconds
const postBytes = 256 << 10;
const postWithin = 30_000; // ms

/** Why a person must act. */
export type Stopped = "bad_key" | "replaced" | "update" | "bad_frame" | "asked";

export interface LinkEvents {
  disconnected(reason: string, again: number): void; // again: ms until the next try
  stopped(why: Stopped, text: string): void;
  posted(outcomes: readonly Outcome[]): void;
}

export class Link {
  private session: Session | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private failures = 0; // of the socket in a row, before a welcome
  private forgiven = false;
  private ended = false;
  private posting = false;

  constructor(private readonly origin: string, private readonly env: Surroundings, private readonly on: LinkEvents) {}

  start(): void {
    if (this.ended || this.session) return;
    clearTimeout(this.timer);
    const socket = new WebSocket(this.origin.replace(/^http/, "ws") + "/v1/sync", [subprotocol]);
    this.session = new Session(socket, this.env, (e) => this.judge(e));
  }

  /** wake: a row was stored. */
  wake(): void {
    this.session?.wake();
  }

  /** hurry tries again at once: the network came back, or somebody looks. A connection that is there has to show that it lives. */
  hurry(): void {
    if (this.session) this.session.probe();
    else this.start();
  }

  stop(): void {
    this.ended = true;
    clearTimeout(this.timer);
    this.session?.close("stopped");
  }

  underway(seq: number): boolean {
    return this.session?.underway(seq) ?? false;
  }

  /** judge says what to do after the end of a connection. */
  private judge(e: Ending): void {
    this.session = null;
    if (this.ended) return;
    const why = this.why(e);
    if (why) {
      this.ended = true;
      this.on.stopped(why, e.said || e.reason);
      return;
    }
    this.attempt = e.useful ? 0 : this.attempt + 1;
    this.failures = e.welcomed ? 0 : this.failures + 1;
    if (e.code === closeTooFast) this.attempt = Math.max(this.attempt, slowAttempt);
    const wait = e.dead ? 0 : e.code === closeDrain ? (e.after || drainWait) + this.env.rand() * 1000 : this.pause();
    this.on.disconnected(e.reason, wait);
    this.timer = setTimeout(() => this.start(), wait);
    if (this.failures >= failuresBeforePost) void this.post();
  }

  /** pause is full jitter between 1 s and a bound that doubles up to 30 s. */
  private pause(): number {
    const most = Math.min(longest, shortest * 2 ** Math.min(this.attempt, 10));
    return shortest + this.env.rand() * (most - shortest);
  }

  /** why says why a person must act; null where the way back is our own. */
  private why(e: Ending): Stopped | null {
    if (e.code < stopFrom || e.code > 4999) return null;
    switch (e.code) {
      case closeBadKey: return e.key === this.env.key() ? "bad_key" : null; // a new key came while the old one was on its way
      case closeReplaced: return this.forgive(e.age) ? null : "replaced";
      case closeUnsupported: return "update";
      case closeBadFrame: return "bad_frame";
    }
    return "asked";
  }

  /** forgive says whether a connection so young that was replaced may come back; once, until one has held. */
  private forgive(age: number): boolean {
    if (age > ownEarlier) {
      this.forgiven = false;
      return false;
    }
    const first = !this.forgiven;
    this.forgiven = true;
    return first;
  }

  /** post sends what waits over HTTPS, a page at a time, in order, until one page fails. */
  private async post(): Promise<void> {
    if (this.posting) return;
    this.posting = true;
    try {
      const { box } = this.env;
      for (let rows = await box.unacked(0, postRows, postBytes); rows.length > 0 && !this.session && !this.ended; rows = await box.unacked(0, postRows, postBytes)) {
        const held = rows.slice(0, rows.findIndex((r) => r.lost !== "") >>> 0); // the socket says what is lost
        if (held.length === 0 || !(await this.postPage(box, held))) return;
      }
    } finally {
      this.posting = false;
    }
  }

  private async postPage(box: Box, rows: readonly { seq: number; data: string }[]): Promise<boolean> {
    try {
      const answer = await fetch(this.origin + "/v1/intents", {
        method: "POST", signal: AbortSignal.timeout(postWithin), credentials: "omit", body: "[" + rows.map((r) => r.data).join(",") + "]",
        headers: { authorization: "Bearer " + this.env.key(), "content-type": "application/json" },
      });
      if (!answer.ok) return false;
      const { outcomes } = (await answer.json()) as { outcomes: Outcome[] };
      if (outcomes.length !== rows.length) return false;
      // What was refused there without using up its seq is left to the socket, where each intent has an outcome of its own.
      const through = rows.findIndex((r, i) => outcomes[i]!.seq !== r.seq || !outcomes[i]!.entry) >>> 0;
      const taken = outcomes.slice(0, through);
      await box.note(taken.filter(needsYou).map((o): Note => ({ ...o, at: Date.now() })));
      if (taken.length > 0) await box.ack(taken[taken.length - 1]!.seq);
      this.on.posted(taken);
      return taken.length === rows.length;
    } catch {
      return false; // the line is poor: the rows wait, and are sent again
    }
  }
}
