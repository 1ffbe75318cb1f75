// Moments as they are written, in microseconds since 1970.

const ms = 1000;

/** timeText writes a moment as RFC 3339 with microseconds. */
export function timeText(us: number): string {
  const rest = us % ms;
  return new Date((us - rest) / ms).toISOString().replace("Z", rest === 0 ? "Z" : String(rest).padStart(3, "0") + "Z");
}

/** timeOf reads RFC 3339, at most microseconds; 0 is none. */
export function timeOf(text: string): number {
  const whole = Date.parse(text);
  if (Number.isNaN(whole)) return 0;
  const fraction = (/\.(\d+)/.exec(text)?.[1] ?? "").padEnd(6, "0").slice(3, 6);
  return whole * ms + Number(fraction);
}
