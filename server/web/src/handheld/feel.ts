// What a person hears and feels of a scan: synthesised, since files start late. The context is resumed
// by a tap, as browsers want it; whether anything can be heard is known and shown.

import type { ScreenState } from "../core/flow/types.ts";

/** What can be heard and felt: how a scan ended, and that all of them are sent. */
export type Felt = ScreenState | "sent";

interface Tone { hertz: number; ms: number; shape: OscillatorType; times: number; vibrate: number[] }

const tones: Partial<Record<Felt, Tone>> = {
  saved: { hertz: 880, ms: 60, shape: "sine", times: 1, vibrate: [30] },
  sent: { hertz: 1320, ms: 60, shape: "sine", times: 1, vibrate: [30] },
  check: { hertz: 660, ms: 90, shape: "sine", times: 2, vibrate: [60, 60, 60] },
  stop: { hertz: 220, ms: 400, shape: "square", times: 2, vibrate: [200, 100, 200] },
};
const pause = 0.09; // s between two of a tone
const loud = 0.4;

export class Feel {
  private audio: AudioContext | null = null;
  muted = false;

  /** ready is called from a tap: sound may begin. */
  async ready(): Promise<void> {
    this.audio ??= new AudioContext();
    if (this.audio.state !== "running") await this.audio.resume().catch(() => undefined);
  }

  /** audible says whether a tone would be heard. */
  get audible(): boolean {
    return !this.muted && this.audio?.state === "running";
  }

  feel(state: Felt): void {
    const t = tones[state];
    if (!t) return;
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(t.vibrate);
    const { audio } = this;
    if (!audio || !this.audible) return;
    for (let i = 0; i < t.times; i++) {
      const from = audio.currentTime + i * (t.ms / 1000 + pause);
      const volume = new GainNode(audio, { gain: loud });
      const tone = new OscillatorNode(audio, { frequency: t.hertz, type: t.shape });
      tone.connect(volume).connect(audio.destination);
      tone.start(from);
      tone.stop(from + t.ms / 1000);
    }
  }
}
