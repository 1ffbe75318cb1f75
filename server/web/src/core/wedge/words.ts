// What the calibration says. A language is one such object.

import type { SheetCode } from "./calibrate.ts";

export interface WedgeWords {
  known(profile: string): string;
  good: Record<SheetCode, string>;
  name: Record<SheetCode, string>;
  missing(code: string): string;
  missingFirst: string;
  allIsWell: string;
  layoutFound(layout: string): string;
  capsLock(code: string): string;
  twoInOne: string;
  keysLost: string;
  changed(text: string): string;
  dropsSeparator: string;
  noIdentifier: string;
  noSuffix: string;
  learnedLayout(layout: string): string;
  poorSeparator(separator: string): string;
  prefix: string;
  suffix: string;
  separator: string;
  layout: string;
  asTheyAre: string;
}

export const english: WedgeWords = {
  known: (profile) => "The reader is known now: " + profile + ".",
  good: {
    digits: "Digits arrive as they are.", letters: "Letters arrive as they are, small and capital.", symbols: "Signs arrive as they are.",
    zero: "Leading zeros arrive.", long: "Long codes arrive whole.", end: "Each scan ends by itself.",
  },
  name: { digits: "Digits", letters: "Letters", symbols: "Signs", zero: "Leading zero", long: "Forty characters", end: "End" },
  missing: (code) => "Not scanned yet: " + code + ".",
  missingFirst: "Not scanned yet: one of the two codes at the top of the sheet.",
  allIsWell: "All is well with this reader.",
  layoutFound: (layout) => "The reader types for a US keyboard and the host has " + layout + ". Scan one of the two codes at the top of the sheet: the profile repairs it.",
  capsLock: (code) => code + ": capital and small letters are swapped. Switch Caps Lock off.",
  twoInOne: "Two scans arrived as one. Set CR (Enter) as the reader's suffix.",
  keysLost: "Forty characters: some keys are lost. Set the reader's delay between keys to 5 ms or more.",
  changed: (text) => "A code of the sheet arrived changed: " + text + ". Scan it again; if it stays so, scan one of the two codes at the top of the sheet.",
  dropsSeparator: "The reader drops the separator between GS1 elements (FNC1). Set it to send GS (byte 29, Ctrl-]), or a text like <GS> and name it in the profile.",
  noIdentifier: "The reader sends no symbology identifier. Switch AIM identifiers on: without them a number can be taken for another kind of code.",
  noSuffix: "The reader sends nothing behind a scan. Set CR (Enter) as its suffix: without it the end of a scan is only a pause.",
  learnedLayout: (layout) => "The reader types for a US keyboard and the host has " + layout + ". The profile repairs that; better set the reader to the host's layout.",
  poorSeparator: (separator) => "The separator " + separator + " may be part of a lot or serial. Choose one that may not: ~ or <GS>.",
  prefix: "prefix", suffix: "suffix", separator: "FNC1 comes as", layout: "layout",
  asTheyAre: "it sends scans as they are",
};
