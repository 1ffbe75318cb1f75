// One connection of the sync protocol, over a socket that a test answers: what leaves, in which order, and
// what is told of it.
import assert from "node:assert/strict";
import test, { mock } from "node:test";
import type { Box, Note, Outcome, Row } from "../../src/handheld/box.ts";
import { Link } from "../../src/handheld/link.ts";
import { Session, type Surroundings, type Ending, type Heard } from "../../src/handheld/session.ts";
import { subprotocol } from "../../src/handheld/wire.ts";

type Message = Record<string, unknown> & { type: string };

/** Wire is the other end of a socket. */
class Wire {
  static readonly CONNECTING = 0;
  readyState = 1;
  bufferedAmount = 0;
  readonly protocol = subprotocol;
  onopen: () => void = () => undefined;
  onmessage: (m: { data: unknown }) => void = () => undefined;
  onclose: (e: { code: number; reason: string }) => void = () => undefined;
  readonly sent: Message[] = [];
  closed = 0;

  send(text: string): void {
    const m = JSON.parse(text) as Message | Message[];
    this.sent.push(...(Array.isArray(m) ? m : [m]));
  }

  close(code: number): void {
    this.closed = code;
  }
}

/** device is an outbox of so many rows, and a session over a wire. */
function device(rows: number) {
  const log = { notes: [] as Note[], acked: 0, resent: 0, outcomes: [] as Outcome[], ended: null as Ending | null };
  const box = {
    stats: async () => ({ waiting: rows - log.acked, oldest: 0, next: rows + 1, acked: log.acked, notes: 0 }),
    unacked: async (from: number, most: number): Promise<Row[]> => Array.from({ length: rows }, (_, i) => i + 1).filter((seq) => seq >= from && seq > log.acked).slice(0, most).map((seq) => ({ seq, at: 1, data: '{"seq":' + seq + "}", lost: "" })),
    ack: async (through: number) => void (log.acked = through),
    note: async (list: Note[]) => void log.notes.push(...list),
    resend: async (from: number) => void (log.resent = from),
    raise: async () => undefined,
  } as unknown as Box;
  const on: Heard = {
    time: () => undefined, connected: () => undefined, policy: () => undefined, outcomes: (list) => log.outcomes.push(...list),
    notice: () => undefined, lost: () => undefined, rows: async () => undefined, seen: () => undefined,
  };
  const wire = new Wire();
  const time = { now: 1000 };
  const env: Surroundings = { box, device: "H-07", install: "i", site: "main", app: "test", key: () => "key", cursor: () => null, seen: () => null, mono: () => time.now, rand: () => 0, battery: () => undefined, lostFocus: () => 3, on };
  (globalThis as { WebSocket: unknown }).WebSocket = Wire;
  const session = new Session(wire as unknown as WebSocket, env, (e) => (log.ended = e));
  const settled = async () => { for (let i = 0; i < 50; i++) await Promise.resolve(); };
  const hear = async (...messages: object[]) => {
    wire.onmessage({ data: JSON.stringify(messages) });
    await settled();
  };
  const pass = async (ms: number) => {
    await settled();
    time.now += ms;
    mock.timers.tick(ms);
    await settled();
  };
  return { log, time, wire, session, hear, settled, env, pass };
}

const ending = ({ ended }: { ended: Ending | null }) => [ended?.dead, ended?.welcomed];
const welcome = (last: number) => ({ type: "welcome", now: "2026-03-02T09:00:00Z", last_seq: last, head: { epoch: "e1", n: 5 } });
const pushed = (wire: Wire): unknown[] => wire.sent.filter((m) => m.type === "push").flatMap((m) => (m.intents as { seq: number }[]).map((i) => i.seq));

test("a ping tells how often the reader was not heard", async () => {
  const { time, wire, session, hear, settled } = device(0);
  wire.onopen();
  await settled();
  await hear(welcome(0));
  assert.equal(wire.sent.some((m) => m.type === "ping"), false);
  time.now += 30_000;
  await hear({ type: "notice", kind: "of a later release" }); // which it passes over
  const ping = wire.sent.find((m) => m.type === "ping");
  assert.deepEqual([ping?.pending, ping?.lost_focus, "battery" in ping!], [0, 3, false]);
  session.close("done");
});

test("hello first; rows leave after the welcome, in order; an outcome that needs somebody is noted before it is acknowledged", async () => {
  const { log, wire, session, hear, settled } = device(3);
  wire.onopen();
  await settled();
  assert.deepEqual(wire.sent.map((m) => [m.type, m.pending]), [["hello", 3]]);
  await hear(welcome(0));
  assert.deepEqual([wire.sent.map((m) => m.type), pushed(wire)], [["hello", "subscribe", "subscribe", "push"], [1, 2, 3]]);
  await hear({ type: "ack", through: 2, outcomes: [{ seq: 1, outcome: "applied" }, { seq: 2, outcome: "parked", message: "unknown" }] });
  assert.deepEqual([log.acked, log.notes.map((n) => n.seq), log.outcomes.map((o) => o.seq), session.underway(3)], [2, [2], [1, 2], true]);
  session.close("done");
  assert.deepEqual([log.ended?.welcomed, log.ended?.useful, wire.closed], [true, true, 1000]);
});

