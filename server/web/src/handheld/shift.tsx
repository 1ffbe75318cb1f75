// The start of a shift, step by step, and its end.

import type { ComponentChildren } from "preact";
import { sheet } from "../core/wedge/calibrate.ts";
import type { Layout } from "../core/wedge/layout.ts";
import { calibrationMatrix } from "../core/wedge/matrix.ts";
import type { Felt } from "./feel.ts";
import { steps, type GuideState } from "./guide.ts";
import { Icon } from "./icons.tsx";
import { button, keepFocus, Sheet } from "./parts.tsx";
import type { Language } from "./words.ts";

export interface ShiftProps {
  readonly w: Language;
  readonly guide: GuideState;
  readonly operator: string;
  readonly hello: string; // what the last scan said
  readonly muted: boolean; // by the person's own setting
  readonly audible: boolean;
  readonly vibrates: boolean;
  readonly learned: boolean; // the scanner's profile is known
  readonly profile: string; // in words
  readonly layout: Layout; // the keys that the scanner sends, as the last codes showed
  readonly fixed: boolean; // the profile repairs them
  readonly go: (step: number) => void;
  readonly close: () => void;
  readonly play: (tone: Exclude<Felt, "ready">) => void;
  readonly heard: (yes: boolean | null) => void;
  readonly unmute: () => void;
  readonly again: () => void;
}

/** Shift leads through the start of a shift. Each step can be left out. */
export function Shift(p: ShiftProps) {
  const { w, guide } = p;
  const step = steps[guide.step] ?? "badge";
  const done = step === "badge" ? p.operator !== "" : step === "sound" ? guide.heard === true : p.learned && guide.seen.length === sheet.length;
  const last = guide.step === steps.length - 1;
  return (
    <div class="shift page-fill" data-step={step}>
      <header>
        <div><h1>{w.job.start}</h1><p class="steps">{w.job.step(guide.step + 1, steps.length)}</p></div>
        {!p.audible && <span class="mute"><Icon name="muted" /><span class="sr">{w.ui.sound}: {w.ui.soundOff}</span></span>}
        {!last && button(w.job.toWork, p.close)}
      </header>
      <div class="inside" tabIndex={0} role="group" aria-label={w.job.step(guide.step + 1, steps.length)} onMouseDown={keepFocus}> {/* keys scroll it, also where nothing in it takes them */}
        {step === "badge" && <Badge {...p} />}
        {step === "sound" && <Sound {...p} />}
        {step === "reader" && <Reader {...p} />}
      </div>
      <nav class="actions" aria-label={w.job.start}>
        {guide.step > 0 && button(w.job.back, () => p.go(guide.step - 1))}
        {last ? button(w.job.toWork, p.close, "go") : button(done ? w.job.next : w.job.skip, () => p.go(guide.step + 1), done ? "go" : "")}
      </nav>
    </div>
  );
}

function Badge({ w, operator, hello }: ShiftProps) {
  return (
    <>
      <h2>{w.job.badgeTitle}</h2>
      {operator === "" ? <p>{w.job.badgeHow}</p> : <p class="good" role="status"><Icon name="sent" />{w.job.youAre(operator)}</p>}
      {operator === "" && hello !== "" && <p class="said" role="status">{hello}</p>}
    </>
  );
}

const tones = ["saved", "sent", "check", "stop"] as const;

function Sound({ w, guide, muted, audible, vibrates, play, heard, unmute }: ShiftProps) {
  return (
    <>
      <h2>{w.job.soundTitle}</h2>
      <p>{w.job.soundHow}</p>
      {muted && <div class="said"><p>{w.job.soundIsOff}</p>{button(w.job.switchOn, unmute)}</div>}
      <div class="tones">{tones.map((t) => <button type="button" key={t} data-state={t} onMouseDown={(e) => e.preventDefault()} onClick={() => play(t)}><Icon name={t} />{w.job.tone[t]}</button>)}</div>
      <p>{vibrates ? w.job.canVibrate : w.job.cannotVibrate}</p>
      <div class="pair">{button(w.job.hear, () => heard(true), guide.heard === true ? "go" : "")}{button(w.job.hearNot, () => heard(false))}</div>
      {guide.heard === false && <p class="said" role="status">{w.job.hearNotHow}</p>}
      {guide.heard === true && audible && <p class="good" role="status"><Icon name="sent" />{w.job.done}</p>}
    </>
  );
}

function Reader({ w, guide, learned, profile, layout, fixed, again }: ShiftProps) {
  const list: [string, boolean][] = [[w.job.readerFirst, learned], ...sheet.map((code): [string, boolean] => [w.wedge.name[code], guide.seen.includes(code)])];
  const wrong = layout !== "" && !fixed;
  return (
    <>
      {!wrong && <h2>{w.job.readerTitle}</h2>}
      {wrong ? (
        <div class="fix" role="alert">
          <p><b>{w.job.keysOf(layout)}</b></p>
          <Matrix title={w.job.fixCode} />
        </div>
      ) : <p>{w.job.readerHow}</p>}
      {layout !== "" && fixed && <p class="good" role="status"><Icon name="sent" />{w.job.fixed}</p>}
      {guide.said.length > 0 && !wrong && <div class="said" role="status"><ul>{guide.said.map((s) => <li key={s}>{s}</li>)}</ul></div>}
      <ol class="codes">{list.map(([name, good]) => (
        <li key={name} data-good={good}><Icon name={good ? "sent" : "ready"} /><span class="line">{name}</span><span class="sr">{good ? w.job.done : w.job.notYet}</span></li>
      ))}</ol>
      {learned && <p>{w.job.readerIs(profile)}</p>}
      {(guide.seen.length > 0 || learned) && button(w.job.forget, again)}
    </>
  );
}

const quiet = 2; // modules around a code

/** Matrix draws the calibration code, for readers that can read a screen. */
function Matrix({ title }: { title: string }) {
  const size = calibrationMatrix.length + 2 * quiet;
  const path = calibrationMatrix.map((row, y) => Array.from(row, (c, x) => (c === "#" ? `M${x + quiet} ${y + quiet}h1v1h-1z` : "")).join("")).join("");
  return (
    <svg class="matrix" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={title} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#ffffff" /><path d={path} fill="#000000" />
    </svg>
  );
}

/** End asks before a shift ends: what is not sent stays, and goes out under its own name. */
export function End({ w, operator, waiting, end, close }: { w: Language; operator: string; waiting: number; end: () => void; close: () => void }): ComponentChildren {
  const go = () => {
    end();
    close();
  };
  return (
    <Sheet title={w.job.end} close={close} closeWord={w.ui.close}>
      <p class="lead">{waiting > 0 ? w.job.notSentLeave(waiting) : w.job.endHow(operator)}</p>
      {waiting > 0 && <p>{w.job.endHow(operator)}</p>}
      <div class="pair">{button(waiting > 0 ? w.job.leave : w.job.end, go, "go")}{button(w.job.stay, close)}</div>
    </Sheet>
  );
}
