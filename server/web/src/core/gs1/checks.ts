// The dictionary's checks over the values of AIs.

import { allDigits, isDigit } from "./ai.ts";
import { couponCode, couponOffer } from "./coupon.ts";
import { lists } from "./table.ts";

/** Bad is a verdict: which rule, and where within the value. null is good. */
export interface Bad {
  readonly code: string;
  readonly at: number;
  readonly detail?: string;
}

export const bad = (code: string, at: number): Bad => ({ code, at });

const set82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
const set39 = "#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const set64 = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
const set32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"; // of check characters, by weight

/** A character's place in a set, from 1; 0 is not in it. */
export function rank(of: string): Uint8Array {
  const ranks = new Uint8Array(256);
  for (let i = 0; i < of.length; i++) ranks[of.charCodeAt(i)] = i + 1;
  return ranks;
}

export const rank82 = rank(set82);
const rank39 = rank(set39);
const rank64 = rank(set64);

export function within(ranks: Uint8Array, v: string, code: string): Bad | null {
  for (let i = 0; i < v.length; i++) if (!ranks[v.charCodeAt(i)]) return bad(code, i);
  return null;
}

export function digits(v: string): Bad | null {
  for (let i = 0; i < v.length; i++) if (!isDigit(v.charCodeAt(i))) return bad("not_digit", i);
  return null;
}

/** characters checks a part against its set. */
export function characters(set: string, v: string): Bad | null {
  switch (set) {
    case "N": return digits(v);
    case "X": return within(rank82, v, "not_cset82");
    case "Y": return within(rank39, v, "not_cset39");
  }
  const n = v.replace(/=+$/, "").length;
  const pads = v.length - n;
  if (pads > 2 || (pads > 0 && v.length % 3 !== 0)) return bad("cset64_padding", n);
  return within(rank64, v.slice(0, n), "not_cset64");
}

/** sum is the weighted sum of digits, 3 for the last but one: 0 with a right check digit. */
export function sum(v: string): number {
  let total = 0;
  for (let i = v.length - 1, weight = 1; i >= 0; i--, weight = 4 - weight) total += weight * (v.charCodeAt(i) - 0x30);
  return total % 10;
}

const only = (v: string, c: string): boolean => v.split("").every((x) => x === c);
export const two = (v: string, at = 0): number => Number(v.slice(at, at + 2));

const codes = (list: string): ReadonlySet<string> => new Set(list.split(" "));
const countries = codes(lists.countries);
const countryLetters = codes(lists.countryLetters);
const currencies = codes(lists.currencies);
const packageTypes = codes(lists.packageTypes);
const mediaTypes = codes(lists.mediaTypes);

const prefixDigits = 4; // of the shortest company prefix

function companyPrefix(v: string, from: number): Bad | null {
  if (v.length < from + prefixDigits) return bad("company_prefix_short", 0);
  for (let i = from; i < from + prefixDigits; i++) if (!isDigit(v.charCodeAt(i))) return bad("company_prefix", i);
  return null;
}

const primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83];

/** checkPair checks the two check characters of a GMN (8013) or MUDI (8014). */
function checkPair(v: string): Bad | null {
  const n = v.length - 2;
  if (n < 0) return bad("too_short", 0);
  let total = 0;
  for (let i = 0; i < n; i++) total += (rank82[v.charCodeAt(i)]! - 1) * primes[n - 1 - i]!;
  total %= 1021; // the largest prime below 32 times 32
  if (v[n] !== set32[total >> 5] || v[n + 1] !== set32[total & 31]) return bad("check_pair", n);
  return null;
}

const ibanShortest = 11; // the reference takes nothing shorter

function iban(v: string): Bad | null {
  if (v.length < 4) return bad("iban_short", 0);
  if (!countryLetters.has(v.slice(0, 2))) return bad("iban_country", 0);
  if (v.length < ibanShortest) return bad("iban_short", 0);
  let rest = 0;
  for (let i = 0; i < v.length; i++) {
    const at = (i + 4) % v.length; // the country and the check digits come last
    const c = v.charCodeAt(at);
    if (isDigit(c)) rest = (rest * 10 + c - 0x30) % 97;
    else if (c >= 0x41 && c <= 0x5a) rest = (rest * 100 + c - 0x41 + 10) % 97;
    else return bad("iban_character", at);
  }
  return rest === 1 ? null : bad("iban_check", 2);
}

function pieceOfTotal(v: string): Bad | null {
  const half = Math.floor(v.length / 2);
  const [piece, total] = [v.slice(0, half), v.slice(half)];
  if (only(piece, "0")) return bad("piece_zero", 0);
  if (only(total, "0")) return bad("total_zero", half);
  return piece > total ? bad("piece_over_total", 0) : null;
}

