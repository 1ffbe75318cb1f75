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
 * @property {number} [stored] rows that those make, and that are on the screen before a hand chooses among them
 * @property {(h: Hand) => Promise<void>} act
 * @property {object[]} [booked] the intents that come of it, as far as said; none: nothing is booked
 * @property {string} [shows] what the screen says then
 * @property {string[]} [behind] scans behind it, that the next job finds the handheld as it was
 */

const [bolt, nut] = codes;
const shelf = "A-01";
const other = "B-01";
const machine = "PRESS-42";
const five = [bolt, nut, bolt, nut, bolt];

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
  { name: "count a place together with others, and nothing else is there", how: "SESSION-Q1, place, thing, COMPLETE, CONFIRM", scans: 5, taps: 0, before: ["BLCMD-COUNT"], act: (h) => h.scan("BLCMD-SESSION-Q1", shelf, bolt, "BLCMD-COMPLETE", "BLCMD-CONFIRM"), booked: [{ action: "session-open", session: "Q1" }, { action: "count", from: shelf, session: "Q1" }, { action: "session-close", from: shelf, complete: true }], behind: ["BLCMD-LEAVE"] },
  { name: "set a thing aside, its reason from the sheet", how: "place, thing, the reason's command", scans: 3, taps: 0, before: ["BLCMD-ISOLATE"], act: (h) => h.scan(shelf, bolt, "BLCMD-REASON-BENT"), booked: [{ action: "isolate", product: "P-0", from: shelf, reason: "BENT" }] },
  { name: "set a thing aside, its reason by a button", how: "place, thing; the reason", scans: 2, taps: 1, before: ["BLCMD-ISOLATE"], async act(h) {
    await h.scan(shelf, bolt);
    await h.tap("Bent or broken");
  }, booked: [{ action: "isolate", product: "P-0", from: shelf, reason: "BENT" }] },
  { name: "the next thing aside, for the same reason", how: "thing", scans: 1, taps: 0, before: ["BLCMD-ISOLATE", shelf, "BLCMD-REASON-BENT"], act: (h) => h.scan(nut), booked: [{ action: "isolate", product: "P-1", from: shelf, reason: "BENT" }] },
  { name: "release what was just set aside", how: "UNDO; what was set aside before is released by a supervisor", scans: 1, taps: 0, before: ["BLCMD-ISOLATE", shelf, "BLCMD-REASON-BENT", bolt], act: (h) => h.scan("BLCMD-UNDO"), booked: [{ action: "isolate" }, { action: "undo" }] },
  { name: "put a part into a machine", how: "machine, place, part", scans: 3, taps: 0, before: ["BLCMD-ASSEMBLE"], act: (h) => h.scan(machine, shelf, bolt), booked: [{ action: "assemble", product: "P-0", from: shelf, asset: machine }] },
  { name: "the next part into it", how: "part", scans: 1, taps: 0, before: ["BLCMD-ASSEMBLE", machine, shelf], act: (h) => h.scan(nut), booked: [{ action: "assemble", product: "P-1", from: shelf, asset: machine }] },
  { name: "take a part out of it, while there, by the button", how: "Take out; place, part", scans: 2, taps: 1, before: ["BLCMD-ASSEMBLE", machine, shelf], async act(h) {
    await h.tap("Take out");
    await h.scan(other, nut);
  }, booked: [{ action: "disassemble", product: "P-1", to: other, asset: machine }] },
  { name: "take a part out of a machine, by the sheet", how: "DISASSEMBLE, machine, place, part", scans: 4, taps: 0, before: ["BLCMD-ADD"], act: (h) => h.scan("BLCMD-DISASSEMBLE", machine, other, bolt), booked: [{ action: "disassemble", product: "P-0", to: other, asset: machine }] },
  { name: "look a thing up", how: "thing", scans: 1, taps: 0, before: ["BLCMD-LOOKUP"], act: (h) => h.scan(bolt), shows: "P-0" },
  { name: "look a place up", how: "place", scans: 1, taps: 0, before: ["BLCMD-LOOKUP"], act: (h) => h.scan(shelf), shows: "A place." },
  { name: "take the last scan back, by the button", how: "Undo", scans: 0, taps: 1, before: ["BLCMD-ADD", shelf, bolt], act: (h) => h.tap("Undo"), booked: [{ action: "add" }, { action: "undo" }] },
  { name: "take the last scan back, by the sheet", how: "UNDO", scans: 1, taps: 0, before: ["BLCMD-ADD", shelf, bolt], act: (h) => h.scan("BLCMD-UNDO"), booked: [{ action: "add" }, { action: "undo" }] },
  { name: "the last five went to the wrong place", how: "More, Correct the last scans, The last 5, Go on with these; the right place, CONFIRM", scans: 2, taps: 4, before: ["BLCMD-ADD", shelf, ...five], stored: five.length, async act(h) {
    await h.tap("More", "Correct the last scans", "The last 5", "Go on with these");
    await h.scan(other, "BLCMD-CONFIRM");
  }, booked: [...five.map(() => ({ action: "add", to: shelf })), ...five.map(() => ({ action: "undo" })), ...five.map(() => ({ action: "add", to: other }))] },
  { name: "do something else, by the sheet", how: "the mode's command", scans: 1, taps: 0, before: ["BLCMD-ADD"], act: (h) => h.scan("BLCMD-REMOVE"), shows: "Remove" },
  { name: "go on after a stop, by the sheet", how: "OK", scans: 1, taps: 0, before: ["BLCMD-ADD", "BLCMD-X0"], act: (h) => h.scan("BLCMD-OK"), shows: "Add" },
  { name: "go on after a stop, by hand", how: "OK, held", scans: 0, taps: 1, before: ["BLCMD-ADD", "BLCMD-X0"], act: (h) => h.hold(h.device.page.locator(".hold"), h.device.page.locator(".stop")), shows: "Add" },
  { name: "add something that nobody knows", how: "thing", scans: 1, taps: 0, before: ["BLCMD-ADD", shelf], act: (h) => h.scan("2012345000018"), booked: [{ action: "add", scan: "2012345000018" }] },
  { name: "see what was read", how: "the glass on the last scan", scans: 0, taps: 1, before: ["BLCMD-ADD", "BLLOC-" + shelf], async act(h) { // the last job: its sheet stays open
    await h.device.page.locator(".places").getByText(shelf).waitFor(soon); // it lists what was taken when it was opened
    await h.tap("What was read");
    await h.device.page.locator(".read .raw").getByText("BLLOC-" + shelf).waitFor(soon);
  } },
];

/** What pairing costs: it is done before all others. */
export const pairing = { name: "pair the handheld, by its reader", how: "the code of the server's page", scans: 1, taps: 0 };

/** table is what README.md shows. */
export const table = () => ["| job | scans | taps | how |", "| --- | --- | --- | --- |", ...[pairing, ...jobs].map((j) => `| ${j.name} | ${j.scans} | ${j.taps} | ${j.how} |`)].join("\n") + "\n";
