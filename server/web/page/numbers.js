// The figures at the top. A figure that is not of now says so.
import { element, put } from "./dom.js";
import { clock, moment } from "./words.js";

const span = 10; // seconds that the rate is taken over

export class Numbers {
  constructor() {
    /** @type {[number, number][]} */
    this.seconds = []; // second and its entries, the oldest first
    this.live = false;
    this.head = 0;
    this.from = 0; // the second from which entries were seen
    setInterval(() => this.tick(), 1000);
  }

  /** @param {number} head */
  connected(head) {
    this.live = true;
    this.from = Math.floor(performance.now() / 1000);
    this.seconds = [];
    this.head = head; // it may be lower than before: of restored books
    put("since", moment(new Date()));
    put("since-note", "live");
    this.booked(0, head);
    this.tick();
  }

  /** @param {Date | null} heard */
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

  /**
   * @param {number} count entries that were booked just now
   * @param {number} head
   */
  booked(count, head) {
    this.head = Math.max(this.head, head);
    put("head", this.head.toLocaleString());
    put("head-note", "up to " + clock(new Date()));
    if (count === 0) return;
    const now = Math.floor(performance.now() / 1000);
    const last = this.seconds.at(-1);
    if (last?.[0] === now) last[1] += count;
    else this.seconds.push([now, count]);
  }

  /**
   * @param {number} count
   * @param {Date | null} oldest
   * @param {string} worst
   */
  alerts(count, oldest, worst) {
    put("alert-count", count.toLocaleString());
    put("alert-note", oldest ? "oldest since " + moment(oldest) : "all is well");
    element("alerts-number").dataset.worst = worst;
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
    put("rate-note", measured < span ? "since connected" : "last 10 seconds");
  }
}
