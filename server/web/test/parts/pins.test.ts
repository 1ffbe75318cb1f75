// Badges and PINs: judged on the device as far as it may, by the server where it may not.
import assert from "node:assert/strict";
import test from "node:test";
import { matches, type Check } from "../../src/handheld/pincheck.ts";
import { Pins, type Means, type Shift } from "../../src/handheld/pins.ts";

// What golang.org/x/crypto/argon2 and crypto/hmac make of PIN 4821.
const check: Check = { operator: "ann", salt: "MDEyMzQ1Njc4OWFiY2RlZg==", memory: 256, times: 2, nonce: "YSBub25jZSBvZiBhIHNoaWZ0", check: "DG/Pv9VEJe6meCRC7gQTTyBd+BWwDQbtU1/2H9e3a6U=" };

test("a PIN is judged as the server judges it", async () => {
  assert.equal(await matches(check, "4821"), true);
  assert.equal(await matches(check, "4822"), false);
  for (const wrong of [{ memory: 0 }, { times: 0 }, { memory: (256 << 10) + 1 }, { times: 17 }]) assert.equal(await matches({ ...check, ...wrong }, "4821"), false, JSON.stringify(wrong));
});

const noon = Date.parse("2026-03-02T12:00:00Z");
const list = { until: "2026-03-02T20:00:00Z", tries: 3, checks: [check], known: ["ann", "bob"], wrong: {}, got: noon };

/** device is one with a list; said is what the server answers, an Error: it does not. */
function device(said: unknown, kept: Shift | undefined = list) {
  const log = { now: noon, kept: [] as Shift[], asked: [] as string[], said };
  const means: Means = {
    now: () => log.now, keep: async (s) => void log.kept.push(s), matches: async (_, pin) => pin === "4821",
    async ask(method, path) {
      log.asked.push(method + " " + path);
      if (log.said instanceof Error) throw log.said;
      return log.said;
    },
  };
  return { log, pins: new Pins(kept, means) };
}

test("without a network: wrong ones are counted before they are judged, and the right one clears them", async () => {
  const { log, pins } = device(new Error("no network"));
  assert.deepEqual(await pins.judge("ann", "1111"), { kind: "wrong", left: 2 });
  assert.deepEqual(log.kept.map((s) => s.wrong), [{ ann: 1 }], "a wrong one is kept");
  assert.deepEqual(await pins.judge("ann", "4821"), { kind: "right" });
  assert.deepEqual(log.kept.map((s) => s.wrong), [{ ann: 1 }, { ann: 2 }, {}], "the right one counts as wrong until it was right");
  assert.deepEqual(log.asked, []);
});

test("too many wrong ones: the server is asked, also after the page was loaded anew", async () => {
  const { log, pins } = device(new Error("no network"));
  for (const left of [2, 1, 0]) assert.deepEqual(await pins.judge("ann", "1111"), { kind: "wrong", left });
  assert.deepEqual(await pins.judge("ann", "4821"), { kind: "unasked", why: "no network" });
  const again = device({ right: false, shut_until: "2026-03-02T12:15:00Z" }, log.kept.at(-1));
  assert.deepEqual(await again.pins.judge("ann", "1111"), { kind: "shut", until: noon + 15 * 60_000 });
  again.log.said = { right: true };
  assert.deepEqual(await again.pins.judge("ann", "4821"), { kind: "right" });
  assert.deepEqual(again.log.kept.at(-1)?.wrong, {});
  assert.deepEqual(again.log.asked, ["POST /v1/operators/ann/verify", "POST /v1/operators/ann/verify"]);
});

test("whose check is not here, or whose shift is over, is judged by the server", async () => {
  const { log, pins } = device({ right: false });
  assert.deepEqual(await pins.judge("bob", "4821"), { kind: "refused" });
  log.now = Date.parse(list.until);
  assert.deepEqual(await pins.judge("ann", "4821"), { kind: "refused" });
  await pins.forget();
  assert.deepEqual([log.kept.at(-1)?.checks, pins.known("ann")], [[], true], "who has a PIN stays known");
});

test("the list is fetched when it is old, keeps wrong tries, and stays where none can be had", async () => {
  const { log, pins } = device({ ...list, known: undefined, checks: [{ ...check, operator: "cy" }] }, { ...list, wrong: { ann: 2 } });
  await pins.fetch();
  assert.deepEqual(log.asked, [], "it is young");
  log.now += 3_600_000;
  await pins.fetch();
  assert.deepEqual([pins.known("cy"), pins.known("ann"), log.kept.at(-1)?.wrong], [true, false, { ann: 2 }]);
  log.said = new Error("no network");
  await pins.fetch(true);
  assert.equal(pins.known("cy"), true);
});
