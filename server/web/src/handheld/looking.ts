// What somebody looks at in "What was read": one of the last things, and the way to those beside it.
// The list stands as it was when it was opened, however much is scanned meanwhile.

import { signal } from "@preact/signals";
import type { Done } from "./fates.ts";
import type { Handheld } from "./handheld.ts";
import type { ReadView } from "./readsheet.tsx";
import type { Looked, Readout } from "./reads.ts";

export class Looking {
  private list: readonly Looked[] = [];
  private readonly at = signal<{ index: number; readout: Readout | null }>({ index: 0, readout: null });

  constructor(private readonly h: Handheld, private readonly timeOf: (at: number) => string, private readonly today: () => string) {}

  /** open looks at what was done, else at what was read last. */
  open(done: Done | null): void {
    this.list = this.h.looked();
    const index = done ? this.list.findIndex((l) => l.first === done.first) : 0;
    this.go(Math.max(0, index));
  }

  private go(index: number): void {
    const l = this.list[index];
    this.at.value = { index, readout: null };
    if (l) void this.h.readout(l).then((readout) => { if (this.list[this.at.value.index] === l) this.at.value = { index, readout }; });
  }

  view(): ReadView {
    const { index, readout } = this.at.value;
    const to = (i: number) => (this.list[i] ? () => this.go(i) : null);
    return {
      readout, none: this.list.length === 0, mark: readout && readout.seq > 0 ? this.h.fates.markOf(readout.seq) : "", at: readout?.at ? this.timeOf(readout.at) : "", year: Number(this.today().slice(0, 4)),
      nameOf: (product) => this.h.copy.product(product)?.name ?? "", later: to(index - 1), earlier: to(index + 1),
    };
  }
}
