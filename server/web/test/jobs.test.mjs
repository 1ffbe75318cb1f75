// What each job costs in scans and taps, done and counted; and that the page says the same.
//
//	UPDATE=1 node --test test/jobs.test.mjs   writes the table in README.md anew
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import test from "node:test";
import { Server, soon } from "./bayledger.mjs";
import { Device } from "./device.mjs";
import { booked, stock } from "./floor.mjs";
import { Hand, jobs, pairing, table } from "./jobs.mjs";

const page = "README.md";
const [from, to] = ["<!-- jobs, from test/jobs.mjs -->\n", "<!-- end of jobs -->"];

test("the table of jobs is that of the list", () => {
  const text = readFileSync(page, "utf8");
  const [before, rest = ""] = text.split(from);
  const [shown, after = ""] = rest.split(to);
  if (process.env.UPDATE) writeFileSync(page, before + from + table() + to + after);
  else assert.equal(shown, table(), "UPDATE=1 writes it anew");
});

test("each job costs so many scans and taps", { timeout: 300_000 }, async (t) => {
  const server = await Server.create();
  await stock(server);
  await server.ask("PUT", "/v1/locations/B-01?site=main", { kind: "stock" });
  await server.ask("PUT", "/v1/reasons/BENT", { name: "Bent or broken", actions: "isolate" });
  const device = await Device.create(server.url);
  const marked = async () => (await booked(server)).at(-1)?.intent.seq ?? 0;
  try {
    await t.test(pairing.name, async () => {
      const { url } = await server.ask("POST", "/v1/pairings", { device: "H-07", role: "floor" });
      await device.page.goto(device.url + "/scan");
      await device.page.locator(".capture input:focus").waitFor({ state: "attached", ...soon });
      const hand = new Hand(device);
      await hand.scan(url);
      await device.begin();
      assert.deepEqual([hand.scans, hand.taps], [pairing.scans, pairing.taps]);
    });
    for (const job of jobs) {
      await t.test(job.name, async () => {
        const since = await marked();
        for (const code of job.before ?? []) await device.scan(code);
        if (job.stored) await device.sent(since + job.stored);
        const hand = new Hand(device);
        await job.act(hand);
        assert.deepEqual([hand.scans, hand.taps], [job.scans, job.taps]);
        if (job.shows) await device.page.locator("main").getByText(job.shows, { exact: true }).first().waitFor(soon);
        const want = job.booked ?? [];
        if (want.length > 0) await device.sent(since + want.length);
        const got = (await booked(server)).map((e) => e.intent).filter((i) => i.seq > since);
        assert.equal(got.length, want.length, JSON.stringify(got));
        want.forEach((w, i) => assert.deepEqual({ ...got[i], ...w }, got[i]));
        for (const code of [...(job.behind ?? []), "BLCMD-ADD"]) await device.scan(code); // leaves the place
      });
    }
  } finally {
    await device.remove();
    await server.remove();
  }
});
