// The list of entries, the newest first: drawn once a frame, bounded, and still
// while somebody reads.
import { element, make, makeTime, put } from "./dom.js";
import { clock, notes, outcome, times, what, who } from "./words.js";

/** @import {Entry, Waiting} from "../types.js" */

const mostRows = 500;
const mostFresh = 20; // entries of a frame that are still worth lighting up
const scrolled = 48; // pixels from the top that mean that somebody reads

/** @param {Entry} e */
function entryRow(e) {
  const li = make("li", "entry");
  li.dataset.n = String(e.n);
  const t = times(e);
  const time = makeTime("", t.booked, t.iso);
  time.title = "Entry " + e.n;
  if (t.then) time.append(" ", make("span", "then", t.then));
  const w = who(e);
  const person = make("span", "who");
  person.append(make("bdi", "person", w.name));
  if (w.device) person.append(" ", make("bdi", "device", w.device));
  const words = what(e);
  const did = make("span", "what", words.did + " ");
  did.append(make("bdi", "thing", words.thing));
  const o = outcome(e);
  li.append(time, " ", person, " ", did, " ", make("bdi", "where", words.where), " ", make("span", "tag " + o.className, o.name));
  const said = notes(e);
  if (said.length > 0) {
    const more = make("div", "notes");
    for (const note of said) more.append(make("p", note.flag ? "note flag" : "note", note.text));
    li.append(more);
  }
  return li;
}

export class Feed {
  constructor() {
    this.list = element("feed");
    /** @type {Waiting[]} */
    this.waiting = []; // not drawn yet, the oldest first
    this.dropped = 0; // of those, how many had to be let go
    /** @type {Date | null} */
    this.pausedAt = null;
    this.drawing = false;
    element("pause").addEventListener("click", () => (this.pausedAt ? this.resume() : this.pause()));
    element("resume").addEventListener("click", () => this.resume());
    this.list.addEventListener("scroll", () => {
      if (!this.pausedAt && this.list.scrollTop > scrolled) this.pause();
    });
  }

  /** @param {Entry[]} entries */
  add(entries) {
    for (const entry of entries) this.waiting.push({ entry });
    this.trim();
    this.plan();
  }

  /**
   * note puts a sentence between the entries.
   * @param {string} text
   */
  note(text, clear = false) {
    if (clear) this.clear();
    this.waiting.push({ text });
    this.plan();
  }

  clear() {
    this.waiting = [];
    this.dropped = 0;
    this.list.replaceChildren();
    this.plan();
  }

  // trim keeps what waits within what will be shown, and counts what it lets go.
  trim() {
    const over = this.waiting.length - mostRows;
    if (over > 0) this.dropped += entriesOf(this.waiting.splice(0, over));
  }

  pause() {
    this.pausedAt = new Date();
    element("pause").setAttribute("aria-pressed", "true");
    put("pause", "Paused");
    element("paused").hidden = false;
    this.tell();
  }

  resume() {
    this.pausedAt = null;
    element("pause").setAttribute("aria-pressed", "false");
    put("pause", "Pause");
    element("paused").hidden = true;
    this.list.scrollTop = 0;
    this.plan();
  }

  tell() {
    if (!this.pausedAt) return;
    const newer = this.dropped + entriesOf(this.waiting);
    put("paused-text", "Paused at " + clock(this.pausedAt) + ". " + newer.toLocaleString() + " newer.");
  }

  plan() {
    if (this.drawing) return;
    this.drawing = true;
    // A hidden tab gets no frames; what waits is bounded and drawn when it is seen.
    requestAnimationFrame(() => {
      this.drawing = false;
      this.draw();
    });
  }

  draw() {
    if (this.pausedAt) {
      this.tell();
      return;
    }
    if (this.waiting.length > 0) {
      const light = this.list.childElementCount > 0 && this.waiting.length < mostFresh;
      const rows = document.createDocumentFragment();
      for (const x of this.waiting.reverse()) {
        const row = "entry" in x ? entryRow(x.entry) : make("li", "gap", x.text);
        if (light && "entry" in x) row.classList.add("fresh");
        rows.append(row);
      }
      if (this.dropped > 0) {
        rows.append(make("li", "gap", this.dropped.toLocaleString() + " entries in between are not shown. The activity report has them."));
        this.dropped = 0;
      }
      this.waiting = [];
      this.list.prepend(rows);
      while (this.list.childElementCount > mostRows) this.list.lastElementChild?.remove();
    }
    element("feed-empty").hidden = this.list.childElementCount > 0;
  }
}

/** @param {Waiting[]} list */
function entriesOf(list) {
  return list.filter((x) => "entry" in x).length;
}
