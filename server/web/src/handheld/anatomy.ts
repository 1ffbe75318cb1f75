// A scan taken apart for people: its characters, those that nobody sees by name; the kind of barcode; its GS1 elements by
// name; and the rule that it breaks.

import { allDigits, exact } from "../core/gs1/ai.ts";
import { checkDigitFor, dateOf, decode, decodePart, type Kind } from "../core/gs1/index.ts";

/** An element of GS1 data. */
export interface Named {
  readonly ai: string;
  readonly title: string; // of the dictionary, in English
  readonly value: string;
  readonly day: string; // where it is a date, as 2026-12-31
}

export interface Anatomy {
  readonly identifier: string; // ]d2; "": the reader sent none
  readonly symbology: string; // its name; "": it is not known
  readonly kind: Kind;
  readonly elements: readonly Named[];
  readonly oddDigit: string; // a number as trade items have, whose last digit would have to be this; "": none
  readonly fault: { code: string; words: string } | null;
}

// By the first two characters of an AIM identifier, or all three (ISO/IEC 15424).
const symbologies: Readonly<Record<string, string>> = {
  "]A": "Code 39", "]C": "Code 128", "]C1": "GS1-128", "]d": "Data Matrix", "]d2": "GS1 DataMatrix", "]E": "EAN/UPC", "]E0": "EAN-13, UPC", "]E4": "EAN-8", "]e": "GS1 DataBar", "]F": "Codabar",
  "]G": "Code 93", "]H": "Code 11", "]h": "Han Xin", "]I": "ITF", "]J": "DotCode", "]J1": "GS1 DotCode", "]L": "PDF417", "]M": "MSI", "]Q": "QR Code", "]Q3": "GS1 QR Code", "]R": "2 of 5", "]S": "2 of 5", "]U": "MaxiCode", "]z": "Aztec",
};

const controlNames = ["NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR", "SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US"];
const unseen: Readonly<Record<number, string>> = { 0x20: "SP", 0x7f: "DEL", 0xa0: "NBSP", 0x200b: "ZWSP", 0xfeff: "BOM" };

/** A piece of a text: characters as they are, or one that nobody can see, by its name. */
export interface Piece {
  readonly text: string;
  readonly unseen: boolean;
}

const drawn = /(?!\p{Default_Ignorable_Code_Point}|\u2800)[\p{L}\p{M}\p{N}\p{P}\p{S}]/u; // some letters and marks are blank: fillers, a joiner, the empty braille cell

/** pieces takes a text apart into what can be seen and what cannot: GS, SP, U+200E. Few fonts have pictures of those. */
export function pieces(text: string): Piece[] {
  const out: Piece[] = [];
  for (const c of text) {
    const n = c.codePointAt(0)!;
    const name = controlNames[n] ?? unseen[n] ?? (drawn.test(c) ? "" : "U+" + n.toString(16).toUpperCase().padStart(4, "0"));
    const last = out.at(-1);
    if (name !== "") out.push({ text: name, unseen: true });
    else if (last && !last.unseen) out[out.length - 1] = { text: last.text + c, unseen: false };
    else out.push({ text: c, unseen: false });
  }
  return out;
}

const numberLengths = new Set([8, 12, 13, 14]); // of EAN, UPC and ITF
const dates = new Set(["11", "12", "13", "15", "16", "17"]);

/** anatomy takes a scan apart. reasons are what breaks a rule, in words; year is this one. */
export function anatomy(scan: string, reasons: Readonly<Record<string, string>>, year: number): Anatomy {
  const whole = decode(scan);
  const part = whole.fault ? decodePart(scan) : whole; // a rule between elements may be broken, and each of them be good
  const { message } = part.fault ? whole : part;
  const elements = message.elements.map(([ai, value]): Named => ({ ai, title: exact(ai)?.row.title ?? "", value, day: dates.has(ai) ? dateOf(value, year) : "" }));
  const identifier = /^\][0-9A-Za-z]{2}/.exec(scan)?.[0] ?? "";
  const { fault } = whole;
  const number = message.kind === "plain" && numberLengths.has(message.text.length) && allDigits(message.text) ? message.text : "";
  const due = number && checkDigitFor(number.slice(0, -1));
  return {
    identifier, symbology: symbologies[identifier] ?? symbologies[identifier.slice(0, 2)] ?? "",
    kind: message.kind, elements, oddDigit: due && due !== number.slice(-1) ? due : "", fault: fault && { code: fault.code, words: fault.words(reasons) },
  };
}
