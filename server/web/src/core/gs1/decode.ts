// What one scan says, by the GS1 General Specifications: element strings, bracketed AIs,
// Digital Links, EAN/UPC/ITF, and the codes of our own sheets. The same as scanner/gs1.

import { allDigits, find } from "./ai.ts";
import { digits, rank82, sum, within } from "./checks.ts";
import { Fault } from "./errors.ts";
import { afterScheme, link } from "./link.ts";
import { gs, Reading, type Element } from "./reading.ts";

export const maxScan = 8192; // bytes; the largest symbols hold 7,089 digits
const maxPayload = 8190; // behind a symbology identifier, as in the reference
export const itfDigits = 14;
const identifier = 3; // characters of an AIM symbology identifier
const compositeMark = "|]e0"; // behind a retail symbol's number, before its composite part

// Prefixes of our own codes. They come before the catalogue: nothing else is to be named so.
export const commandPrefix = "BLCMD-";
export const operatorPrefix = "BLOP-";
export const devicePrefix = "BLDEV-";
export const placePrefix = "BLLOC-";

export type Kind = "gs1" | "ean13" | "ean8" | "upca" | "upce" | "itf14" | "digital-link" | "command" | "plain";

export interface Message {
  readonly kind: Kind;
  readonly symbology: string; // the AIM identifier, "]d2"; empty where the reader sent none
  readonly elements: readonly Element[];
  readonly text: string; // of plain data and commands, without the identifier
}

export interface Decoded {
  readonly message: Message;
  readonly fault: Fault | null;
}

/** bytesOf is a text with one character for each byte of its UTF-8. */
export function bytesOf(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return Array.from(new TextEncoder().encode(text), (b) => String.fromCharCode(b)).join("");
  }
  return text;
}

function textOf(bytes: string): string {
  for (let i = 0; i < bytes.length; i++) {
    if (bytes.charCodeAt(i) > 0x7f) return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0)));
  }
  return bytes;
}

const message = (kind: Kind, elements: readonly Element[] = [], text = "", symbology = ""): Message => ({ kind, symbology, elements, text });
const good = (kind: Kind, elements: readonly Element[] = [], text = ""): Decoded => ({ message: message(kind, elements, text), fault: null });
const broken = (kind: Kind, fault: Fault): Decoded => ({ message: message(kind), fault });

/**
 * decode reads one scan as a reader sent it. A symbology identifier (]d2) says what the data
 * are; without one, what they look like. What breaks a rule gives a fault, and a message with a
 * kind but without elements.
 */
export const decode = (scan: string): Decoded => read(scan, true);

/**
 * decodePart reads a scan that may be one of several barcodes of one label: all that decode
 * checks, but which AIs must or must not be together. join checks that, over all of them.
 */
export const decodePart = (scan: string): Decoded => read(scan, false);

function read(scan: string, whole: boolean): Decoded {
  const data = bytesOf(scan);
  if (data.length > maxScan) return broken("plain", new Fault("too_long", maxScan));
  if (data.length < identifier || data[0] !== "]") return guess(data, whole);
  const symbology = data.slice(0, identifier);
  const { message: m, fault } = identified(symbology, data.slice(identifier), whole);
  return { message: { ...m, symbology: textOf(symbology) }, fault };
}

function identified(id: string, data: string, whole: boolean): Decoded {
  switch (id) {
    case "]C1": case "]e0": case "]d2": case "]Q3": case "]J1": case "]d5": case "]Q4": {
      if (data.length > maxPayload) return broken("gs1", new Fault("too_long", identifier + maxPayload));
      const caret = data.indexOf("^");
      if (caret >= 0) return broken("gs1", new Fault("caret", identifier + caret));
      return elements("gs1", data, identifier, whole);
    }
    case "]E0": return retail(data, 13, whole);
    case "]E3": return retail(addOnOff(data), 13, whole);
    case "]E4": return retail(data, 8, whole);
    case "]I0": case "]I1": return itf(data);
    case "]I3": // the reader has checked the check digit and kept it
      return itf(data.length === 13 && allDigits(data) ? data + checkDigitFor(data) : data);
  }
  if (data.length > maxPayload) return broken("plain", new Fault("too_long", identifier + maxPayload));
  return afterScheme(data) > 0 ? elements("digital-link", data, identifier, whole) : plain(data);
}

