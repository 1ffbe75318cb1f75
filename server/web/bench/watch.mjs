// Measures the supervisor's page in Chromium: whether it keeps painting at 200 entries a second, and how
// long it is from a scan on one device until it is painted on the screen of who watches. Run by make
// bench-screens; figures are printed, nothing passes or fails.
import { Server, browser, last } from "../test/bayledger.mjs";

const seconds = Number(process.env.SECONDS ?? 20);
const rate = 200; // entries a second
const every = 50; // ms between two batches of them
const scans = Number(process.env.SCANS ?? 200);
const between = 100; // ms between two scans that are timed
const warm = 30; // scans that are not timed: by then rows are single again
const longFrame = 50; // ms

/** @param {number[]} list @param {number} part */
const percentile = (list, part) => [...list].sort((a, b) => a - b)[Math.max(0, Math.ceil(list.length * part) - 1)] ?? NaN;
/** @param {number[]} list */
const spread = (list) => [0.5, 0.95, 0.99, 1].map((p) => (p === 1 ? "most" : "p" + p * 100) + " " + percentile(list, p).toFixed(1) + " ms").join(", ");
/** @param {number} i */
const scan = (i) => ({ device: "H-" + String(1 + (i % 20)).padStart(2, "0"), action: "add", product: "BELT-A42", quantity: "1", to: "stock" });
/** @param {number} ms */
const after = (ms) => new Promise((done) => setTimeout(done, ms));

const server = await Server.create();
try {
  const context = await (await browser()).newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await server.product("BELT-A42");
  await page.goto(server.url + "/#key=" + server.key);
  await page.locator("#feed").waitFor();

  // Frames, and what held one up, while 200 entries a second come.
  await page.evaluate(() => {
    const seen = { frames: /** @type {number[]} */ ([]), tasks: /** @type {number[]} */ ([]) };
    Object.assign(globalThis, { seen });
    let before = performance.now();
    const frame = (/** @type {number} */ now) => {
      seen.frames.push(now - before);
      before = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map((e) => e.duration))).observe({ type: "longtask" });
  });
  const devtools = await context.newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const spent = async () => Object.fromEntries((await devtools.send("Performance.getMetrics")).metrics.map((m) => [m.name, m.value]));
  const before = await spent();
  let head = 0;
  const began = performance.now();
  for (let i = 0; i < (seconds * 1000) / every; i++) {
    head = (await server.book(...Array.from({ length: (rate * every) / 1000 }, (_, k) => scan(i + k)))).head;
    await after(Math.max(0, began + (i + 1) * every - performance.now()));
  }
  const took = (performance.now() - began) / 1000;
  await last(page, head, { timeout: 30_000 });
  const { frames, tasks } = await page.evaluate(() => /** @type {any} */ (globalThis).seen);
  console.log(`${head} entries in ${took.toFixed(1)} s (${Math.round(head / took)} a second)`);
  console.log(`frames: ${frames.length}, ${spread(frames)}, over ${longFrame} ms: ${frames.filter((/** @type {number} */ f) => f > longFrame).length}`);
  const now = await spent();
  const of = ["ScriptDuration", "RecalcStyleDuration", "LayoutDuration", "TaskDuration"].map((name) => name.replace("Duration", "").toLowerCase() + " " + (((now[name] - before[name]) * 100) / took).toFixed(1) + " %");
  console.log("of one core, of the page's own thread: " + of.join(", "));
  console.log(`tasks over ${longFrame} ms of the page itself: ${tasks.length}`);

  // One scan at a time: from before it is sent until the frame that shows it has been handed on.
  await page.evaluate(() => {
    const painted = new Map();
    Object.assign(globalThis, { painted });
    const feed = /** @type {HTMLElement} */ (document.querySelector("#feed"));
    new MutationObserver(() => {
      const n = Number(feed.dataset.last);
      requestAnimationFrame(() => setTimeout(() => painted.set(n, Date.now()))); // behind the frame
    }).observe(feed, { attributes: true, attributeFilter: ["data-last"] });
  });
  const times = [];
  for (let i = -warm; i < scans; i++) {
    const sent = performance.timeOrigin + performance.now();
    const { head: n } = await server.book(scan(i + warm));
    const at = await (await page.waitForFunction((/** @type {number} */ entry) => /** @type {any} */ (globalThis).painted.get(entry), n, { polling: "raf" })).jsonValue();
    if (i >= 0) times.push(at - sent);
    await after(between);
  }
  console.log(`scan to painted, ${scans} scans: ${spread(times)}`);
} finally {
  await (await browser()).close();
  await server.remove();
}
