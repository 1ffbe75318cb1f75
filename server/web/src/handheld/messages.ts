// What page and worker say to each other. The page scans and appends; the worker carries.

import type { Rows } from "../core/catalogue.ts";
import type { Outcome, Pairing, Stats } from "./box.ts";
import type { Stopped } from "./link.ts";
import type { Cursor, Policy } from "./wire.ts";

export type ToWorker =
  | { kind: "start"; origin: string; pairing: Pairing; seen: Cursor | null; app: string }
  | { kind: "wake" }
  | { kind: "hurry" }
  | { kind: "battery"; percent: number | undefined }
  | { kind: "lost focus"; times: number }
  | { kind: "note"; words: readonly (string | number)[] }; // for the log

export type FromWorker =
  | { kind: "time"; now: string; rtt: number; mono: number } // mono: when it was heard
  | { kind: "connected"; epoch: string }
  | { kind: "disconnected"; reason: string; again: number }
  | { kind: "stopped"; why: Stopped; text: string }
  | { kind: "policy"; policy: Policy }
  | { kind: "outcomes"; outcomes: readonly Outcome[]; stats: Stats } // stats: of the outbox behind them
  | { kind: "notice"; code: string; text: string }
  | { kind: "lost"; from: number; through: number }
  | { kind: "rows"; rows: Rows }
  | { kind: "seen"; cursor: Cursor }
  | { kind: "key"; key: string };

/** mono is a clock that only runs forward and is the same in a page and its worker, in ms. */
export const mono = (): number => performance.timeOrigin + performance.now();