/** elements reads data of a kind that has elements. */
function elements(kind: Kind, data: string, at: number, whole: boolean): Decoded {
  const r = new Reading();
  const fault = (kind === "digital-link" ? link(r, data, at) : r.elementString(data, at)) ?? (whole ? r.whole() : null);
  return fault ? broken(kind, fault) : good(kind, r.result());
}

function brackets(data: string, whole: boolean): Decoded {
  const r = new Reading();
  const fault = r.brackets(data, 0) ?? (whole ? r.whole() : null);
  return fault ? broken("gs1", fault) : good("gs1", r.result());
}

/** plain is data without elements: a command of ours, or anything. */
function plain(data: string): Decoded {
  if (!data.startsWith(commandPrefix)) return good("plain", [], textOf(data));
  const name = data.slice(commandPrefix.length);
  return knownCommand(name) ? good("command", [], name) : broken("command", new Fault("unknown_command", commandPrefix.length));
}

const commands = new Set(["ADD", "REMOVE", "MOVE", "ISOLATE", "COUNT", "ASSEMBLE", "DISASSEMBLE", "LOOKUP", "UNDO", "REDO", "CONFIRM", "CANCEL", "OK", "DONE", "COMPLETE", "LEAVE", "END"]);
const maxNamed = 32; // characters of the name of a printer, reason or session in a command

/** knownCommand says whether a command is one: of the list, X0 to X9999, PRINTER-NAME, REASON-CODE, SESSION-NAME. */
export function knownCommand(name: string): boolean {
  if (commands.has(name) || /^X(?:0|[1-9]\d{0,3})$/.test(name)) return true;
  const named = /^(?:PRINTER|REASON|SESSION)-(.+)$/s.exec(name)?.[1] ?? "";
  return named !== "" && named.length <= maxNamed && within(rank82, named, "not_cset82") === null;
}

/** guess reads a scan without identifier. */
function guess(data: string, whole: boolean): Decoded {
  if (data.startsWith("(")) return brackets(data, whole);
  if (afterScheme(data) > 0) {
    const d = elements("digital-link", data, 0, whole);
    return d.fault && (d.fault.code === "link_no_key" || d.fault.code === "link_path") ? good("plain", [], textOf(data)) : d;
  }
  if (data.length > maxPayload) return broken("plain", new Fault("too_long", maxPayload));
  if (data.includes(gs) && !data.startsWith("[)>")) { // that is ISO/IEC 15434
    return data[0] === gs ? elements("gs1", data.slice(1), 1, whole) : elements("gs1", data, 0, whole);
  }
  if (data.length > itfDigits && beginsMessage(data)) {
    const d = elements("gs1", data, 0, whole);
    if (!d.fault) return d;
  } else if (data !== "" && allDigits(data)) {
    const m = numbers(data);
    if (m) return { message: m, fault: null };
  }
  return plain(data);
}

/** beginsMessage says whether data begin with a key that its check digit tells from chance. */
function beginsMessage(data: string): boolean {
  const found = find(data);
  if (!found || found.key > 200) return false;
  const end = 2 + found.row.longest;
  return data.length >= end && allDigits(data.slice(0, end)) && sum(data.slice(2, end)) === 0;
}

const gtin14 = (number: string): string => number.padStart(itfDigits, "0");

/** checkDigitFor gives the check digit to put behind digits. */
export const checkDigitFor = (number: string): string => String((10 - sum(number + "0")) % 10);

