import { from, needsFrom } from "./place.ts";
import type { Machine } from "./machine.ts";
import { amountOf, filled, shown } from "./thing.ts";
import { builds, type Screen } from "./types.ts";
import { changes } from "./run.ts";
import { asks, nobody } from "./waiting.ts";

/** screen is what is shown after an event. */
export function screen(m: Machine): Screen {
  const { s } = m;
  const out = (state: Screen["state"], words: string, prompt: string): Screen => filled({
    mode: s.mode, state, words, prompt, place: m.placeShown(), to: shown(s.to), times: s.times, last: s.last ?? undefined,
    in_hand: s.hand.length, behind: s.kept.length, operator: shown(s.operator), printer: shown(s.printer),
    asset: shown(s.asset), session: shown(s.session), reason: shown(s.reason), run: changes(m), run_to: shown(s.run?.to ?? ""),
  }) as Screen;
  if (s.stop !== "") return out("stop", s.stop, m.w.prompt.stop);
  return out(asks(m) && m.shown === "ready" ? "check" : m.shown, m.words, prompt(m)); // a question is not to be overlooked
}

/** prompt is the one next step. */
function prompt(m: Machine): string {
  const { s } = m;
  const p = m.w.prompt;
  if (s.ask) return p.really(amountOf(s.ask, m.w));
  if (s.why) return p.why;
  if (s.run) return s.run.to === "" ? p.run(s.run.seqs.length) : p.runTo(s.run.seqs.length, shown(s.run.to));
  if (s.complete) return p.complete(m.placeShown());
  if (nobody(m)) return p.badge;
  if (s.need) return p.need(m.needed(), m.codeNeeded());
  if (s.half) return p.otherBarcode;
  if (s.times !== "") return p.times(s.times);
  if (s.mode === "move") return promptMove(m);
  const place = m.placeShown();
  if (s.mode === "lookup") return p.lookup;
  if (builds(s.mode) && (s.asset === "" || place !== "" || s.hand.length === 0)) return promptPart(m, place);
  if (place === "") return s.hand.length > 0 ? p.placeOrMore : p.placeOrThing;
  switch (s.mode) {
    case "add": return p.addAt(place);
    case "count": if (s.session !== "") return p.countSession(place);
      return s.hand.length > 0 ? p.countMore(place) : p.count(place);
    case "isolate": return s.reason === "" ? p.isolateWhy(place) : p.isolate(place);
  }
  return p.removeFrom(place);
}

/** promptPart is the next step where parts go into a machine, or come out of it. */
function promptPart(m: Machine, place: string): string {
  const asset = shown(m.s.asset);
  const p = m.s.mode === "disassemble" ? m.w.prompt.out : m.w.prompt;
  if (asset === "") return p.machine;
  return place === "" ? p.partOrPlace(asset) : p.part(asset, place);
}

function promptMove(m: Machine): string {
  const p = m.w.prompt;
  const [source, to] = [shown(from(m)), shown(m.s.to)];
  if (m.s.hand.length > 0) return source === "" && needsFrom(m) ? p.moveFromFirst : p.moveToOrMore;
  if (source === "") return p.moveFrom;
  return to === "" ? p.moveThingOrTo(source) : p.move(source, to);
}
