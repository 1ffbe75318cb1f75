// A site's rules say what its own numbers hold: a template of 13 signs each, with spaces between,
// such as 21IIIIIKKGGGC, an item of five digits, then its weight. scanner/meaning says them in full.

import { checkDigitFor, count } from "../gs1/index.ts";
import { amounts } from "./amount.ts";
import type { Says } from "./index.ts";

const templateDigits = 13;

/** byRules reads a restricted number by the first rule that fits it. */
export function byRules(s: Says, rules: string): Says {
  const number = s.code.slice(1);
  if (s.code[0] !== "0" || number.length !== templateDigits) return s;
  const template = rules.split(/\s+/).find((t) => t.length === templateDigits && fits(t, number));
  if (template === undefined) return s;
  const grams = part(template, number, "G");
  const kilos = part(template, number, "K") + grams;
  const pieces = part(template, number, "N");
  return {
    ...s,
    code: itemOf(template, number),
    amounts: kilos !== "" && s.amounts.length === 0 ? amounts({ elements: [["310" + grams.length, kilos]] }) : s.amounts,
    count: pieces !== "" && s.count === "" ? count(pieces) : s.count,
  };
}

const fits = (template: string, number: string): boolean => Array.from(template).every((c, i) => !/\d/.test(c) || c === number[i]);

/** part gives the digits under a sign. */
function part(template: string, number: string, sign: string): string {
  const from = template.indexOf(sign);
  return from < 0 ? "" : number.slice(from, template.lastIndexOf(sign) + 1);
}

/** itemOf is the number of the item, with 14 digits: zeros for all that varies, and a right check digit. */
function itemOf(template: string, number: string): string {
  const digits = "0" + Array.from(template, (c, i) => ("KGNPV".includes(c) ? "0" : number[i]!)).join("").slice(0, -1);
  return digits + checkDigitFor(digits);
}
