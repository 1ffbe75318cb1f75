// The work screen. It is drawn from what it is given and nothing else, so that every state of it can
// be seen without a server.

import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import type { Mode, Screen } from "../core/flow/types.ts";
import { modes } from "../core/flow/types.ts";
import type { Note, Stats } from "./box.ts";
import type { Connection, Done } from "./handheld.ts";
import { cameraWordsOf } from "./camera/words.ts";
import { Icon, type IconName } from "./icons.tsx";
import type { Language } from "./words.ts";

export interface Settings {
  readonly hand: "left" | "right";
  readonly theme: "auto" | "light" | "dark";
  readonly language: string;
  readonly muted: boolean;
}

export interface WorkProps {
  readonly w: Language;
  readonly screen: Screen;
  readonly done: readonly Done[];
  readonly stats: Stats;
  readonly connection: Connection;
  readonly notes: readonly Note[];
  readonly said: readonly string[];
  readonly stock: { amount: string; at: string } | null; // of the last thing at its place
  readonly device: string;
  readonly catalogue: string; // when the catalogue was told; "": there is none yet
  readonly settings: Settings;
  readonly languages: readonly Language[];
  readonly audible: boolean;
  readonly asks: boolean; // a question is open: its answers are the actions
  readonly open?: "more" | "quantity" | "notes"; // which sheet is open at first
  readonly capture?: ComponentChildren;
  readonly viewfinder?: ComponentChildren; // what the camera sees, where it is open
  readonly camera: () => void; // opens it
  readonly tap: (command: string) => void;
  readonly correct: (number: string) => void;
  readonly number: (number: string) => void;
  readonly typed: (code: string) => void;
  readonly reason: (text: string) => void;
  readonly set: (s: Settings) => void;
  readonly seen: (seq: number) => void;
  readonly keepFile: () => void;
}

/** keepFocus keeps the capture field's focus where a button is tapped. */
const keepFocus = (e: Event): void => e.preventDefault();

const button = (text: string, act: () => void, kind = "") => (
  <button type="button" class={kind} onMouseDown={keepFocus} onClick={act}>{text}</button>
);

export function Work(p: WorkProps) {
  const { w, screen } = p;
  const [sheet, open] = useState<WorkProps["open"] | null>(p.open ?? null);
  if (screen.state === "stop") return <Stop {...p} />;
  return (
    <div class={"work hand-" + p.settings.hand} data-mode={screen.mode} data-catalogue={p.catalogue}>
      <Strip {...p} notesOpen={() => open("notes")} />
      {p.capture}
      {p.viewfinder}
      <main>
        <header class="mode">
          <h1>{w.ui.mode[screen.mode]}</h1>
          <p class="places">{[screen.place, screen.to].filter(Boolean).join(" → ")}</p>
        </header>
        <p class="prompt" aria-live="polite">{screen.prompt}</p>
        <Last {...p} />
        {screen.mode === "isolate" && !p.asks && <Typed label={w.ui.reason} send={w.ui.say} act={p.reason} />}
        {screen.mode === "count" && screen.in_hand && !p.asks && button(w.ui.done, () => p.tap("DONE"), "wide")}
        {p.said.length > 0 && <p class="said" role="status">{p.said.join(" ")}</p>}
        <Previous {...p} />
      </main>
      <nav class="actions" aria-label={w.ui.next}>
        {p.asks ? button(w.ui.confirm, () => p.tap("CONFIRM")) : button(w.ui.undo, () => p.tap("UNDO"))}
        {p.asks ? button(w.ui.cancel, () => p.tap("CANCEL")) : button(w.ui.quantity, () => open("quantity"))}
        {button(w.ui.more, () => open("more"))}
      </nav>
      {sheet === "quantity" && <Keypad {...p} close={() => open(null)} />}
      {sheet === "more" && <More {...p} close={() => open(null)} notesOpen={() => open("notes")} />}
      {sheet === "notes" && <Notes {...p} close={() => open(null)} />}
    </div>
  );
}

/** Typed is a field to type in, for what no reader says. */
function Typed({ label, send, act }: { label: string; send: string; act: (text: string) => void }) {
  const [text, type] = useState("");
  const submit = (e: Event) => {
    e.preventDefault();
    if (text.trim() !== "") act(text.trim());
    type("");
    (document.activeElement as HTMLElement | null)?.blur(); // the capture field takes the focus back
  };
  return (
    <form class="typed" onSubmit={submit}>
      <label>{label}<input value={text} onInput={(e) => type(e.currentTarget.value)} autocomplete="off" autocapitalize="off" spellcheck={false} data-typing /></label>
      <button type="submit">{send}</button>
    </form>
  );
}

function Strip(p: WorkProps & { notesOpen: () => void }) {
  const { w, connection, stats } = p;
  return (
    <div class="strip" data-connection={connection.state}>
      <span class="connection"><Icon name={connection.state === "on" ? "sent" : connection.state === "stopped" ? "stop" : "saved"} />{w.ui.connection[connection.state]}</span>
      <span class="unsent" data-waiting={stats.waiting}>{stats.waiting === 0 ? w.ui.allSent : w.ui.notSent(stats.waiting)}</span>
      {stats.notes > 0 && button(w.ui.needsYou(stats.notes), p.notesOpen, "needs")}
      {!p.audible && <span class="mute" title={w.ui.soundOff}><Icon name="muted" /><span class="sr">{w.ui.sound}: {w.ui.soundOff}</span></span>}
    </div>
  );
}

