// The messages of the sync protocol, as sync/PROTOCOL.md says them; what is not read here is left out.

import type { Outcome } from "./box.ts";

export const subprotocol = "bayledger.v1+json";

export interface Cursor {
  epoch: string;
  n: number;
}

export interface Policy {
  site?: string;
  role?: string;
  counts?: string; // shown or blind
  renew_key?: boolean;
  lowest_page?: number; // pages of a lower number take a newer one at once
  max_push?: number;
  max_unacked?: number;
  max_frame?: number;
  ping_every?: number; // seconds
}

export type FromServer =
  | { type: "welcome"; now: string; last_seq: number; head: Cursor; policy?: Policy }
  | { type: "ack"; through: number; outcomes: Outcome[] }
  | { type: "error"; code: string; message: string; retry_after?: number; last_seq?: number }
  | { type: "events"; topic: string; from: number; to: number; events: unknown[] }
  | { type: "snapshot"; topic: string; part: number; parts: number; n: number; rows: unknown[] }
  | { type: "pong"; now: string }
  | { type: "notice"; kind: string; text?: string; policy?: Policy; retry_after?: number };

// Close codes that say what to do next.
export const closeDrain = 4001;
export const closeTooFast = 4003;
export const stopFrom = 4400; // from here on a person has to do something
export const closeBadFrame = 4400;
export const closeBadKey = 4401;
export const closeReplaced = 4409;
export const closeUnsupported = 4415;

/** Bounds of what is sent, where a server's policy says no less. */
export const mostPush = 1000;
export const mostUnacked = 1000;
export const pushBytes = 512 << 10; // half of what a server takes, so that the frame around it never matters
export const skipsPerFrame = 60; // messages of one frame

/** needsYou says whether a person must see an outcome. */
export const needsYou = (o: Outcome): boolean => o.outcome !== "applied" && o.outcome !== "absorbed";
