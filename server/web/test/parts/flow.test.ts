// The machine, held to the streams that hold the server's: each event, intent and screen of them,
// failures to store and crashes included.
import assert from "node:assert/strict";
import test from "node:test";
import { Machine } from "../../src/core/flow/machine.ts";
import type { Intent, Screen, Setup } from "../../src/core/flow/types.ts";
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

test("what is no saved state is said", () => {
  assert.throws(() => Machine.restore(setup({}), "{", 1));
});
