// A GS1 Digital Link URI: any scheme://domain/and/stem, then a primary key and its
// qualifiers as /AI/value pairs, then further AIs as ?AI=value. Uncompressed ones only.
// Nothing is ever asked of the address.

import { allDigits, exact, type Row } from "./ai.ts";
import { rank, within } from "./checks.ts";
import { Fault } from "./errors.ts";
import { failure, fits, Reading, unknownAI, type Found } from "./reading.ts";

const rankURI = rank("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%");
const badDomain = new Set("_~?#@!$&'()*+,;=%");
const pathPairs = 4; // a key has at most three qualifiers

/**
 * afterScheme is where the domain begins, or 0 where data are no web address. The scheme
 * is all in capitals (QR codes are smaller so) or all in small letters.
 */
export function afterScheme(data: string): number {
  return /^(?:https:\/\/|HTTPS:\/\/|http:\/\/|HTTP:\/\/)/.exec(data)?.[0].length ?? 0;
}

/** link reads a URI that begins with a scheme. */
export function link(r: Reading, data: string, at: number): Fault | null {
  const odd = within(rankURI, data, "link_characters");
  if (odd) return failure(odd, "", at);
  const p = afterScheme(data);
  let path = p;
  for (; path < data.length && data[path] !== "/"; path++) {
    if (badDomain.has(data[path]!)) return new Fault("link_domain", at + path);
  }
  if (path === data.length || path === p) return new Fault("link_path", at + path);
  const uri = data.slice(path).split("#", 1)[0]!;
  const mark = uri.indexOf("?");
  const pairs = mark < 0 ? uri : uri.slice(0, mark);
  const query = mark < 0 ? "" : uri.slice(mark + 1);
  const start = keyIn(pairs);
  if (start < 0) return new Fault("link_no_key", at + path);
  let fault = linkPath(r, pairs.slice(start), at + path + start);
  const inPath = r.elements.length;
  fault ??= linkQuery(r, query, at + path + pairs.length + 1);
  fault ??= linkOrder(r, inPath);
  return fault ?? r.values(0);
}

/** keyIn finds, from the end of a path backwards, the pair whose AI is a primary key. */
function keyIn(path: string): number {
  for (let end = path.length; end > 0; ) {
    const value = path.lastIndexOf("/", end - 1);
    if (value <= 0) return -1;
    const ai = path.lastIndexOf("/", value - 1);
    if (ai < 0) return -1;
    const found = exact(path.slice(ai + 1, value));
    if (!found) return -1;
    if (found.row.paths) return ai;
    end = ai;
  }
  return -1;
}

/** linkPath reads /AI/value pairs, whose AIs keyIn has seen. */
function linkPath(r: Reading, pairs: string, at: number): Fault | null {
  for (let p = 0; p < pairs.length; ) {
    p++;
    const slash = pairs.indexOf("/", p);
    const ai = pairs.slice(p, slash);
    p = slash + 1;
    let end = pairs.indexOf("/", p);
    if (end < 0) end = pairs.length;
    const fault = linkValue(r, { ai, value: pairs.slice(p, end), ...exact(ai)!, at: at + p });
    if (fault) return fault;
    p = end;
  }
  return null;
}

/** linkQuery reads AI=value parameters. Others are let be, unless their names are all digits. */
function linkQuery(r: Reading, query: string, at: number): Fault | null {
  for (let p = 0; p < query.length; ) {
    while (query[p] === "&") p++;
    let end = query.indexOf("&", p);
    if (end < 0) end = query.length;
    const parameter = query.slice(p, end);
    const equals = parameter.indexOf("=");
    const ai = parameter.slice(0, Math.max(equals, 0));
    let fault: Fault | null;
    if (equals < 0 || !allDigits(ai)) {
      fault = r.ignore(at + p);
    } else {
      const found = exact(ai);
      if (!found) return unknownAI(ai, at + p);
      fault = linkValue(r, { ai, value: parameter.slice(equals + 1), ...found, at: at + p + ai.length + 1, inQuery: true });
    }
    if (fault) return fault;
    p = end;
  }
  return null;
}

function linkValue(r: Reading, f: Found): Fault | null {
  if (f.value === "") return new Fault("empty_value", f.at, f.ai);
  f.value = unescape(f.value, f.inQuery ?? false);
  if (f.value.includes("\0")) return new Fault("link_null", f.at, f.ai);
  const n = f.value.length;
  if (f.inQuery && f.ai === "01" && (n === 8 || n === 12 || n === 13)) f.value = f.value.padStart(14, "0"); // the reference takes shorter GTINs here, and not in the path
  return fits(f.row, f.ai, f.value, f.at) ?? r.add(f);
}

/** unescape takes percent encoding out, and "+" for a space in a query. A "%" that no two hex digits follow stays. */
function unescape(v: string, query: boolean): string {
  const text = query ? v.replaceAll("+", " ") : v;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/**
 * linkOrder checks that each AI is where it may be: the path's in the key's order, none
 * twice, and in the query only attributes, and no qualifier that the path could have held.
 */
function linkOrder(r: Reading, inPath: number): Fault | null {
  const late = r.elements[pathPairs];
  if (inPath > pathPairs && late) return new Fault("link_sequence", late.at, late.ai);
  const path = r.elements.slice(0, inPath).map((f) => f.key);
  const first = r.elements[0]!;
  if (!allows(first.row, path.slice(1))) return new Fault("link_sequence", first.at, first.ai);
  const order = r.sorted();
  for (let n = 1; n < order.length; n++) {
    if (order[n - 1]!.key === order[n]!.key) return new Fault("link_duplicate", order[n]!.at, order[n]!.ai);
  }
  for (const f of order) {
    if (!f.inQuery) continue;
    if (!f.row.inQuery) return new Fault("link_attribute", f.at, f.ai);
    for (let place = 1; place <= path.length; place++) {
      if (allows(first.row, [...path.slice(1, place), f.key, ...path.slice(place)])) return new Fault("link_in_path", f.at, f.ai);
    }
  }
  return null;
}

/** allows says whether qualifiers are some of one of the key's lists, in its order. */
function allows(row: Row, qualifiers: readonly number[]): boolean {
  return (row.paths ?? []).some((list) => {
    let left = 0;
    for (const q of list) if (qualifiers[left] === q) left++;
    return left === qualifiers.length;
  });
}
