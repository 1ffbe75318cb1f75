// What a scan is about: a product and how much of it, a package, a place, a person, a device, a
// command. The same as scanner/meaning, whose comment says the rules; the server reads bare scans
// by them too.

import * as decimal from "../decimal.ts";
import type { Decimal } from "../decimal.ts";
import { bytesOf, count, decode, decodePart, devicePrefix, expiry, first, gtin, itfDigits, operatorPrefix, placePrefix, restricted as restrictedGTIN, type Fault, type Message } from "../gs1/index.ts";
import { amounts, type Amount } from "./amount.ts";
import { byRules } from "./rules.ts";

export const maxCode = 200; // bytes of a code, as the books have it

export type MeaningKind = "product" | "package" | "place" | "operator" | "device" | "command" | "lot" | "serial" | "half" | "unknown";

/** What the screen asks for; it decides what a code is that could be several things. */
export type Expect = "" | "place" | "lot" | "serial" | "operator";

export interface Item {
  readonly code: string;
  readonly name: string;
  readonly unit: string;
  readonly tracking: string; // none, lot, serial
  readonly decimals: number;
  readonly units: ReadonlyMap<string, Decimal>; // how many of unit one of these holds
}

/** What is known on the spot. Codes are compared exactly. */
export interface Catalogue {
  barcode(code: string): { product: string; quantity: Decimal } | null;
  product(code: string): Item | null;
  place(site: string, code: string): boolean;
  package(code: string): boolean;
  operator(code: string): boolean;
}

export interface Context {
  readonly catalogue: Catalogue;
  readonly site: string;
  readonly rules: string; // of the site, for its own numbers
  readonly year: number; // of the scan, for dates of two digits
  readonly expect: Expect;
}

/** Says is what a scan says of itself. */
export interface Says {
  readonly code: string; // whose goods: 14 digits, or a number of the site
  readonly lot: string;
  readonly serial: string;
  readonly expiry: string;
  readonly package: string;
  readonly count: Decimal;
  readonly ofPacks: boolean; // count counts what code stands for, not pieces
  readonly amounts: readonly Amount[];
}

export interface Meaning {
  readonly kind: MeaningKind;
  readonly scan: string;
  readonly code: string; // of the package, place, person, device; the command's name; the lot or serial
  readonly item: Item | null; // of a product
  readonly quantity: Decimal; // what the barcode stands for, in the product's unit; "": 1
  readonly says: Says;
  readonly message: Message | null; // of a half, or a lot: to be joined
  readonly fault: Fault | null;
}

const nothing: Says = { code: "", lot: "", serial: "", expiry: "", package: "", count: "", ofPacks: false, amounts: [] };

type Part = Partial<Meaning> & { kind: MeaningKind };

/** read says what a scan is about. It never fails: what makes no sense is unknown, with its fault. */
export function read(scan: string, c: Context): Meaning {
  const { message, fault } = decode(scan);
  const say = (p: Part): Meaning => ({ scan, code: "", item: null, quantity: "", says: nothing, message: null, fault, ...p });
  if (message.kind === "command") return say({ kind: "command", code: message.text });
  const code = plainOf(scan);
  const known = ours(code) ?? expected(scan, code, message, c) ?? lookedUp(scan, code, c) ?? person(code, message, c) ?? (fault && half(scan, fault));
  if (known) return say(known);
  const says = saidBy(scan, message, fault, c);
  return says.code === "" && says.package === "" ? say({ says, ...placeOrPerson(message, c) }) : say(goods(says, c));
}

/** readLabel says what the barcodes of one label are about together. */
export function readLabel(scan: string, message: Message, c: Context): Meaning {
  const says = said(message, c);
  const p = says.code === "" && says.package === "" ? { kind: "unknown" as const, says } : goods(says, c);
  return { scan, code: "", item: null, quantity: "", message: null, fault: null, ...p };
}

