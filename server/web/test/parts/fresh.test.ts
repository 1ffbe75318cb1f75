// What is shown is asked for again when it changed, and no oftener.
import assert from "node:assert/strict";
import test from "node:test";
import { follow } from "../../src/watch/stock/fresh.ts";
import type { Entry } from "../../src/watch/wire.ts";

/** Page shows rows of products, and asks when it is told to. */
class Page {
  asks = 0;
  busy = false;
  head: number | undefined;
  rows: readonly string[] = [];
  readonly following = follow(() => ({
    asked: { busy: this.busy, again: () => { this.asks++; this.busy = true; } },
    fresh: { head: this.head, concerns: (e) => this.rows.includes(e.moves?.[0]?.product ?? "") },
  }));

  answer(head: number, ...rows: string[]): void {
    this.head = head;
    this.rows = rows;
    this.busy = false;
    this.following.answered();
  }

  told(n: number, product: string): void {
    this.following.watcher.entries?.([{ n, moves: [{ product }] } as unknown as Entry], false);
  }
}

test("what was booked while the answer was under way is judged by the answer", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  for (const [about, n, product, asks] of [["after it was made", 8, "HAM", 1], ["before", 7, "HAM", 0], ["of what it does not hold", 8, "EGGS", 0]] as const) {
    const p = new Page();
    p.busy = true; // nothing is shown yet
    p.told(n, product);
    p.answer(7, "HAM");
    t.mock.timers.tick(5_000);
    assert.equal(p.asks, asks, about);
  }
});

test("a floor that never rests is asked about every five seconds", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const p = new Page();
  p.answer(1, "HAM");
  for (let n = 2; n < 302; n++) {
    p.told(n, "HAM");
    t.mock.timers.tick(100);
    if (p.busy) p.answer(n, "HAM");
  }
  assert.ok(p.asks >= 5 && p.asks <= 7, p.asks + " in 30 s");
});
