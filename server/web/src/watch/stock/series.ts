// A balance over time, as a line of steps. Pure.

import { beforeOf } from "./why.ts";
import type { Step, Steps } from "./wire.ts";

/** Point is what was there from a moment on; the step that made it so, where one did. */
export interface Point { readonly at: number; readonly balance: string; readonly step: Step | null }

/** seriesOf is the line of a balance from a moment (0: from the first step) until now. Where earlier steps were not read it begins at the first that was. */
export function seriesOf(steps: Steps, since: number): readonly Point[] {
  const moved = steps.rows.filter((s) => !s.undone).toReversed();
  const first = moved[0];
  const whole = steps.next === undefined && !steps.cut;
  const begin: Point[] = since > 0 && whole ? [{ at: since, balance: first ? beforeOf(first) : steps.balance, step: null }] : [];
  return [...begin, ...moved.map((step) => ({ at: new Date(step.at).getTime(), balance: step.balance, step })), { at: new Date(steps.now).getTime(), balance: steps.balance, step: null }];
}

/** around gives the least and the most of a line, zero included, so that what is below it is seen to be. */
export function around(points: readonly Point[]): { least: number; most: number } {
  const numbers = points.map((p) => Number(p.balance));
  return { least: Math.min(0, ...numbers), most: Math.max(0, ...numbers) };
}
