// The capture field: it owns what readers type, on every screen. It is a text field without a
// soft keyboard, focused on mount and after blur; what arrives is read from its value, since readers
// that type through an input method send no usable keys. Every character is kept, none costs work.

import { useEffect, useRef, useState } from "preact/hooks";
import { Capture, type Reader } from "./capture.ts";
import { Typing } from "./typing.ts";
import type { Language } from "./words.ts";

export interface FieldProps {
  readonly w: Language;
  readonly reader: () => Reader;
  readonly scan: (raw: string) => void;
  /** deaf is called each time that it stops listening. */
  readonly deaf?: () => void;
}

/** typing says whether somebody is typing elsewhere: then the field lets them. */
const typing = (): boolean => document.activeElement?.hasAttribute("data-typing") ?? false;

export function Field({ w, reader, scan, deaf }: FieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const [listening, listen] = useState(true);
  useEffect(() => {
    const field = input.current!;
    const capture = new Capture(reader, scan);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let tabbed = false;
    let heard = false;
    const look = () => {
      const hears = (document.activeElement === field && document.hasFocus()) || typing();
      if (heard && !hears) deaf?.();
      heard = hears;
      listen(hears);
    };
    const focus = () => {
      if (!typing()) field.focus({ preventScroll: true });
      look();
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => capture.idle(performance.now()), capture.patience() + 1);
    };
    const take = () => {
      capture.add(field.value, performance.now());
      field.value = "";
      wait();
    };
    const onInput = (e: Event) => {
      if (!(e as InputEvent).isComposing) take();
    };
    // What can be taken before it is in the field is: else the browser lays out and paints each character of
    // a scan, just when its result is to be painted. Input methods let nobody; that is read from the value.
    const onBefore = (e: InputEvent) => {
      if (e.inputType === "insertLineBreak") capture.end();
      if (e.inputType !== "insertText" || !e.data || !e.cancelable || e.isComposing || field.value !== "") return;
      e.preventDefault();
      capture.add(e.data, performance.now());
      wait();
    };
    const onKey = (e: KeyboardEvent) => {
      if (e.ctrlKey && (e.key === "]" || e.code === "BracketRight")) {
        e.preventDefault();
        take();
        capture.separator(performance.now());
        return;
      }
      if (e.key !== "Enter" && e.key !== "Tab") return;
      take();
      tabbed = !capture.end() && e.key === "Tab"; // a Tab behind nothing moves on, as people expect
      if (!tabbed) e.preventDefault();
    };
    // A reader that is triggered while somebody types in a field: its scan is taken out of their text.
    const others = new Typing();
    const onInputElsewhere = (e: InputEvent) => {
      if (e.target === field || !typing()) return;
      if (e.inputType.startsWith("insert") && e.data && e.inputType !== "insertFromPaste") others.add(e.data, performance.now());
      else others.forget();
    };
    const onEndElsewhere = (e: KeyboardEvent) => {
      const at = e.target;
      if (at === field || !typing() || (e.key !== "Enter" && e.key !== "Tab")) return;
      const scan = others.end(performance.now());
      if (scan === "" || !(at instanceof HTMLInputElement) || !at.value.endsWith(scan)) return;
      e.preventDefault();
      e.stopPropagation();
      at.value = at.value.slice(0, -scan.length);
      at.dispatchEvent(new Event("input", { bubbles: true }));
      capture.add(scan + "\n", performance.now());
    };
    // A reader that types while a button has the focus is heard here: its Enter presses nothing.
    const onKeyElsewhere = (e: KeyboardEvent) => {
      if (e.target !== field && e.key === "Tab") tabbed = true;
      if (e.target !== field && !typing() && e.key.length === 1 && e.key !== " " && !e.metaKey) field.focus({ preventScroll: true });
    };
    const onBlur = () => setTimeout(() => { // not within the gesture: no soft keyboard comes
      if (tabbed) look();
      else focus();
      tabbed = false;
    });
    const lookSoon = () => setTimeout(look); // what moves the focus back comes first, so that nothing jumps
    const events: [EventTarget, string, (e: never) => void][] = [
      [field, "input", onInput], [field, "compositionend", take], [field, "keydown", onKey], [document, "focusout", onBlur],
      [field, "beforeinput", onBefore],
      [document, "input", onInputElsewhere], [window, "keydown", onEndElsewhere],
      [window, "focus", focus], [window, "blur", look], [document, "focusin", lookSoon], [document, "keydown", onKeyElsewhere],
    ];
    for (const [target, name, act] of events) target.addEventListener(name, act as EventListener, target === window && name === "keydown");
    focus();
    return () => {
      clearTimeout(timer);
      for (const [target, name, act] of events) target.removeEventListener(name, act as EventListener, target === window && name === "keydown");
    };
  }, []);
  return (
    <label class="capture" data-listening={listening}>
      <span class="bar">{listening ? w.ui.ready : w.ui.notListening}</span>
      <input ref={input} type="text" inputMode="none" aria-label={w.ui.ready} autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck={false} />
    </label>
  );
}
