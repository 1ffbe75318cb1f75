// The machine, held to the streams that hold the server's: each event, intent and screen of them,
// failures to store and crashes included.
import assert from "node:assert/strict";
import test from "node:test";
import { Machine } from "../../src/core/flow/machine.ts";
import { waiting } from "../../src/core/flow/moment.ts";
import type { Intent, Screen, Setup, State } from "../../src/core/flow/types.ts";
import { english } from "../../src/core/flow/words.ts";
import { catalogueOf, streams, type StreamStep } from "./catalogue.ts";

const vectors = streams();
const goods = catalogueOf(vectors.catalogue);
const setup = (s: Partial<Setup>): Setup => ({ catalogue: goods, stock: goods, site: "main", rules: "", reasons: "", install: "", badge: false, places: {}, words: english, ...s });

/** Player plays a stream, with an outbox that gives out seqs from 1. */
class Player {
  private m: Machine;
  private next = 1;

  constructor(private readonly setup: Setup) {
    this.m = new Machine(setup);
  }

  private store(intents: readonly Intent[]): void {
    if (intents.length > 0) this.m.stored(this.next);
    this.next += intents.length;
  }

  play(step: StreamStep, today: string): { intents: readonly Intent[]; screen: Screen } {
    const { intents, screen } = this.m.take(step.event, today);
    if (step.fails) return { intents, screen: this.m.failed(step.fails).screen };
    const saved = this.m.save(this.next);
    if (!step.crash) {
      this.store(intents);
      return { intents, screen };
    }
    if (step.crash === "after") this.next += intents.length;
    this.m = Machine.restore(this.setup, saved, this.next);
    this.store([...this.m.outgoing]);
    return { intents, screen: this.m.screen() };
  }
}

assert.ok(vectors.streams.length >= 40, "only " + vectors.streams.length + " streams: is the file whole?");
for (const s of vectors.streams) {
  test("stream: " + s.name, () => {
    const player = new Player(setup(s.setup as Partial<Setup>));
    for (const [i, step] of s.steps.entries()) {
      const got = JSON.parse(JSON.stringify(player.play(step, s.today))) as object;
      assert.deepEqual(got, { intents: step.intents ?? [], screen: step.screen }, "step " + (i + 1) + ": " + JSON.stringify(step.event));
    }
  });
}

test("seqs of an outbox that is gone are not those of the new one", () => {
  const m = new Machine(setup({ install: "old" }));
  m.take({ scan: "A-01" }, "2026-03-02");
  m.take({ scan: "]E09521234543213" }, "2026-03-02");
  m.stored(1);
  m.take({ scan: "BOX-12" }, "2026-03-02");
  const again = Machine.restore(setup({ install: "new" }), m.save(2), 7);
  assert.deepEqual(again.outgoing.map((i) => i.scan), ["BOX-12"]);
  again.stored(7);
  assert.equal(again.take({ tap: "UNDO" }, "2026-03-02").intents[0]?.reference, "7");
  again.stored(8);
  assert.deepEqual(again.take({ tap: "UNDO" }, "2026-03-02").intents, []);
});

test("a step that could not be stored leaves the one before it as it was stored", () => {
  const day = "2026-03-02";
  const worked = () => {
    const m = new Machine(setup({}));
    m.take({ scan: "A-01" }, day);
    m.save(7);
    m.take({ scan: "]E09521234543213" }, day);
    m.save(6); // and once more, with another seq
    m.save(7);
    m.stored(7);
    return m;
  };
  const m = worked();
  m.take({ scan: "BOX-12" }, day);
  m.save(8);
  m.failed("The disk is full.");
  assert.deepEqual({ ...JSON.parse(m.save(8)), stop: "" }, JSON.parse(worked().save(8)));
  m.take({ tap: "OK" }, day);
  assert.equal(m.take({ tap: "UNDO" }, day).intents[0]?.reference, "7");
  const twice = worked();
  twice.take({ scan: "BOX-12" }, day);
  twice.save(8);
  twice.failed("The disk is full."); // nor could that be saved
  twice.take({ tap: "OK" }, day);
  twice.failed("The disk is full.");
  assert.deepEqual({ ...JSON.parse(twice.save(8)), stop: "" }, JSON.parse(worked().save(8)), "what was said not to be stored is taken for stored");
});

test("what is no saved state is said", () => {
  assert.throws(() => Machine.restore(setup({}), "{", 1));
});

