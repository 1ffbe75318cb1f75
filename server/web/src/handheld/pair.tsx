// Pairing: a code from the server's page becomes this handheld's own key, without typing.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { noProfile } from "../core/wedge/profile.ts";
import { Camera } from "./camera/camera.ts";
import { Viewfinder } from "./camera/viewfinder.tsx";
import { OutboxError, type Box, type Pairing } from "./box.ts";
import { Field } from "./field.tsx";
import type { Language } from "./words.ts";

const within = 15_000; // ms
const installLength = 12;

/** codeIn finds the code in what was scanned: the address of a pairing page, or the code alone. */
export function codeIn(text: string): string {
  const at = text.indexOf("#pair=");
  const code = at < 0 ? "" : text.slice(at + "#pair=".length);
  try {
    return decodeURIComponent(code).trim();
  } catch {
    return code.trim(); // misread: the server says that it is none
  }
}

/** redeem gives the code for a key. It throws a sentence. */
export async function redeem(origin: string, box: Box, code: string): Promise<Pairing> {
  const answer = await fetch(origin + "/v1/pairings/redeem", {
    method: "POST", credentials: "omit", headers: { "content-type": "application/json" }, body: JSON.stringify({ code }), signal: AbortSignal.timeout(within),
  });
  const said = (await answer.json()) as Pairing & { detail?: string; message?: string; title?: string };
  if (!answer.ok) throw new Error(said.message ?? said.detail ?? said.title ?? String(answer.status));
  const pairing: Pairing = { device: said.device, key: said.key, role: said.role, site: said.site || "main", install: crypto.randomUUID().replaceAll("-", "").slice(0, installLength) };
  await box.pair(pairing);
  return pairing;
}

export interface PairProps {
  readonly w: Language;
  readonly origin: string;
  readonly box: Box;
  readonly code: string;
  readonly old: Pairing | null;
  readonly paired: (p: Pairing) => void;
}

export function Pair({ w, origin, box, code, old, paired }: PairProps) {
  const [wrong, tell] = useState("");
  const [busy, work] = useState(false);
  const go = async (text: string) => {
    work(true);
    tell("");
    try {
      const { waiting } = await box.stats();
      const open = (await box.waiting()).length;
      if (open > 0) tell(w.ui.pairOpen(open)); // before the code is used up
      else if (waiting > 0) tell(w.ui.pairWaiting(waiting));
      else paired(await redeem(origin, box, text));
    } catch (e) {
      tell(w.ui.pairFailed(e instanceof OutboxError ? e.code : e instanceof Error ? e.message : String(e)));
    }
    work(false);
  };
  const read = (raw: string) => codeIn(raw) && void go(codeIn(raw));
  const [camera] = useState(() => new Camera(read));
  useEffect(() => () => camera.close(), []);
  return (
    <PairView
      w={w} code={code} address={origin + "/scan#pair=" + code} wrong={wrong} busy={busy} device={old ? w.ui.device(old.device, old.site) : ""} go={() => void go(code)} camera={() => camera.open()}
      capture={<Field w={w} reader={() => ({ profile: noProfile, learned: false })} scan={read} />}
      viewfinder={camera.state.value.is === "off" ? null : <Viewfinder w={w.camera} state={camera.state.value} torch={camera.torch.value} show={(v) => camera.show(v)} light={(on) => void camera.light(on)} again={() => camera.open()} close={() => camera.close()} />}
    />
  );
}

export interface PairViewProps {
  readonly w: Language;
  readonly code: string; // that the page was opened with; "": none
  readonly address: string; // of the code, for a handheld in a terminal
  readonly wrong: string;
  readonly busy: boolean;
  readonly device: string; // that it was before
  readonly capture: ComponentChildren;
  readonly viewfinder: ComponentChildren;
  readonly go: () => void;
  readonly camera: () => void;
}

const keepFocus = (e: Event): void => e.preventDefault();

/** PairView is drawn from what it is given. */
export function PairView({ w, code, address, wrong, busy, device, capture, viewfinder, go, camera }: PairViewProps) {
  return (
    <div class="pairing">
      {capture}
      {viewfinder}
      <div class="page">
        <h1>{w.ui.pairTitle}</h1>
        {wrong && <p class="wrong" role="alert">{wrong}</p>}
        {code ? <button type="button" disabled={busy} onMouseDown={keepFocus} onClick={go}>{busy ? w.ui.pairing : w.ui.pairTitle}</button> : <p>{w.ui.pairHow}</p>}
        {!code && !viewfinder && <button type="button" onMouseDown={keepFocus} onClick={camera}>{w.camera.open}</button>}
        {device && <p>{device}</p>}
        {code && <p>{w.ui.pairTerminal}<code>bayledger scan --pair '{address}'</code></p>}
      </div>
    </div>
  );
}
