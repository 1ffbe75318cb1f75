import { fromScaled, type Decimal } from "../decimal.ts";
import { measure, type Message } from "../gs1/index.ts";

export interface Amount {
  readonly quantity: Decimal;
  readonly unit: string;
}

// How people write the unit of a measure in a catalogue, and in which smaller units it can be said
// exactly: each is 10^shift of the smaller.
const units: Readonly<Record<string, readonly (readonly [name: string, shift: number])[]>> = {
  kg: [["kg", 0], ["g", 3], ["t", -3]],
  m: [["m", 0], ["mm", 3], ["cm", 2]],
  "m²": [["m²", 0], ["m2", 0]],
  l: [["l", 0], ["L", 0], ["ml", 3], ["cl", 2]],
  "m³": [["m³", 0], ["m3", 0]],
  lb: [["lb", 0]],
};

// Measures of a logistic unit, with its packaging: gross weights and outer sizes.
const logistic = /^3(?:[34]|5[345]|6[237-9])/;

/** amounts are the trade measures of a message, net and of variable items. */
export function amounts(m: Pick<Message, "elements">): Amount[] {
  const out: Amount[] = [];
  for (const e of m.elements) {
    const found = e[0].length === 4 && e[0][0] === "3" && !logistic.test(e[0]) ? measure(e) : null;
    if (!found || found.digits === 0n) continue;
    for (const [unit, shift] of units[found.unit] ?? [[found.unit, 0] as const]) out.push({ unit, quantity: shifted(found.digits, found.scale - shift) });
  }
  return out;
}

const shifted = (digits: bigint, scale: number): Decimal => (scale < 0 ? fromScaled(digits * 10n ** BigInt(-scale), 0) : fromScaled(digits, scale));
