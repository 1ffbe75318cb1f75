// What the camera sees, in the upper half of the screen: the work goes on below it, scan after scan.

import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../icons.tsx";
import type { State } from "./camera.ts";
import type { CameraWords } from "./words.ts";

export interface ViewfinderProps {
  readonly w: CameraWords;
  readonly state: State;
  readonly torch: "none" | "off" | "on";
  readonly show?: (video: HTMLVideoElement | null) => void;
  readonly light: (on: boolean) => void;
  readonly again: () => void;
  readonly close: () => void;
}

const keepFocus = (e: Event): void => e.preventDefault();

export function Viewfinder({ w, state, torch, show, light, again, close }: ViewfinderProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    show?.(video.current);
    return () => show?.(null);
  }, []);
  const still = state.is === "resting" || state.is === "trouble";
  return (
    <section class="viewfinder" data-camera={state.is} aria-label={w.camera}>
      <video ref={video} autoplay muted playsinline aria-hidden="true" hidden={still} />
      {state.is === "on" && <span class="aim" aria-hidden="true" />}
      <p role="status">{state.is === "on" ? w.aim : state.is === "resting" ? w.resting : state.is === "trouble" ? <><Icon name="stop" />{w.trouble[state.why]}</> : w.starting}</p>
      <div class="keys">
        {still && <button type="button" onMouseDown={keepFocus} onClick={again}>{w.again}</button>}
        {torch !== "none" && <button type="button" onMouseDown={keepFocus} onClick={() => light(torch === "off")}>{torch === "off" ? w.torchOn : w.torchOff}</button>}
        <button type="button" onMouseDown={keepFocus} onClick={close}>{w.close}</button>
      </div>
    </section>
  );
}
