// The moment of a scan, by the device's anchors: the same as scanner/client/clock.go. Times are
// microseconds since 1970, or of a clock that only runs forward. A page load is a boot.

export type ClockClass = "a" | "b" | "c"; // counted from a contact in this boot; a corrected wall clock; a guess

/** The device's clocks at one moment. */
export interface Reading {
  readonly wall: number;
  readonly mono: number; // of this boot
  readonly boot: string;
}

/** Ties the device's clocks to the server's at one contact; within is how far server may be off. */
export interface Anchor extends Reading {
  readonly server: number;
  readonly within: number;
}

export interface Stamp extends Reading {
  readonly at: number; // 0 leaves the moment to the server
  readonly class: ClockClass;
}

const ms = 1000;
const second = 1_000_000;
const drift = 50e-6; // what a handheld's crystal may be off: 1.4 s in 8 hours
const jump = 5 * second; // a wall clock that moves so far between two scans was set by somebody
const slack = 2 * second; // how far before the last contact a corrected wall clock may lie
const maxAway = 90 * 24 * 3600 * second; // how long after a contact a wall clock alone is believed
const spacing = ms; // keeps scans of class c apart when nothing tells their distance
const clockFrom = 1_577_836_800 * second; // 2020: the earliest wall clock that can be a real one
const asleep = 2 * second; // a clock that does not run while the device sleeps has lost so much

/** Clock reads the device's clocks. Where the forward one stood still (the device slept) a new boot begins. */
export class Clock {
  private last: Reading | null = null;
  private naps = 0;

  /** @param boot names this page load; wall and mono are in milliseconds. */
  constructor(private readonly boot: string, private readonly wall: () => number, private readonly mono: () => number) {}

  read(): Reading {
    const [wall, mono] = [Math.round(this.wall() * ms), Math.round(this.mono() * ms)];
    if (this.last && wall - this.last.wall - (mono - this.last.mono) > asleep) this.naps++;
    this.last = { wall, mono, boot: this.naps === 0 ? this.boot : this.boot + "." + this.naps };
    return this.last;
  }
}

/** stampAt gives a scan its moment; anchor is the last contact, last the stamp before. */
export function stampAt(now: Reading, anchor: Anchor | null, last: Stamp | null): Stamp {
  if (anchor && anchor.boot === now.boot && now.mono >= anchor.mono) {
    let at = anchor.server + now.mono - anchor.mono;
    if (last?.class === "a" && last.boot === now.boot) at = Math.max(at, last.at); // a better anchor may lie a little earlier
    return { ...now, at, class: "a" };
  }
  const at = wallStamp(now, anchor, last);
  return at === null ? { ...now, at: guess(now, anchor, last), class: "c" } : { ...now, at, class: "b" };
}

/** wallStamp corrects the wall clock, if it can be believed. */
function wallStamp(now: Reading, anchor: Anchor | null, last: Stamp | null): number | null {
  if (!anchor) return null;
  const at = now.wall + anchor.server - anchor.wall;
  if (at < anchor.server - slack || at > anchor.server + maxAway) return null;
  if (last && last.boot === now.boot && last.class !== "a" && last.at !== 0) {
    const moved = now.wall - last.wall - (now.mono - last.mono);
    if (last.class === "c" || Math.abs(moved) > jump) return null; // once set in this boot, it is not believed until the next contact
  }
  if (last && last.class !== "c" && at < last.at) return last.at - at > jump ? null : last.at;
  return at;
}

/** guess spaces a scan after the one before, or takes the wall clock where nothing speaks against it. */
function guess(now: Reading, anchor: Anchor | null, last: Stamp | null): number {
  if (last && last.at !== 0 && last.boot === now.boot && now.mono >= last.mono) return last.at + Math.max(now.mono - last.mono, spacing);
  const floor = Math.max(last?.at ?? 0, anchor?.server ?? 0);
  const wall = now.wall + (anchor ? anchor.server - anchor.wall : 0);
  if (floor === 0) return wall >= clockFrom ? wall : 0;
  return wall > floor && wall <= floor + maxAway ? wall : floor + spacing;
}

/**
 * observe returns the better of two anchors: the one kept, grown uncertain with its age, or a new one
 * from a contact that took rtt and heard server. A server whose clock was set is believed.
 */
export function observe(kept: Anchor | null, now: Reading, server: number, rtt: number): Anchor {
  const fresh: Anchor = { ...now, server: server + Math.round(rtt / 2), within: Math.round(rtt / 2) };
  if (!kept || kept.boot !== now.boot || now.mono < kept.mono) return fresh;
  const age = now.mono - kept.mono;
  const within = kept.within + age * drift;
  const apart = Math.abs(kept.server + age - fresh.server);
  return within < fresh.within && apart <= within + fresh.within ? kept : fresh;
}
