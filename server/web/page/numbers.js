// The figures at the top. A figure that is not of now says so.
import { clock, moment } from "./words.js";

const span = 10; // seconds that the rate is taken over
const $ = (id) => document.getElementById(id);

function put(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}

export class Numbers {
  constructor() {
    this.seconds = []; // [second, entries], the oldest first
    this.live = false;
    setInterval(() => this.tick(), 1000);
  }

  connected(head) {
    this.live = true;
    this.at = new Date();
    this.from = Math.floor(performance.now() / 1000);
    this.seconds = [];
    put("since", moment(this.at));
    put("since-note", "live");
    this.booked(0, head);
    this.tick();
  }

  lost(heard) {
    const asOf = heard ? "as of " + clock(heard) : "no data yet";
    if (this.live) this.seconds = [];
    this.live = false;
    put("rate", "–");
    put("rate-note", heard ? "no data since " + clock(heard) : "no data yet");
    put("head-note", asOf);
    put("alert-note", asOf);
    put("since", "–");
    put("since-note", "not connected");
  }

  booked(count, head) {
    if (head !== undefined) {
      put("head", head.toLocaleString());
      put("head-note", "up to " + clock(new Date()));
    }
    if (count === 0) return;
    const now = Math.floor(performance.now() / 1000);
    const last = this.seconds.at(-1);
    if (last?.[0] === now) last[1] += count;
    else this.seconds.push([now, count]);
  }

  alerts(count, oldest) {
    put("alert-count", count.toLocaleString());
    put("alert-note", oldest ? "the oldest since " + moment(oldest) : "all is well");
    $("alerts-number").dataset.some = String(count > 0);
  }

  tick() {
    if (!this.live) return;
    const now = Math.floor(performance.now() / 1000);
    while (this.seconds.length > 0 && this.seconds[0][0] < now - span) this.seconds.shift();
    let sum = 0;
    for (const [second, count] of this.seconds) if (second < now) sum += count;
    const measured = Math.min(span, now - this.from); // a session that has just begun has seen less
    if (measured < 1) {
      put("rate", "–");
      put("rate-note", "measuring");
      return;
    }
    const rate = sum / measured;
    put("rate", rate.toLocaleString(undefined, { maximumFractionDigits: rate < 10 ? 1 : 0 }));
    put("rate-note", measured < span ? "since connected" : "over the last 10 seconds");
  }
}
