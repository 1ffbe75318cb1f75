// What the page and the worker that reads pictures say to each other.

import type { InFrame } from "./frames.ts";

export interface Look {
  readonly picture: ImageBitmap;
}

export type Seen =
  | { kind: "ready" }
  | { kind: "failed"; why: string }
  | { kind: "seen"; codes: readonly InFrame[] };