/** shownState is what the card says: green only where the server has it. */
function shownState(p: WorkProps): { state: string; icon: IconName; word: string } {
  const { state } = p.screen;
  if (state === "saved" && p.done[0]?.mark === "booked" && !p.screen.in_hand) return { state: "sent", icon: "sent", word: p.w.ui.state.sent };
  return { state, icon: state === "ready" ? "ready" : state, word: p.w.ui.state[state] };
}

function Last(p: WorkProps) {
  const { w, screen } = p;
  const shown = shownState(p);
  const card = screen.last;
  return (
    <section class="card" data-state={shown.state} data-seq={p.done[0]?.last ?? 0} role="status" aria-live="polite">
      <p class="word"><Icon name={shown.icon} />{shown.word}</p>
      {card ? (
        <>
          <p class="name" dir="auto">{card.name || card.code}</p>
          {card.name && <p class="code">{card.code}</p>}
          {card.quantity && <p class="figure"><b>{card.quantity}</b> {card.unit}</p>}
          {card.sum && <p class="sum">{card.sum}</p>}
          {[card.lot, card.serial, card.expiry, card.package].some(Boolean) && <p class="code">{[card.lot, card.serial, card.expiry, card.package].filter(Boolean).join(" · ")}</p>}
        </>
      ) : <p class="name">{w.ui.nothingYet}</p>}
      {screen.words && <p class="words">{screen.words}</p>}
      {p.stock && <p class="stock">{w.ui.stockAfter(p.stock.amount, p.stock.at)}</p>}
      {screen.in_hand && <p class="stock">{w.ui.inHand(screen.in_hand)}</p>}
    </section>
  );
}

const marks: Record<Done["mark"], IconName> = { saved: "saved", booked: "sent", needs: "check" };

function Previous({ w, done }: WorkProps) {
  if (done.length < 2) return null;
  return (
    <section aria-label={w.ui.previous}>
      <ol class="previous">
        {done.slice(1).map((d) => (
          <li key={d.first} data-mark={d.mark}><Icon name={marks[d.mark]} /><span class="sr">{w.ui.mark[d.mark]}: </span><span class="line">{d.words}</span></li>
        ))}
      </ol>
    </section>
  );
}

const holdFor = 300; // ms: no tap by accident, and no Enter, clears a stop

function Stop(p: WorkProps) {
  const { w, screen } = p;
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const down = (e: Event) => {
    keepFocus(e);
    timer.current = window.setTimeout(() => p.tap("OK"), holdFor);
  };
  const up = () => clearTimeout(timer.current);
  return (
    <div class="stop" data-state="stop">
      {p.capture}
      <div role="alert">
        <p class="word"><Icon name="stop" />{w.ui.state.stop}</p>
        <p class="why">{screen.words}</p>
        {screen.behind && <p>{w.ui.behind(screen.behind)}</p>}
      </div>
      <p>{w.ui.okHow}</p>
      <button type="button" class="hold" onPointerDown={down} onPointerUp={up} onPointerLeave={up} onPointerCancel={up} onMouseDown={keepFocus} onContextMenu={keepFocus}>{w.ui.ok}</button>
    </div>
  );
}

function Sheet({ title, close, closeWord, children }: { title: string; close: () => void; closeWord: string; children: ComponentChildren }) {
  return (
    <div class="sheet" role="dialog" aria-modal="true" aria-label={title}>
      <header><h2>{title}</h2>{button(closeWord, close)}</header>
      <div class="inside">{children}</div>
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

function More(p: WorkProps & { close: () => void; notesOpen: () => void }) {
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
      <div class="grid">{modes.map((m: Mode) => <button type="button" key={m} class="mode-button" data-mode={m} aria-pressed={p.screen.mode === m} onMouseDown={keepFocus} onClick={tap(m.toUpperCase())}>{w.ui.mode[m]}</button>)}</div>
      <div class="grid">{button(w.ui.confirm, tap("CONFIRM"))}{button(w.ui.cancel, tap("CANCEL"))}{button(w.ui.done, tap("DONE"))}{button(w.ui.redo, tap("REDO"))}</div>
      <Typed label={w.ui.typeCode} send={w.ui.take} act={typed} />
      {button(cameraWordsOf(w.code).open, () => { p.camera(); p.close(); }, "wide")}
      {choose("muted", w.ui.sound, [[false, w.ui.soundOn], [true, w.ui.soundOff]])}
      {choose("hand", w.ui.hand, [["left", w.ui.left], ["right", w.ui.right]])}
      {choose("theme", w.ui.theme, [["auto", w.ui.themes.auto], ["light", w.ui.themes.light], ["dark", w.ui.themes.dark]])}
      {p.languages.length > 1 && choose("language", w.ui.language, p.languages.map((l) => [l.code, l.name]))}
      {button(w.ui.needsYou(p.stats.notes), p.notesOpen, "wide")}
      {button(w.ui.keepFile, p.keepFile, "wide")}
      <p class="device">{p.device}{p.catalogue && <><br />{w.ui.catalogueAsOf(p.catalogue)}</>}</p>
    </Sheet>
  );
}

function Notes(p: WorkProps & { close: () => void }) {
  const { w } = p;
  return (
    <Sheet title={w.ui.needsYou(p.notes.length)} close={p.close} closeWord={w.ui.close}>
      {p.notes.length === 0 && <p>{w.ui.noNotes}</p>}
      <ul class="notes">{p.notes.map((n) => (
        <li key={n.seq}><p><b>#{n.seq}</b> {n.message || n.code || n.outcome}</p>{button(w.ui.seen, () => p.seen(n.seq))}</li>
      ))}</ul>
    </Sheet>
  );
}
