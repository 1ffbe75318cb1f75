// The work screen. It is drawn from what it is given and nothing else, so that every state of it can
// be seen without a server.

import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { builds, type Screen } from "../core/flow/types.ts";
import type { Item } from "../core/meaning/index.ts";
import type { Note, Stats } from "./box.ts";
import { Changes, Correct, Find, Modes, Reasons, type Reason } from "./choose.tsx";
import type { Done } from "./fates.ts";
import type { Connection, Corrigible, Question } from "./handheld.ts";
import { Icon, marks, type IconName } from "./icons.tsx";
import { More, type Settings } from "./more.tsx";
import { Needs } from "./needs.tsx";
import { button, keepFocus, Sheet, Typed } from "./parts.tsx";
import { ReadSheet, WhatWasRead, type ReadView } from "./readsheet.tsx";
import { End } from "./shift.tsx";
import type { Language } from "./words.ts";

export type { Settings };

/** How much of a thing lies where. */
export interface Lying {
  readonly place: string; // or what lies there, where a place was looked up
  readonly amount: string;
}

/** Which sheet is open. */
export type Opened = "modes" | "more" | "quantity" | "notes" | "correct" | "find" | "end" | "why" | "read" | "previous";

export interface WorkProps {
  readonly w: Language;
  readonly screen: Screen;
  readonly done: readonly Done[];
  readonly before: readonly Done[]; // the list of those before the last
  readonly stats: Stats;
  readonly connection: Connection;
  readonly notes: readonly Note[];
  readonly said: readonly string[];
  readonly stock: { amount: string; at: string } | null; // of the last thing at its place
  readonly lying: { list: readonly Lying[]; at: string } | null; // of what was looked up
  readonly device: string;
  readonly catalogue: string; // when the catalogue was told; "": there is none yet
  readonly battery: { percent: number; charging: boolean } | null;
  readonly settings: Settings;
  readonly languages: readonly { readonly code: string; readonly name: string }[];
  readonly audible: boolean;
  readonly question: Question; // what is open: its answers are the actions
  readonly undone: string; // what was just taken back
  readonly reasons: readonly Reason[];
  readonly wantsReason: boolean; // what is done here wants one
  readonly open?: Opened; // which sheet is open at first
  readonly read: ReadView;
  readonly look: (at: Done | null) => void; // shows in read what was read: of that, else the last
  readonly viewfinder?: ComponentChildren; // what the camera sees, where it is open
  readonly camera: () => void; // opens it
  readonly finding?: string; // what is typed there at first
  readonly tap: (command: string) => void;
  readonly correct: (number: string) => void;
  readonly number: (number: string) => void;
  readonly typed: (code: string) => void;
  readonly reason: (text: string) => void;
  readonly run: (which: string) => void;
  readonly again: (seq: number) => void;
  readonly corrigible: () => readonly Corrigible[];
  readonly search: (text: string, most: number) => readonly Item[];
  readonly set: (s: Settings) => void;
  readonly hand: (seq: number) => void;
  readonly guide: () => void;
  readonly keepFile: () => void;
}

