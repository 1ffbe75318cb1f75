// What several screens are made of: buttons that leave the focus to the capture field, sheets, a field
// to type in.

import { useState } from "preact/hooks";
import type { ComponentChildren } from "preact";

/** keepFocus keeps the capture field's focus where a button is tapped. */
export const keepFocus = (e: Event): void => e.preventDefault();

export const button = (text: ComponentChildren, act: () => void, kind = "", disabled = false) => (
  <button type="button" class={kind} disabled={disabled} onMouseDown={keepFocus} onClick={act}>{text}</button>
);

/** Sheet covers the work; what stands in foot stays in view below what is long. */
export function Sheet({ title, close, closeWord, foot, children }: { title: string; close: () => void; closeWord: string; foot?: ComponentChildren; children: ComponentChildren }) {
  return (
    <div class="sheet" role="dialog" aria-modal="true" aria-label={title}>
      <header><h2>{title}</h2>{button(closeWord, close)}</header>
      <div class="inside">{children}</div>
      {foot && <div class="foot">{foot}</div>}
    </div>
  );
}

/** Typed is a field to type in, for what no reader says. */
export function Typed({ label, send, act }: { label: string; send: string; act: (text: string) => void }) {
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
