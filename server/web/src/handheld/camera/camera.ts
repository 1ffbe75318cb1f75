// The camera as a reader: its pictures go to the worker one at a time, and what is read goes the way
// of every other scan. Nothing of it is loaded before it is first used.

import { signal } from "@preact/signals";
import { startCameraWorker } from "../trusted.ts";
import { Frames } from "./frames.ts";
import type { Seen } from "./messages.ts";

/** Why a camera does not read. */
export type Trouble = "none" | "denied" | "busy" | "broken";

export type State = { is: "off" | "starting" | "on" | "resting" } | { is: "trouble"; why: Trouble };

const every = 80; // ms from one picture to the next, at least: a hand is slower, and the battery lasts
const restAfter = 120_000; // ms without a code, after which the camera rests
const lost = 10_000; // ms, after which a picture is not waited for any more
const want: MediaStreamConstraints = { audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } } };

type TorchTrack = Omit<MediaStreamTrack, "getCapabilities"> & { getCapabilities?: () => { torch?: boolean } };

export class Camera {
  readonly state = signal<State>({ is: "off" });
  readonly torch = signal<"none" | "off" | "on">("none");
  readonly stream = signal<MediaStream | null>(null);
  private readonly frames = new Frames();
  private worker: Worker | null = null;
  private ready = false;
  private askedAt = 0; // when the picture under way was sent; 0: none is
  private readAt = 0;
  private timer: ReturnType<typeof setInterval> | undefined;
  private wanted = false;
  private video: HTMLVideoElement | null = null;

  /** @param may says whether scans are taken now; it is asked with each picture. */
  constructor(private readonly scan: (code: string) => void, private readonly may: () => boolean = () => true) {
    document.addEventListener("visibilitychange", () => {
      if (!this.wanted) return;
      if (document.visibilityState === "hidden") this.stop();
      else void this.start();
    });
  }

  /** open starts the camera; it goes on, scan after scan, until it is closed. */
  open(): void {
    this.wanted = true;
    void this.start();
  }

  close(): void {
    this.wanted = false;
    this.stop();
    this.state.value = { is: "off" };
  }

  /** show gives it the element that shows what it sees; null: that has gone. */
  show(video: HTMLVideoElement | null): void {
    this.video = video;
    if (video) video.srcObject = this.stream.value;
  }

  async light(on: boolean): Promise<void> {
    const track = this.stream.value?.getVideoTracks()[0];
    await track?.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] }).then(() => (this.torch.value = on ? "on" : "off")).catch(() => undefined); // a torch that does not obey stays as it is shown
  }

  private async start(): Promise<void> {
    if (this.stream.value || this.state.value.is === "starting") return;
    this.state.value = { is: "starting" };
    this.load();
    try {
      const stream = await navigator.mediaDevices.getUserMedia(want);
      if (!this.wanted || this.state.value.is !== "starting") return stream.getTracks().forEach((t) => t.stop());
      this.take(stream);
    } catch (e) {
      this.state.value = { is: "trouble", why: troubleOf(e) };
    }
  }

  private take(stream: MediaStream): void {
    const track = stream.getVideoTracks()[0] as unknown as TorchTrack | undefined;
    track?.addEventListener("ended", () => {
      this.stop();
      this.state.value = { is: "trouble", why: "busy" };
    });
    this.torch.value = track?.getCapabilities?.().torch ? "off" : "none";
    this.stream.value = stream;
    if (this.video) this.video.srcObject = stream;
    this.readAt = performance.now();
    if (this.state.value.is === "starting" && this.ready) this.state.value = { is: "on" };
    this.timer = setInterval(() => void this.look(), every);
  }

  private stop(): void {
    clearInterval(this.timer);
    this.stream.value?.getTracks().forEach((t) => t.stop());
    this.stream.value = null;
    this.torch.value = "none";
    if (this.state.value.is !== "trouble") this.state.value = { is: "resting" };
  }

  private load(): void {
    this.worker ??= startCameraWorker((m) => this.hear(m));
    this.worker.onerror = () => this.broken();
  }

  private broken(): void {
    this.worker?.terminate();
    [this.worker, this.ready, this.askedAt] = [null, false, 0]; // the next opening tries again
    this.stop();
    this.state.value = { is: "trouble", why: "broken" };
  }

  private async look(): Promise<void> {
    const { video, worker } = this;
    const now = performance.now();
    if (now - this.readAt > restAfter) return this.stop();
    if (!worker || !this.ready || !video || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || (this.askedAt !== 0 && now - this.askedAt < lost)) return;
    this.askedAt = now;
    const picture = await createImageBitmap(video).catch(() => null);
    if (picture) worker.postMessage({ picture }, [picture]);
    else this.askedAt = 0;
  }

  private hear(m: Seen): void {
    if (m.kind === "failed") return this.broken();
    if (m.kind === "ready") {
      this.ready = true;
      if (this.stream.value) this.state.value = { is: "on" };
      return;
    }
    this.askedAt = 0;
    if (m.codes.length > 0) this.readAt = performance.now();
    if (!this.stream.value || !this.may()) return;
    const code = this.frames.take(m.codes, performance.now());
    if (code !== "") this.scan(code);
  }
}

function troubleOf(e: unknown): Trouble {
  switch (e instanceof DOMException ? e.name : "") {
    case "NotAllowedError": case "SecurityError": return "denied";
    case "NotFoundError": case "OverconstrainedError": return "none";
    case "NotReadableError": case "AbortError": return "busy";
  }
  return e instanceof TypeError ? "none" : "broken"; // no mediaDevices at all: none
}
