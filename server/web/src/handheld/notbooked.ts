// What a device keeps and has not booked, for the file of its scans: what waits behind a PIN, a stop or a
// question, and what is in hand. Each is a line with one field, not_booked, which no server takes: whoever
// books the file is told of each such line, and the rest of it is booked.

import { filled, lineOf } from "../core/flow/thing.ts";
import { noThing, type Moment, type State, type Thing } from "../core/flow/types.ts";
import type { Waiting } from "./stored.ts";

/** What a line says; why is for people. */
interface NotBooked extends Moment {
  readonly why: string;
  readonly device?: string | undefined;
  readonly doing?: string | undefined; // the mode
  readonly place?: string | undefined;
  readonly [other: string]: unknown;
}

/** notBooked gives the lines, in the order in which things were scanned. What it does not understand, of a page of another form, stands in them as it is kept. */
export function notBooked(device: string | undefined, machine: unknown, waits: readonly unknown[]): string {
  const list = [...collected(machine), ...waits.map(waiting)];
  return list.map((not_booked) => JSON.stringify({ not_booked: filled({ ...not_booked, device }) }) + "\n").join("");
}

function waiting(w: unknown): NotBooked {
  const why = "It waits behind a PIN.";
  if (typeof w !== "object" || w === null) return { why, kept: w };
  const { n: _, event, moment, ...rest } = w as Partial<Waiting>;
  return { why, ...moment, ...event, ...rest };
}

function collected(machine: unknown): NotBooked[] {
  if (machine === undefined) return [];
  try {
    return ofState(JSON.parse(machine as string) as Partial<State>);
  } catch {
    return [{ why: "What was collected on the device cannot be read.", kept: machine }];
  }
}

function ofState(s: Partial<State>): NotBooked[] {
  const about = { doing: s.mode, place: s.place };
  const thing = (why: string, t: Thing): NotBooked => ({ why, ...t.since, ...lineOf({ ...noThing, ...t }), ...about });
  const asked: readonly (readonly [Thing | null | undefined, string])[] = [[s.need, "Its lot or serial is asked for."], [s.ask, "It is asked how many there are."], [s.why, "It is asked why."]];
  return [
    ...(s.hand ?? []).map((t) => thing(s.mode === "count" ? "It is counted; the place is not done." : "It is in hand; its place was not scanned.", t)),
    ...(s.half ? [{ why: "The other barcode of its label was not scanned.", ...s.half.since, scan: s.half.scan, ...about }] : []),
    ...asked.flatMap(([t, why]) => (t ? [thing(why, t)] : [])),
    ...kept(s),
  ];
}

/** kept are scans that wait: with their moments, where the state is of a page that knows them. */
function kept(s: Partial<State>): NotBooked[] {
  const why = s.stop ? "It waits behind a stop." : s.ask || s.why || s.run || s.complete ? "It waits behind a question." : s.operator ? "It waits for what was scanned before it." : "It waits for a badge.";
  return (s.behind ?? []).map((scan, i) => ({ why, ...(s.kept?.[i]?.scan === scan ? s.kept[i].since : {}), scan }));
}
