// What entries say, in words.

import type { Edit, Entry, Intent, Move } from "./wire.ts";
import { named, type Words } from "./words.ts";

const lateAfter = 60_000; // ms between scan and booking worth telling
const homeSite = "main"; // the site that is meant where none is named
const mostFields = 3; // of an edit
export interface Said { readonly did: string; readonly thing: string; readonly where: string }

/** Names are what people are called, by what entries have of them. */
export type Names = ReadonlyMap<string, string>;

/** called is somebody's name, where it is known. */
export const called = (names: Names, id: string): string => names.get(id) ?? id;

/** who names the person and device of an entry. */
export function who(w: Words, e: Entry, names: Names): { name: string; device: string } {
  const device = e.intent?.device ?? "";
  const person = e.intent?.operator || e.actor || "";
  return person && person !== device ? { name: called(names, person), device: names.has(device) ? "" : device } : { name: called(names, device) || w.entry.server, device: "" };
}

/** what says what an entry did, or was meant to do. */
export function what(w: Words, e: Entry): Said {
  if (e.edit) return edited(w, e.edit);
  const action = e.intent?.action ?? "";
  const did = Object.hasOwn(w.entry.verbs, action) ? w.entry.verbs[action]! : e.kind === "correction" ? w.entry.corrected : action || named(w.entry.kinds, e.kind);
  const moves = e.moves ?? [];
  const first = moves[0];
  if (!first) return meant(w, did, e);
  if (action === "count" && e.intent) return counted(w, did, e.intent, moves);
  return { did, thing: first.quantity + " × " + thing(w, first), where: place(first.from) + " → " + place(first.to) + others(w, moves.length) };
}

const others = (w: Words, count: number): string => (count > 1 ? " " + w.entry.others(count - 1) : "");

/** place leaves out the site that goes without saying. */
export const place = (ref: string): string => (ref.startsWith(homeSite + "/") ? ref.slice(homeSite.length + 1) : ref);

function thing(w: Words, m: Move): string {
  return [m.product, m.lot && w.entry.lot(m.lot), m.serial && w.entry.serial(m.serial)].filter(Boolean).join(", ");
}

function counted(w: Words, did: string, intent: Intent, moves: readonly Move[]): Said {
  const m = moves[0]!;
  const less = m.to === "loss" || m.to === "opening";
  const at = w.entry.at(place(less ? m.from : m.to));
  return { did, thing: (intent.quantity ? intent.quantity + " × " : "") + thing(w, m), where: at + ", " + w.entry.difference(less ? "−" : "+", m.quantity) + others(w, moves.length) };
}

/** meant is what an intent says itself, where it moved nothing. */
function meant(w: Words, did: string, e: Entry): Said {
  const intent = e.intent ?? {};
  const lines = intent.lines?.length ?? 0;
  if (lines > 1) return { did, thing: w.entry.lines(lines), where: "" };
  const one = { ...intent, ...intent.lines?.[0] };
  const name = one.product || one.scan || one.package || one.serial || intent.raw || intent.reference || intent.session || "";
  const from = one.from ? place(one.from) : "";
  const to = one.to ? place(one.to) : "";
  let where = from && to ? from + " → " + to : from ? w.entry.from(from) : to ? w.entry.to(to) : "";
  if (intent.action === "count" && e.outcome === "applied") where += (where ? ", " : "") + w.entry.noDifference;
  return { did, thing: ((one.quantity ? one.quantity + " × " : "") + name).trim(), where };
}

function edited(w: Words, e: Edit): Said {
  const changes = e.changes ?? [];
  const made = changes[0]?.field === "code" || (e.entity === "constraint" && changes[0]?.field === "location");
  const shown = made ? changes.slice(1) : changes;
  const fields = shown.slice(0, mostFields).map((c) => c.field + " " + (c.from ? c.from + " → " : "") + (c.to || w.entry.empty));
  if (shown.length > mostFields) fields.push(w.entry.more(shown.length - mostFields));
  const site = e.site && e.site !== homeSite ? " " + w.entry.inSite(e.site) : "";
  return { did: made ? w.entry.made : w.entry.changed, thing: e.entity + " " + e.code + site, where: fields.join(", ") };
}

/**
 * notes are the sentences that an entry carries, each once, and whether it wants a look: a shelf that is
 * filled again is no longer low and no longer empty, and says so in the same words.
 */
export function notes(e: Entry): { text: string; flag: boolean }[] {
  const said = new Map<string, boolean>();
  const say = (text: string, flag: boolean) => said.set(text, flag || said.get(text) === true);
  if (e.message) say(e.message, e.outcome !== "applied" && e.outcome !== "absorbed");
  for (const x of e.exceptions ?? []) say(x.message, true);
  for (const a of e.alerts ?? []) say(a.message, a.state === "raised" || a.state === "escalated");
  return Array.from(said, ([text, flag]) => ({ text, flag }));
}

/** times gives when an entry was booked and, where it happened clearly earlier, when that was. */
export function times(w: Words, e: Entry, now = new Date()): { booked: string; iso: string; then: string } {
  const booked = new Date(e.booked_at);
  const happened = new Date(e.t_eff);
  const late = booked.getTime() - happened.getTime() > lateAfter;
  return { booked: w.format.moment(booked, now), iso: e.booked_at, then: late ? w.feed.of(w.format.moment(happened, now)) : "" };
}
