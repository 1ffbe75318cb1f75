// What the browser tests and the pictures need: a server of their own, and a
// browser.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import readline from "node:readline";
import { chromium } from "playwright-core";

/**
 * @import {ChildProcess} from "node:child_process"
 * @import {Browser, BrowserContextOptions, Page} from "playwright-core"
 * @typedef {{entries: {n: number, intent?: {seq: number}}[], head: number}} Activity
 * @typedef {{outcomes: {seq: number, outcome: string, code?: string, message?: string, repeat?: boolean}[], head: number}} Outcomes
 */

const binary = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "../../../bin/bayledger");
const browsers = ["chromium", "chromium-browser"]; // as .ci/chromium looks for them
const flags = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const readyWithin = 60_000; // milliseconds, as all that follow
const goneWithin = 20_000;
const requestWithin = 30_000;
export const soon = { timeout: 30_000 }; // what "live" may take where others keep the machine busy: a guard, no measure

const hour = new Date().getUTCHours();
/** zone is where it is about noon: the sites and the browsers of tests are there, so that none meets a midnight on its way. */
export const zone = "Etc/GMT" + (hour === 12 ? "" : hour < 12 ? hour - 12 : "+" + (hour - 12));

/** removal takes a folder away in which a process that has just ended may still be seen to write. */
export const removal = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 };

/** @type {Set<ChildProcess>} */
const children = new Set();
process.once("exit", () => children.forEach((c) => c.kill("SIGKILL")));

/** A server of our own, with a data folder of its own. */
export class Server {
  /** @param {string} data */
  constructor(data) {
    this.data = data;
    this.url = "";
    this.key = "";
    this.seq = 0;
    /** @type {ChildProcess | null} */
    this.child = null;
  }

  /** @param {{demo?: boolean}} [options] */
  static async create(options = {}) {
    const s = new Server(await mkdtemp(path.join(tmpdir(), "bayledger-data-")));
    await s.start(options);
    await s.begun();
    return s;
  }

  /** begun sees the day of its books begin, which the server does a moment after it is ready: no entry of its own comes into a test. */
  async begun() {
    for (let day = ""; !day; ) day = (await this.ask("GET", "/v1/sites")).rows.find((/** @type {any} */ s) => s.code === "main")?.day ?? "";
    await this.ask("PUT", "/v1/sites/main", { zone });
  }

  /**
   * start runs the server, each time at another address: one that was let go may be somebody else's by
   * now. Who has to find it again goes through a Line.
   * @param {{demo?: boolean}} [options]
   */
  async start({ demo = false } = {}) {
    const child = spawn(binary, ["serve", "--data", this.data, "--listen", "127.0.0.1:0", "--log", "error", ...(demo ? ["--demo"] : [])], { stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    children.add(child);
    child.once("exit", () => children.delete(child));
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (/** @type {string} */ text) => (said = (said + text).slice(-4000)));
    const lines = readline.createInterface({ input: child.stdout });
    /** @type {Promise<void>} */
    const ready = new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("The server did not come up in time: " + said)), readyWithin);
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error("The server ended with " + code + ": " + said)));
      lines.on("line", (line) => {
        const [, word, value] = /^(open|key:) (\S+)$/.exec(line) ?? [];
        if (word === "open") this.url = value;
        if (word === "key:") this.key = value;
        if (!this.url || (demo && !this.key)) return;
        clearTimeout(late);
        resolve();
      });
    });
    await ready;
    if (!this.key) this.key = (await readFile(path.join(this.data, "admin.key"), "utf8")).trim();
  }

  /**
   * end stops the server, and waits until it is gone.
   * @param {NodeJS.Signals} [signal]
   */
  async end(signal = "SIGTERM") {
    const child = this.child;
    this.child = null;
    this.url = "";
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    const late = setTimeout(() => child.kill("SIGKILL"), goneWithin);
    await gone;
    clearTimeout(late);
  }

  async remove() {
    await this.end();
    await rm(this.data, removal);
  }

  /**
   * ask makes a request and takes nothing but success.
   * @param {string} method
   * @param {string} where
   * @param {unknown} [body]
   * @returns {Promise<any>}
   */
  async ask(method, where, body) {
    const answer = await fetch(this.url + where, {
      method,
      headers: { authorization: "Bearer " + this.key, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(requestWithin),
    });
    const text = await answer.text();
    assert.ok(answer.ok, method + " " + where + ": " + answer.status + " " + text);
    return JSON.parse(text);
  }

  /**
   * tell makes a request that is answered with success and nothing else.
   * @param {string} method
   * @param {string} where
   * @param {unknown} body
   */
  async tell(method, where, body) {
    const answer = await fetch(this.url + where, {
      method, headers: { authorization: "Bearer " + this.key, "content-type": "application/json" }, body: JSON.stringify(body), signal: AbortSignal.timeout(requestWithin),
    });
    assert.ok(answer.ok, method + " " + where + ": " + answer.status + " " + (await answer.text()));
  }

  /**
   * intents numbers intents of one device, so that they can be sent again.
   * @param {object[]} list
   * @returns {object[]}
   */
  intents(list) {
    return list.map((i) => ({ device: "H-01", install: "k3f9", seq: ++this.seq, operator: "ann", ...i }));
  }

  /**
   * book books intents.
   * @param {...object} list
   * @returns {Promise<Outcomes>}
   */
  book(...list) {
    return this.ask("POST", "/v1/intents", this.intents(list));
  }

  /**
   * product makes a product, with the least of it that should be there.
   * @param {string} code
   * @param {{min?: string}} [options]
   */
  async product(code, { min } = {}) {
    await this.ask("PUT", "/v1/products/" + encodeURIComponent(code), { unit: "piece" });
    if (min) await this.ask("PUT", "/v1/constraints/" + encodeURIComponent(code) + "?site=main", { min });
  }

  /** @returns {Promise<Activity>} */
  activity() {
    return this.ask("GET", "/v1/activity?since=0&limit=10000");
  }
}

