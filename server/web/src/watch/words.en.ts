import { Format } from "./format.ts";
import { goodsEnglish } from "./stock/words.en.ts";
import { workEnglish } from "./work/words.en.ts";
import type { Words } from "./words.ts";

const format = new Format("en-GB");
const n = (count: number): string => format.number(count);
const many = (count: number, one: string, more: string): string => (count === 1 ? one : n(count) + " " + more);

export const english: Words = {
  code: "en", dir: "ltr", format,
  title: "Bayledger",
  goods: goodsEnglish, work: workEnglish,
  skip: "Skip to the content",
  menu: "Menu",
  pages: { live: "Live", attention: "Attention", history: "History", wall: "Wall screen" },
  state: { off: "Not connected", connecting: "Connecting", live: "Live", stale: (asOf) => "Not live, " + asOf, stopped: "Stopped" },
  asOf: (time) => "as of " + time,
  nothingYet: "nothing received yet",
  lost: (asOf, seconds) => "The connection is lost. What you see is " + asOf + ". Trying again" + (seconds > 1 ? " in about " + seconds + " seconds." : "."),
  restored: "The books were restored from a backup. Entries from before are no longer shown.",
  reload: "Load the page again",
  allSites: "All sites",
  site: "Site",
  theme: "Light or dark", themes: { auto: "As the device", light: "Light", dark: "Dark" },
  language: "Language",
  keys: "Letter keys", keysHow: "J jumps to the newest, P pauses",
  settings: "Settings", close: "Close", account: "Account", leave: "Forget key",
  signIn: {
    title: "Open the live view",
    how: "Enter a supervisor's or administrator's key. The administrator's is in the file admin.key of the data folder. It is kept until this tab is closed.",
    key: "Key", open: "Open", or: "Or", login: "sign in",
    refused: "This key does not open the live view: it is wrong, revoked, or a handheld's. Enter a supervisor's or an administrator's key.",
  },
  asking: {
    unreachable: "The server did not answer. It is not known whether anything was changed; look, and try again.",
    unreadable: (status) => "The server's answer (" + status + ") could not be read. It is not known whether anything was changed; look, and try again.",
  },
  part: {
    loading: "Loading", failed: "This could not be shown.", again: "Try again", notFound: "There is no page here", notFoundHow: "Nothing is lost. Choose a page from the menu.",
    notYours: "Your role does not open this page.", more: "Show more", rows: (c) => many(c, "1 row", "rows"),
  },
  numbers: {
    title: "Figures", scans: "Scans a minute", online: "Devices online", unsent: "Not sent yet", attention: "Needs attention", lag: "Scan to seen",
    perMinute: "over the last minute", of: (total) => "of " + total, noDataSince: (time) => "no data since " + time, noData: "no data yet", measuring: "measuring",
    lastHour: (points) => "the last " + many(points, "minute", "minutes"), oldest: (span) => "the oldest for " + span, oldestUnknown: "since when is not known", nothingWaits: "nothing waits on a device",
    alerts: (c) => many(c, "1 alert", "alerts"), exceptions: (c) => many(c, "1 exception", "exceptions"), allWell: "all is well", p95: "for 19 of 20 scans", noScans: "no scan in 5 minutes",
    away: (c) => many(c, "1 is away", "are away"), allOnline: "all of them", noDevices: "none is paired", table: (label) => label + ", by minute", minute: "Minute", notYours: "not for your role",
  },
  feed: {
    title: "Activity", list: "Entries, the newest first", pause: "Pause", goOn: "Go on",
    paused: (time, newer) => "Paused at " + time + ". " + n(newer) + " newer.", jump: "Jump to newest",
    empty: "Nothing has been booked yet. Scans show up here the moment they are booked.",
    emptyFilter: "Nothing that came matches the filter. What comes and matches shows up here.",
    skipped: (c) => "Skipped " + many(c, "1 entry", "entries") + ".", older: (c) => many(c, "1 older entry is", "older entries are") + " in the history.", openHistory: "Open history",
    columns: { time: "Time", who: "Who", what: "What", where: "Where", outcome: "Outcome" },
    group: (c) => many(c, "1 entry", "entries"),
    filter: "Filter", filterHow: "Words such as device:blue place:A-03 state:needs; also who: item: do: site: lag:60. What has spaces in double quotes.", filterSuch: (example) => "Filter: " + example, clear: "Clear",
    unknown: (word) => "There is no filter " + word + ". It is looked for as text.",
    views: "Saved views", saveView: "Save as a view", viewName: "Name of the view", forgetView: (name) => "Forget the view " + name,
    count: (c) => many(c, "1 entry", "entries"), entry: (i) => "Entry " + i, of: (time) => "of " + time,
  },
  entry: {
    verbs: {
      add: "Added", remove: "Removed", move: "Moved", isolate: "Isolated", release: "Released", assemble: "Assembled", disassemble: "Disassembled", pack: "Packed", unpack: "Unpacked", count: "Counted",
      scrap: "Scrapped", undo: "Undid", map: "Mapped", decide: "Decided", close: "Closed the books", "session-open": "Opened a count", "session-close": "Closed a count", ask: "Asked for a supervisor", skip: "Lost a scan",
    },
    outcomes: { applied: "Applied", absorbed: "Absorbed", exception: "Exception", parked: "Parked", refused: "Refused" },
    kinds: { intent: "Scan", correction: "Correction", decision: "Decision", edit: "Change", alert: "Alert", day: "A day began", recost: "Recosted" },
    made: "Made", changed: "Changed", corrected: "Corrected", others: (c) => "and " + n(c) + " more", lines: (c) => many(c, "1 line", "lines"),
    lot: (code) => "lot " + code, serial: (code) => "serial " + code, at: (place) => "at " + place, to: (place) => "to " + place, from: (place) => "at " + place,
    difference: (sign, quantity) => "difference " + sign + quantity, noDifference: "no difference", inSite: (site) => "in " + site, empty: "empty", more: (c) => n(c) + " more", server: "Bayledger",
  },
  attention: {
    title: "Needs attention", none: "Nothing needs attention.", noneHow: "Alerts and exceptions show up here the moment they are raised.",
    said: (message) => "New: " + message, saidMany: (c) => n(c) + " new things need attention.", since: (time) => "since " + time,
    kinds: {
      short: "Taken, not on the books", held_taken: "Held goods taken", doubtful_count: "Doubtful count", count_difference: "Count differs", identity_conflict: "Two scans, one number", lost_scan: "Scan lost",
      reinstalled: "Device set up anew", sealed: "Old device's scan", double_scan: "Scanned twice?", serial_two_places: "Serial in two places", barcode_dispute: "Barcode disputed", recount: "Recount", ambiguous: "Not clear",
      not_allowed: "Not allowed", no_reason: "Reason missing", overfull: "Place overfull", closing: "Deleted, still used", has_variants: "Which variant?", closed_books: "Books were closed", held_short: "Held goods missing",
      operator_inactive: "Person not active", serial_unknown: "Unknown serial", serial_in_stock: "Serial in stock already", asset_incomplete: "Machine incomplete", serial_returned: "Serial is back", serial_mismatch: "Serial elsewhere",
      still_parked: "Still waits", asked: "Asked for", package_circle: "Package inside itself",
    },
    alertKinds: { low: "Low", over: "Over", out: "Out of stock", negative: "Below zero", held_taken: "Held goods taken", expiring: "Expires soon", expired: "Expired" },
    severities: { critical: "Critical", warning: "Warning", info: "To know" },
    acknowledge: "I look after it", snooze: "Later", snoozeHour: "In an hour", snoozeDay: "Tomorrow", wake: "Give it back",
    acknowledgedBy: (who) => who + " looks after it", snoozedBy: (who, until) => who + " put it off until " + until, escalated: "Nobody answered",
    take: "I look after it", leaveIt: "Give it back", takenBy: (who) => who + " looks after it",
    choices: { take: "I look after it", leave: "Give it back", accept: "Accept as booked", recount: "Ask for a recount", dismiss: "Dismiss", returned: "It was put back", written_off: "Write it off", reject: "Reject the count", answered: "Seen to" },
    recommended: "Recommended", otherwise: "Something else",
    advice: {
      recount: "Have the place counted: that makes the books right whatever happened.",
      accept: "It happened as scanned: leave it booked.",
      dismiss: "Nothing has to be mended: it is only to be known.",
      returned: "Have it brought back, then say so.",
      take: "Look into it: say that you do, so that nobody else has to.",
      reject: "The count's time is in doubt: have it counted again.",
      answered: "Somebody on the floor waits for this: see to it, then say so.",
    },
    decided: (choice) => "Decided: " + choice + ".", undo: "Undo", undone: "Undone: it is open again.", underway: "Sending",
    more: (c) => many(c, "1 more is open.", "more are open."), openAll: "Open the list", byWhom: (who) => "by " + who,
    show: { all: "All", alerts: "Alerts", exceptions: "Exceptions", mine: "Mine" }, explain: "Why is it so?", askedBy: (who, device, when) => "Asked for by " + who + (device && device !== who ? " on " + device : "") + ", " + when,
  },
  history: {
    title: "History", asOf: (i) => "The books end at entry " + i + ".", olderPage: "Older", newerPage: "Newer", from: (i) => "After entry " + i, empty: "There is nothing here that matches.",
    searched: (i) => "Looked as far back as entry " + i + ".",
  },
  wall: { title: "Wall screen", newest: "Activity", attention: "Needs attention", none: "Nothing needs attention", leave: "Leave the wall screen" },
};
