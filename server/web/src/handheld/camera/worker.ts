// The worker that reads pictures: zxing-cpp as WebAssembly, fetched from our own server when a camera
// is first used. It alone may run WebAssembly; the page's policy has no word of it.

import { prepareZXingModule, readBarcodes, type ReaderOptions, type ReadResult } from "zxing-wasm/reader";
import type { InFrame } from "./frames.ts";
import type { Look, Seen } from "./messages.ts";

declare const WASM: string; // its address, set by the build

const options: ReaderOptions = { tryHarder: true, tryInvert: false, maxNumberOfSymbols: 8, textMode: "Plain", returnErrors: false };
const tell = (m: Seen): void => self.postMessage(m);
let canvas: OffscreenCanvas | undefined;

self.onmessage = (e: MessageEvent<Look>) => void look(e.data.picture);

prepareZXingModule({ overrides: { locateFile: () => WASM }, fireImmediately: true }).then(
  () => tell({ kind: "ready" }),
  (e: unknown) => tell({ kind: "failed", why: e instanceof Error ? e.message : String(e) }),
);

async function look(picture: ImageBitmap): Promise<void> {
  const { width, height } = picture;
  canvas ??= new OffscreenCanvas(width, height);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const on = canvas.getContext("2d", { willReadFrequently: true })!;
  on.drawImage(picture, 0, 0);
  picture.close();
  const found = await readBarcodes(on.getImageData(0, 0, width, height), options);
  tell({ kind: "seen", codes: found.map((b): InFrame => ({ text: scanOf(b), apart: apart(b, width, height) })) });
}

/** scanOf is a code as a reader sends it that is set to say the symbology: with its AIM identifier. */
const scanOf = (b: ReadResult): string => b.symbologyIdentifier + new TextDecoder().decode(b.bytes);

function apart({ position: p }: ReadResult, width: number, height: number): number {
  const corners = [p.topLeft, p.topRight, p.bottomLeft, p.bottomRight];
  const x = corners.reduce((sum, c) => sum + c.x, 0) / corners.length;
  const y = corners.reduce((sum, c) => sum + c.y, 0) / corners.length;
  return Math.hypot(x / width - 0.5, y / height - 0.5);
}