test("after a gap it goes back to where the server stands", async () => {
  const { log, wire, session, hear } = device(3);
  wire.onopen();
  await hear(welcome(0));
  assert.deepEqual(pushed(wire), [1, 2, 3]);
  await hear({ type: "error", code: "gap", message: "", last_seq: 0 }); // it answers the push
  assert.equal(log.resent, 1);
  assert.deepEqual(pushed(wire), [1, 2, 3, 1, 2, 3]);
  session.close("done");
});

test("a server that comes back from a backup is sent again what it lost", async () => {
  const { log, wire, session, hear } = device(3);
  log.acked = 3;
  wire.onopen();
  await hear(welcome(1));
  assert.equal(log.resent, 2);
  session.close("done");
});

test("an outcome beyond what was acknowledged, and a frame that is no text, end the connection", async () => {
  for (const end of [(w: Wire) => w.onmessage({ data: JSON.stringify({ type: "ack", through: 1, outcomes: [{ seq: 2, outcome: "refused" }] }) }), (w: Wire) => w.onmessage({ data: new ArrayBuffer(1) })]) {
    const { log, wire, hear, settled } = device(2);
    wire.onopen();
    await hear(welcome(0));
    end(wire);
    await settled();
    assert.ok(log.ended, "it goes on");
  }
});

test("somebody comes back to a connection: it is asked at once; one that answers stays, one that is dead ends in seconds", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const { log, wire, session, hear, settled, pass } = device(0);
  wire.onopen();
  session.probe(); // before the welcome nobody is asked
  await hear(welcome(0));
  assert.equal(wire.sent.filter((m) => m.type === "ping").length, 0);
  await pass(1000);
  session.probe();
  await settled();
  assert.equal(wire.sent.at(-1)?.type, "ping");
  await pass(2000);
  await hear({ type: "notice", kind: "info", text: "anything" });
  await pass(4000);
  assert.ok(!log.ended, "it had answered");
  session.probe();
  await pass(2000);
  session.probe(); // again: the first one counts
  await pass(3000);
  assert.deepEqual(ending(log), [true, true]);
  const opening = device(0);
  opening.wire.readyState = Wire.CONNECTING; // over a network that is gone
  opening.session.probe();
  await opening.pass(5000);
  assert.deepEqual(ending(opening.log), [true, false]);
});

test("a connection that is asked while its scans crawl out, or while a catalogue is being kept, is not taken for dead", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const slow = device(3);
  slow.wire.onopen();
  await slow.hear(welcome(0));
  slow.wire.bufferedAmount = 400_000;
  slow.session.probe();
  await slow.settled();
  for (let left = 300_000; left >= 0; left -= 100_000) {
    slow.wire.bufferedAmount = left;
    await slow.pass(5000);
    assert.ok(!slow.log.ended, left + " bytes are left, and it is given up");
  }
  await slow.pass(5000);
  assert.deepEqual(ending(slow.log), [true, true], "nothing leaves any more, and nothing is heard");

  let kept: () => void = () => undefined;
  const busy = device(0);
  Object.assign(busy.env.on, { rows: () => new Promise<void>((resolve) => (kept = resolve)) });
  busy.wire.onopen();
  await busy.hear(welcome(0));
  await busy.hear({ type: "snapshot", topic: "catalog", part: 1, parts: 1, n: 5, rows: [{}] });
  await busy.pass(1000);
  busy.session.probe();
  await busy.pass(6000);
  kept();
  await busy.settled();
  assert.deepEqual([busy.log.ended, busy.wire.sent.at(-1)?.type], [null, "ping"], "it is asked when the disk is done");
  await busy.hear({ type: "pong", now: "2026-03-02T09:15:00Z" });
  await busy.pass(5000);
  assert.equal(busy.log.ended, null);
  busy.session.close("done");
});

test("behind a connection that was found dead the next one is begun at once", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const { env, settled, pass, session } = device(0);
  session.close("of no use here");
  const made: Wire[] = [];
  (globalThis as { WebSocket: unknown }).WebSocket = class extends Wire {
    constructor() {
      super();
      made.push(this);
    }
  };
  const link = new Link("http://x", env, { disconnected: () => undefined, stopped: () => undefined, posted: () => undefined });
  link.start();
  const [first] = made;
  first!.onopen();
  first!.onmessage({ data: JSON.stringify(welcome(0)) });
  await settled();
  await pass(1000);
  link.hurry();
  await pass(5000);
  await pass(0);
  assert.deepEqual([made.length, first!.closed], [2, 1000]);
  link.stop();
});
