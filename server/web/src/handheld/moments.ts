// When a scan was made, and what this device had seen by then: what each intent says of its moment.
// The time is the server's as far as it is known; a clock that jumps moves no scan before another.

import type { Moment } from "../core/flow/types.ts";
import type { Box } from "./box.ts";
import { timeOf, timeText } from "../core/time.ts";
import { Clock, observe, stampAt, type Anchor, type Stamp } from "./clock.ts";
import { mono } from "./messages.ts";
import type { Cursor } from "./wire.ts";

const anchorApart = 100_000; // µs that a kept anchor may be off
const anchorAge = 600_000_000; // µs

export class Moments {
  private readonly clock = new Clock(crypto.randomUUID(), () => Date.now(), mono);
  private anchor: Anchor | null = null;
  private keptAnchor: Anchor | null = null;
  private stamp: Stamp | null = null; // the last
  private cursor: Cursor | null = null;

  constructor(private readonly box: Box) {}

  /** now is the moment in ms. */
  now(): number {
    return stampAt(this.clock.read(), this.anchor, null).at / 1000 || Date.now();
  }

  /** seen is up to where this device has seen the feed. */
  get seen(): Cursor | null {
    return this.cursor;
  }

  /** next is the moment of what is scanned, keyed or tapped now: never before the one before it. */
  next(): Moment {
    this.stamp = stampAt(this.clock.read(), this.anchor, this.stamp);
    const at = this.stamp.at === 0 ? {} : { at: timeText(this.stamp.at) };
    const seen = this.cursor && this.cursor.n > 0 ? { seen: this.cursor.n, epoch: this.cursor.epoch } : {};
    return { ...at, clock: this.stamp.class, ...seen };
  }

  /** recall takes up where the last row stood, before the seq next: its moment, and what was seen then. */
  async recall(next: number): Promise<void> {
    const contact = await this.box.load("contact");
    if (contact) {
      this.anchor = this.keptAnchor = contact.anchor;
      if (contact.epoch) this.cursor = { epoch: contact.epoch, n: contact.n };
    }
    const last = next > 1 ? await this.box.row(next - 1) : undefined;
    if (!last) return;
    this.behind(JSON.parse(last.data) as Moment);
  }

  /** behind has what comes be later than a moment of before this page was loaded. */
  behind({ at, clock, seen, epoch }: Moment): void {
    if (at && clock && timeOf(at) > (this.stamp?.at ?? 0)) this.stamp = { at: timeOf(at), class: clock, wall: 0, mono: 0, boot: "" };
    if (seen && epoch && (!this.cursor || (this.cursor.epoch === epoch && this.cursor.n < seen))) this.cursor = { epoch, n: seen };
  }

  /** connected: the server's feed is that of an epoch. */
  connected(epoch: string): void {
    if (this.cursor?.epoch !== epoch) this.cursor = { epoch, n: 0 };
    void this.keep();
  }

  /** saw: the feed was seen up to a cursor. */
  saw(cursor: Cursor): void {
    if (this.cursor?.epoch === cursor.epoch) this.cursor = { ...cursor, n: Math.max(cursor.n, this.cursor.n) };
  }

  /** told takes the server's time, as it was heard at mono (ms), after a way of rtt ms. */
  told(text: string, rtt: number, heardAt: number): void {
    const server = timeOf(text);
    if (server === 0) return;
    const now = this.clock.read();
    const ago = now.mono - Math.round(heardAt * 1000); // since it was heard
    const heard = { boot: now.boot, mono: now.mono - ago, wall: now.wall - ago };
    this.anchor = observe(this.anchor, heard, server, Math.round(rtt * 1000));
    const kept = this.keptAnchor;
    const apart = kept && kept.boot === this.anchor.boot ? Math.abs(kept.server + this.anchor.mono - kept.mono - this.anchor.server) : Infinity;
    if (!kept || apart > anchorApart || this.anchor.mono - kept.mono > anchorAge) void this.keep();
  }

  private async keep(): Promise<void> {
    this.keptAnchor = this.anchor;
    await this.box.save("contact", { anchor: this.anchor, epoch: this.cursor?.epoch ?? "", n: this.cursor?.n ?? 0 }).catch(() => undefined); // in memory it holds until the next load
  }
}
