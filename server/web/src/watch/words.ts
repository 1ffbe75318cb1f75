// A language is one object with all that the supervisor's page says. Codes of goods, places and people are
// never translated, nor are sentences that the server says. Plurals are the language's own business.

import { english } from "./words.en.ts";
import { german } from "./words.de.ts";
import type { Format } from "./format.ts";
import type { GoodsWords } from "./stock/words.ts";
import type { WorkWords } from "./work/words.ts";

export interface Words {
  readonly code: string;
  readonly name: string;
  readonly format: Format;
  title: string;
  skip: string;
  menu: string;
  pages: { live: string; attention: string; history: string; wall: string };
  state: { off: string; connecting: string; live: string; stale(asOf: string): string; stopped: string };
  asOf(time: string): string;
  nothingYet: string;
  lost(asOf: string, seconds: number): string;
  restored: string;
  reload: string;
  allSites: string;
  site: string;
  theme: string;
  themes: { auto: string; light: string; dark: string };
  language: string;
  keys: string;
  keysHow: string;
  settings: string;
  close: string;
  account: string;
  leave: string;
  signIn: {
    title: string;
    how: string;
    key: string;
    open: string;
    or: string;
    login: string;
    refused: string;
  };
  asking: { unreachable: string; unreadable(status: number): string };
  part: { loading: string; failed: string; again: string; notFound: string; notFoundHow: string; notYours: string; more: string; rows(n: number): string };
  numbers: {
    title: string;
    scans: string;
    online: string;
    unsent: string;
    attention: string;
    lag: string;
    perMinute: string;
    of(total: string): string;
    noDataSince(time: string): string;
    noData: string;
    measuring: string;
    lastHour(points: number): string;
    oldest(span: string): string;
    oldestUnknown: string;
    nothingWaits: string;
    alerts(n: number): string;
    exceptions(n: number): string;
    allWell: string;
    p95: string;
    noScans: string;
    away(n: number): string;
    allOnline: string;
    noDevices: string;
    table(label: string): string;
    minute: string;
    notYours: string;
  };
  feed: {
    title: string;
    list: string;
    pause: string;
    goOn: string;
    paused(time: string, newer: number): string;
    jump: string;
    empty: string;
    emptyFilter: string;
    skipped(n: number): string;
    older(n: number): string;
    openHistory: string;
    columns: { time: string; who: string; what: string; where: string; outcome: string };
    group(n: number): string;
    filter: string;
    filterHow: string;
    clear: string;
    unknown(word: string): string;
    views: string;
    saveView: string;
    viewName: string;
    forgetView(name: string): string;
    count(n: number): string;
    entry(n: number): string;
    of(time: string): string;
  };
  entry: {
    verbs: Readonly<Record<string, string>>;
    outcomes: Readonly<Record<string, string>>;
    kinds: Readonly<Record<string, string>>;
    made: string;
    changed: string;
    corrected: string;
    others(n: number): string;
    lines(n: number): string;
    lot(code: string): string;
    serial(code: string): string;
    at(place: string): string;
    to(place: string): string;
    from(place: string): string;
    difference(sign: string, quantity: string): string;
    noDifference: string;
    inSite(site: string): string;
    empty: string;
    more(n: number): string;
    server: string;
  };
  attention: {
    title: string;
    alerts: string;
    exceptions: string;
    none: string;
    noneHow: string;
    said(message: string): string;
    saidMany(n: number): string;
    since(time: string): string;
    kinds: Readonly<Record<string, string>>;
    alertKinds: Readonly<Record<string, string>>;
    severities: Readonly<Record<string, string>>;
    acknowledge: string;
    snooze: string;
    snoozeHour: string;
    snoozeDay: string;
    wake: string;
    acknowledgedBy(who: string): string;
    snoozedBy(who: string, until: string): string;
    escalated: string;
    take: string;
    leaveIt: string;
    takenBy(who: string): string;
    choices: Readonly<Record<string, string>>;
    recommended: string;
    otherwise: string;
    advice: Readonly<Record<string, string>>;
    decided(choice: string): string;
    undo: string;
    undone: string;
    underway: string;
    more(n: number): string;
    openAll: string;
    byWhom(who: string): string;
    show: { all: string; alerts: string; exceptions: string; mine: string };
    explain: string;
    askedBy(who: string, device: string, when: string): string;
  };
  history: { title: string; asOf(n: string): string; olderPage: string; newerPage: string; from(n: string): string; empty: string; searched(n: string): string };
  goods: GoodsWords;
  work: WorkWords;
  wall: { title: string; newest: string; attention: string; none: string; leave: string };
}

export const languages: readonly Words[] = [english, german];

/** wordsOf gives the language of a code such as de-AT, else English. */
export const wordsOf = (code: string): Words => languages.find((l) => l.code === code.slice(0, 2).toLowerCase()) ?? english;

/** named gives words for a word of the protocol; one that is not known stands for itself. */
export const named = (words: Readonly<Record<string, string>>, word: string): string => (Object.hasOwn(words, word) ? words[word]! : word);

/** classed is a word of the protocol as the name of a class, where the words know it: others never become one. */
export const classed = (words: Readonly<Record<string, string>>, word: string): string => (Object.hasOwn(words, word) ? word : "other");
