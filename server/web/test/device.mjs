// A handheld in a browser, for tests: a line to the server that can be cut, a browser that keeps what
// its pages store, and a reader that types.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import http from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { Server, launch, removal, soon, zone } from "./bayledger.mjs";

/** @import {BrowserContext, Page} from "playwright-core" */

/** A line to the server: a proxy on loopback that can be cut, stay down, and bring another version of the page. */
export class Line {
  /** @param {Server} server */
  constructor(server) {
    this.server = server;
    this.down = false;
    this.noSockets = false; // as behind a proxy that lets no WebSocket through
    /** @type {Map<string, Buffer> | null} */
    this.version = null; // of the page, by path, in place of the server's
    this.url = "";
    this.policy = ""; // that its parts are served with
    /** @type {Set<net.Socket>} */
    this.open = new Set();
    this.relay = http.createServer((from, to) => this.pass(from, to));
    this.relay.on("connection", (s) => this.hold(s));
    this.relay.on("upgrade", (from, socket, head) => {
      if (this.down || this.noSockets || !this.server.url) return void socket.destroy();
      const to = net.connect(this.port(), "127.0.0.1");
      const headers = from.rawHeaders.flatMap((h, i) => (i % 2 === 0 ? [h + ": " + from.rawHeaders[i + 1]] : []));
      to.write([from.method + " " + from.url + " HTTP/1.1", ...headers, "", ""].join("\r\n"));
      to.write(head);
      for (const [a, b] of [[socket, to], [to, socket]]) {
        a.pipe(b);
        a.on("error", () => b.destroy());
        a.on("close", () => b.destroy());
      }
    });
  }

  port() {
    return Number(new URL(this.server.url).port);
  }

  /** @param {net.Socket} socket */
  hold(socket) {
    if (this.down) return void socket.destroy();
    this.open.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => this.open.delete(socket));
  }

  /**
   * pass passes a request on; where another version of the page is brought, its parts are in that.
   * @param {http.IncomingMessage} from
   * @param {http.ServerResponse} to
   */
  pass(from, to) {
    if (this.down || !this.server.url) return void from.socket.destroy();
    const part = this.version?.get(String(from.url));
    const asked = http.request({ host: "127.0.0.1", port: this.port(), method: from.method, path: from.url, headers: from.headers }, (answer) => {
      if (!part) {
        to.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(to);
        return;
      }
      answer.resume();
      to.writeHead(200, { "content-type": types[path.extname(String(from.url))] ?? types[".html"], "cache-control": "no-cache", "content-security-policy": this.policy });
      to.end(part);
    });
    asked.on("error", () => from.socket.destroy());
    from.pipe(asked);
  }

  /**
   * bring serves a version of the page that was built for a test, in place of the server's.
   * @param {string} folder
   */
  async bring(folder) {
    const answer = await fetch(this.server.url + "/scan");
    this.policy = String(answer.headers.get("content-security-policy"));
    const names = (await readdir(folder, { recursive: true })).filter((n) => n.includes("."));
    this.version = new Map(await Promise.all(names.map(async (n) => /** @type {const} */ ([n === "scan.html" ? "/scan" : "/" + n, await readFile(path.join(folder, n))]))));
  }

  async listen() {
    await new Promise((resolve) => this.relay.listen(0, "127.0.0.1", () => resolve(undefined)));
    this.url = "http://127.0.0.1:" + /** @type {net.AddressInfo} */ (this.relay.address()).port;
  }

  cut() {
    for (const s of this.open) s.destroy();
  }

  close() {
    this.cut();
    this.relay.close();
  }
}

/** @type {Record<string, string>} */
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".wasm": "application/wasm", ".webmanifest": "application/manifest+json" };

/**
 * buildVersion builds the handheld's page as a version of this number, which takes a newer one after
 * so many ms of quiet, and gives the folder.
 * @param {number} number
 * @param {number} idle
 * @param {number} [forms] that its outbox has more than today's
 */
export async function buildVersion(number, idle, forms = 0) {
  const folder = await mkdtemp(path.join(tmpdir(), "bayledger-version-"));
  execFileSync(process.execPath, ["build.mjs", "trial", folder, String(number), String(idle), String(forms)], { stdio: "inherit" });
  return folder;
}

/** end kills a process, unless it is gone: browsers keep one in hand, and change it. @param {number} id */
function end(id) {
  try {
    process.kill(id, "SIGKILL");
  } catch (e) {
    if (/** @type {NodeJS.ErrnoException} */ (e).code !== "ESRCH") throw e;
  }
}

/** A device: a browser's folder that outlives its pages and renderers. */
export class Device {
  /**
   * @param {string} folder
   * @param {BrowserContext} context
   * @param {string} url
   */
  constructor(folder, context, url) {
    this.folder = folder;
    this.context = context;
    this.url = url;
    /** @type {Page} */
    this.page = context.pages()[0];
  }