/** @type {Promise<Browser> | undefined} */
let started;

function executable() {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const found = browsers.flatMap((b) => folders.map((f) => path.join(f, b))).find((b) => existsSync(b));
  assert.ok(found, "Chromium is not installed; .ci/chromium does that.");
  return found;
}

/** browser starts one, the first time that it is asked for. */
export function browser() {
  started ??= chromium.launch({ executablePath: executable(), args: flags });
  return started;
}

/**
 * launch starts a browser with a folder of its own, in which it keeps what pages store.
 * @param {string} folder
 * @param {BrowserContextOptions & {args?: string[]}} options args are Chromium's own, beside ours
 */
export const launch = (folder, { args = [], ...options }) => chromium.launchPersistentContext(folder, { executablePath: executable(), args: [...flags, ...args], ...options });

/**
 * shown gives the numbers of the entries in the feed, as they stand.
 * @param {Page} page
 */
export function shown(page) {
  return page.locator("#feed .entry").evaluateAll((rows) => rows.map((r) => Number(/** @type {HTMLElement} */ (r).dataset.n)));
}

/**
 * told is how many entries the feed's rows stand for, and how many older ones it has let go or never had.
 * @param {Page} page
 */
export const told = (page) => page.locator("#feed").evaluate((feed) => {
  const count = (/** @type {string} */ rows) => [...feed.querySelectorAll(rows)].reduce((sum, row) => sum + Number(/** @type {HTMLElement} */ (row).dataset.count), 0);
  return { rows: count(".entry"), skipped: count(".gap[data-count]"), total: Number(feed.dataset.total), last: Number(feed.dataset.last) };
});

/**
 * last waits until the feed has come to an entry.
 * @param {Page} page
 * @param {number} n
 * @param {{timeout: number}} [within]
 */
export const last = (page, n, within = soon) => page.locator('#feed[data-last="' + n + '"]').waitFor(within);

/**
 * drawn waits until the page has the width that it was given, and what watches sizes was told.
 * @param {Page} page
 */
export const drawn = (page) => page.evaluate((width) => new Promise((done) => {
  const look = () => (innerWidth === width ? setTimeout(done) : requestAnimationFrame(look)); // behind this frame's layout
  requestAnimationFrame(look);
}), page.viewportSize()?.width ?? 0);

/**
 * entry finds the row of an entry.
 * @param {Page} page
 * @param {number} n
 */
export const entry = (page, n) => page.locator('#feed .entry[data-n="' + n + '"]');
