// A floor with a shelf and five products, and a handheld that is paired, for tests.
import { rm } from "node:fs/promises";
import test from "node:test";
import { Server } from "./bayledger.mjs";
import { buildVersion, Device, Line } from "./device.mjs";

export const codes = ["4006381333931", "9521234543213", "96385074", "036000291452", "5901234123457"];

/**
 * @typedef {object} Floor
 * @property {import("node:test").TestContext} t
 * @property {Server} server
 * @property {Line} line
 * @property {Device} device
 * @typedef {object} Options
 * @property {number} [version] serve version 1 of the page, which takes a newer one after so many ms of quiet
 * @property {import("playwright-core").BrowserContextOptions & {args?: string[]}} [browser]
 */

/**
 * at runs a test with a server, a line to it and a device.
 * @param {string} title
 * @param {number} within ms, on a machine that others use too; four times as much is let pass
 * @param {Options | ((s: Floor) => Promise<void>)} options
 * @param {(s: Floor) => Promise<void>} [given]
 */
export function at(title, within, options, given) {
  const [o, act] = typeof options === "function" ? [/** @type {Options} */ ({}), options] : [options, /** @type {(s: Floor) => Promise<void>} */ (given)];
  test(title, { timeout: 4 * within }, async (t) => {
    const server = await Server.create();
    const line = new Line(server);
    await line.listen();
    const version = o.version === undefined ? "" : await buildVersion(1, o.version);
    if (version) await line.bring(version);
    await stock(server);
    const device = await Device.create(String(line.url), o.browser);
    try {
      await device.pair(server, "H-07");
      await act({ t, server, line, device });
    } finally {
      await device.remove();
      line.close();
      await server.remove();
      if (version) await rm(version, { recursive: true });
    }
  });
}

/**
 * stock makes a shelf, and a product for each code.
 * @param {Server} server
 */
export async function stock(server) {
  await server.ask("PUT", "/v1/locations/A-01?site=main", { kind: "stock" });
  for (const [i, code] of codes.entries()) {
    await server.product("P-" + i);
    await server.ask("PUT", "/v1/barcodes/" + code, { product: "P-" + i });
  }
}

/**
 * booked gives what the device has booked.
 * @param {Server} server
 * @returns {Promise<any[]>}
 */
export const booked = async (server) => (await server.ask("GET", "/v1/activity?since=0&limit=10000")).entries.filter((/** @type {any} */ e) => e.kind === "intent" && e.intent.device === "H-07");
