// The link tells each entry once, in order, whatever the server and the network do.
import assert from "node:assert/strict";
import test, { mock } from "node:test";
import { Link, type Handlers } from "../../src/watch/link.ts";

class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  readyState = 1;
  sent: { type: string; since?: unknown; cursor?: unknown; topic?: string }[] = [];
  send(text: string): void {
    this.sent.push(JSON.parse(text) as FakeSocket["sent"][number]);
  }
  close(): void {
    this.readyState = 3;
  }
  say(...messages: object[]): void {
    this.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(messages) }));
  }
  fail(code = 1006): void {
    this.dispatchEvent(Object.assign(new Event("close"), { code, reason: "" }));
  }
  welcome(n: number, epoch = "e1"): void {
    this.dispatchEvent(new Event("open"));
    this.say({ type: "welcome", now: "2026-03-02T09:15:00Z", head: { epoch, n }, policy: { ping_every: 25 } });
  }
  events(from: number, to: number): void {
    this.say({ type: "events", topic: "activity", from, to, events: Array.from({ length: to - from }, (_, i) => ({ n: from + 1 + i })) });
  }
}

function scene(): { told: string[]; sockets: FakeSocket[]; link: Link } {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  (globalThis as { WebSocket: unknown }).WebSocket = FakeSocket;
  const told: string[] = [];
  const sockets: FakeSocket[] = [];
  const on: Handlers = {
    live: (_, resumed) => told.push(resumed ? "resumed" : "live"), lost: () => told.push("lost"), stopped: (m, bad) => told.push((bad ? "refused " : "stopped ") + m), heard: () => undefined, restored: () => told.push("restored"),
    skipped: (from, to) => told.push(`skipped ${from}-${to}`), entries: (list) => told.push(...list.map((e) => String(e.n))), rows: () => undefined,
  };
  const socket = () => {
    const s = new FakeSocket();
    sockets.push(s);
    return s as unknown as WebSocket;
  };
  return { told, sockets, link: new Link({ url: "ws://x", key: "k", site: "", topics: ["alerts"], socket }, on) };
}

const subscribed = (s: FakeSocket): unknown => s.sent.find((m) => m.type === "subscribe" && m.topic === "activity")?.since;

test("it resumes from the last entry, without a gap and without a double", (t) => {
  const { told, sockets, link } = scene();
  t.after(() => mock.timers.reset());
  link.start();
  sockets[0]!.welcome(10);
  sockets[0]!.events(0, 10);
  sockets[0]!.events(10, 12);
  sockets[0]!.events(10, 12); // told again
  sockets[0]!.fail();
  link.hurry();
  sockets[1]!.welcome(15);
  assert.deepEqual(subscribed(sockets[1]!), { epoch: "e1", n: 12 });
  sockets[1]!.events(12, 15);
  assert.deepEqual(told, ["live", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "lost", "resumed", "13", "14", "15"]);
  link.end();
});

test("where entries are missing it asks again from where it is", (t) => {
  const { told, sockets, link } = scene();
  t.after(() => mock.timers.reset());
  link.start();
  sockets[0]!.welcome(2);
  sockets[0]!.events(0, 2);
  sockets[0]!.events(5, 6);
  assert.deepEqual(told, ["live", "1", "2", "lost"]);
  mock.timers.tick(2_000);
  sockets[1]!.welcome(6);
  sockets[1]!.events(2, 6);
  assert.deepEqual(told.slice(4), ["resumed", "3", "4", "5", "6"]);
  link.end();
});

test("other books are begun anew and said; a gap that is too long is said", (t) => {
  const { told, sockets, link } = scene();
  t.after(() => mock.timers.reset());
  link.start();
  sockets[0]!.welcome(5);
  sockets[0]!.events(0, 5);
  sockets[0]!.fail();
  link.hurry();
  sockets[1]!.welcome(300, "e2");
  assert.deepEqual(subscribed(sockets[1]!), { epoch: "e2", n: 200 });
  sockets[1]!.say({ type: "snapshot", topic: "activity", part: 1, parts: 1, n: 300, rows: [{ n: 299 }, { n: 300 }] });
  sockets[1]!.fail();
  link.hurry();
  sockets[2]!.welcome(40_000, "e2");
  assert.deepEqual(told.slice(6), ["lost", "restored", "live", "skipped 200-298", "299", "300", "lost", "resumed", "skipped 300-39900"]);
  link.end();
});

test("somebody comes back to a connection that is dead: it is found out in seconds, and another is there", (t) => {
  const { told, sockets, link } = scene();
  t.after(() => mock.timers.reset());
  link.start();
  sockets[0]!.welcome(0);
  link.hurry();
  assert.equal(sockets[0]!.sent.at(-1)?.type, "ping");
  mock.timers.tick(3_000);
  link.hurry(); // it does not begin anew
  sockets[0]!.say({ type: "pong", now: "2026-03-02T09:15:00Z" });
  mock.timers.tick(4_000);
  assert.deepEqual([told, sockets.length], [["live"], 1], "it lives");
  link.hurry();
  mock.timers.tick(4_000);
  assert.deepEqual(told, ["live", "lost"]);
  mock.timers.tick(750);
  assert.equal(sockets.length, 2);
  link.hurry(); // it waits for its welcome
  assert.deepEqual([sockets.length, sockets[1]!.sent.length], [2, 0]);
  link.end();
});

test("silence is a lost connection, a key that is refused stops it", (t) => {
  const { told, sockets, link } = scene();
  t.after(() => mock.timers.reset());
  link.start();
  sockets[0]!.welcome(0);
  mock.timers.tick(5_000);
  assert.equal(sockets[0]!.sent.at(-1)?.type, "ping", "it asks whether the server is there");
  mock.timers.tick(4_000);
  assert.equal(told.at(-1), "lost", "within ten seconds");
  link.hurry();
  sockets.at(-1)!.dispatchEvent(new Event("open"));
  sockets.at(-1)!.say({ type: "error", code: "bad_key", message: "The key was revoked." });
  sockets.at(-1)!.fail(4401);
  assert.equal(told.at(-1), "refused The key was revoked.");
  const before = sockets.length;
  mock.timers.tick(60_000);
  assert.equal(sockets.length, before, "it came back");
});

test("where this side stood still, silence says nothing: it asks once more, and once only", (t) => {
  const { told, sockets, link } = scene();
  t.after(() => mock.timers.reset());
  let now = 0;
  const clock = mock.method(Date, "now", () => now);
  t.after(() => clock.mock.restore());
  link.start();
  sockets[0]!.welcome(0);
  now = 60_000; // a lid was closed
  mock.timers.tick(9_000);
  assert.deepEqual([told.at(-1), sockets[0]!.sent.at(-1)?.type], ["live", "ping"]);
  sockets[0]!.say({ type: "pong", now: "2026-03-02T09:16:00Z" });
  mock.timers.tick(8_000);
  assert.equal(told.at(-1), "live", "it is there");
  now = 120_000;
  mock.timers.tick(2_000);
  now = 180_000;
  mock.timers.tick(4_000);
  assert.equal(told.at(-1), "lost", "late a second time, and nothing came");
  link.end();
});