export function Work(p: WorkProps) {
  const { w, screen } = p;
  const [sheet, open] = useState<Opened | null>(p.open ?? null);
  const close = () => open(null);
  useEffect(() => { if (p.question !== "") close(); }, [p.question]); // a question is not to be overlooked
  if (screen.state === "stop") return <Stop {...p} />;
  return (
    <div class={"work hand-" + p.settings.hand} data-mode={screen.mode} data-question={p.question} data-catalogue={p.catalogue}>
      <Strip {...p} notesOpen={() => open("notes")} />
      {p.viewfinder}
      <main>
        <button type="button" class="mode" aria-haspopup="dialog" onMouseDown={keepFocus} onClick={() => open("modes")}>
          <h1>{w.ui.mode[screen.mode]}</h1>
          <span class="places">{[screen.place, screen.to].filter(Boolean).join(" → ")}</span>
          {screen.asset && <span class="aside">{screen.mode === "disassemble" ? w.job.outOf(screen.asset) : w.job.asset(screen.asset)}</span>}
          {screen.session && <span class="aside">{w.job.inSession(screen.session)}</span>}
        </button>
        <p class="prompt" aria-live="polite">{screen.prompt}</p>
        <Middle {...p} show={open} />
      </main>
      {p.undone && <Undone key={p.done[0]?.first} w={w} words={p.undone} redo={() => p.tap("REDO")} />}
      <Actions {...p} show={open} />
      {sheet === "modes" && <Modes w={w} close={close} mode={screen.mode} session={screen.session ?? ""} place={screen.place ?? ""} tap={p.tap} />}
      {sheet === "quantity" && <Keypad {...p} close={close} />}
      {sheet === "more" && <More {...p} operator={screen.operator ?? ""} printer={screen.printer ?? ""} notes={p.stats.notes} close={close} open={open} />}
      {sheet === "notes" && <Needs w={w} notes={p.notes} corrigible={p.corrigible()} hand={p.hand} again={p.again} run={p.run} close={close} />}
      {sheet === "previous" && <Before w={w} before={p.before} show={(at) => { p.look(at); open("read"); }} close={close} />}
      {sheet === "read" && <ReadSheet w={w} view={p.read} close={close} />}
      {sheet === "correct" && <Correct w={w} close={close} scans={p.corrigible()} run={p.run} />}
      {sheet === "find" && <Find w={w} close={close} search={p.search} take={p.typed} known={p.catalogue !== ""} {...(p.finding === undefined ? {} : { first: p.finding })} />}
      {sheet === "why" && <Sheet title={w.job.why} close={close} closeWord={w.ui.close}><Reasons w={w} reasons={p.reasons} chosen={screen.reason ?? ""} act={(text) => { p.reason(text); close(); }} /></Sheet>}
      {sheet === "end" && <End w={w} operator={screen.operator ?? ""} waiting={p.stats.waiting} end={() => p.tap("END")} close={close} />}
    </div>
  );
}

/** Middle is what stands between the next step and the actions: the answers of a question, or the last scan. */
function Middle(p: WorkProps & { show: (s: Opened) => void }) {
  const { w, screen } = p;
  const look = (at: Done | null) => {
    p.look(at);
    p.show("read");
  };
  const previous = useMemo(() => <Previous w={w} before={p.before} open={() => p.show("previous")} />, [w, p.before]); // not looked through in the frame that shows a scan
  if (p.question === "run") {
    return (
      <>
        {screen.words && <p class="said" role="status">{screen.words}</p>}
        <Changes w={w} changes={screen.run ?? []} place={screen.run?.some((c) => c.now) ? "there" : ""} />
        <Typed label={w.job.scanPlace} send={w.ui.take} act={p.typed} />
      </>
    );
  }
  const free = p.question === "";
  return (
    <>
      {builds(screen.mode) && free && <Parts {...p} />}
      <Last {...p} show={look} />
      {p.question === "reason" && <Reasons w={w} reasons={p.reasons} chosen="" act={p.reason} />}
      {free && (screen.reason || p.wantsReason) && (
        <p class="reason">{screen.reason && <span>{w.job.reasonIs(nameOf(p.reasons, screen.reason))}</span>}{button(screen.reason ? w.job.changeReason : w.job.why, () => p.show("why"))}</p>
      )}
      {screen.mode === "count" && screen.in_hand && free && button(w.ui.done, () => p.tap("DONE"), "wide go")}
      {screen.mode === "lookup" && free && button(w.job.find, () => p.show("find"), "wide")}
      {p.said.length > 0 && <p class="said" role="status">{p.said.join(" ")}</p>}
      {previous}
    </>
  );
}

const nameOf = (reasons: readonly Reason[], text: string): string => reasons.find((r) => r.code === text)?.name || text;

/** Parts turns from putting parts into a machine to taking them out, and back. */
function Parts({ w, screen, tap }: WorkProps) {
  const way = (mode: "assemble" | "disassemble", word: string) => <button type="button" aria-pressed={screen.mode === mode} onMouseDown={keepFocus} onClick={() => screen.mode !== mode && tap(mode.toUpperCase())}>{word}</button>;
  return <div class="ways" role="group" aria-label={w.job.parts}>{way("assemble", w.job.putIn)}{way("disassemble", w.job.takeOut)}</div>;
}

/** Actions are the three at the thumb: while something is asked, its answers. */
function Actions(p: WorkProps & { show: (s: Opened) => void }) {
  const { w, question } = p;
  const asks = question !== "";
  const yes = question === "run" ? runWords(p) : w.ui.confirm;
  return (
    <nav class="actions" aria-label={w.ui.next}>
      {asks ? question !== "reason" && button(yes, () => p.tap("CONFIRM"), "go") : button(w.ui.undo, () => p.tap("UNDO"))}
      {asks ? button(w.ui.cancel, () => p.tap("CANCEL")) : button(w.ui.quantity, () => p.show("quantity"))}
      {button(w.ui.more, () => p.show("more"))}
    </nav>
  );
}

