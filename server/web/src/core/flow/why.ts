import { bytesOf } from "../gs1/index.ts";
import { takeOpen } from "./goods.ts";
import type { Machine } from "./machine.ts";
import { shown } from "./thing.ts";
import { maxText } from "./types.ts";
import { forward } from "./waiting.ts";

/** wantsReason says whether what is done here is not done without a reason. */
export const wantsReason = (m: Machine): boolean => m.setup.reasons.split(",").includes(m.s.mode);

/** reason notes why it is done. It holds until the mode changes; what waited for it is taken. */
export function reason(m: Machine, words: string): void {
  if (bytesOf(words).length > maxText) return m.stop(m.w.reasonTooLong);
  m.s.reason = words;
  m.say("ready", m.w.reason(shown(words)));
  const t = m.s.why;
  if (!t) return;
  m.s.why = null;
  takeOpen(m, t);
  forward(m);
}
