// What the sheet "What was read" says. Names of barcodes, codes and goods are never translated.

import type { Kind } from "../core/gs1/index.ts";
import type { Fact } from "./reads.ts";

export interface ReadWords {
  title: string;
  open: string; // the button on the card
  hide: string;
  later: string;
  earlier: string;
  none: string;
  button: string;
  asRead: string;
  takenAs: string;
  times(n: number): string;
  means: string;
  made: string;
  nothing: string;
  more(n: number): string;
  noPrefix: string;
  prefix(id: string, name: string): string;
  otherPrefix(id: string): string;
  unseen: string;
  kind: Readonly<Record<Kind, string>>;
  ai(ai: string, title: string): string;
  fact: Readonly<Record<Fact, string>>;
  action(action: string): string;
  oddDigit(expected: string): string;
  breaks(fault: string): string;
  notBooked: string;
  number(seq: number): string;
}

const names: Readonly<Record<string, string>> = {
  "00": "package number (SSCC)", "01": "product number (GTIN)", "02": "product inside (GTIN)", "03": "made-to-order product (GTIN)", "10": "lot", "11": "made on", "13": "packed on", "15": "best before", "16": "sell by", "17": "expiry",
  "20": "variant", "21": "serial", "30": "count", "37": "count inside", "240": "additional product number", "241": "customer's part number", "250": "secondary serial", "400": "customer's order", "410": "ship to", "414": "place (GLN)", "8004": "asset (GIAI)",
};
const actions: Readonly<Record<string, string>> = {
  add: "added", remove: "taken", move: "moved", isolate: "set aside", count: "counted", assemble: "put in", disassemble: "taken out", undo: "taken back", "session-open": "counting together", "session-close": "counted whole",
};

export const english: ReadWords = {
  title: "What was read",
  open: "What was read", hide: "Hide",
  later: "Later", earlier: "Earlier",
  none: "Nothing has been read on this device yet.",
  button: "A button or a command: no code was read.",
  asRead: "As it came", takenAs: "Taken as",
  times: (n) => n + " times",
  means: "What it says", made: "What this device made of it",
  nothing: "Nothing that this device knows.",
  more: (n) => "And " + n + " more.",
  noPrefix: "The reader did not say which kind of barcode it is.",
  prefix: (id, name) => id + ": " + name,
  otherPrefix: (id) => id + ": another kind of barcode",
  unseen: "In boxes, by name: characters that cannot be seen. GS stands between GS1 elements, SP is a space.",
  kind: { gs1: "GS1 data", ean13: "EAN-13", ean8: "EAN-8", upca: "UPC-A", upce: "UPC-E", itf14: "ITF-14", "digital-link": "GS1 Digital Link", command: "a command of the sheet", plain: "a plain code" },
  ai: (ai, title) => names[ai] ?? title.toLowerCase(),
  fact: { action: "Booked as", product: "Product", quantity: "Quantity", lot: "Lot", serial: "Serial", expiry: "Expiry", package: "Package", from: "From", to: "To", place: "Place", asset: "Machine", reason: "Reason", session: "Counted in", operator: "By", command: "Command" },
  action: (action) => actions[action] ?? action,
  oddDigit: (expected) => "The check digit is odd: by the other digits it would be " + expected + ". A digit was misread or misprinted, or it is no such number.",
  breaks: (fault) => "The code breaks a rule: " + fault + ".",
  notBooked: "Nothing was booked of it.",
  number: (seq) => "Scan " + seq,
};
