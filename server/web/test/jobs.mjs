// What people do with a handheld, and what it costs them: scans, and taps of a finger. The test does
// each and counts; the table in README.md is written from this list.
import { soon } from "./bayledger.mjs";
import { codes } from "./floor.mjs";

/**
 * @import {Device} from "./device.mjs"
 * @import {Locator} from "playwright-core"
 */

/** A hand: it scans and taps, and counts. */
export class Hand {
  /** @param {Device} device */
  constructor(device) {
    this.device = device;
    this.scans = 0;
    this.taps = 0;
  }

  /** @param {...string} list */
  async scan(...list) {
    for (const code of list) {
      this.scans++;
      await this.device.scan(code);
    }
  }

  /** @param {...string} names of buttons */
  async tap(...names) {
    for (const name of names) {
      this.taps++;
      await this.device.page.getByRole("button", { name, exact: true }).click();
    }
  }

  /** hold keeps a finger on something until it has done its work. @param {Locator} on @param {Locator} gone */
  async hold(on, gone) {
    this.taps++;
    await on.hover();
    await this.device.page.mouse.down();
    await gone.waitFor({ state: "detached", ...soon });
    await this.device.page.mouse.up();
  }
}

/**
 * @typedef {object} Job
 * @property {string} name
 * @property {string} how
 * @property {number} scans
 * @property {number} taps
 * @property {string[]} [before] scans that put the handheld where the job begins
 * @property {(h: Hand) => Promise<void>} act
 * @property {object[]} [booked] the intents that come of it, as far as said; none: nothing is booked
 * @property {string} [shows] what the screen says then
 */

const [bolt, nut] = codes;
const shelf = "A-01";
const other = "B-01";

/** @type {Job[]} */
export const jobs = [
  { name: "receive a line", how: "place, thing", scans: 2, taps: 0, before: ["BLCMD-ADD"], act: (h) => h.scan(shelf, bolt), booked: [{ action: "add", product: "P-0", to: shelf }] },
  { name: "the next thing for the same place", how: "thing", scans: 1, taps: 0, before: ["BLCMD-ADD", shelf], act: (h) => h.scan(nut), booked: [{ action: "add", product: "P-1", to: shelf }] },
  { name: "twelve of them, by the sheet", how: "X12, thing", scans: 2, taps: 0, before: ["BLCMD-ADD", shelf], act: (h) => h.scan("BLCMD-X12", bolt), booked: [{ action: "add", product: "P-0", quantity: "12" }] },
  { name: "twelve of them, by the keypad", how: "Quantity, 1, 2, The next one is so many; thing", scans: 1, taps: 4, before: ["BLCMD-ADD", shelf], async act(h) {
    await h.tap("Quantity", "1", "2", "The next one is so many");
    await h.scan(bolt);
  }, booked: [{ action: "add", product: "P-0", quantity: "12" }] },
  { name: "pick a line", how: "place, thing", scans: 2, taps: 0, before: ["BLCMD-REMOVE"], act: (h) => h.scan(shelf, bolt), booked: [{ action: "remove", product: "P-0", from: shelf }] },
  { name: "move a thing to another place", how: "place, thing, other place", scans: 3, taps: 0, before: ["BLCMD-MOVE"], act: (h) => h.scan(shelf, bolt, other), booked: [{ action: "move", product: "P-0", from: shelf, to: other }] },
  { name: "count a place with three things", how: "place, three things, DONE", scans: 5, taps: 0, before: ["BLCMD-COUNT"], act: (h) => h.scan(shelf, bolt, bolt, nut, "BLCMD-DONE"), booked: [{ action: "count", from: shelf }] },
  { name: "look a thing up", how: "thing", scans: 1, taps: 0, before: ["BLCMD-LOOKUP"], act: (h) => h.scan(bolt), shows: "P-0" },
  { name: "take the last scan back, by the button", how: "Undo", scans: 0, taps: 1, before: ["BLCMD-ADD", shelf, bolt], act: (h) => h.tap("Undo"), booked: [{ action: "add" }, { action: "undo" }] },
  { name: "take the last scan back, by the sheet", how: "UNDO", scans: 1, taps: 0, before: ["BLCMD-ADD", shelf, bolt], act: (h) => h.scan("BLCMD-UNDO"), booked: [{ action: "add" }, { action: "undo" }] },
  { name: "do something else, by the sheet", how: "the mode's command", scans: 1, taps: 0, before: ["BLCMD-ADD"], act: (h) => h.scan("BLCMD-REMOVE"), shows: "Remove" },
  { name: "go on after a stop, by the sheet", how: "OK", scans: 1, taps: 0, before: ["BLCMD-ADD", "BLCMD-X0"], act: (h) => h.scan("BLCMD-OK"), shows: "Add" },
  { name: "go on after a stop, by hand", how: "OK, held", scans: 0, taps: 1, before: ["BLCMD-ADD", "BLCMD-X0"], act: (h) => h.hold(h.device.page.locator(".hold"), h.device.page.locator(".stop")), shows: "Add" },
  { name: "add something that nobody knows", how: "thing", scans: 1, taps: 0, before: ["BLCMD-ADD", shelf], act: (h) => h.scan("2012345000018"), booked: [{ action: "add", scan: "2012345000018" }] },
];

/** What pairing costs: it is done before all others. */
export const pairing = { name: "pair the handheld, by its reader", how: "the code of the server's page", scans: 1, taps: 0 };

/** table is what README.md shows. */
export const table = () => ["| job | scans | taps | how |", "| --- | --- | --- | --- |", ...[pairing, ...jobs].map((j) => `| ${j.name} | ${j.scans} | ${j.taps} | ${j.how} |`)].join("\n") + "\n";
