// The sheet "What was read": the characters of a scan as they came, and what this device made of them.
// It is drawn from what it is given.

import { shown } from "../core/wedge/profile.ts";
import { anatomy, pieces } from "./anatomy.ts";
import type { Done } from "./fates.ts";
import { Icon, marks } from "./icons.tsx";
import { button, Sheet } from "./parts.tsx";
import type { Fact, Part, Readout } from "./reads.ts";
import type { Language } from "./words.ts";

/** What of it is shown, and what stands beside it. */
export interface ReadView {
  readonly readout: Readout | null; // null: it is being looked up
  readonly none: boolean; // nothing was read yet
  readonly mark: Done["mark"] | ""; // "": nothing was booked
  readonly at: string; // the time
  readonly year: number;
  readonly nameOf: (product: string) => string; // "": it is not known
  readonly later: (() => void) | null;
  readonly earlier: (() => void) | null;
}

export function ReadSheet({ w, view, close }: { w: Language; view: ReadView; close: () => void }) {
  return (
    <Sheet title={w.read.title} close={close} closeWord={w.ui.close}>
      <WhatWasRead w={w} view={view} />
      <div class="pair">{button(w.read.earlier, () => view.earlier?.(), "", !view.earlier)}{button(w.read.later, () => view.later?.(), "", !view.later)}</div>
    </Sheet>
  );
}

/** WhatWasRead says it, in a sheet, or shortly under a stop that has said the rest. */
export function WhatWasRead({ w, view, short = false }: { w: Language; view: ReadView; short?: boolean }) {
  const { readout: r, mark } = view;
  if (!r) return view.none ? <p>{w.read.none}</p> : null;
  return (
    <div class="read" data-seq={r.seq}>
      {!short && <p class="fate"><span><Icon name={mark === "" ? "ready" : marks[mark]} />{mark === "" ? w.read.notBooked : w.ui.mark[mark]}</span>{r.seq > 0 && <span>{w.read.number(r.seq)}</span>}<time>{view.at}</time></p>}
      {!short && r.words && <p>{r.words}</p>}
      {r.parts.map((p, i) => <OnePart key={i} w={w} part={p} year={view.year} nameOf={view.nameOf} />)}
      {r.more > 0 && <p>{w.read.more(r.more)}</p>}
    </div>
  );
}

/** Characters shows each character of a text, those that nobody sees by their names in boxes. */
const Characters = ({ text }: { text: string }) => <code class="raw">{pieces(text).map((p, i) => (p.unseen ? <span key={i} class="unseen">{p.text}</span> : p.text))}</code>;

const knows = (p: Part): boolean => p.facts.some(([f]) => f === "product" || f === "place" || f === "package" || f === "operator");

function OnePart({ w, part, year, nameOf }: { w: Language; part: Part; year: number; nameOf: ReadView["nameOf"] }) {
  const r = w.read;
  if (part.scan === "") return <><p>{r.button}</p><Facts w={w} part={part} nameOf={nameOf} /></>;
  const a = anatomy(part.scan, w.flow.reasons, year);
  const prefix = a.identifier === "" ? r.noPrefix : a.symbology === "" ? r.otherPrefix(a.identifier) : r.prefix(a.identifier, a.symbology);
  return (
    <>
      <h3>{part.raw === null ? r.takenAs : r.asRead}{part.times > 1 && ", " + r.times(part.times)}</h3>
      <Characters text={part.raw || part.scan} />
      {part.raw && <><h3>{r.takenAs}</h3><Characters text={part.scan} /></>}
      <p>{prefix}</p>
      {pieces((part.raw ?? "") + part.scan).some((x) => x.unseen) && <p>{r.unseen}</p>}
      {a.fault && <p class="doubt">{r.breaks(a.fault.words)}</p>}
      {a.oddDigit && !knows(part) && <p class="doubt">{r.oddDigit(a.oddDigit)}</p>}
      <h3>{r.means}</h3>
      <dl>
        {a.elements.map((e, i) => <div key={i}><dt>({e.ai}) {r.ai(e.ai, e.title)}</dt><dd>{shown(e.value)}{e.day && " = " + e.day}</dd></div>)}
        {a.elements.length === 0 && <div><dt>{r.kind[a.kind]}</dt></div>}
      </dl>
      <Facts w={w} part={part} nameOf={nameOf} />
    </>
  );
}

function Facts({ w, part, nameOf }: { w: Language; part: Part; nameOf: ReadView["nameOf"] }) {
  const say = (fact: Fact, value: string) => (fact === "action" ? w.read.action(value) : [shown(value), fact === "product" ? nameOf(value) : ""].filter(Boolean).join(", "));
  return (
    <>
      <h3>{w.read.made}</h3>
      {part.facts.length === 0 ? <p>{w.read.nothing}</p> : <dl>{part.facts.map(([fact, value]) => <div key={fact}><dt>{w.read.fact[fact]}</dt><dd>{say(fact, value)}</dd></div>)}</dl>}
    </>
  );
}