const at = (seconds: number) => ({ at: new Date(Date.UTC(2026, 2, 2, 9, 0, seconds)).toISOString(), clock: "a" as const });

/** waits is the saved state of a handheld on which three scans wait behind a stop, those of second 3, 4 and 5. */
function waits(): string {
  const m = new Machine(setup({}));
  for (const [i, scan] of ["A-01", "]C0BLCMD-NO", "]E09521234543213", "BOX-12", "]E09521234543213"].entries()) m.take({ scan, ...at(i + 1) }, "2026-03-02");
  assert.deepEqual(waiting(m), { first: at(3), last: at(5) });
  return m.save(1);
}

const now = at(300).at;
const states: [string, (s: State) => Partial<State>, string[]][] = [
  ["of this version", (s) => s, [at(3).at, at(4).at, at(5).at]],
  ["of an earlier version", ({ kept: _, ...s }) => s, [now, now, now]],
  ["taken on by an earlier one, which leaves be what it does not know", (s) => ({ ...s, behind: s.behind.slice(1) }), [now, now]],
  ["others by now", (s) => ({ ...s, behind: ["BOX-12", ...s.behind.slice(1)] }), [now, now, now]],
  ["none by now", (s) => ({ ...s, behind: [] }), []],
];
for (const [name, change, want] of states) {
  test("a state " + name + ": what waits in it is booked, all of it, as of when it was scanned or, where nobody knows, of the OK", () => {
    const saved = JSON.parse(waits()) as State;
    assert.deepEqual(saved.behind, ["]E09521234543213", "BOX-12", "]E09521234543213"], "an earlier version does not find them");
    const m = Machine.restore(setup({}), JSON.stringify(change(saved)), 1);
    assert.deepEqual(m.take({ tap: "OK", ...at(300) }, "2026-03-02").intents.map((i) => i.at), want);
  });
}

test("a question that an earlier version asked in a state of this one is not of an earlier question's moment", () => {
  const m = new Machine(setup({}));
  m.take({ scan: "A-01", ...at(1) }, "2026-03-02");
  m.take({ tap: "X1000", ...at(2) }, "2026-03-02");
  m.take({ scan: "BOX-12", ...at(3) }, "2026-03-02");
  const saved = JSON.parse(m.save(1)) as State;
  const { since: _, ...ask } = saved.ask!; // as an earlier version asks
  const again = Machine.restore(setup({}), JSON.stringify({ ...saved, ask }), 1);
  assert.deepEqual(again.take({ tap: "CONFIRM", ...at(300) }, "2026-03-02").intents.map((i) => i.at), [now]);
});

// A state as the version before moments stored it: a quantity is asked about, and three scans wait.
const earlier = `{"install":"i","mode":"add","operator":"","printer":"","place":"A-01","to":"","times":"","reason":"","asset":"","session":"","hand":[],"half":null,"need":null,"ask":{"scan":"]E09521234543213","product":"TEA","name":"Green tea 100 g","unit":"piece","each":"","times":"1000","lot":"","serial":"","expiry":"","package":"","tracking":"none","count":false,"asked":false},"why":null,"run":null,"runs":0,"complete":false,"stop":"","behind":["BOX-12","]C0A-02","]C10219521234543210"],"done":[{"seq":1,"undo":0,"gone":false,"words":"Added 1 BOLT to A-01.","thing":{"scan":"]E04006381333931","product":"BOLT","name":"Bolt M6","unit":"piece","each":"","times":"","lot":"","serial":"","expiry":"","package":"","tracking":"none","count":false,"asked":false},"mode":"add","from":"","to":"A-01","reason":"","asset":"","run":0}],"last":{"code":"TEA","name":"Green tea 100 g","quantity":"1000","unit":"piece"},"fresh":false,"handed":false,"counted":[],"out":[],"outDone":[],"first":0}`;

test("a state of before moments: all that waits in it is taken, as of the answer, since nobody knows better", () => {
  const m = Machine.restore(setup({ install: "i" }), earlier, 2);
  const first = m.take({ tap: "CONFIRM", ...at(300) }, "2026-03-02").intents;
  m.stored(2);
  const got = [...first, ...m.take({ scan: "]E04006381333931", ...at(301) }, "2026-03-02").intents];
  assert.deepEqual(got.map((i) => [i.scan, i.to, i.at]), [["]E09521234543213", "A-01", now], ["BOX-12", "A-01", now], ["]C10219521234543210", "A-02", now], ["]E04006381333931", "A-02", at(301).at]]);
});
