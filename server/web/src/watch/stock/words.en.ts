import { units } from "../../core/units.en.ts";
import { Format } from "../format.ts";
import type { GoodsWords } from "./words.ts";

const format = new Format("en-GB");
const n = (count: number): string => format.number(count);
const many = (count: number, one: string, more: string): string => (count === 1 ? one : n(count) + " " + more);

export const goodsEnglish: GoodsWords = {
  pages: { stock: "Stock", why: "Item", devices: "Devices", codes: "Unknown codes", counts: "Counts to approve" },
  standsSince: (time) => "Figures of " + time + ". What changed since is not known.",
  asOf: (time) => "as of " + time,
  unit: (quantity, unit) => format.decimal(quantity) + (unit ? " " + units.of(quantity, unit) : ""),
  in: (what) => "in " + what,
  more: "Show more", capped: (rows) => "These are the first " + n(rows) + ". Search, or choose a site or place, to see the others.",
  reason: "Reason", reasonHow: "in the log, beside your name", reasonNeeded: "Say why first. Nothing was changed.", cancel: "Cancel", done: (message) => message,
  stock: {
    title: "Stock", byProduct: "By product", byPlace: "By place", search: "Search", searchHow: "code or name", category: "Category", place: "Place", find: "Show", everything: "Everything", negative: "Below zero", minimum: "Below minimum",
    columns: { product: "Product", place: "Place", onHand: "On hand", available: "Available", held: "Held", incoming: "Incoming", value: "Value", changed: "Changed", notes: "Look at" },
    columnsHow: "Available is what is neither held nor in quarantine. Incoming is what has arrived and is not put away yet. Both are part of what is on hand.",
    none: "Nothing matches", noneHow: "Change the search or the filters above.",
    belowAt: (quantity, place) => quantity + " at " + place, least: (available, min, place) => available + " of at least " + min + (place ? " at " + place : ""),
    noCost: "no cost known", explain: (quantity, product) => "Why is it " + quantity + "? " + product, wholeSite: "whole site",
  },
  why: {
    title: "Item", how: "Choose a product to see where it is, and why each number is what it is.", product: "Product", open: "Open", places: "Where it is", everywhere: "All places",
    question: (quantity) => "Why is it " + quantity + "?",
    lastCounted: (quantity, when, who) => "Last counted at " + when + " by " + who + ": " + quantity + ".",
    lastRight: (quantity, when) => "It was last right before " + when + ", with " + quantity + ". It has not been counted since.",
    start: "It was never counted. This is everything that ever happened here.", unknown: (quantity) => "Earlier movements are not shown. Before these it was " + quantity + ".",
    crossed: (when, who, did, took, before) => "It went below zero at " + when + ": " + who + " " + did + " " + took + " where " + before + " were on the books.",
    since: (came, went, scans) => "Since then " + came + " came and " + went + " went, in " + many(scans, "one scan", "scans") + ".", none0: "nothing", nothingSince: "Nothing has moved since.",
    late: (c) => (c === 1 ? "One scan came late. It counts at the moment it happened." : n(c) + " scans came late. Each counts at the moment it happened."),
    lateOne: (what, at, booked) => what + ": scanned " + at + ", arrived " + booked + ".",
    undone: (c) => (c === 1 ? "One scan was undone and changes nothing." : n(c) + " scans were undone and change nothing."),
    correct: "Set it right", correctHow: "Look at the shelf first. One of these is booked, with your name.",
    corrections: { count: () => "Counted", receive: (missing) => "Receive the " + missing + " nobody scanned", found: (missing) => "They were there all along: find " + missing },
    counted: "What lies there", corrected: "It is booked. The number above is the new one.",
    chart: "Balance over time", chartHow: "Use the left and right arrow keys to read the line.", chartTable: "The same as a table", chartValue: (when, quantity) => quantity + " at " + when, chartCut: "The line begins with the last 2,000 movements.",
    spans: { day: "Day", week: "Week", month: "Month", quarter: "3 months" },
    moves: "Movements", shows: { all: "All", in: "In", out: "Out", counts: "Counts", late: "Late", undone: "Undone" }, text: "person, device, place, reference",
    columns: { when: "When", what: "What", change: "Change", after: "After", who: "Who", why: "Why" }, none: "No movement matches.",
    marks: { crossing: "Took it below zero", late: (by) => "Late by " + by, undone: (by) => "Undone" + (by ? " by " + by : ""), base: "Counted here", changed: (entry) => "changed by entry " + entry },
    older: "Show older", entry: (i) => "Entry " + i, gone: "There is no such product.", nothing: "Nothing of it has ever moved here.", to: (place) => "to " + place, from: (place) => "from " + place,
  },
  devices: {
    title: "Devices", states: { all: "All", trouble: "Need a look", unsent: "Not sent", away: "Away", revoked: "Revoked" },
    columns: { device: "Device", state: "Last seen", unsent: "Not sent yet", battery: "Battery", clock: "Clock", focus: "Not listening", app: "Version", actions: "Actions" },
    online: "Online", away: (since) => "Away, last seen " + since, never: "Not seen since the server started", revoked: (when, who) => "Revoked " + when + (who ? " by " + who : ""),
    unsent: (c) => many(c, "1 scan", "scans"), oldest: (span) => "oldest waits for " + span,
    troubles: { unsent: "Unsent for over 15 minutes: look for a corner without Wi-Fi", battery: "Battery is low", clock: "Its clock is wrong" }, lostFocus: (c) => many(c, "once", "times"),
    clockOk: "right", ahead: (span) => span + " ahead", behind: (span) => span + " behind", unknown: "not known",
    message: "Message", messageText: "What it shows", send: "Send", sent: (online) => (online ? "Sent. It shows the message now." : "Kept. It shows the message when it comes back."), waiting: (c) => many(c, "1 message waits", "messages wait"),
    askLog: "Ask for a log", logComes: (online) => (online ? "Asked. Its log comes in a moment." : "Asked. Its log comes when it is back."), logWaits: (who, when) => "Log asked for by " + who + ", " + when,
    log: (when, kilobytes) => "Save its log of " + when + ", " + kilobytes + " kB",
    rename: "Rename", newName: "What people call it", save: "Save", renamed: "Renamed.",
    revoke: "Revoke", revokeHow: (name, unsent) => name + " opens nothing from now on, and cannot be used to scan. " + (unsent ? "It still holds " + unsent + ". " : "") + "What it scanned before this moment is kept and is taken for 30 days, once it connects. To use it again, pair it again.",
    stolen: "It was stolen or lost", stolenHow: "Then nothing is taken from it any more, not even what it scanned before.", revokeYes: (name) => "Revoke " + name, revokedNow: (name) => name + " is revoked.",
    pair: "Pair a device", pairHow: "Make a code, then scan it with the handheld's camera. It opens the handheld's page and gets its own key; nobody else sees the key.", pairName: "Name in the books", pairCalled: "What people call it", pairRole: "Role", pairSite: "Works at", pairMake: "Make the code",
    pairScan: "Scan this with the handheld", pairUntil: (time) => "It works once, until " + time + ".", pairOver: "This code is over. Make another.", pairDone: (name) => name + " is paired.", qr: "QR code that pairs the handheld",
    roles: { floor: "Floor", dock: "Dock", supervisor: "Supervisor", admin: "Administrator" }, everywhere: "All sites", none: "No device matches", noneHow: "Pair one with the button above.",
  },
  codes: {
    title: "Unknown codes", how: "Scans of these are kept and hold no stock. Say once what a code is: all its scans are booked then, each at its own moment.", none: "Every code is known", noneHow: "Scans of unknown codes show up here.",
    kinds: { product: "Product", location: "Place", serial: "Serial number", operator: "Badge" },
    scans: (c) => many(c, "1 scan", "scans"), between: (first, last) => (first === last ? first : first + " to " + last), by: (devices) => "by " + devices, name: "Say what it is", close: "Close",
    product: "Product", productHow: "code or name", quantity: "One code stands for", quantityHow: "1 if empty", unit: "Unit", place: "Place", operator: "Person",
    plan: "What this will book", planNone: "Choose what it is to see what will be booked.",
    planLine: (when, did, quantity, from, to) => when + ": " + did + " " + quantity + (from && to ? ", " + from + " to " + to : from ? " at " + from : to ? " to " + to : ""),
    asScanned: "as the code says", asCounted: "what was counted", all: "all of it", more: (c) => "and " + n(c) + " more", left: (c) => many(c, "1 more code waits.", "more codes wait."), map: (c) => "Book " + many(c, "1 scan", "scans"),
    dismiss: "Dismiss", dismissHow: (c) => many(c, "The scan is", "scans are") + " kept in the log and never booked. A supervisor can take this back.", dismissYes: (c) => "Dismiss " + many(c, "1 scan", "scans"), dismissed: (c) => many(c, "1 scan was", "scans were") + " dismissed.",
    only: (c) => "The oldest " + n(c) + " go first; the others stay here.", notYours: "What a code of goods or a badge is holds at all sites: a supervisor of all sites says it.",
  },
  counts: {
    title: "Counts to approve", how: "These counts differ from the books by more than the site lets pass. The count stands meanwhile.", none: "No count waits", noneHow: "Counts with a large difference show up here.",
    expected: "Expected", counted: "Counted", difference: "Difference", worth: (value) => "worth " + value, since: (change, scans) => change + " since, in " + many(scans, "one scan", "scans"), still: "nothing moved since", now: (quantity) => "now " + quantity,
    by: (who, when) => "counted by " + who + " " + when, taken: (who) => who + " looks after it", accept: "Approve", recount: "Have it counted again", decided: (choice, product) => choice + ": " + product, undo: "Undo", lot: (code) => "lot " + code, look: "See what moved", far: "too far back to tell",
  },
};