/** plainOf is a scan without its symbology identifier. */
export const plainOf = (scan: string): string => (/^\][0-9A-Za-z]{2}./su.test(scan) ? scan.slice(3) : scan);

/** ours reads badges and stickers of ours. */
function ours(code: string): Part | null {
  for (const [prefix, kind] of [[operatorPrefix, "operator"], [devicePrefix, "device"], [placePrefix, "place"]] as const) {
    if (code.length > prefix.length && code.startsWith(prefix)) return { kind, code: code.slice(prefix.length) };
  }
  return null;
}

/** expected lets the screen decide: what is asked for comes before what a code looks like. */
function expected(scan: string, code: string, m: Message, c: Context): Part | null {
  if (c.expect === "place") return c.catalogue.place(c.site, code) ? { kind: "place", code } : null;
  if (c.expect !== "lot" && c.expect !== "serial") return null;
  if (lookup(scan, c) || c.catalogue.place(c.site, code) || c.catalogue.package(code)) return null;
  return part(scan, code, m, c.expect);
}

/** person reads a badge where one is expected: a number of the person, or text that is nothing else. */
function person(code: string, m: Message, c: Context): Part | null {
  const number = first(m, "8018", "8017");
  if (c.expect !== "operator" || (number === "" && (m.kind !== "plain" || bytesOf(code).length > maxCode))) return null;
  return { kind: "operator", code: number || code, fault: null };
}

const retailKinds = new Set(["ean8", "ean13", "upca", "upce", "itf14"]);

/** part reads a lot or serial by itself: an element, or a number that no reader said to be an EAN, UPC or ITF. */
function part(scan: string, code: string, m: Message, kind: "lot" | "serial"): Part | null {
  if (m.elements.length === 0) {
    const d = decodePart(scan);
    if (!d.fault) m = d.message;
  }
  const value = first(m, kind === "lot" ? "10" : "21");
  if (value !== "" && gtin(m) === "") return { kind, code: value, message: m, fault: null };
  if ((retailKinds.has(m.kind) && m.symbology !== "") || m.kind === "gs1" || m.kind === "digital-link" || bytesOf(code).length > maxCode) return null;
  return { kind, code, fault: null };
}

/** lookedUp looks the code up as it is. */
function lookedUp(scan: string, code: string, c: Context): Part | null {
  const found = lookup(scan, c);
  if (found) return { kind: "product", item: found.item, quantity: found.quantity, fault: null };
  if (c.catalogue.place(c.site, code)) return { kind: "place", code, fault: null };
  if (c.catalogue.package(code)) return { kind: "package", code, fault: null };
  return c.catalogue.operator(code) ? { kind: "operator", code, fault: null } : null;
}

/** half reads one barcode of a label that has two: good but for what must stand beside it. */
function half(scan: string, fault: Fault): Part | null {
  if (fault.code !== "missing_ai") return null;
  const d = decodePart(scan);
  if (d.fault || (gtin(d.message) !== "" && first(d.message, "02") === "") || first(d.message, "00") !== "") return null;
  return { kind: "half", message: d.message };
}

/** placeOrPerson reads a global location number, with its extension (254) where it has one, or a person's. */
function placeOrPerson(m: Message, c: Context): Part {
  for (const ai of ["254", "414"]) {
    const code = first(m, ai);
    if (code !== "" && c.catalogue.place(c.site, code)) return { kind: "place", code };
  }
  const number = first(m, "8018", "8017");
  return number !== "" && c.catalogue.operator(number) ? { kind: "operator", code: number } : { kind: "unknown" };
}

/** goods finds the product that a scan says, or the package that it is. */
function goods(says: Says, c: Context): Part & { says: Says } {
  if (says.code === "") return { kind: "package", code: says.package, says };
  const found = lookup(says.code, c);
  if (!found) return { kind: "unknown", says };
  const quantity = standsFor(says, found);
  // What stands for more digits than there are is left to the server, and to a person.
  return quantity === null ? { kind: "unknown", says } : { kind: "product", item: found.item, quantity, says };
}

