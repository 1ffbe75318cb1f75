// What the server says to the page: the parts of sync/PROTOCOL.md that it reads.
// Only the type checker sees this; newer servers may send more.

export interface Cursor {
  epoch: string;
  n: number;
}

export interface Line {
  product?: string;
  scan?: string;
  quantity?: string;
  serial?: string;
  package?: string;
  from?: string;
  to?: string;
}

export interface Intent extends Line {
  device?: string;
  operator?: string;
  action?: string;
  reference?: string;
  session?: string;
  lines?: Line[];
}

export interface Move {
  product: string;
  lot?: string;
  serial?: string;
  from: string;
  to: string;
  quantity: string;
}

export interface FieldChange {
  field: string;
  from?: string;
  to?: string;
}

export interface Edit {
  entity: string;
  code: string;
  site?: string;
  changes?: FieldChange[];
}

export interface AlertEvent {
  id: string;
  kind: string;
  state: string;
  message: string;
}

export interface Entry {
  n: number;
  kind: string;
  booked_at: string;
  t_eff: string;
  intent?: Intent;
  actor?: string;
  edit?: Edit;
  outcome: string;
  message?: string;
  moves?: Move[];
  alerts?: AlertEvent[];
  exceptions?: { message: string }[];
}

// A row of the topic alerts: whole, and of two the one of higher n counts.
export interface AlertRow {
  id: string;
  kind: string;
  product?: string;
  message?: string;
  since: string;
  n: number;
  gone?: boolean;
}

export interface Welcome {
  type: "welcome";
  head: Cursor;
  policy?: { ping_every?: number };
}

export interface Events {
  type: "events";
  from: number;
  to: number;
}

export interface Snapshot {
  type: "snapshot";
  part: number;
  parts: number;
  n: number;
}

export interface Failure {
  type: "error";
  code: string;
  message: string;
  retry_after?: number;
}

export type Message =
  | Welcome
  | (Events & { topic: "activity"; events?: Entry[] })
  | (Events & { topic: "alerts"; events?: AlertRow[] })
  | (Snapshot & { topic: "activity"; rows?: Entry[] })
  | (Snapshot & { topic: "alerts"; rows?: AlertRow[] })
  | Failure
  | { type: "pong" | "notice" };

// What a link tells of.
export interface Handlers {
  connecting(): void;
  live(welcome: Welcome, resumed: boolean): void;
  lost(heard: Date | null, seconds: number): void;
  stopped(message: string, badKey: boolean): void;
  restored(): void;
  skipped(count: number): void;
  entries(entries: Entry[], to: number, fresh: boolean): void;
  alertSnapshot(rows: AlertRow[], part: number, parts: number): void;
  alertRows(rows: AlertRow[]): void;
}

// Waiting is what the feed has yet to draw: an entry, or a sentence between them.
export type Waiting = { entry: Entry } | { text: string };

// Words is what an entry did: a verb, to what, and where.
export interface Words {
  did: string;
  thing: string;
  where: string;
}
