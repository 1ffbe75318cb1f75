// A reader's typing is told from a person's: its keys come faster than anyone types, and it ends
// with the suffix, or with silence. Moments are milliseconds on any clock that does not go back.

import { maxScan } from "../gs1/index.ts";
import { named, noProfile, type Profile } from "./profile.ts";

export const defaultGap = 50; // ms between two keys; a fast typist needs 60
export const silence = 100; // ms that end a scan of a reader without suffix
export const minKeys = 4; // fewer keys can be a person's by chance

export class Keys {
  private text = "";
  private keys = 0;
  private slow = false; // a pause was too long for a reader
  private last = 0;

  constructor(public profile: Profile = noProfile) {}

  /**
   * key takes a key and says what scan has ended: with this key, or, of a reader without
   * suffix, by the silence before it. null: none has.
   */
  key(key: string, at: number): string | null {
    const before = this.idle(at);
    if (this.keys > 0 && at - this.last > this.gap()) this.slow = true;
    this.last = at;
    this.keys++;
    if (this.text.length <= maxScan) this.text += key;
    const end = named(this.profile.suffix);
    return end !== "" && this.text.endsWith(end) ? this.take() : before;
  }

  /**
   * idle says whether silence has ended a scan, of a reader without suffix. With one, what
   * silence ends is someone's typing, and is let go.
   */
  idle(at: number): string | null {
    if (this.keys === 0 || at - this.last < this.silence()) return null;
    if (this.profile.suffix !== "") {
      this.drop();
      return null;
    }
    return this.take();
  }

  private take(): string | null {
    const [raw, scan] = [this.text, this.keys >= minKeys && !this.slow];
    this.drop();
    return scan ? raw : null;
  }

  private drop(): void {
    [this.text, this.keys, this.slow] = ["", 0, false];
  }

  private gap(): number {
    return this.profile.gap > 0 ? this.profile.gap : defaultGap;
  }

  /** silence is never shorter than two gaps of a slow reader. */
  silence(): number {
    return Math.max(silence, 2 * this.gap());
  }
}