/** standsFor is the count, else the measure in a unit of the product, else the pack. */
function standsFor(says: Says, { item, quantity: pack }: Product): Decimal | null {
  if (says.count !== "") return says.ofPacks && pack !== "" ? decimal.mul(says.count, pack) : says.count;
  for (const a of says.amounts) {
    const factor = a.unit === item.unit ? "1" : item.units.get(a.unit);
    if (factor !== undefined) return decimal.mul(a.quantity, factor);
  }
  return pack;
}

interface Product { item: Item; quantity: Decimal }

/**
 * lookup finds a product as the ledger does: the code as it is, then without identifier, then as a
 * trade item number of any length; a number for restricted circulation is the site's own first.
 */
function lookup(scan: string, c: Context): Product | null {
  const elements = /^\](?:C1|e0|d2|d5|Q3|Q4|J1)/.test(scan);
  for (const code of [scan, plainOf(scan)]) {
    const forms = elements ? [code] : gtinForms(code);
    const tried = restricted(code) ? [...forms.map((f) => c.site + "/" + f), ...forms] : forms;
    for (const form of tried) {
      const found = barcode(form, c);
      if (found) return found;
    }
    const item = c.catalogue.product(code);
    if (item) return { item, quantity: "" };
  }
  return null;
}

function barcode(code: string, c: Context): Product | null {
  const b = c.catalogue.barcode(code);
  const item = b && c.catalogue.product(b.product);
  return item ? { item, quantity: b.quantity } : null;
}

/** whole14 is a trade item number of 8, 12, 13 or 14 digits with 14, or "". */
const whole14 = (code: string): string => (/^(?:\d{8}|\d{12,14})$/.test(code) ? code.padStart(itfDigits, "0") : "");

/** gtinForms are the ways in which a catalogue may write a trade item number; others are as they are. */
export function gtinForms(code: string): string[] {
  const forms = [code];
  const whole = whole14(code);
  for (const n of [14, 13, 12, 8]) {
    if (whole === "" || /[^0]/.test(whole.slice(0, 14 - n))) break;
    const form = whole.slice(14 - n);
    if (form !== code) forms.push(form);
  }
  return forms;
}

/** restricted says whether a number is for restricted circulation: each site may have its own meaning for it. */
export function restricted(code: string): boolean {
  if (whole14(code) === "") return false;
  if (code.length === 8) return code[0] === "0" || code[0] === "2";
  if (code.length === 14 && code[0] !== "0") return false;
  const number = code.slice(-13).padStart(13, "0");
  return number[0] === "2" || (number[0] === "0" && (number[1] === "2" || number[1] === "4"));
}

/** saidBy is what a scan says of itself, also where it breaks only the rules between AIs. */
function saidBy(scan: string, m: Message, fault: Fault | null, c: Context): Says {
  if (!fault) return said(m, c);
  if (fault.code !== "missing_ai" && fault.code !== "excluded_ai") return nothing;
  const d = decodePart(scan);
  return d.fault ? nothing : { ...said(d.message, c), count: "", amounts: [] }; // what they count is not sure
}

/** said is what a message says of goods and packages. */
function said(m: Message, c: Context): Says {
  if (m.elements.length === 0) return nothing;
  const packs = first(m, "37");
  const says: Says = {
    code: gtin(m) || first(m, "8006").slice(0, itfDigits), // (8006) is one piece of several that make one item
    lot: first(m, "10"), serial: first(m, "21"), expiry: expiry(m, c.year), package: packageOf(m),
    count: count(packs || first(m, "30")), ofPacks: packs !== "", amounts: amounts(m),
  };
  return restrictedGTIN(says.code) ? byRules(says, c.rules) : says;
}

/** packageOf is the logistic unit (00), or the returnable container with its serial (8003). */
function packageOf(m: Message): string {
  const withoutSerial = 14;
  const asset = first(m, "8003");
  return first(m, "00") || (asset.length > withoutSerial ? asset : "");
}