/** runWords says what a yes would do: with so many scans, and where they go. */
function runWords({ w, screen }: WorkProps): string {
  const changes = screen.run ?? [];
  const moved = changes.filter((c) => c.now).length;
  return moved > 0 ? w.job.correctThese(moved, screen.run_to ?? "") : w.job.takeBackThese(changes.length);
}

const undoneFor = 5000; // ms

/** Undone is the strip behind an undo, with the way back. The way back stays in More. */
function Undone({ w, words, redo }: { w: Language; words: string; redo: () => void }) {
  const [there, keep] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => keep(false), undoneFor);
    return () => clearTimeout(timer);
  }, []);
  if (!there) return null;
  return <div class="undone" role="status"><span>{words}</span>{button(w.job.redo, redo)}</div>;
}

function Strip(p: WorkProps & { notesOpen: () => void }) {
  const { w, connection, stats, battery } = p;
  return (
    <div class="strip" data-connection={connection.state}>
      <span class="connection"><Icon name={connection.state === "on" ? "sent" : connection.state === "stopped" ? "stop" : "saved"} />{w.ui.connection[connection.state]}</span>
      {p.screen.operator && <span class="operator">{p.screen.operator}</span>}
      <span class="unsent" data-waiting={stats.waiting}>{stats.waiting === 0 ? w.ui.allSent : w.ui.notSent(stats.waiting)}</span>
      {battery && <span class="battery" data-low={battery.percent <= lowBattery && !battery.charging}>{battery.charging ? w.job.charging(battery.percent) : w.job.battery(battery.percent)}</span>}
      {!p.audible && <span class="mute" title={w.ui.soundOff}><Icon name="muted" /><span class="sr">{w.ui.sound}: {w.ui.soundOff}</span></span>}
      {stats.notes > 0 && button(w.ui.needsYou(stats.notes), p.notesOpen, "needs")}
    </div>
  );
}

const lowBattery = 20; // percent

/** shownState is what the card says: green only where the server has it. */
function shownState(p: WorkProps): { state: string; icon: IconName; word: string } {
  const { state } = p.screen;
  if (state === "saved" && p.done[0]?.mark === "booked" && !p.screen.in_hand) return { state: "sent", icon: "sent", word: p.w.ui.state.sent };
  return { state, icon: state === "ready" ? "ready" : state, word: p.w.ui.state[state] };
}

function Last(p: WorkProps & { show: (at: Done | null) => void }) {
  const { w, screen } = p;
  const shown = shownState(p);
  const card = screen.last;
  return (
    <section class="card" data-state={shown.state} data-seq={p.done[0]?.last ?? 0} role="status" aria-live="polite" onMouseDown={keepFocus} onClick={() => card && p.show(null)}>
      {card && <button type="button" class="look" aria-label={w.read.open}><Icon name="look" /></button>}
      <p class="word"><Icon name={shown.icon} />{shown.word}</p>
      {card ? (
        <>
          <p class="name" dir="auto">{card.name || card.code}</p>
          {card.name && <p class="code">{card.code}</p>}
          {card.quantity && <p class="figure"><b>{card.quantity}</b> {card.unit && w.ui.unit(card.quantity, card.unit)}</p>}
          {card.sum && <p class="sum">{card.sum}</p>}
          {[card.lot, card.serial, card.expiry, card.package].some(Boolean) && <p class="code">{[card.lot, card.serial, card.expiry, card.package].filter(Boolean).join(" · ")}</p>}
        </>
      ) : <p class="name">{w.ui.nothingYet}</p>}
      {screen.words && <p class="words">{screen.words}</p>}
      {p.stock && <p class="stock">{w.ui.stockAfter(p.stock.amount, p.stock.at)}</p>}
      {screen.in_hand && <p class="stock">{w.ui.inHand(screen.in_hand)}</p>}
      {p.lying && <Lies w={w} {...p.lying} />}
    </section>
  );
}

const mostLines = 8; // of what lies where; the rest is on the supervisor's screens

