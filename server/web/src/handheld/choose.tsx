// The sheets in which somebody chooses: what is done, the reason, which scans are corrected, a product.

import { useState } from "preact/hooks";
import type { Change, Mode } from "../core/flow/types.ts";
import { builds, modes } from "../core/flow/types.ts";
import type { Item } from "../core/meaning/index.ts";
import type { Corrigible } from "./handheld.ts";
import { button, keepFocus, Sheet, Typed } from "./parts.tsx";
import type { Language } from "./words.ts";

/** A reason that people choose from. */
export interface Reason {
  readonly code: string;
  readonly name: string;
}

interface InSheet {
  readonly w: Language;
  readonly close: () => void;
}

/** Modes chooses what is done, and whether a count is shared. */
export function Modes({ w, close, mode, session, place, tap }: InSheet & { mode: Mode; session: string; place: string; tap: (command: string) => void }) {
  const act = (command: string) => () => {
    tap(command);
    close();
  };
  const join = (name: string) => act("SESSION-" + name.slice(0, mostName))();
  return (
    <Sheet title={w.job.modes} close={close} closeWord={w.ui.close}>
      <div class="grid">
        {modes.filter((m) => m !== "disassemble").map((m) => <button type="button" key={m} class="mode-button" data-mode={m} aria-pressed={m === "assemble" ? builds(mode) : mode === m} onMouseDown={keepFocus} onClick={act(m.toUpperCase())}>{w.ui.mode[m]}</button>)}
      </div>
      <section class="group">
        <h3>{w.job.together}</h3>
        {session ? (
          <>
            <p>{w.job.inSession(session)}</p>
            {mode === "count" && place && button(w.job.complete, act("COMPLETE"), "wide")}
            {button(w.job.leaveSession, act("LEAVE"), "wide")}
          </>
        ) : (
          <>
            <p>{w.job.togetherHow}</p>
            <Typed label={w.job.together} send={w.job.join} act={join} />
          </>
        )}
      </section>
    </Sheet>
  );
}

const mostName = 32; // what a command holds

/** Reasons asks why; the reasons that the site offers are buttons. */
export function Reasons({ w, reasons, chosen, act }: { w: Language; reasons: readonly Reason[]; chosen: string; act: (text: string) => void }) {
  return (
    <section class="reasons" aria-label={w.job.why}>
      {reasons.length > 0 && <div class="grid">{reasons.map((r) => (
        <button type="button" key={r.code} aria-pressed={chosen === r.code} onMouseDown={keepFocus} onClick={() => act(r.code)}>{r.name || r.code}</button>
      ))}</div>}
      <Typed label={reasons.length > 0 ? w.job.otherReason : w.ui.reason} send={w.job.say} act={act} />
    </section>
  );
}

/** Changes shows what a correction would do. */
export function Changes({ w, changes, place }: { w: Language; changes: readonly Change[]; place: string }) {
  return (
    <ol class="changes">
      {changes.map((c) => (
        <li key={c.seq}>
          <span class="was">{place !== "" && !c.now ? c.was : <s>{c.was}</s>}</span>
          <b>{c.now ?? (place === "" ? w.job.takeBack : w.job.staysAs)}</b>
        </li>
      ))}
    </ol>
  );
}

const counts = [1, 5, 10, 30, 50]; // of the last scans, each a button where there are so many

/** Correct chooses which of the last scans went to the wrong place. */
export function Correct({ w, close, scans, run }: InSheet & { scans: readonly Corrigible[]; run: (which: string) => void }) {
  const [chosen, choose] = useState<readonly number[]>([]);
  const turn = (seq: number) => choose((list) => (list.includes(seq) ? list.filter((s) => s !== seq) : [...list, seq]));
  const most = Math.min(scans.length, counts.at(-1)!);
  const go = () => {
    run(chosen.map((seq) => "#" + seq).join(","));
    close();
  };
  const foot = <><p role="status">{w.job.chosen(chosen.length)}</p>{button(w.job.chooseThese, go, "wide go", chosen.length === 0)}</>;
  return (
    <Sheet title={w.job.correct} close={close} closeWord={w.ui.close} foot={scans.length > 0 && foot}>
      {scans.length === 0 ? <p>{w.job.noneToCorrect}</p> : (
        <>
          <p>{w.job.correctHow}</p>
          <div class="grid">{[...new Set([...counts.filter((n) => n < most), most])].map((n) => (
            <button type="button" key={n} onMouseDown={keepFocus} onClick={() => choose(scans.slice(0, n).map((s) => s.seq))}>{w.job.lastOnes(n)}</button>
          ))}</div>
          <ol class="choices">{scans.slice(0, most).map((s) => (
            <li key={s.seq}><button type="button" role="checkbox" aria-checked={chosen.includes(s.seq)} onMouseDown={keepFocus} onClick={() => turn(s.seq)}>{s.words}</button></li>
          ))}</ol>
        </>
      )}
    </Sheet>
  );
}

const mostFound = 20;

/** Find looks products up by code or the beginning of a word, without a network. */
export function Find({ w, close, search, take, known, first = "" }: InSheet & { first?: string; search: (text: string, most: number) => readonly Item[]; take: (code: string) => void; known: boolean }) {
  const [text, type] = useState(first);
  const found = text === "" ? [] : search(text, mostFound + 1);
  const choose = (code: string) => () => {
    take(code);
    close();
  };
  const submit = (e: Event) => {
    e.preventDefault();
    if (found.length === 1) choose(found[0]!.code)();
  };
  return (
    <Sheet title={w.job.find} close={close} closeWord={w.ui.close}>
      <form class="typed" onSubmit={submit}>
        <label>{w.job.findHow}<input type="search" value={text} onInput={(e) => type(e.currentTarget.value.trimStart())} autocomplete="off" autocapitalize="off" spellcheck={false} data-typing /></label>
      </form>
      <div role="status" class="sr">{text === "" ? "" : found.length === 0 ? w.job.noneFound(text) : String(found.length)}</div>
      {!known && <p>{w.job.noCatalogue}</p>}
      {known && text !== "" && found.length === 0 && <p>{w.job.noneFound(text)}</p>}
      <ol class="found">{found.slice(0, mostFound).map((p) => (
        <li key={p.code}><button type="button" onMouseDown={keepFocus} onClick={choose(p.code)}><b dir="auto">{p.name || p.code}</b>{p.name && <span>{p.code}</span>}</button></li>
      ))}</ol>
      {found.length > mostFound && <p>{w.job.moreFound}</p>}
    </Sheet>
  );
}
