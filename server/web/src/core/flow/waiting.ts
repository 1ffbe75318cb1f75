import { bytesOf } from "../gs1/index.ts";
import { read } from "../meaning/index.ts";
import type { Machine } from "./machine.ts";
import { as } from "./moment.ts";
import { commandIn, scan } from "./scan.ts";
import { bytes } from "./thing.ts";
import { maxBehind, maxBytes, maxPending } from "./types.ts";

/** arrive takes a scan behind those that wait already. */
export function arrive(m: Machine, text: string): void {
  if (m.s.kept.length === 0 || answers(m, commandIn(text) ?? "") || !free(m)) return scan(m, text);
  behind(m, text);
  forward(m);
}

/** asks says whether a question is open: of a quantity, a reason, a correction, the end of a count. */
export const asks = (m: Machine): boolean => m.s.ask !== null || m.s.why !== null || m.s.run !== null || m.s.complete;

/** answers says whether a command may be given while a question is open. */
export const answers = (m: Machine, name: string): boolean =>
  name === "CONFIRM" || name === "CANCEL" || name === "UNDO" || name === "OK" || (m.s.why !== null && name.startsWith("REASON-"));

/** answer says whether a scan answers the question that is open: the same thing again, or the place of a correction. */
export function answer(m: Machine, text: string): boolean {
  if (m.s.ask) return text === m.s.ask.scan;
  return m.s.run !== null && read(text, m.context()).kind === "place";
}

/** behind keeps a scan for later. */
export function behind(m: Machine, text: string): void {
  const waiting = m.s.kept.reduce((n, other) => n + bytesOf(other.scan).length, bytesOf(text).length);
  if (m.s.kept.length >= maxBehind || waiting > maxBytes) return m.stopToo(m.w.tooManyWait);
  m.s.kept.push({ scan: text, since: m.when });
  if (asks(m)) m.say("check", m.w.keptAnswerFirst);
}

/**
 * retake takes a scan again once what was open has been booked. Where that has to be answered or
 * stored first it waits, in front of all others.
 */
export function retake(m: Machine, text: string): void {
  if (free(m) && !early(m, text)) {
    m.turn();
    scan(m, text);
  } else {
    m.s.kept.unshift({ scan: text, since: m.when });
  }
}

/** forward takes the scans that waited, until one stops again. */
export function forward(m: Machine): void {
  for (let first = m.s.out.length === 0; m.s.kept.length > 0 && free(m) && m.s.out.length < maxPending && outBytes(m) < maxBytes; first = false) {
    const { scan: text, since } = m.s.kept[0]!;
    if (early(m, text)) return;
    m.s.kept.shift();
    if (!first) m.turn();
    as(m, since, () => scan(m, text));
  }
}

const outBytes = (m: Machine): number => m.s.outDone.reduce((n, d) => n + bytes(d.thing), 0);

/**
 * early says whether a scan is about one that was booked in this step and has no seq yet: to undo
 * it, or to complete its label. It is taken in the next step.
 */
function early(m: Machine, text: string): boolean {
  if (m.s.out.length === 0) return false;
  const name = commandIn(text);
  if (name !== null) return name === "UNDO" || name === "REDO";
  return m.s.fresh && !m.s.half && !m.s.need && read(text, m.context()).kind === "half";
}

/** free says whether nothing has to be answered before the next scan. */
const free = (m: Machine): boolean => m.s.stop === "" && !asks(m) && !nobody(m);

/** nobody says whether a badge has to be scanned first. */
export const nobody = (m: Machine): boolean => m.setup.badge && m.s.operator === "";
