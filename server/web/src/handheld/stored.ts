// What the outbox keeps of a scan, as it is stored: the row that is sent, what waits to be taken, and how
// it was read.

import type { FlowEvent, Moment } from "../core/flow/types.ts";

/** A row of the outbox. */
export interface StoredRow {
  readonly at: number; // ms, when it was stored
  readonly data: string; // the intent as JSON, exactly as it is sent
}

/** A scan, key or tap that was made and not taken yet: it waits for a PIN, or for those before it. */
export interface Waiting {
  readonly n: number; // its place in the order
  readonly event: FlowEvent;
  readonly raw?: string; // as the reader sent it, where it was taken as something else
  readonly moment?: Moment; // when it was made: it may be taken hours later
}

/** What of those that wait a transaction writes down, and what of them it lets go. */
export interface Waits {
  readonly put: readonly Waiting[];
  readonly drop: readonly number[];
}

/** A scan as it was read. */
export interface Heard {
  readonly scan: string; // as it was taken
  readonly raw: string; // as the reader sent it, where that is not the same; else ""
  readonly at: number; // ms, when it was taken
  readonly first: number; // its seqs; 0: nothing was booked of it
  readonly last: number;
  readonly words: string; // what the screen said
}
