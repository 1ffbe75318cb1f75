// Whether a PIN is somebody's: HMAC-SHA-256(nonce, Argon2id(PIN, salt)), as the server's list of the
// shift says it (server/rest/pins.go). It takes as long as it has to: a fraction of a second on a PC,
// some seconds on a handheld, which is why a worker does it.

import { argon2id } from "hash-wasm";

/** By what one operator's PIN is judged on this device; texts are base64. */
export interface Check {
  readonly operator: string;
  readonly salt: string;
  readonly memory: number; // KiB
  readonly times: number;
  readonly nonce: string;
  readonly check: string;
}

const maxMemory = 256 << 10; // KiB, as the handheld in a terminal has it
const maxTimes = 16;
const sumBytes = 32;

const bytes = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

/** matches says whether a PIN is that of a check; a check that asks for too much is nobody's. */
export async function matches(c: Check, pin: string): Promise<boolean> {
  if (!(c.memory > 0 && c.memory <= maxMemory && c.times > 0 && c.times <= maxTimes)) return false;
  const sum = await argon2id({ password: pin, salt: bytes(c.salt), iterations: c.times, memorySize: c.memory, parallelism: 1, hashLength: sumBytes, outputType: "binary" });
  const key = await crypto.subtle.importKey("raw", bytes(c.nonce), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  return crypto.subtle.verify("HMAC", key, bytes(c.check), new Uint8Array(sum));
}
