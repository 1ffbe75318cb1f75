// The pad on which a PIN is keyed in. It is drawn from what it is given.

import { useState } from "preact/hooks";
import type { JobWords } from "./jobwords.ts";
import { keepFocus } from "./parts.tsx";

export const leastPin = 4;
export const mostPin = 12;
export const typedPin = /^\d{4,6}$/; // keyed in on a device's own keys: shorter than any barcode with a check digit

/** Whose PIN is asked for. */
export interface Asking {
  readonly operator: string;
  readonly wrong: string; // what is wrong with the last try; "" before it
  readonly busy: boolean; // it is being judged
  readonly waiting: number; // scans that wait behind it
}

export interface PinPadProps {
  readonly j: JobWords;
  readonly asking: Asking;
  readonly enter: (pin: string) => void;
  readonly cancel: () => void;
}

const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "⌫", "0"];

export function PinPad({ j, asking, enter, cancel }: PinPadProps) {
  const [pin, key] = useState("");
  const press = (k: string) => () => key((p) => (k === "⌫" ? p.slice(0, -1) : p.length < mostPin ? p + k : p));
  const send = () => {
    enter(pin);
    key("");
  };
  return (
    <div class="pin page-fill">
      <h1>{j.pinOf(asking.operator)}</h1>
      <p class="dots" role="status" aria-label={j.pinDigits(pin.length)}>{"●".repeat(pin.length) + "○".repeat(Math.max(0, leastPin - pin.length))}</p>
      <p class="pin-said" role="alert">{asking.busy ? j.pinJudged : asking.wrong}</p>
      {asking.waiting > 0 && <p>{j.waitBehind(asking.waiting)}</p>}
      <div class="keypad">
        {keys.map((k) => <button type="button" key={k} aria-label={k === "⌫" ? j.erase : k} disabled={asking.busy} onMouseDown={keepFocus} onClick={press(k)}>{k}</button>)}
        <button type="button" class="go" disabled={asking.busy || pin.length < leastPin} onMouseDown={keepFocus} onClick={send}>{j.pinEnter}</button>
      </div>
      <button type="button" class="wide" disabled={asking.busy} onMouseDown={keepFocus} onClick={cancel}>{j.notNow}</button>
    </div>
  );
}
