// Writes what a handheld of this version holds in its outbox, as VERSION-NAME.json beside this file: run
// it before a step is added to `steps` of src/handheld/box.ts and again behind it, and when something
// new is kept there.
//
//	node test/outboxes/make.mjs NAME
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { Server } from "../bayledger.mjs";
import { Device, Line } from "../device.mjs";
import { codes, stock } from "../floor.mjs";

const server = await Server.create();
const line = new Line(server);
await line.listen();
await stock(server);
const device = await Device.create(String(line.url));
try {
  await server.ask("PUT", "/v1/operators/ann", { active: true });
  await server.tell("PUT", "/v1/operators/ann/pin", { pin: "4821" });
  await device.pair(server, "H-07");
  await device.scan("A-01");
  await device.scan(codes[0]);
  await device.scan("2012345000018"); // nobody knows it: a note
  await device.sent(2);
  line.down = true;
  line.cut();
  for (const code of codes.slice(1, 4)) await device.scan(code);
  await device.scan("BLCMD-UNDO");
  await device.page.locator('.unsent[data-waiting="4"]').waitFor();
  await device.scan("BLOP-ann");
  for (const code of codes.slice(0, 2)) await device.scan(code);
  await device.page.getByText("2 scans wait until then.").waitFor();
  const held = await device.page.evaluate(async () => {
    const name = "bayledger-outbox";
    /** @type {IDBDatabase} */
    const db = await new Promise((resolve) => (indexedDB.open(name).onsuccess = (e) => resolve(/** @type {any} */ (e.target).result)));
    /** @type {Record<string, [IDBValidKey, any][]>} */
    const stores = {};
    for (const store of db.objectStoreNames) {
      stores[store] = [];
      await new Promise((resolve) => (db.transaction(store).objectStore(store).openCursor().onsuccess = (e) => {
        const cursor = /** @type {any} */ (e.target).result;
        if (!cursor) return resolve(undefined);
        stores[store].push([cursor.key, cursor.value]);
        cursor.continue();
      }));
    }
    const { version } = db;
    db.close();
    return { version, stores };
  });
  for (const entry of held.stores.state) if (entry[0] === "pairing") entry[1].key = ""; // the test gives it one
  const file = path.join(import.meta.dirname, [held.version, ...process.argv.slice(2)].join("-") + ".json");
  await writeFile(file, JSON.stringify(held, null, 1) + "\n");
  console.log(file);
} finally {
  await device.remove();
  line.close();
  await server.remove();
}
