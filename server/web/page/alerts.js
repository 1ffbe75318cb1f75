// The alerts that are open: whole rows, of which the one of the higher n counts.
import { element, make, makeTime, put } from "./dom.js";
import { alertKind, moment } from "./words.js";

/** @import {AlertRow} from "../types.js" */

const mostRows = 300;
/** @type {Record<string, number>} */
const order = { negative: 0, out: 1, low: 2, over: 3 };
const last = 9; // the place of kinds that newer servers may have

/** @param {AlertRow} a */
const rank = (a) => order[a.kind] ?? last;

/** @param {AlertRow} a */
const message = (a) => a.message ?? a.product ?? a.id;

/** @param {AlertRow} a */
function alertRow(a) {
  const li = make("li", "alert");
  li.dataset.id = a.id;
  const kind = alertKind(a);
  li.append(make("span", "tag " + kind.className, kind.name), " ", makeTime("since", "since " + moment(new Date(a.since)), a.since), " ", make("bdi", "message", message(a)));
  return li;
}

export class Alerts {
  constructor() {
    /** @type {Map<string, AlertRow>} */
    this.rows = new Map();
    /** @type {Map<string, AlertRow> | null} */
    this.coming = null; // of a snapshot that is not complete
    this.drawing = false;
  }

  get count() {
    return this.rows.size;
  }

  // worst is how grave the gravest is: "", "look" or "stop".
  get worst() {
    let worst = "";
    for (const a of this.rows.values()) {
      if (rank(a) <= order.out) return "stop";
      worst = "look";
    }
    return worst;
  }

  get oldest() {
    /** @type {string | null} */
    let oldest = null;
    for (const a of this.rows.values()) if (oldest === null || a.since < oldest) oldest = a.since;
    return oldest === null ? null : new Date(oldest);
  }

  reset() {
    this.rows.clear();
    this.plan();
  }

  /**
   * @param {AlertRow[]} rows
   * @param {number} part
   * @param {number} parts
   */
  snapshot(rows, part, parts) {
    if (part === 1 || this.coming === null) this.coming = new Map();
    for (const a of rows) this.coming.set(a.id, a);
    if (part < parts) return;
    this.rows = this.coming;
    this.coming = null;
    this.plan();
  }

  /** @param {AlertRow[]} rows */
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
      if (!known) raised.push(message(a));
      into.set(a.id, a);
    }
    if (raised.length > 0) put("alerts-said", raised.length === 1 ? "New alert: " + raised[0] : raised.length + " new alerts.");
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
    const list = [...this.rows.values()].sort((a, b) => rank(a) - rank(b) || (a.since < b.since ? 1 : a.since > b.since ? -1 : 0));
    const rows = list.slice(0, mostRows).map(alertRow);
    if (list.length > mostRows) rows.push(make("li", "gap", (list.length - mostRows).toLocaleString() + " more are open. The alerts report has them."));
    element("alerts").replaceChildren(...rows);
    element("alerts-empty").hidden = rows.length > 0;
  }
}
