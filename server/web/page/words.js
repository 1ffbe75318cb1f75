// What entries say, in words.

const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const lateAfter = 60_000; // milliseconds between scan and booking worth telling

export const clock = (t) => time.format(t);

// moment is a time as people want it: of today, or with its day.
export function moment(t) {
  return t.toDateString() === new Date().toDateString() ? time.format(t) : day.format(t);
}

const verbs = {
  add: "Added", remove: "Removed", move: "Moved", isolate: "Isolated", release: "Released", assemble: "Assembled", disassemble: "Disassembled",
  pack: "Packed", unpack: "Unpacked", count: "Counted", scrap: "Scrapped", undo: "Undid", map: "Mapped", decide: "Decided", close: "Closed the books",
  "session-open": "Opened a count", "session-close": "Closed a count", skip: "Lost a scan",
};

export const outcomes = { applied: "Applied", absorbed: "Absorbed", exception: "Exception", parked: "Parked", refused: "Refused" };
export const alertKinds = { low: "Low", over: "Over", out: "Out of stock", negative: "Below zero" };

// who names the person and device of an entry.
export function who(e) {
  const device = e.intent?.device ?? "";
  const person = e.intent?.operator || e.actor || "";
  return person ? { name: person, device } : { name: device || "Bayledger", device: "" };
}

// what says what an entry did, or was meant to do.
export function what(e) {
  if (e.edit) return edit(e.edit);
  const action = e.intent?.action ?? "";
  const verb = verbs[action] ?? (e.kind === "correction" ? "Corrected" : action || e.kind);
  const moves = e.moves ?? [];
  if (moves.length > 0) {
    if (action === "count") return counted(e.intent, moves[0], moves.length);
    return verb + " " + moved(moves[0]) + others(moves.length);
  }
  return (verb + " " + meant(e.intent ?? {})).trim();
}

function others(count) {
  return count > 1 ? " and " + (count - 1) + " more" : "";
}

function thing(m) {
  let text = m.product ?? "";
  if (m.lot) text += ", lot " + m.lot;
  if (m.serial) text += ", serial " + m.serial;
  return text;
}

function moved(m) {
  return m.quantity + " × " + thing(m) + ": " + m.from + " → " + m.to;
}

function counted(intent, m, count) {
  const found = m.to === "loss" || m.to === "opening" ? "−" + m.quantity : "+" + m.quantity;
  const place = m.to === "loss" || m.to === "opening" ? m.from : m.to;
  const said = intent.quantity ? intent.quantity + " × " : "";
  return "Counted " + said + thing(m) + " at " + place + ": difference " + found + others(count);
}

function meant(intent) {
  const lines = intent.lines?.length ?? 0;
  if (lines > 1) return lines + " lines";
  const one = { ...intent, ...(intent.lines?.[0] ?? {}) };
  const name = one.product || one.scan || one.package || one.serial || one.reference || one.session || "";
  const parts = [];
  if (one.quantity) parts.push(one.quantity + " ×");
  if (name) parts.push(name);
  if (one.from && one.to) parts.push("from " + one.from + " to " + one.to);
  else if (one.from) parts.push("at " + one.from);
  else if (one.to) parts.push("to " + one.to);
  return parts.join(" ");
}

function edit(e) {
  const changes = e.changes ?? [];
  const made = changes[0]?.field === "code" || (e.entity === "constraint" && changes[0]?.field === "location");
  const named = made ? changes.slice(1) : changes;
  const fields = named.slice(0, 3).map((c) => c.field + " " + (c.from ? c.from + " → " : "") + (c.to || "empty"));
  if (named.length > 3) fields.push(named.length - 3 + " more");
  const where = e.site ? " in " + e.site : "";
  return (made ? "Made " : "Changed ") + e.entity + " " + e.code + where + (fields.length ? ": " + fields.join(", ") : "");
}

// notes are the sentences that an entry carries.
export function notes(e) {
  const out = [];
  if (e.message) out.push({ text: e.message, flag: e.outcome !== "applied" });
  for (const x of e.exceptions ?? []) if (x.message !== e.message) out.push({ text: x.message, flag: true });
  for (const a of e.alerts ?? []) out.push({ text: a.message, flag: a.state === "raised" });
  return out;
}

// times gives when an entry was booked and, where it happened clearly earlier,
// when that was.
export function times(e) {
  const booked = new Date(e.booked_at);
  const happened = new Date(e.t_eff);
  const late = booked - happened > lateAfter;
  return { booked: moment(booked), iso: e.booked_at, then: late ? "of " + moment(happened) : "" };
}
