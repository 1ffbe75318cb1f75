// What is not needed at each scan: everything else that can be done, and how this handheld is set.

import { button, keepFocus, Sheet, Typed } from "./parts.tsx";
import type { Opened } from "./work.tsx";
import type { Language } from "./words.ts";

export interface Settings {
  readonly hand: "left" | "right";
  readonly theme: "auto" | "light" | "dark";
  readonly language: string;
  readonly muted: boolean;
  readonly badge: boolean; // nobody scans before saying who it is
}

export interface MoreProps {
  readonly w: Language;
  readonly settings: Settings;
  readonly languages: readonly { readonly code: string; readonly name: string }[];
  readonly device: string;
  readonly catalogue: string;
  readonly operator: string;
  readonly printer: string;
  readonly notes: number;
  readonly tap: (command: string) => void;
  readonly typed: (code: string) => void;
  readonly set: (s: Settings) => void;
  readonly keepFile: () => void;
  readonly guide: () => void;
  readonly camera: () => void;
  readonly open: (s: Opened) => void;
  readonly close: () => void;
}

export function More(p: MoreProps) {
  const { w, settings } = p;
  const tap = (command: string) => () => {
    p.tap(command);
    p.close();
  };
  const choose = <K extends keyof Settings>(name: K, label: string, values: readonly [Settings[K], string][]) => (
    <fieldset><legend>{label}</legend>{values.map(([value, text]) => (
      <button type="button" key={String(value)} aria-pressed={settings[name] === value} onMouseDown={keepFocus} onClick={() => p.set({ ...settings, [name]: value })}>{text}</button>
    ))}</fieldset>
  );
  const typed = (code: string) => {
    p.typed(code);
    p.close();
  };
  return (
    <Sheet title={w.ui.more} close={p.close} closeWord={w.ui.close}>
      <div class="grid">
        {button(w.job.find, () => p.open("find"))}{button(w.job.modes, () => p.open("modes"))}{button(w.job.correct, () => p.open("correct"))}{button(w.ui.needsYou(p.notes), () => p.open("notes"))}
        {button(w.ui.redo, tap("REDO"))}{button(w.ui.done, tap("DONE"))}{button(w.ui.confirm, tap("CONFIRM"))}{button(w.ui.cancel, tap("CANCEL"))}
      </div>
      <Typed label={w.ui.typeCode} send={w.ui.take} act={typed} />
      {button(w.camera.open, () => { p.camera(); p.close(); }, "wide")}
      {p.operator && <p>{w.job.youAre(p.operator)}</p>}
      <div class="grid">{button(w.job.start, () => { p.guide(); p.close(); })}{button(w.job.end, () => p.open("end"))}</div>
      {choose("muted", w.ui.sound, [[false, w.ui.soundOn], [true, w.ui.soundOff]])}
      {choose("hand", w.ui.hand, [["left", w.ui.left], ["right", w.ui.right]])}
      {choose("theme", w.ui.theme, [["auto", w.ui.themes.auto], ["light", w.ui.themes.light], ["dark", w.ui.themes.dark]])}
      {choose("badge", w.job.badgeRule, [[false, w.ui.soundOff], [true, w.ui.soundOn]])}
      {p.languages.length > 1 && choose("language", w.ui.language, p.languages.map((l) => [l.code, l.name]))}
      {button(w.ui.keepFile, p.keepFile, "wide")}
      <p class="device">{p.device}{p.catalogue && <><br />{w.ui.catalogueAsOf(p.catalogue)}</>}</p>
    </Sheet>
  );
}