/** positionOfEnd checks a birth sequence: 1/3. */
function positionOfEnd(v: string): Bad | null {
  const slash = v.indexOf("/");
  const [position, end] = [v.slice(0, slash), v.slice(slash + 1)];
  if (slash < 1 || end === "" || !allDigits(position) || !allDigits(end)) return bad("position", 0);
  if (position[0] === "0") return bad("zero_prefix", 0);
  if (end[0] === "0") return bad("zero_prefix", position.length + 1);
  const over = position.length > end.length || (position.length === end.length && position > end);
  return over ? bad("position_over_end", 0) : null;
}

/** percent checks percent-encoded text. */
function percent(v: string): Bad | null {
  for (let i = 0; i < v.length; i++) {
    if (v[i] !== "%") continue;
    if (!/^[0-9A-Fa-f]{2}$/.test(v.slice(i + 1, i + 3))) return bad("percent", i);
    i += 2;
  }
  return null;
}

const below = (v: string, limit: number, code: string): Bad | null => (two(v) >= limit ? bad(code, 0) : null);

export function daysOf(month: number, leap: boolean): number {
  if (month === 2) return leap ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function date(v: string, leap: boolean, dayMayBe00: boolean): Bad | null {
  const [month, day] = [two(v, 2), two(v, 4)];
  if (month < 1 || month > 12) return bad("month", 2);
  if (day > daysOf(month, leap) || (day === 0 && !dayMayBe00)) return bad("day", 4);
  return null;
}

/**
 * shortDate checks YYMMDD. Every fourth year of the hundred is a leap year in each
 * century that the century rule can mean: 2000 is one.
 */
export const shortDate = (v: string, dayMayBe00: boolean): Bad | null => date(v, two(v) % 4 === 0, dayMayBe00);

export const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

function longDate(v: string): Bad | null {
  const c = date(v.slice(2), isLeap(two(v) * 100 + two(v, 2)), false);
  return c && { ...c, at: c.at + 2 };
}

function hourMinute(v: string): Bad | null {
  if (two(v) >= 24) return bad("hour", 0);
  return two(v, 2) >= 60 ? bad("minute", 2) : null;
}

const when = (good: boolean, code: string): Bad | null => (good ? null : bad(code, 0));

/** Each check runs over a part whose characters are in its set. */
export const checks: Readonly<Record<string, (v: string) => Bad | null>> = {
  csum: (v) => (sum(v) === 0 ? null : bad("check_digit", v.length - 1)),
  gcppos1: (v) => companyPrefix(v, 0),
  gcppos2: (v) => companyPrefix(v, 1),
  yymmd0: (v) => shortDate(v, true),
  yymmdd: (v) => shortDate(v, false),
  yyyymmdd: longDate,
  hh: (v) => below(v, 24, "hour"),
  mi: (v) => below(v, 60, "minute"),
  ss: (v) => below(v, 60, "second"),
  hhmi: hourMinute,
  csumalpha: checkPair,
  iban,
  pieceoftotal: pieceOfTotal,
  posinseqslash: positionOfEnd,
  pcenc: percent,
  couponcode: couponCode,
  couponposoffer: couponOffer,
  iso3166: (v) => when(countries.has(v), "country"),
  iso3166999: (v) => when(v === "999" || countries.has(v), "country_or_999"),
  iso3166alpha2: (v) => when(countryLetters.has(v), "country_letters"),
  iso4217: (v) => when(currencies.has(v), "currency"),
  packagetype: (v) => when(packageTypes.has(v), "package_type"),
  mediatype: (v) => when(mediaTypes.has(v), "media_type"),
  iso5218: (v) => when(v === "0" || v === "1" || v === "2" || v === "9", "sex"),
  yesno: (v) => when(v === "0" || v === "1", "not_yes_no"),
  winding: (v) => when(v === "0" || v === "1" || v === "9", "winding"),
  importeridx: (v) => when(v.length === 1 && rank64[v.charCodeAt(0)] !== 0, "importer_index"),
  hyphen: (v) => when(only(v, "-"), "not_hyphen"),
  zero: (v) => when(only(v, "0"), "not_zero"),
  nonzero: (v) => when(!only(v, "0"), "zero"),
  nozeroprefix: (v) => when(v[0] !== "0", "zero_prefix"),
  hasnondigit: (v) => when(!allDigits(v), "needs_non_digit"),
  latitude: (v) => when(v <= "1800000000", "latitude"), // ten digits both: text order is number order
  longitude: (v) => when(v <= "3600000000", "longitude"),
};
