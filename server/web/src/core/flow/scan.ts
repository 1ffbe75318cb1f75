import { decode } from "../gs1/index.ts";
import { maxCode, read } from "../meaning/index.ts";
import { bytesOf } from "../gs1/index.ts";
import { answer, answers, asks, behind, forward, nobody } from "./waiting.ts";
import { command, confirm } from "./command.ts";
import { goods, thingOf } from "./goods.ts";
import { complete, half, join } from "./label.ts";
import type { Machine } from "./machine.ts";
import { place } from "./place.ts";
import { runTo } from "./run.ts";
import { shown } from "./thing.ts";

/** scan takes a scan, or lets it wait. */
export function scan(m: Machine, text: string): void {
  const name = commandIn(text);
  if (name !== null) {
    if ((m.s.stop !== "" && name !== "OK") || (asks(m) && !answers(m, name)) || (nobody(m) && m.s.kept.length > 0 && name !== "OK")) {
      behind(m, text); // what comes behind it is meant in its mode, and what came before it is not
    } else {
      command(m, name);
    }
    return;
  }
  if (m.s.stop !== "" || (asks(m) && !answer(m, text))) return behind(m, text);
  if (m.s.half) return join(m, text);
  if (m.s.ask) return confirm(m);
  const r = read(text, m.context());
  if (m.s.run) return runTo(m, r.code);
  switch (r.kind) {
    case "command": return m.stop(m.w.noSuchCommand);
    case "operator": return badge(m, r.code);
    case "device": return m.say("check", m.w.sticker(r.code));
  }
  if (nobody(m)) {
    behind(m, text);
    return m.say("check", m.w.keptBadgeFirst);
  }
  if (m.s.need) return complete(m, r);
  switch (r.kind) {
    case "place": return place(m, r.code);
    case "half": return half(m, r);
  }
  goods(m, thingOf(m, r), r);
}

/** badge notes who scans, and takes what waited for that. */
function badge(m: Machine, code: string): void {
  if (bytesOf(code).length > maxCode) return m.stop(m.w.badgeTooLong);
  m.s.operator = code;
  m.say("ready", m.w.hello(shown(code)));
  forward(m);
}

/** commandIn reads a command of our sheets out of a scan; null is none. */
export function commandIn(text: string): string | null {
  const { message, fault } = decode(text);
  return !fault && message.kind === "command" ? message.text : null;
}

export function isBadge(m: Machine, text: string): string | null {
  if (commandIn(text) !== null) return null;
  const r = read(text, m.context());
  return r.kind === "operator" ? r.code : null;
}
