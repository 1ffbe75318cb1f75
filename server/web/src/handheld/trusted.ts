// The only scripts that are ever loaded by name: the workers, and the service worker. The page's policy
// lets no other be.

import type { Seen } from "./camera/messages.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

declare const WORKER: string; // the worker's address, set by the build
declare const CAMERA_WORKER: string; // likewise

export const offlineScript = "/scan-offline.js";

interface Policy {
  createScriptURL(address: string): string;
}

const own: Policy = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }).trustedTypes?.createPolicy("bayledger", {
  createScriptURL(address) {
    if (address === WORKER || address === CAMERA_WORKER || address === offlineScript) return address;
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

/** startCameraWorker loads what reads pictures: there alone WebAssembly may run. */
export function startCameraWorker(hear: (m: Seen) => void): Worker {
  const worker = new Worker(scriptURL(CAMERA_WORKER));
  worker.onmessage = (e: MessageEvent<Seen>) => hear(e.data);
  return worker;
}
