// A reader that is triggered while somebody types in a field: what it sent is no part of their text.
// It is pure: moments are given, in ms.

import { Keys, minKeys } from "../core/wedge/keys.ts";
import { noProfile } from "../core/wedge/profile.ts";

const end = "\r";

/** Typing tells a reader's keys from a person's, in a field of theirs. */
export class Typing {
  private keys = new Keys({ ...noProfile, suffix: end });

  /** add takes characters as they come. */
  add(characters: string, at: number): void {
    for (const c of characters) this.keys.key(c, at);
  }

  /** end is Enter or Tab: it gives what a reader has sent before it; "": a person has typed. */
  end(at: number): string {
    const scan = this.keys.key(end, at) ?? "";
    this.forget();
    const text = scan.endsWith(end) ? scan.slice(0, -end.length) : scan;
    return text.length >= minKeys ? text : "";
  }

  /** forget: what is in the field came otherwise, by pasting or deleting. */
  forget(): void {
    this.keys = new Keys({ ...noProfile, suffix: end });
  }
}
