import { reasons } from "./table.ts";

/**
 * Fault is a rule that a scan breaks. `at` is the byte of the scan where it begins,
 * from 0; `detail` is the other AI, or the AIs that could satisfy, or a field.
 */
export class Fault {
  constructor(
    readonly code: string,
    readonly at: number,
    readonly ai = "",
    readonly detail = "",
  ) {}

  /** words is one sentence without control characters of the scan. */
  words(say: Readonly<Record<string, string>> = reasons): string {
    let text = "byte " + this.at + ": " + (say[this.code] ?? this.code);
    if (this.ai) text = "AI (" + this.ai + ") at " + text;
    return this.detail ? text + " " + this.detail : text;
  }
}
