// The list of entries, the newest first: drawn once a frame, bounded, and still
// while somebody reads.
import { clock, notes, outcomes, times, what, who } from "./words.js";

const mostRows = 500;
const scrolled = 48; // pixels from the top that mean that somebody reads
const $ = (id) => document.getElementById(id);

function el(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

function entryRow(e) {
  const li = el("li", "entry");
  li.dataset.n = e.n;
  const t = times(e);
  const time = el("time", "", t.booked);
  time.dateTime = t.iso;
  time.title = "Entry " + e.n;
  if (t.then) time.append(el("span", "then", t.then));
  const w = who(e);
  const person = el("span", "who", w.name);
  if (w.device) person.append(el("span", "device", w.device));
  const did = el("span", "what", what(e));
  for (const note of notes(e)) did.append(el("span", note.flag ? "more flag" : "more", note.text));
  const outcome = outcomes[e.outcome] ? e.outcome : "other";
  li.append(time, person, did, el("span", "tag " + outcome, outcomes[e.outcome] ?? String(e.outcome)));
  return li;
}

export class Feed {
  constructor() {
    this.list = $("feed");
    this.waiting = []; // not drawn yet, the oldest first
    this.dropped = 0; // of those, how many had to be let go
    this.pausedAt = null;
    this.drawing = false;
    $("pause").addEventListener("click", () => (this.pausedAt ? this.resume() : this.pause()));
    $("resume").addEventListener("click", () => this.resume());
    this.list.addEventListener("scroll", () => {
      if (!this.pausedAt && this.list.scrollTop > scrolled) this.pause();
    });
  }

  add(entries) {
    for (const e of entries) this.waiting.push({ entry: e });
    this.trim();
    this.plan();
  }

  // note puts a sentence between the entries.
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
    if (over <= 0) return;
    this.dropped += this.waiting.splice(0, over).filter((x) => x.entry).length;
  }

  pause() {
    this.pausedAt = new Date();
    $("pause").setAttribute("aria-pressed", "true");
    $("pause").textContent = "Paused";
    $("paused").hidden = false;
    this.tell();
  }

  resume() {
    this.pausedAt = null;
    $("pause").setAttribute("aria-pressed", "false");
    $("pause").textContent = "Pause";
    $("paused").hidden = true;
    this.list.scrollTop = 0;
    this.plan();
  }

  tell() {
    const newer = this.dropped + this.waiting.filter((x) => x.entry).length;
    const text = "Paused at " + clock(this.pausedAt) + ". " + newer.toLocaleString() + " newer.";
    if ($("paused-text").textContent !== text) $("paused-text").textContent = text;
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
      const rows = document.createDocumentFragment();
      for (let i = this.waiting.length - 1; i >= 0; i--) {
        const x = this.waiting[i];
        const row = x.entry ? entryRow(x.entry) : el("li", "gap", x.text);
        if (x.entry && this.list.childElementCount > 0 && this.waiting.length < 20) row.classList.add("fresh");
        rows.append(row);
      }
      if (this.dropped > 0) {
        rows.append(el("li", "gap", this.dropped.toLocaleString() + " entries in between are not shown. The activity report has them."));
        this.dropped = 0;
      }
      this.waiting = [];
      this.list.prepend(rows);
      while (this.list.childElementCount > mostRows) this.list.lastElementChild.remove();
    }
    $("feed-empty").hidden = this.list.childElementCount > 0;
  }
}
