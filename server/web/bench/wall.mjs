// Runs the wall screen in Chromium for SECONDS (an hour) at a realistic rate, with the connection broken and
// the server killed now and then, and prints what it holds at the beginning and at the end, after its garbage
// was collected: heap, DOM nodes, listeners. Run by make soak-wall; it fails where they grow.
import { Server, browser } from "../test/bayledger.mjs";
import { Line } from "../test/device.mjs";

const seconds = Number(process.env.SECONDS ?? 3600);
const rate = Number(process.env.RATE ?? 15); // scans a second, of 20 devices: below what the feed groups, so that it holds the most rows
const every = 500; // ms between two batches of them
const cuts = Number(process.env.CUTS ?? Math.max(4, Math.round(seconds / 60))); // of the connection
const kills = Number(process.env.KILLS ?? Math.max(2, Math.round(seconds / 200))); // of the server
const full = 6_000; // entries after which the feed holds as much as it ever does (feed.ts)
const warm = Math.min(full / rate, seconds / 2); // s
const mayGrow = { heap: 4 << 20, nodes: 200, listeners: 20 }; // rows and alerts come and go, and the lines of the figures have an hour to fill; a leak of one a cut or an entry is more
const goods = ["BOLT-M6-40-A2", "FILTER-OIL", "SEAL-25", "LAMP-H7", "BELT-A42"];

/** @param {number} ms */
const after = (ms) => new Promise((done) => setTimeout(done, Math.max(0, ms)));
/** @param {number} i */
const scan = (i) => (i % 97 === 0 ? { action: "add", scan: "40063813" + (10_000 + (i % 40)) } : { device: "H-" + String(1 + (i % 20)).padStart(2, "0"), operator: ["ann", "ben", "chloé"][i % 3], action: i % 3 ? "remove" : "add", product: goods[i % goods.length], quantity: String(1 + (i % 4)), [i % 3 ? "from" : "to"]: "A-0" + (i % 7) });

const server = await Server.create();
/** @type {Line | undefined} */
let line;
try {
  for (const code of goods) await server.product(code, { min: "40" });
  const cable = (line = new Line(server));
  await cable.listen();
  for (let i = 0; i < 7; i++) await server.ask("PUT", "/v1/locations/A-0" + i + "?site=main", {});
  const context = await (await browser()).newContext({ viewport: { width: 1920, height: 1080 } });
  const page = await context.newPage();
  let errors = 0;
  page.on("pageerror", (e) => { errors++; console.log("error on the page:", String(e)); });
  await page.goto(cable.url + "/wall#key=" + server.key);
  await page.locator('#state[data-state="live"]').waitFor();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Performance.enable");
  await devtools.send("HeapProfiler.enable");
  const held = async () => {
    for (let i = 0; i < 3; i++) await devtools.send("HeapProfiler.collectGarbage");
    const all = Object.fromEntries((await devtools.send("Performance.getMetrics")).metrics.map((m) => [m.name, m.value]));
    return { heap: all.JSHeapUsedSize, nodes: all.Nodes, listeners: all.JSEventListeners };
  };
  /** @param {string} when @param {{heap: number, nodes: number, listeners: number}} h */
  const tell = (when, h) => console.log(`${when}: heap ${(h.heap / 1e6).toFixed(2)} MB, ${h.nodes} DOM nodes, ${h.listeners} listeners`);

  const began = performance.now();
  const since = () => (performance.now() - began) / 1000;
  let sent = 0;
  let cut = 0;
  let killed = 0;
  /** @type {{heap: number, nodes: number, listeners: number} | null} */
  let first = null;
  /** @type {Promise<unknown>} */
  let away = Promise.resolve();
  for (let turn = 0; since() < seconds; turn++) {
    await server.book(...Array.from({ length: (rate * every) / 1000 }, () => scan(sent++)));
    if (!first && since() > warm) tell(`after ${Math.round(since())} s`, (first = await held()));
    if (since() > ((cut + 1) * seconds) / (cuts + 1)) {
      cut++;
      cable.down = true;
      cable.cut();
      away = after(3_000).then(() => (cable.down = false)); // scans go on meanwhile
    }
    if (since() > ((killed + 1) * seconds) / (kills + 1)) {
      killed++;
      await away;
      await server.end("SIGKILL");
      await page.locator('#state[data-state="stale"]').waitFor();
      await server.start();
      await page.locator('#state[data-state="live"]').waitFor({ timeout: 60_000 });
    }
    await after(began + (turn + 1) * every - performance.now());
  }
  await away;
  await page.locator('#state[data-state="live"]').waitFor({ timeout: 60_000 });
  const end = await held();
  tell(`after ${Math.round(since())} s`, end);
  console.log(`${sent} scans, ${cut} cuts, ${killed} kills, ${errors} errors on the page`);
  const grew = /** @type {("heap" | "nodes" | "listeners")[]} */ (["heap", "nodes", "listeners"]).filter((what) => !first || end[what] > first[what] + mayGrow[what]);
  if (grew.length > 0 || errors > 0) {
    console.log("it grew: " + grew.join(", "));
    process.exitCode = 1;
  }
} finally {
  line?.close();
  await (await browser()).close();
  await server.remove();
}