/** retail reads the data of an EAN-13 (UPC-A and UPC-E are sent as one) or EAN-8. */
function retail(data: string, n: number, whole: boolean): Decoded {
  const kind: Kind = n === 8 ? "ean8" : data.startsWith("0") ? "upca" : "ean13";
  const mark = data.indexOf(compositeMark);
  const number = mark < 0 ? data : data.slice(0, mark);
  if (number.length !== n) return broken(kind, new Fault(number.length < n ? "too_short" : "too_long", identifier + Math.min(number.length, n)));
  const c = digits(number);
  if (c) return broken(kind, new Fault(c.code, identifier + c.at));
  if (sum(number) !== 0) return broken(kind, new Fault("check_digit", identifier + n - 1));
  if (mark < 0) return good(kind, [["01", gtin14(number)]]);
  return retailComposite(kind, number, data.slice(mark + compositeMark.length), whole);
}

/** retailComposite joins the number and its composite part: one label, so one message. */
function retailComposite(kind: Kind, number: string, composite: string, whole: boolean): Decoded {
  const at = identifier + number.length + compositeMark.length;
  const caret = composite.indexOf("^");
  if (caret >= 0) return broken(kind, new Fault("caret", at + caret));
  const r = new Reading();
  const fault = r.add({ ai: "01", value: gtin14(number), ...find("01")!, at: identifier }) ?? r.elementString(composite, at) ?? (whole ? r.whole() : null);
  return fault ? broken(kind, fault) : good(kind, r.result());
}

/** addOnOff takes the two or five digits off that ]E3 sends behind the number. */
function addOnOff(data: string): string {
  const n = data.length - 13;
  return (n === 2 || n === 5) && allDigits(data) ? data.slice(0, 13) : data;
}

/** itf reads the data of an ITF symbol as a GTIN of 14 digits. */
function itf(data: string): Decoded {
  const caret = data.indexOf("^");
  if (caret >= 0) return broken("itf14", new Fault("caret", identifier + caret));
  return elements("itf14", "01" + data, identifier - "01".length, true);
}

/** numbers reads digits without identifier: a GTIN if the check digit is right. */
function numbers(scan: string): Message | null {
  let kind: Kind;
  let number = scan;
  let right = sum(scan) === 0;
  switch (scan.length) {
    case 8:
      kind = "ean8";
      if (!right) {
        kind = "upce";
        number = expandUPCE(scan);
        right = number !== "" && sum(number) === 0;
      }
      break;
    case 12: kind = "upca"; break;
    case 13: kind = scan[0] === "0" ? "upca" : "ean13"; break;
    case itfDigits: kind = "itf14"; break;
    default: return null;
  }
  return right ? message(kind, [["01", gtin14(number)]]) : null;
}

/** expandUPCE gives the UPC-A of a UPC-E (number system 0 or 1, six digits, check digit), or "". */
function expandUPCE(number: string): string {
  if (number[0]! > "1") return "";
  const d = number.slice(1, 7);
  const last = d[5]!;
  let wide = d.slice(0, 5) + "0000" + last;
  if (last <= "2") wide = d.slice(0, 2) + last + "0000" + d.slice(2, 5);
  else if (last === "3") wide = d.slice(0, 3) + "00000" + d.slice(3, 5);
  else if (last === "4") wide = d.slice(0, 4) + "00000" + d.slice(4, 5);
  return number[0]! + wide + number[7]!;
}

/**
 * restricted says whether a GTIN of 14 digits is a restricted circulation number: given within
 * a company or a region (price, weight and in-store labels), so no key outside its site.
 */
export function restricted(gtin: string): boolean {
  if (gtin.length !== itfDigits || !allDigits(gtin)) return false;
  if (gtin.startsWith("000000")) return gtin[6] === "0" || gtin[6] === "2"; // an EAN-8
  const prefix = Number(gtin.slice(1, 3));
  return prefix === 2 || prefix === 4 || (prefix >= 20 && prefix <= 29);
}
