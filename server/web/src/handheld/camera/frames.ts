// Which codes of what a camera sees are scans. A camera reads a code again and again while it is
// pointed at it: it counts once, and again only after it was out of the picture. It is pure: moments
// are given, in ms.

const goneFor = 700; // ms without a code until it has left: a hand that shakes loses it for less
const goneFrames = 3; // and so many pictures: a slow device takes few

/** A code in a picture; apart says how far it is from the middle, as a part of the picture's size. */
export interface InFrame {
  readonly text: string;
  readonly apart: number;
}

export class Frames {
  private held = ""; // the code that was taken, and has not left yet
  private seenAt = 0;
  private without = 0; // pictures since

  /** take takes what a picture shows, and gives the code that is a new scan; "": none is. */
  take(codes: readonly InFrame[], at: number): string {
    if (this.held !== "" && codes.some((c) => c.text === this.held)) {
      [this.seenAt, this.without] = [at, 0];
      if (nearest(codes) === this.held) return "";
    } else if (this.held !== "") {
      this.without++;
      if (this.without >= goneFrames && at - this.seenAt >= goneFor) this.held = "";
    }
    const code = nearest(codes);
    if (code === "" || code === this.held) return "";
    [this.held, this.seenAt, this.without] = [code, at, 0];
    return code;
  }
}

/** nearest is the code that the middle of the picture is pointed at: of several on a label, one is meant. */
const nearest = (codes: readonly InFrame[]): string => codes.reduce((best, c) => (c.apart < best.apart ? c : best), { text: "", apart: Infinity }).text;
