// A handheld in a browser, for tests: a line to the server that can be cut, a browser that keeps what
// its pages store, and a reader that types.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { Server, launch, soon } from "./bayledger.mjs";

/** @import {BrowserContext, Page} from "playwright-core" */

/** A line to the server: a TCP relay on loopback that can be cut, and stay down. */
export class Line {
  /** @param {Server} server */
  constructor(server) {
    this.server = server;
    this.down = false;
    this.noSockets = false; // as behind a proxy that lets no WebSocket through
    /** @type {Set<net.Socket>} */
    this.open = new Set();
    this.relay = net.createServer((from) => {
      if (this.down) return void from.destroy();
      const to = net.connect(Number(new URL(server.url).port), "127.0.0.1");
      from.on("data", (head) => {
        if (this.noSockets && head.includes("/v1/sync")) from.destroy();
      });
      for (const [a, b] of [[from, to], [to, from]]) {
        this.open.add(a);
        a.pipe(b);
        a.on("error", () => b.destroy());
        a.on("close", () => {
          this.open.delete(a);
          b.destroy();
        });
      }
    });
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
   * @param {import("playwright-core").BrowserContextOptions} [options]
   */
  static async create(url, options) {
    const folder = await mkdtemp(path.join(tmpdir(), "bayledger-device-"));
    return new Device(folder, await launch(folder, { viewport: { width: 360, height: 640 }, locale: "en-GB", ...options }), url);
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

  /** kill ends the page's renderer as a power cut would, and opens the page again. */
  async kill() {
    const browser = this.context.browser();
    assert.ok(browser);
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    const gone = new Promise((resolve) => this.page.once("crash", resolve));
    for (const p of processInfo) if (p.type === "renderer") process.kill(p.id, "SIGKILL");
    await gone;
    const dead = this.page;
    this.page = await this.context.newPage();
    await dead.close().catch(() => undefined);
    await this.page.goto(this.url + "/scan");
    await this.ready();
  }

  async remove() {
    await this.context.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
