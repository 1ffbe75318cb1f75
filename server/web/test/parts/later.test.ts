// What a page is told while somebody scans is shown together, and never in the frame of a scan.
import assert from "node:assert/strict";
import test from "node:test";
import { browserFrames, Later } from "../../src/handheld/later.ts";

/** Stage is a browser whose frames come when a test says so. */
class Stage {
  busy = false;
  readonly shown: string[] = []; // what each frame changed
  private readonly calls: (() => void)[] = [];
  private readonly told: string[] = [];
  readonly faults: unknown[] = [];
  readonly behind: (() => void)[] = []; // the paint
  readonly later = new Later({ next: (call) => this.calls.push(call), behind: (call) => this.behind.push(call), fault: (e) => this.faults.push(e) }, () => this.busy, (change) => {
    const from = this.told.length;
    change();
    this.shown.push(this.told.slice(from).join("+"));
  });

  tell(what: string): void {
    this.later.tell(() => this.told.push(what));
  }

  frame(): void {
    for (const call of this.calls.splice(0)) call();
  }

  asked(): number {
    return this.calls.length;
  }
}

test("what is told between two frames is shown together, in its order", () => {
  const s = new Stage();
  s.tell("acknowledged");
  s.tell("balance");
  assert.deepEqual([s.shown, s.asked()], [[], 1], "nothing before the frame, and one frame is asked for");
  s.frame();
  assert.deepEqual(s.shown, ["acknowledged+balance"]);
  s.frame();
  assert.deepEqual([s.shown.length, s.asked()], [1, 0], "and then nothing is asked of the browser");
});

test("the frame that shows a scan shows nothing else", () => {
  const s = new Stage();
  s.later.scan(() => undefined);
  s.tell("acknowledged");
  s.frame();
  assert.deepEqual(s.shown, []);
  s.frame();
  assert.deepEqual(s.shown, ["acknowledged"]);
});

test("what a scan sets off and nobody sees comes behind its frame, in order, whatever one of it does", () => {
  const s = new Stage();
  const made: string[] = [];
  s.later.scan(() => { throw new Error("no sound"); });
  s.later.scan(() => made.push("sent"));
  assert.equal(s.behind.length, 0, "nothing before the frame");
  s.frame();
  assert.deepEqual(made, [], "nothing in it");
  for (const call of s.behind.splice(0)) call();
  assert.deepEqual([made, s.faults.length], [["sent"], 1]);
  s.frame();
  assert.equal(s.behind.length, 0, "once");
});

test("while a scan is being taken, what was told waits; but not for ever", () => {
  const s = new Stage();
  s.busy = true;
  s.tell("acknowledged");
  for (let i = 0; i < 7; i++) s.frame();
  assert.deepEqual(s.shown, []);
  s.frame();
  assert.deepEqual(s.shown, ["acknowledged"], "scans that keep coming hold it up for 8 frames");
});

test("what one change tells comes in the next frame", () => {
  const s = new Stage();
  s.later.tell(() => s.tell("then"));
  s.frame();
  assert.deepEqual(s.shown, [""]);
  s.frame();
  assert.deepEqual(s.shown, ["", "then"]);
});

test("a page that is hidden before its next frame is told all the same, once", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const frames: (() => void)[] = [];
  const page = globalThis as unknown as { document: object; requestAnimationFrame: (call: () => void) => number; cancelAnimationFrame: (n: number) => void };
  page.document = { visibilityState: "visible" };
  page.requestAnimationFrame = (call) => frames.push(call);
  page.cancelAnimationFrame = (n) => void (frames[n - 1] = () => undefined);
  let told = 0;
  const later = new Later(browserFrames, () => false, (change) => change());
  later.tell(() => told++);
  t.mock.timers.tick(1000); // no frame comes
  assert.equal(told, 1);
  for (const frame of frames) frame(); // somebody looks again
  later.tell(() => told++);
  frames.at(-1)!();
  t.mock.timers.tick(1000);
  assert.equal(told, 2);
});

test("a change that fails is reported, and keeps nothing else from being shown", () => {
  const s = new Stage();
  s.tell("acknowledged");
  s.later.tell(() => { throw new Error("a row of a kind that nobody knows"); });
  s.tell("balance");
  s.frame();
  assert.deepEqual([s.shown, s.faults.map(String)], [["acknowledged+balance"], ["Error: a row of a kind that nobody knows"]]);
});
