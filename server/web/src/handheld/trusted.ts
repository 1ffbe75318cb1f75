// The only scripts that are ever loaded by name: the workers, and the service worker. The page's policy
// lets no other be.

import type { Seen } from "./camera/messages.ts";
import type { Check } from "./pincheck.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

declare const WORKER: string; // the worker's address, set by the build
declare const PIN_WORKER: string; // likewise
declare const CAMERA_WORKER: string; // likewise

export const offlineScript = "/scan-offline.js";

interface Policy {
  createScriptURL(address: string): string;
}

const own: Policy = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }).trustedTypes?.createPolicy("bayledger", {
  createScriptURL(address) {
    if (address === WORKER || address === PIN_WORKER || address === CAMERA_WORKER || address === offlineScript) return address;
    throw new TypeError("no script of ours");
  },
}) ?? { createScriptURL: (address) => address };

export const scriptURL = (address: string): string => own.createScriptURL(address);

/** startWorker starts the worker; what it returns says something to it. */
export function startWorker(hear: (m: FromWorker) => void): (m: ToWorker) => void {
  const worker = new Worker(scriptURL(WORKER));
  worker.onmessage = (e: MessageEvent<FromWorker>) => hear(e.data);
  return (m) => worker.postMessage(m);
}

/** startCameraWorker loads what reads pictures. */
export function startCameraWorker(hear: (m: Seen) => void): Worker {
  const worker = new Worker(scriptURL(CAMERA_WORKER));
  worker.onmessage = (e: MessageEvent<Seen>) => hear(e.data);
  return worker;
}

/** judgePin has a worker of its own judge a PIN: it takes long, and WebAssembly may run only in workers. */
export function judgePin(check: Check, pin: string): Promise<boolean> {
  const worker = new Worker(scriptURL(PIN_WORKER));
  return new Promise<boolean>((resolve, reject) => {
    worker.onmessage = (e: MessageEvent<boolean>) => resolve(e.data);
    worker.onerror = (e) => reject(new Error(e.message));
    worker.postMessage({ check, pin });
  }).finally(() => worker.terminate());
}
