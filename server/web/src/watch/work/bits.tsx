// Parts of the page of figures: headline numbers, and lists with bars.

import type { ComponentChildren } from "preact";
import { Files } from "../files.tsx";
import type { ViewProps } from "../pages.ts";

/** Panel is a card with a title and what saves it. */
export function Panel({ view, id, title, path, name, wide, children }: { view: ViewProps; id: string; title: string; path: string; name: string; wide?: boolean; children: ComponentChildren }) {
  return (
    <section class={"card panel" + (wide ? " wide" : "")} aria-labelledby={id}>
      <div class="bar"><h2 id={id}>{title}</h2><Files view={view} path={path} name={name} /></div>
      {children}
    </section>
  );
}

const fits = 9; // letters of a number at full size

/** Big is a number with what it is of. */
export const Big = ({ id, label, text, note, tone = "" }: { id: string; label: string; text: string | null; note: string; tone?: string }) => (
  <div class="figure" data-tone={tone} data-known={String(text !== null)}><span class="label">{label}</span><span class={"value" + (text === null ? " none" : text.length > fits ? " longer" : "")} id={id}>{text ?? "–"}</span><span class="note">{note}</span></div>
);

/** Bar is a number with its length beside those of its column; most is the longest. */
export const Bar = ({ value, most, text }: { value: number; most: number; text: string }) => (
  <span class="barred"><svg class="length" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect x="0" y="0" width={most === 0 ? 0 : (value * 100) / most} height="10" /></svg><span>{text}</span></span>
);
