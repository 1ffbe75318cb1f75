// What entries say, in words.

/** @import {AlertRow, Edit, Entry, Intent, Move, Words} from "../types.js" */

const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const lateAfter = 60_000; // milliseconds between scan and booking worth telling
const homeSite = "main"; // the site that is meant where none is named
const mostFields = 3; // of an edit

/** @param {Date} t */
export const clock = (t) => time.format(t);

/**
 * moment is a time as people want it: of today, or with its day.
 * @param {Date} t
 */
export function moment(t) {
  return t.toDateString() === new Date().toDateString() ? time.format(t) : day.format(t);
}

/** @type {Record<string, string>} */
const verbs = {
  add: "Added", remove: "Removed", move: "Moved", isolate: "Isolated", release: "Released", assemble: "Assembled", disassemble: "Disassembled",
  pack: "Packed", unpack: "Unpacked", count: "Counted", scrap: "Scrapped", undo: "Undid", map: "Mapped", decide: "Decided", close: "Closed the books",
  "session-open": "Opened a count", "session-close": "Closed a count", skip: "Lost a scan",
};

/** @type {Record<string, string>} */
const outcomes = { applied: "Applied", absorbed: "Absorbed", exception: "Exception", parked: "Parked", refused: "Refused" };

/** @type {Record<string, string>} */
const alertKinds = { low: "Low", over: "Over", out: "Out of stock", negative: "Below zero" };

/**
 * outcome names an entry's outcome, and the class it is drawn with.
 * @param {Entry} e
 */
export const outcome = (e) => named(outcomes, e.outcome);

/**
 * alertKind names an alert's kind, and the class it is drawn with.
 * @param {AlertRow} a
 */
export const alertKind = (a) => named(alertKinds, a.kind);

/**
 * named gives words for a word of the protocol; one that is not known stands for
 * itself and never becomes a class.
 * @param {Record<string, string>} words
 * @param {string} word
 */
function named(words, word) {
  return Object.hasOwn(words, word) ? { name: words[word], className: word } : { name: String(word), className: "other" };
}

/**
 * who names the person and device of an entry.
 * @param {Entry} e
 */
export function who(e) {
  const device = e.intent?.device ?? "";
  const person = e.intent?.operator || e.actor || "";
  return person ? { name: person, device } : { name: device || "Bayledger", device: "" };
}

/**
 * what says what an entry did, or was meant to do.
 * @param {Entry} e
 * @returns {Words}
 */
export function what(e) {
  if (e.edit) return edited(e.edit);
  const action = e.intent?.action ?? "";
  const did = Object.hasOwn(verbs, action) ? verbs[action] : e.kind === "correction" ? "Corrected" : action || e.kind;
  const moves = e.moves ?? [];
  if (moves.length === 0) return meant(did, e);
  if (action === "count" && e.intent) return counted(did, e.intent, moves);
  return { did, thing: moves[0].quantity + " × " + thing(moves[0]), where: place(moves[0].from) + " → " + place(moves[0].to) + others(moves.length) };
}

/** @param {number} count */
function others(count) {
  return count > 1 ? " and " + (count - 1) + " more" : "";
}

/**
 * place leaves out the site that goes without saying.
 * @param {string} ref
 */
function place(ref) {
  return ref.startsWith(homeSite + "/") ? ref.slice(homeSite.length + 1) : ref;
}

/** @param {Move} m */
function thing(m) {
  let text = m.product ?? "";
  if (m.lot) text += ", lot " + m.lot;
  if (m.serial) text += ", serial " + m.serial;
  return text;
}

/**
 * @param {string} did
 * @param {Intent} intent
 * @param {Move[]} moves
 * @returns {Words}
 */
function counted(did, intent, moves) {
  const m = moves[0];
  const less = m.to === "loss" || m.to === "opening";
  return {
    did,
    thing: (intent.quantity ? intent.quantity + " × " : "") + thing(m),
    where: "at " + place(less ? m.from : m.to) + ", difference " + (less ? "−" : "+") + m.quantity + others(moves.length),
  };
}

/**
 * meant is what an intent says itself, where it moved nothing.
 * @param {string} did
 * @param {Entry} e
 * @returns {Words}
 */
function meant(did, e) {
  const intent = e.intent ?? {};
  const lines = intent.lines?.length ?? 0;
  if (lines > 1) return { did, thing: lines + " lines", where: "" };
  const one = { ...intent, ...intent.lines?.[0] };
  const name = one.product || one.scan || one.package || one.serial || intent.reference || intent.session || "";
  const from = one.from ? place(one.from) : "";
  const to = one.to ? place(one.to) : "";
  let where = from && to ? from + " → " + to : from ? "at " + from : to ? "to " + to : "";
  if (intent.action === "count" && e.outcome === "applied") where += where ? ", no difference" : "no difference";
  return { did, thing: ((one.quantity ? one.quantity + " × " : "") + name).trim(), where };
}

/**
 * @param {Edit} e
 * @returns {Words}
 */
function edited(e) {
  const changes = e.changes ?? [];
  const made = changes[0]?.field === "code" || (e.entity === "constraint" && changes[0]?.field === "location");
  const shown = made ? changes.slice(1) : changes;
  const fields = shown.slice(0, mostFields).map((c) => c.field + " " + (c.from ? c.from + " → " : "") + (c.to || "empty"));
  if (shown.length > mostFields) fields.push(shown.length - mostFields + " more");
  const site = e.site && e.site !== homeSite ? " in " + e.site : "";
  return { did: made ? "Made" : "Changed", thing: e.entity + " " + e.code + site, where: fields.join(", ") };
}

/**
 * notes are the sentences that an entry carries, each once: a shelf that is filled
 * again is no longer low and no longer empty, and says so in the same words.
 * @param {Entry} e
 */
export function notes(e) {
  /** @type {Map<string, boolean>} whether it wants a look, by sentence */
  const said = new Map();
  const say = (/** @type {string} */ text, /** @type {boolean} */ flag) => said.set(text, flag || said.get(text) === true);
  if (e.message) say(e.message, e.outcome !== "applied");
  for (const x of e.exceptions ?? []) say(x.message, true);
  for (const a of e.alerts ?? []) say(a.message, a.state === "raised");
  return Array.from(said, ([text, flag]) => ({ text, flag }));
}

/**
 * times gives when an entry was booked and, where it happened clearly earlier,
 * when that was.
 * @param {Entry} e
 */
export function times(e) {
  const booked = new Date(e.booked_at);
  const happened = new Date(e.t_eff);
  const late = booked.getTime() - happened.getTime() > lateAfter;
  return { booked: moment(booked), iso: e.booked_at, then: late ? "of " + moment(happened) : "" };
}
