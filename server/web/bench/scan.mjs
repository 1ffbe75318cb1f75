// Measures what a scan costs on the handheld, from the reader's Enter until its result is painted: on
// disk in the outbox before, with a server, at 4 times slower than this machine. Run by make bench-screens.
import { loadavg } from "node:os";
import { Server } from "../test/bayledger.mjs";
import { Device } from "../test/device.mjs";
import { codes, stock } from "../test/floor.mjs";

const slower = 4; // than this machine: about a handheld of some years
const warm = 20; // scans before it is measured
const scans = Number(process.env.SCANS ?? 200);
const pause = 250; // ms between two scans: a quick hand
const goal = 50; // ms, 95 of 100

const server = await Server.create();
try {
  await stock(server);
  const device = await Device.create(server.url);
  try {
    await device.pair(server, "H-07");
    await device.scan("A-01");
    const { page } = device;
    const tools = await device.context.newCDPSession(page);
    await tools.send("Emulation.setCPUThrottlingRate", { rate: slower });
    await tools.send("Performance.enable", { timeDomain: "threadTicks" });
    const used = async () => ((await tools.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration")?.value ?? 0) * 1000; // ms of the page's own thread
    let before = 0;
    await page.evaluate(() => {
      const all = /** @type {any} */ (globalThis);
      all.took = [];
      let since = 0;
      document.addEventListener("keydown", (e) => {
        if (e.key === "Enter") since = e.timeStamp;
      }, { capture: true });
      new MutationObserver(() => requestAnimationFrame(() => {
        void all.scheduler.postTask(() => all.took.push(performance.now() - since), { priority: "user-blocking" }); // behind the frame, and before whatever else waits: it is painted
      })).observe(/** @type {Element} */ (document.querySelector(".card")), { attributeFilter: ["data-seq"] });
    });
    for (let i = 1; i <= warm + scans; i++) {
      if (i === warm + 1) before = await used();
      await device.scan(codes[i % codes.length]);
      await new Promise((resolve) => setTimeout(resolve, pause)); // nobody asks the page meanwhile: that would cost it
    }
    await page.locator('.card[data-seq="' + (warm + scans) + '"]').waitFor();
    const busy = (await used()) - before;
    /** @type {number[]} */
    const took = await page.evaluate(() => /** @type {any} */ (globalThis).took);
    const sorted = took.slice(-scans).sort((a, b) => a - b);
    const at = (/** @type {number} */ part) => sorted[Math.ceil(sorted.length * part) - 1].toFixed(1) + " ms";
    console.log(`${sorted.length} scans at ${slower} times slower: from Enter to painted p50 ${at(0.5)}, p95 ${at(0.95)} (goal ${goal} ms), p99 ${at(0.99)}, longest ${at(1)}; the page's thread was busy for ${(busy / scans).toFixed(1)} ms a scan. Load of the machine: ${loadavg()[0].toFixed(1)}`);
  } finally {
    await device.remove();
  }
} finally {
  await server.remove();
}
process.exit(0);