/** Lies lists how much of a thing lies where, as far as this device was told. */
function Lies({ w, list, at }: { w: Language; list: readonly Lying[]; at: string }) {
  if (list.length === 0) return <p class="stock">{w.job.nothingThere}</p>;
  return (
    <>
      <ul class="lies">{list.slice(0, mostLines).map((l) => <li key={l.place}><span class="line">{l.place}</span><b>{l.amount}</b></li>)}{list.length > mostLines && <li>…</li>}</ul>
      <p class="stock">{w.job.stockAsOf(at)}</p>
    </>
  );
}

/** Previous lists what was done before. Its rows are lower than a glove: all of it is one button, which opens the same rows large. */
function Previous({ w, before, open }: Pick<WorkProps, "w" | "before"> & { open: () => void }) {
  if (before.length === 0) return null;
  return (
    <section class="before" aria-label={w.ui.previous}>
      <ol class="previous">
        {before.map((d) => ( // without keys: to change five words costs less than to make a row
          <li data-mark={d.mark}><Marked w={w} done={d} /></li>
        ))}
      </ol>
      <button type="button" class="over" aria-label={w.ui.previous} aria-haspopup="dialog" onMouseDown={keepFocus} onClick={open} />
    </section>
  );
}

const Marked = ({ w, done }: { w: Language; done: Done }) => <><Icon name={marks[done.mark]} /><span class="sr">{w.ui.mark[done.mark]}: </span><span class="line">{done.words}</span></>;

/** Before is the same as a sheet: each row shows what was read. */
function Before({ w, before, show, close }: Pick<WorkProps, "w" | "before"> & { show: (at: Done) => void; close: () => void }) {
  return (
    <Sheet title={w.ui.previous} close={close} closeWord={w.ui.close}>
      <ol class="found">{before.map((d) => <li key={d.first}><button type="button" class="marked" data-mark={d.mark} onMouseDown={keepFocus} onClick={() => show(d)}><Marked w={w} done={d} /></button></li>)}</ol>
    </Sheet>
  );
}

const holdFor = 300; // ms: no tap by accident, and no Enter, clears a stop

function Stop(p: WorkProps) {
  const { w, screen } = p;
  const timer = useRef(0);
  const [asked, ask] = useState(p.open === "read");
  useEffect(() => () => clearTimeout(timer.current), []);
  const look = () => {
    if (!asked) p.look(null);
    ask(!asked);
  };
  const down = (e: Event) => {
    keepFocus(e);
    timer.current = window.setTimeout(() => p.tap("OK"), holdFor);
  };
  const up = () => clearTimeout(timer.current);
  return (
    <div class="stop" data-state="stop">
      <div role="alert">
        <p class="word"><Icon name="stop" />{w.ui.state.stop}</p>
        <p class="why">{screen.words}</p>
        {screen.behind && <p>{w.ui.behind(screen.behind)}</p>}
      </div>
      {p.said.length > 0 && <p role="status">{p.said.join(" ")}</p>}
      {asked ? <><WhatWasRead w={w} view={p.read} short />{button(w.read.hide, look, "quiet")}</> : button(w.read.open, look, "quiet")}
      <p>{w.ui.okHow}</p>
      <button type="button" class="hold" onPointerDown={down} onPointerUp={up} onPointerLeave={up} onPointerCancel={up} onMouseDown={keepFocus} onContextMenu={keepFocus}>{w.ui.ok}</button>
    </div>
  );
}

const digits = ["7", "8", "9", "4", "5", "6", "1", "2", "3", ".", "0", "⌫"];
const mostDigits = 15;

function Keypad(p: WorkProps & { close: () => void }) {
  const { w } = p;
  const [text, type] = useState("");
  const press = (d: string) => type((t) => (d === "⌫" ? t.slice(0, -1) : t.length < mostDigits ? t + d : t));
  const send = (act: (n: string) => void) => () => {
    act(text || "1");
    p.close();
  };
  const each = p.screen.last?.sum ? p.screen.last.sum.split(" ")[2] : "";
  return (
    <Sheet title={w.ui.quantityTitle} close={p.close} closeWord={w.ui.close}>
      <output class="figure"><b>{text || "1"}</b>{each && text && <span class="sum"> × {each}</span>}</output>
      <div class="keypad">{digits.map((d) => <button type="button" key={d} onMouseDown={keepFocus} onClick={() => press(d)}>{d}</button>)}</div>
      {button(w.ui.nextOne, send(p.number), "wide")}
      {p.done.length > 0 && button(w.ui.thisOne, send(p.correct), "wide")}
    </Sheet>
  );
}

