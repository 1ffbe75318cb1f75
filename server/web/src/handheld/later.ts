// What a page is told while somebody scans: it is shown together, once a frame, and never in the frame
// that shows a scan. What a scan sets off and nobody sees waits for that frame, too. On a slow device
// each of these costs as much as a scan's own answer.

/** Frames is what a page has of its browser. */
export interface Frames {
  /** next calls once, before the next paint, or soon where nothing is painted. */
  next(call: () => void): void;
  /** behind calls once, behind the paint where it is asked for right before one. */
  behind(call: () => void): void;
  /** fault is told of a change that failed. */
  fault(e: unknown): void;
}

const patience = 8; // frames that what was told waits for scans that keep coming: nobody sees so much at once

const frameWithin = 1000; // ms: a page that nobody sees paints nothing, and what it is told must not pile up

/** browserFrames are those of this page. A hidden one has none, nor has one that is hidden before its next. */
export const browserFrames: Frames = {
  next(call) {
    if (document.visibilityState !== "visible") return void setTimeout(call);
    const first = () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      call();
    };
    const frame = requestAnimationFrame(first);
    const timer = setTimeout(first, frameWithin);
  },
  behind: (call) => void setTimeout(call),
  fault: (e) => reportError(e),
};

export class Later {
  private told: (() => void)[] = [];
  private rest: (() => void)[] = []; // of the scans that are about to be painted
  private waits = false;
  private scanned = false; // since the last frame
  private frames = 0; // that what was told has waited

  /** busy says whether a scan is being taken: its frame comes first. together runs a change that is shown as one. */
  constructor(private readonly frame: Frames, private readonly busy: () => boolean, private readonly together: (change: () => void) => void) {}

  /** scan: the result of one is about to be painted. rest is what follows from it and nobody sees: it comes behind the paint. */
  scan(rest: () => void): void {
    this.scanned = true;
    this.rest.push(rest);
    this.wait();
  }

  /** tell does something in the next frame that is free, in the order told. */
  tell(change: () => void): void {
    this.told.push(change);
    this.wait();
  }

  /** make does one of several: the others are shown whatever becomes of it. */
  private make(change: () => void): void {
    try {
      change();
    } catch (e) {
      this.frame.fault(e);
    }
  }

  private wait(): void {
    if (this.waits) return;
    this.waits = true;
    this.frame.next(() => this.turn());
  }

  private turn(): void {
    this.waits = false;
    if (this.rest.length > 0) {
      const rest = this.rest;
      this.rest = [];
      this.frame.behind(() => rest.forEach((call) => this.make(call)));
    }
    const held = this.scanned || this.busy();
    this.scanned = false;
    if (this.told.length === 0) return;
    if (held && ++this.frames < patience) return this.wait();
    this.frames = 0;
    const told = this.told;
    this.told = [];
    this.together(() => {
      for (const change of told) this.make(change);
    });
  }
}