  /**
   * @param {string} url
   * @param {import("playwright-core").BrowserContextOptions & {args?: string[]}} [options] args are Chromium's own
   */
  static async create(url, options) {
    const folder = await mkdtemp(path.join(tmpdir(), "bayledger-device-"));
    return new Device(folder, await launch(folder, { viewport: { width: 360, height: 640 }, locale: "en-GB", timezoneId: zone, ...options }), url);
  }

  /**
   * pair pairs it, as a person does: opens the address of the QR code and taps.
   * @param {Server} server
   * @param {string} name
   */
  async pair(server, name) {
    const offer = await server.ask("POST", "/v1/pairings", { device: name, role: "floor" });
    await this.page.goto(this.url + "/scan#pair=" + offer.code);
    await this.page.getByRole("button", { name: "Pair this handheld" }).click();
    await this.begin();
  }

  /** begin goes to work past the steps of a shift's start. */
  async begin() {
    await this.page.getByRole("button", { name: "Start work" }).click({ timeout: 3 * soon.timeout });
    await this.ready();
  }

  /** ready waits for the work screen, for the catalogue, and for the field that hears the reader. */
  async ready() {
    await this.page.locator('.work:not([data-catalogue=""])').waitFor({ timeout: 3 * soon.timeout });
    await this.page.locator(".capture input:focus").waitFor({ state: "attached", ...soon });
  }

  /**
   * scan sends a code as readers do that type through an input method: the text at once, then Enter.
   * @param {string} code
   */
  async scan(code) {
    await this.page.keyboard.insertText(code);
    await this.page.keyboard.press("Enter");
  }

  /**
   * type sends a code key by key.
   * @param {string} code
   */
  async type(code) {
    await this.page.keyboard.type(code);
    await this.page.keyboard.press("Enter");
  }

  /** version is the hash of the page's script: each version has its own. */
  version() {
    return this.page.evaluate(() => document.querySelector("script")?.src ?? "");
  }

  /** seq is that of the last scan that the screen shows as stored. */
  async seq() {
    return Number(await this.page.locator(".card").getAttribute("data-seq"));
  }

  /**
   * sent waits until the scan with this number is shown, and nothing waits to be sent: "none waits" by
   * itself is also true before the page has taken the keys.
   * @param {number} seq
   * @param {{timeout: number}} [within]
   */
  async sent(seq, within = soon) {
    await this.page.locator('.card[data-seq="' + seq + '"]').waitFor(within);
    await this.page.locator('.unsent[data-waiting="0"]').waitFor(within);
  }

  /**
   * kept waits until what the device's disk holds under a name satisfies: what is shown may be written a moment behind it.
   * @param {string} name
   * @param {(value: any) => boolean} satisfies
   */
  async kept(name, satisfies) {
    while (!satisfies(await this.page.evaluate(stateOf, name))) await this.page.evaluate(() => new Promise(requestAnimationFrame));
  }

  /** taken waits until nothing that was read waits on the disk to be taken: all of it is rows then, whose number it gives. */
  async taken() {
    for (;;) {
      const { rows, waits } = await this.page.evaluate(heldOf);
      if (waits === 0) return rows;
    }
  }

  /**
   * kill ends the page's renderer as a power cut would, and opens the page again.
   * @param {() => Promise<void>} [ready] waits until it is there
   */
  async kill(ready = () => this.ready()) {
    const browser = this.context.browser();
    assert.ok(browser);
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    const ids = processInfo.filter((p) => p.type === "renderer").map((p) => p.id);
    const gone = new Promise((resolve) => this.page.once("crash", resolve));
    ids.forEach(end);
    await gone;
    for (let left = ids; left.length > 0; ) { // until the browser has seen each of them die: else it puts the new page into one that is dead
      const { processInfo: now } = await session.send("SystemInfo.getProcessInfo");
      left = left.filter((id) => now.some((p) => p.id === id));
    }
    await session.detach();
    const dead = this.page;
    this.page = await this.context.newPage();
    await dead.close().catch(() => undefined);
    await this.page.goto(this.url + "/scan");
    await ready();
  }

  async remove() {
    await this.context.close();
    await rm(this.folder, removal);
  }
}

/**
 * stateOf runs in the page: what its outbox holds under a name.
 * @param {string} name
 * @returns {Promise<any>}
 */
const stateOf = (name) => new Promise((resolve, reject) => {
  const open = indexedDB.open("bayledger-outbox");
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const got = open.result.transaction("state").objectStore("state").get(name);
    got.onerror = () => reject(got.error);
    got.onsuccess = () => resolve((open.result.close(), got.result));
  };
});

/**
 * heldOf runs in the page: how many rows its outbox holds, and how many scans wait to become some.
 * @returns {Promise<{rows: number, waits: number}>}
 */
const heldOf = () => new Promise((resolve, reject) => {
  const open = indexedDB.open("bayledger-outbox");
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const both = open.result.transaction(["rows", "state"]);
    const rows = both.objectStore("rows").count();
    const waits = both.objectStore("state").count(IDBKeyRange.bound("waits/", "waits0", false, true)); // 0 is the character behind /
    both.onabort = () => reject(both.error);
    both.oncomplete = () => resolve((open.result.close(), { rows: rows.result, waits: waits.result }));
  };
});
