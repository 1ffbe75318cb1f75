import { Format } from "../format.ts";
import type { WorkWords } from "./words.ts";

const format = new Format("en-GB");
const n = (count: number): string => format.number(count);
const many = (count: number, one: string, more: string): string => (count === 1 ? one : n(count) + " " + more);

export const workEnglish: WorkWords = {
  title: "Performance", days: "Days", spans: { today: "Today", yesterday: "Yesterday", "7-days": "7 days", "28-days": "28 days", dates: "From – to" }, first: "From", last: "To", choose: "Choose the first and the last day.",
  file: "Save what is shown", csv: "CSV", xlsx: "XLSX", print: "Print",
  scans: "Scans", moves: "Moves", peak: (scans, when) => "most in an hour: " + scans + ", " + when, each: (moves) => moves + " a scan", wrong: "Needed somebody", wrongShare: (share) => share + " % of all scans", dock: "Dock to shelf", dockNote: (p90, lines) => "9 of 10 within " + p90 + ", of " + many(lines, "1 put-away", "put-aways"), dockNone: "no put-away of a receipt",
  none: "Nothing was scanned in these days", noneHow: "Choose other days, or another site.",
  line: { hour: "Throughput by hour", day: "Throughput by day" }, lineHow: "The left and right arrow keys read the lines.", lineAt: (when, scans, moves) => when + ": " + many(scans, "1 scan", "scans") + ", " + many(moves, "1 move", "moves"), table: "The same as a table",
  people: "By person", nobody: "Nobody signed in", places: "By place", products: "Top movers", errors: "Errors by cause", noErrors: "No scan needed anybody.",
  columns: { when: "When", person: "Person", place: "Place", product: "Product", cause: "Cause", scans: "Scans", moves: "Moves", wrong: "Needed somebody", came: "In", went: "Out", day: "Day", lines: "Put-aways", half: "Half within", most: "9 of 10 within", unknown: "Receipt not known" },
  noDock: "No put-away of a receipt", noDockHow: "Goods that are received at an incoming place and moved onto a shelf show up here.",
  dockAt: (day, half, most, lines) => day + ": half within " + half + ", 9 of 10 within " + most + ", " + many(lines, "1 put-away", "put-aways"), half: "half", nine: "9 of 10",
  dockUnknown: (c) => "Of " + many(c, "1 put-away", "put-aways") + " it is not known when the goods came in.",
  causes: {
    short: "Not enough there", held: "Goods are held", expired: "Came too late", not_allowed: "Not allowed", unknown_product: "Unknown product", unknown_location: "Unknown place", unknown_operator: "Unknown person", bad_quantity: "Quantity is none", bad_time: "Time is none",
    bad_field: "Something was missing", unknown_field: "From a newer program", unknown_action: "Unknown action", bad_json: "Could not be read", identity_conflict: "Two scans, one number", unsupported: "From a newer program", closing: "Deleted, still used", not_found: "Not there", too_fast: "Too fast", disk_full: "Disk full",
  },
  more: "Show more", how: "By the clocks of each site. Late scans count at their own time; a scan that was taken back was made all the same.",
};
