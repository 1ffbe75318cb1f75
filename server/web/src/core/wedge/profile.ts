// Scans out of what keyboard readers send: the same as scanner/wedge. A profile says what
// one reader does; readWith takes it away again and says what the scan is.

import { decode, gtin, gs, maxScan, bytesOf, type Decoded, type Fault, type Message } from "../gs1/index.ts";
import { repair, type Layout } from "./layout.ts";

export interface Profile {
  readonly prefix: string; // sent before each scan, or a name: STX
  readonly suffix: string; // sent behind each scan, or a name: CR LF CRLF TAB ETX
  readonly separator: string; // sent for GS: "<GS>", "~"; empty where GS is sent as itself
  readonly layout: Layout; // the host's keyboard, where the reader types for another one
  readonly gap: number; // ms, the longest pause between two keys of one scan; 0 is the default
}

export const noProfile: Profile = { prefix: "", suffix: "", separator: "", layout: "", gap: 0 };

/** What profiles call control characters. */
export const names: ReadonlyMap<string, string> = new Map([["STX", "\x02"], ["ETX", "\x03"], ["TAB", "\t"], ["LF", "\n"], ["CR", "\r"], ["CRLF", "\r\n"]]);

export const named = (text: string): string => names.get(text) ?? text;

// Characters that end or begin a scan whatever the profile says: none of them is in GS1 data, and
// a reader that sends more than its profile says still works.
const frameBefore = /^[\x02\x03\t\n\r\0]+/;
const frameBehind = /[\x02\x03\t\n\r\0]+$/;

export interface Read {
  readonly scan: string; // as a reader would send it that does all right
  /**
   * sent is scan without the identifier of an EAN, UPC or ITF that the reader kept to itself and
   * that scan has by the number's looks: where a lot is expected, such a number is a lot.
   */
  readonly sent: string;
  readonly message: Message;
  readonly fault: Fault | null;
}

const reading = (scan: string, sent: string, d: Decoded): Read => ({ scan, sent, message: d.message, fault: d.fault });

/** readWith makes a scan of what the reader sent. */
export function readWith(p: Profile, raw: string): Read {
  if (bytesOf(raw).length > maxScan) return reading(raw, raw, decode(raw));
  return finish(separated(p, bare(p, raw)));
}

/** bare takes prefix and suffix off and the layout out. */
export function bare(p: Profile, raw: string): string {
  const suffix = named(p.suffix);
  if (suffix && raw.endsWith(suffix)) raw = raw.slice(0, -suffix.length);
  raw = raw.replace(frameBehind, "");
  const prefix = named(p.prefix);
  if (prefix && raw.startsWith(prefix)) raw = raw.slice(prefix.length);
  return repair(p.layout, raw.replace(frameBefore, ""));
}

/**
 * separated puts GS where the reader sent its stand-in. Only where GS can be: a "#" of a plain
 * code stays one, and so does one of a link.
 */
function separated(p: Profile, scan: string): string {
  if (!p.separator || !scan.includes(p.separator)) return scan;
  const [id, data] = identifier(scan);
  if (id) return id + data.replaceAll(p.separator, gs);
  if (scan.startsWith("]")) return scan;
  const replaced = scan.replaceAll(p.separator, gs);
  const { message, fault } = decode(replaced);
  return !fault && message.kind === "gs1" ? replaced : scan;
}

const holdElements = new Set(["]C1", "]e0", "]d2", "]Q3", "]J1", "]d5", "]Q4"]);

/** identifier splits a scan whose identifier says that it holds GS1 elements; "" where none does. */
export function identifier(scan: string): [id: string, data: string] {
  const id = scan.slice(0, 3);
  return holdElements.has(id) ? [id, scan.slice(3)] : ["", scan];
}

const trimGS = (s: string): string => s.replace(/^\x1d+|\x1d+$/g, "");

/**
 * finish lets a GS in front or behind be, which stands between nothing, and gives a scan the
 * identifier that its reader kept.
 */
function finish(scan: string): Read {
  const [id, data] = identifier(scan);
  if (id) {
    scan = id + trimGS(data);
  } else if (scan.startsWith("]E0") && scan.length === 3 + 12) { // a UPC-A without its leading zero
    const { message, fault } = decode(scan.slice(3));
    if (!fault && message.kind === "upca") scan = "]E00" + scan.slice(3);
  } else {
    scan = scan.replace(/\x1d+$/, "");
  }
  const d = decode(scan);
  if (d.fault || d.message.symbology) return reading(scan, scan, d);
  const full = withIdentifier(scan, d.message);
  const sent = d.message.kind === "gs1" || d.message.kind === "digital-link" ? full : scan; // elements are what they are, whatever is expected
  return reading(full, sent, full.startsWith("]") ? decode(full) : d);
}

/** withIdentifier puts the identifier of the likeliest symbology in front of a scan that has none. */
function withIdentifier(scan: string, m: Message): string {
  switch (m.kind) {
    case "ean8": return "]E4" + scan;
    case "ean13": case "upca": case "upce": return "]E0" + gtin(m).slice(1); // a GTIN of 14 digits without its first is how ]E0 is sent
    case "itf14": return "]I1" + scan;
    case "digital-link": return "]Q1" + scan;
    case "gs1": return scan.startsWith("(") ? scan : "]C1" + trimGS(scan);
  }
  return scan;
}

/**
 * shown is text as it may be written anywhere: what nobody can see is written by name: <GS>, <1B>.
 */
export function shown(text: string): string {
  let out = "";
  for (const c of text) {
    if (c === gs) out += "<GS>";
    else if (/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(c)) out += c;
    else out += "<" + c.codePointAt(0)!.toString(16).toUpperCase().padStart(2, "0") + ">";
  }
  return out;
}
