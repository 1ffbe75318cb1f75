// What arrives in the capture field becomes scans: by Enter or Tab, whatever the pace, since the field
// is for scans alone. Silence ends a scan only of a reader that is known to send nothing behind it, or
// of one that nobody knows yet and that has never sent an end: a busy device or a poor line makes
// pauses too, and half a code is worse than a late one. It is pure: moments are given, in ms.

import { gs, maxScan } from "../core/gs1/index.ts";
import { calibrationTail } from "../core/wedge/calibrate.ts";
import { Keys } from "../core/wedge/keys.ts";
import { named, type Profile } from "../core/wedge/profile.ts";

const unknownSilence = 1000; // of a reader that nobody knows yet: the longest pause that readers are set to

/** What is known of the reader; learned: from its calibration code. */
export interface Reader {
  readonly profile: Profile;
  readonly learned: boolean;
}

export class Capture {
  private text = "";
  private keys: Keys;
  private last = 0;
  private ends = false; // the reader has sent an end

  constructor(private readonly reader: () => Reader, private readonly scan: (raw: string) => void) {
    this.keys = this.fresh();
  }

  /** add takes characters as they come; a line end or tab among them ends a scan. */
  add(characters: string, at: number): void {
    for (const c of characters) {
      if (c === "\n" || c === "\r" || c === "\t") {
        this.end();
        continue;
      }
      const parted = this.keys.key(c, at) !== null;
      if (parted && this.silent() && this.text !== "") this.take();
      if (this.text.length <= maxScan) this.text += c; // one more than there may be is seen and refused as a whole
      this.last = at;
      const suffix = named(this.reader().profile.suffix);
      if (suffix !== "" && this.text.endsWith(suffix)) this.end();
    }
  }

  /** separator takes Ctrl+], which is how readers type GS. */
  separator(at: number): void {
    this.add(gs, at);
  }

  /** end is Enter or Tab. true: it ended a scan. */
  end(): boolean {
    this.ends = true;
    return this.take();
  }

  /** idle says that time has passed. */
  idle(at: number): void {
    if (this.text === "") return;
    const silent = at - this.last;
    if (this.silent() ? silent >= this.keys.silence() : this.text.includes(calibrationTail) || (!this.ends && silent >= unknownSilence)) this.take();
  }

  /** patience is after how long it is worth asking idle. */
  patience(): number {
    return this.silent() || this.text.includes(calibrationTail) ? this.keys.silence() : unknownSilence;
  }

  /** silent says whether the reader is known to send nothing behind a scan. */
  private silent(): boolean {
    const { profile, learned } = this.reader();
    return learned && profile.suffix === "";
  }

  private take(): boolean {
    const raw = this.text;
    this.text = "";
    this.keys = this.fresh();
    if (raw === "") return false;
    this.scan(raw);
    return true;
  }

  private fresh(): Keys {
    return new Keys({ ...this.reader().profile, suffix: "" });
  }
}
