// Scenes: tests with a server and a page of their own, which clean up after
// themselves.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import { Server, browser, soon, zone } from "./bayledger.mjs";
import { Line } from "./device.mjs";

/**
 * @import {TestContext} from "node:test"
 * @import {BrowserContextOptions, Page} from "playwright-core"
 */

const sceneWithin = 160_000; // milliseconds: ten times what the longest scene takes on a calm machine

// The scenes of a file share a browser; each has a context of its own.
after(async () => (await browser()).close());

/**
 * @typedef {object} Scene
 * @property {TestContext} t
 * @property {Server} server
 * @property {Line} line to the server, at an address that it keeps when the server is started again
 * @property {Page} page on a blank page
 * @property {() => Promise<void>} enter opens the page with the key, and waits until it is live
 */

/**
 * scene is a test with a server and a page. It fails on any error in the page's
 * console but those expected; a failed one leaves a picture.
 * @param {string} title
 * @param {{demo?: boolean, errors?: RegExp, context?: BrowserContextOptions, line?: boolean}} options line: the page comes by it
 * @param {(s: Scene) => Promise<void>} act
 */
export function scene(title, options, act) {
  test(title, { timeout: sceneWithin }, async (t) => {
    const server = await Server.create({ demo: options.demo });
    const context = await (await browser()).newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB", timezoneId: zone, ...options.context });
    context.setDefaultTimeout(2 * soon.timeout);
    const page = await context.newPage();
    const line = new Line(server);
    await line.listen();
    /** @type {string[]} */
    const errors = [];
    page.on("pageerror", (e) => errors.push(String(e)));
    page.on("console", (m) => {
      if (m.type() === "error" && !options.errors?.test(m.text())) errors.push(m.text());
    });
    const enter = async () => {
      await page.goto((options.line ? line.url : server.url) + "/#key=" + server.key);
      await page.locator('#state[data-state="live"]').waitFor(soon);
    };
    try {
      await act({ t, server, line, page, enter });
      assert.deepEqual(errors, [], "the page's console has errors");
    } catch (e) {
      const folder = path.join(tmpdir(), "bayledger-failed");
      await mkdir(folder, { recursive: true });
      const picture = path.join(folder, title.replaceAll(/[^a-z0-9]+/gi, "-") + ".png");
      await page.screenshot({ path: picture }).then(() => t.diagnostic("picture: " + picture), () => t.diagnostic("no picture could be taken"));
      if (errors.length > 0) t.diagnostic("console: " + errors.join("\n"));
      throw e;
    } finally {
      await context.close();
      line.close();
      await server.remove();
    }
  });
}
