// What the server answers about goods, devices, codes and counts: the parts of the OpenAPI document that
// these pages read. Newer servers may send more.

import type { ExceptionRow } from "../wire.ts";

export interface BelowZero { readonly site: string; readonly location: string; readonly package?: string; readonly quantity: string }
export interface BelowMinimum { readonly site: string; readonly location: string; readonly min: string; readonly available: string }

/** StockRow is a row of GET /v1/stock. */
export interface StockRow {
  readonly product: string;
  readonly name: string;
  readonly category: string;
  readonly unit: string;
  readonly site?: string;
  readonly location?: string;
  readonly package?: string;
  readonly on_hand: string;
  readonly available: string;
  readonly held: string;
  readonly incoming: string;
  readonly value?: string;
  readonly uncosted?: boolean;
  readonly changed_at?: string;
  readonly below_zero?: readonly BelowZero[];
  readonly below_minimum?: readonly BelowMinimum[];
}
export interface Stock { readonly rows: readonly StockRow[]; readonly next?: string; readonly now: string; readonly head: number }

/** Step is a row of GET /v1/balances/steps. */
export interface Step {
  readonly at: string;
  readonly entry: number;
  readonly changed?: number;
  readonly change: string;
  readonly balance: string;
  readonly counts?: boolean;
  readonly undone?: boolean;
  readonly device: string;
  readonly install: string;
  readonly seq: number;
  readonly lot?: string;
  readonly serial?: string;
  readonly from?: string;
  readonly to?: string;
  readonly booked_at?: string;
  readonly operator?: string;
  readonly action?: string;
  readonly reference?: string;
  readonly partner?: string;
  readonly reason?: string;
  readonly undone_by?: string;
  readonly undone_at?: string;
}
export interface Steps {
  readonly product: string;
  readonly name: string;
  readonly unit: string;
  readonly site?: string;
  readonly location?: string;
  readonly package?: string;
  readonly balance: string;
  readonly rows: readonly Step[];
  readonly before: string;
  readonly next?: string;
  readonly cut?: boolean;
  readonly now: string;
  readonly head: number;
}

/** Negative is a row of GET /v1/negative. */
export interface Negative {
  readonly site: string;
  readonly location: string;
  readonly product: string;
  readonly package?: string;
  readonly quantity: string;
  readonly corrections: readonly { readonly kind: string; readonly evidence: string }[];
}

export interface Presence { readonly app?: string; readonly connected: boolean; readonly heard: string; readonly pending: number; readonly oldest?: string; readonly battery?: number; readonly lost_focus?: number; readonly ahead_ms?: number }
/** Log is one that a device handed in. */
export interface Log { readonly id: string; readonly at: string; readonly asked_by: string; readonly asked_at: string; readonly bytes: number }
export interface Device {
  readonly log_asked?: { readonly by: string; readonly at: string };
  readonly logs?: readonly Log[];
  readonly device: string;
  readonly role: string;
  readonly site: string;
  readonly name?: string;
  readonly created_at: string;
  readonly revoked_at?: string;
  readonly revoked_by?: string;
  readonly cut?: boolean;
  readonly messages?: number;
  readonly presence?: Presence;
}
export interface Devices { readonly rows: readonly Device[]; readonly now: string }
export interface Pairing { readonly device: string; readonly code: string; readonly url: string; readonly qr: string; readonly expires_at: string }

export interface UnknownCode { readonly kind: string; readonly raw: string; readonly site: string; readonly scans: number; readonly first: string; readonly last: string; readonly devices: readonly string[] }
export interface UnknownCodes { readonly rows: readonly UnknownCode[]; readonly next?: string; readonly count: number }
export interface UnknownScan {
  readonly at: string;
  readonly entry: number;
  readonly device: string;
  readonly install: string;
  readonly seq: number;
  readonly site: string;
  readonly operator?: string;
  readonly action: string;
  readonly scan?: string;
  readonly quantity?: string;
  readonly unit?: string;
  readonly from?: string;
  readonly to?: string;
  readonly reference?: string;
  readonly lines?: number;
}
export interface UnknownScans { readonly rows: readonly UnknownScan[]; readonly next?: string; readonly count: number }

export interface CountRow {
  readonly exception: ExceptionRow;
  readonly name: string;
  readonly unit: string;
  readonly package?: string;
  readonly lot?: string;
  readonly serial?: string;
  readonly session?: string;
  readonly reason?: string;
  readonly difference: string;
  readonly value?: string;
  readonly expected?: string;
  readonly counted?: string;
  readonly moved_since?: string;
  readonly moves_since?: number;
  readonly balance?: string;
}
export interface Counts { readonly rows: readonly CountRow[]; readonly next?: string; readonly now: string; readonly head?: number }
