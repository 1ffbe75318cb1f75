// What the server says: the parts of sync/PROTOCOL.md and of the OpenAPI document that the page reads.
// Newer servers may send more.

export interface Cursor { readonly epoch: string; readonly n: number }

export interface Line {
  readonly product?: string;
  readonly scan?: string;
  readonly quantity?: string;
  readonly serial?: string;
  readonly package?: string;
  readonly from?: string;
  readonly to?: string;
}

export interface Intent extends Line {
  readonly device?: string;
  readonly operator?: string;
  readonly site?: string;
  readonly action?: string;
  readonly reference?: string;
  readonly session?: string;
  readonly reason?: string;
  readonly raw?: string;
  readonly lines?: readonly Line[];
}

export interface Move {
  readonly product: string;
  readonly lot?: string;
  readonly serial?: string;
  readonly from: string;
  readonly to: string;
  readonly quantity: string;
}

export interface Edit {
  readonly entity: string;
  readonly code: string;
  readonly site?: string;
  readonly changes?: readonly { readonly field: string; readonly from?: string; readonly to?: string }[];
}

export interface Entry {
  readonly n: number;
  readonly kind: string;
  readonly booked_at: string;
  readonly t_eff: string;
  readonly intent?: Intent;
  readonly site?: string; // that the intent counts for, where it names none and that is not main
  readonly actor?: string;
  readonly edit?: Edit;
  readonly outcome: string;
  readonly message?: string;
  readonly moves?: readonly Move[];
  readonly alerts?: readonly { readonly id: string; readonly kind: string; readonly state: string; readonly message: string; readonly by?: string; readonly site?: string }[];
  readonly exceptions?: readonly { readonly id: string; readonly kind: string; readonly message: string }[];
}

/** Row is a row of a topic: whole, and of two of one id that of the higher n counts. */
export interface Row { readonly id: string; readonly n: number; readonly gone?: boolean }

export interface AlertRow extends Row {
  readonly kind: string;
  readonly state?: string;
  readonly product?: string;
  readonly site?: string;
  readonly location?: string;
  readonly quantity?: string;
  readonly limit?: string;
  readonly by?: string;
  readonly until?: string;
  readonly message?: string;
  readonly since: string;
}

export interface ExceptionRow extends Row {
  readonly kind: string;
  readonly severity?: string;
  readonly state?: string;
  readonly site?: string;
  readonly location?: string;
  readonly product?: string;
  readonly device?: string;
  readonly operator?: string;
  readonly at?: string;
  readonly raised_at: string;
  readonly entry?: number;
  readonly message?: string;
  readonly evidence?: string;
  readonly taken_by?: string;
  readonly about?: string; // of asked: the scan
}

export interface Welcome { readonly type: "welcome"; readonly now: string; readonly head: Cursor; readonly policy?: { readonly ping_every?: number } }
export interface Events { readonly type: "events"; readonly topic: string; readonly from: number; readonly to: number; readonly events?: readonly never[] }
export interface Snapshot { readonly type: "snapshot"; readonly topic: string; readonly part: number; readonly parts: number; readonly n: number; readonly rows?: readonly never[] }
export interface Failure { readonly type: "error"; readonly code: string; readonly message: string; readonly retry_after?: number }
export type Message = Welcome | Events | Snapshot | Failure | { readonly type: "pong"; readonly now: string } | { readonly type: "notice" };

/** Me is whose key or session it is (GET /v1/key). */
export interface Me {
  readonly name: string;
  readonly kind: string;
  readonly login?: string;
  readonly role: string;
  readonly site: string;
  readonly roles: string;
  readonly actions: readonly string[];
}
