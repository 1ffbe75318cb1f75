// Exact decimals, as the books have them: at most 15 significant digits, no
// floating point anywhere. A number is kept as its one plain text ("2.5", "-3",
// "1000"), so that equal numbers are equal texts and survive JSON as they are;
// "" is a number that is missing, which is not 0.

export type Decimal = string;

const maxDigits = 15;
const bound = 10n ** BigInt(maxDigits);
const mostExponent = 400;

const parts = (d: Decimal): [coef: bigint, scale: number] => {
  const point = d.indexOf(".");
  if (point < 0) return [BigInt(d || "0"), 0];
  return [BigInt(d.slice(0, point) + d.slice(point + 1)), d.length - point - 1];
};

const magnitude = (n: bigint): bigint => (n < 0n ? -n : n);

/** fromScaled writes coef · 10^-scale; it does not bound the digits. */
export function fromScaled(coef: bigint, scale: number): Decimal {
  while (scale > 0 && coef % 10n === 0n) {
    coef /= 10n;
    scale--;
  }
  const sign = coef < 0n ? "-" : "";
  const digits = magnitude(coef).toString();
  if (scale === 0) return sign + digits;
  const wide = digits.padStart(scale + 1, "0");
  return sign + wide.slice(0, -scale) + "." + wide.slice(-scale);
}

/**
 * parse reads an optional sign, digits with at most one point, and an optional
 * exponent, as JSON numbers are written. "" is missing. null is no such number,
 * or one with more than 15 digits.
 */
export function parse(text: string): Decimal | null {
  if (text === "") return "";
  const m = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!m) return null;
  const fraction = (m[3] ?? "").replace(/0+$/, "");
  const exponent = Number(m[4] ?? "0");
  if (Math.abs(exponent) > mostExponent) return null;
  const digits = (m[2]! + fraction).replace(/^0+/, "");
  if (digits === "") return "0";
  if (digits.length > maxDigits + 3) return null; // what an exponent can still take off
  let coef = BigInt(digits);
  let scale = fraction.length - exponent;
  while (scale > 0 && coef % 10n === 0n) {
    coef /= 10n;
    scale--;
  }
  for (; scale < 0; scale++) {
    if (coef > bound) return null;
    coef *= 10n;
  }
  if (coef >= bound || scale > maxDigits) return null;
  return fromScaled(m[1] === "-" ? -coef : coef, scale);
}

/** sign is -1, 0 or 1; a missing number has sign 0. */
export function sign(d: Decimal): -1 | 0 | 1 {
  const [coef] = parts(d);
  return coef < 0n ? -1 : coef > 0n ? 1 : 0;
}

/**
 * scaled gives the number in units of 10^-decimals; null where it has more
 * decimals than that, or would have more than 15 digits.
 */
export function scaled(d: Decimal, decimals: number): bigint | null {
  const [coef, scale] = parts(d);
  if (coef === 0n) return 0n;
  const shift = decimals - scale;
  if (shift < 0) return null;
  const units = coef * 10n ** BigInt(shift);
  return magnitude(units) >= bound ? null : units;
}

/** mul is d × e; null where that has too many digits. */
export function mul(d: Decimal, e: Decimal): Decimal | null {
  if (d === "" || e === "") return "";
  const [a, as] = parts(d);
  const [b, bs] = parts(e);
  if (a === 0n || b === 0n) return "0";
  let coef = a * b;
  let scale = as + bs;
  if (magnitude(coef) >= 2n ** 63n) return null;
  while (scale > 0 && coef % 10n === 0n) {
    coef /= 10n;
    scale--;
  }
  return magnitude(coef) >= bound || scale > maxDigits ? null : fromScaled(coef, scale);
}

/** one says whether a number is 1, or missing. */
export const one = (d: Decimal): boolean => d === "" || d === "1";
