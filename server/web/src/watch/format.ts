// Times and numbers as a language writes them.

const dayMs = 86_400_000;

export class Format {
  readonly code: string;
  readonly #clock: Intl.DateTimeFormat;
  readonly #minute: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #number: Intl.NumberFormat;
  readonly #short: Intl.NumberFormat;
  readonly #ago: Intl.RelativeTimeFormat;

  constructor(code: string) {
    this.code = code;
    const two = "2-digit" as const;
    this.#clock = new Intl.DateTimeFormat(code, { hour: two, minute: two, second: two, hourCycle: "h23" });
    this.#minute = new Intl.DateTimeFormat(code, { hour: two, minute: two, hourCycle: "h23" });
    this.#day = new Intl.DateTimeFormat(code, { day: "numeric", month: "short", hour: two, minute: two, hourCycle: "h23" });
    this.#number = new Intl.NumberFormat(code, { maximumFractionDigits: 1 });
    this.#short = new Intl.NumberFormat(code, { notation: "compact", maximumFractionDigits: 1 });
    this.#ago = new Intl.RelativeTimeFormat(code, { numeric: "always", style: "short" });
  }

  /** clock is a time of day to the second. */
  clock(t: Date): string {
    return this.#clock.format(t);
  }

  /** minute is a time of day to the minute. */
  minute(t: Date): string {
    return this.#minute.format(t);
  }

  /** moment is a time of today, or with its day. */
  moment(t: Date, now = new Date()): string {
    return t.toDateString() === now.toDateString() ? this.#clock.format(t) : this.#day.format(t);
  }

  /** sentence is a sentence of the server with its moments as people read them. */
  sentence(text: string): string {
    return text.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, (at) => this.moment(new Date(at)));
  }

  number(n: number): string {
    return this.#number.format(n);
  }

  /** short is a number where there is little room: 12K, 3.4M. */
  short(n: number): string {
    return Math.abs(n) < 100_000 ? this.number(n) : this.#short.format(n);
  }

  /** decimal writes an exact decimal, which may have more digits than a number holds. */
  decimal(text: string): string {
    return /^-?\d{1,15}(\.\d+)?$/.test(text) ? new Intl.NumberFormat(this.code, { maximumFractionDigits: 20 }).format(text as unknown as number).replace("-", "−") : text;
  }

  /** ago is how long ago something was. */
  ago(t: Date, now = new Date()): string {
    const seconds = Math.round((now.getTime() - t.getTime()) / 1000);
    if (seconds < 60) return this.#ago.format(-Math.max(0, seconds), "second");
    if (seconds < 3600) return this.#ago.format(-Math.round(seconds / 60), "minute");
    if (seconds * 1000 < dayMs) return this.#ago.format(-Math.round(seconds / 3600), "hour");
    return this.#ago.format(-Math.round((seconds * 1000) / dayMs), "day");
  }

  /** span is how long something takes: 180 ms, 2.4 s, 3 min, 5 h. */
  span(ms: number): string {
    return this.spanParts(ms).join(" ");
  }

  /** spanParts is the same as a number and its unit. */
  spanParts(ms: number): [string, string] {
    if (ms < 1000) return [String(Math.round(ms)), "ms"];
    if (ms < 60_000) return [this.number(ms / 1000), "s"];
    if (ms < 3_600_000) return [this.number(Math.round(ms / 60_000)), "min"];
    return [this.number(ms / 3_600_000), "h"];
  }
}
