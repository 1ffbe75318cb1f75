// How far the start of a shift has come: who it is, whether they hear it, whether the scanner is well.
// It can be skipped, left and taken up again, also by a page that was loaded anew.

import { signal } from "@preact/signals";
import type { Calibrator, SheetCode } from "../core/wedge/calibrate.ts";
import { sheet } from "../core/wedge/calibrate.ts";

export const steps = ["badge", "sound", "reader"] as const;

export interface GuideState {
  readonly open: boolean;
  readonly step: number; // of steps
  readonly heard: boolean | null; // null: nobody has said yet
  readonly seen: readonly SheetCode[]; // of the calibration sheet
  readonly said: readonly string[]; // what the scanner's last code showed
}

const fresh: GuideState = { open: true, step: 0, heard: null, seen: [], said: [] };

export class Guide {
  readonly state = signal<GuideState>(fresh);

  constructor(kept: unknown, private readonly reader: Calibrator, private readonly keep: (g: GuideState) => Promise<void>) {
    if (kept) this.state.value = { ...fresh, ...(kept as Partial<GuideState>) };
    for (const code of this.state.value.seen) if (sheet.includes(code)) reader.seen.add(code);
  }

  /** begin starts from the first step: a shift begins. */
  begin(): Promise<void> {
    this.reader.seen.clear();
    return this.put(fresh);
  }

  /** resume goes on where it was left. */
  resume(): Promise<void> {
    const { step } = this.state.value;
    return this.put({ ...this.state.value, open: true, step: Math.min(step, steps.length - 1), said: [] });
  }

  go(step: number): Promise<void> {
    return this.put({ ...this.state.value, step: Math.min(Math.max(step, 0), steps.length - 1), said: [] });
  }

  heard(heard: boolean | null): Promise<void> {
    return this.put({ ...this.state.value, heard });
  }

  /** again forgets what was scanned of the sheet. */
  again(): Promise<void> {
    this.reader.seen.clear();
    return this.put({ ...this.state.value, seen: [], said: [] });
  }

  /** close goes to work. */
  close(): Promise<void> {
    return this.put({ ...this.state.value, open: false, step: 0, said: [] });
  }

  /** hear takes what a code of the sheet has shown. false: the guide is not open, and somebody else shows it. */
  hear(words: readonly string[]): boolean {
    const { open } = this.state.value;
    void this.put({ ...this.state.value, step: open ? steps.indexOf("reader") : this.state.value.step, seen: [...this.reader.seen], said: words });
    return open;
  }

  private put(g: GuideState): Promise<void> {
    this.state.value = g;
    return this.keep(g).catch(() => undefined); // it is asked again after the next load
  }
}
