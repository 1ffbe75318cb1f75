// The alerts that are open: whole rows, of which the one of the higher n counts.
import { alertKinds, moment } from "./words.js";

const mostRows = 300;
const order = { negative: 0, out: 1, low: 2, over: 3 };
const $ = (id) => document.getElementById(id);

function el(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

function alertRow(a) {
  const li = el("li", "alert");
  const kind = alertKinds[a.kind] ? a.kind : "other";
  const time = el("time", "since", "since " + moment(new Date(a.since)));
  time.dateTime = a.since;
  li.append(el("span", "tag " + kind, alertKinds[a.kind] ?? String(a.kind)), el("span", "", a.message ?? a.product ?? a.id), time);
  return li;
}

export class Alerts {
  constructor() {
    this.rows = new Map();
    this.coming = null; // of a snapshot that is not complete
    this.drawing = false;
  }

  get count() {
    return this.rows.size;
  }

  get oldest() {
    let oldest = null;
    for (const a of this.rows.values()) if (oldest === null || a.since < oldest) oldest = a.since;
    return oldest === null ? null : new Date(oldest);
  }

  reset() {
    this.rows.clear();
    this.plan();
  }

  snapshot(rows, part, parts) {
    if (part === 1 || this.coming === null) this.coming = new Map();
    for (const a of rows) this.coming.set(a.id, a);
    if (part < parts) return;
    this.rows = this.coming;
    this.coming = null;
    this.plan();
  }

  apply(rows) {
    const into = this.coming ?? this.rows;
    const raised = [];
    for (const a of rows) {
      const known = into.get(a.id);
      if (known && known.n > a.n) continue;
      if (a.gone) {
        into.delete(a.id);
        continue;
      }
      if (!known) raised.push(a.message);
      into.set(a.id, a);
    }
    if (raised.length > 0) $("alerts-said").textContent = raised.length === 1 ? "New alert: " + raised[0] : raised.length + " new alerts.";
    this.plan();
  }

  plan() {
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      this.draw();
    });
  }

  draw() {
    const list = [...this.rows.values()].sort((a, b) => (order[a.kind] ?? 9) - (order[b.kind] ?? 9) || (a.since < b.since ? 1 : a.since > b.since ? -1 : 0));
    const rows = list.slice(0, mostRows).map(alertRow);
    if (list.length > mostRows) rows.push(el("li", "gap", (list.length - mostRows).toLocaleString() + " more are open. The alerts report has them."));
    $("alerts").replaceChildren(...rows);
    $("alerts-empty").hidden = rows.length > 0;
  }
}
