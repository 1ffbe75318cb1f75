// Booking what somebody decides here, under their own name. Each intent has an identity of its own, so an
// answer that was lost is no second booking: whoever tries again books anew and sees what is there.

import type { Ask } from "../rest.ts";

const install = "watch-" + Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, "0")).join("");
let seq = 0;
const atOnce = 500; // intents of one request: well below what the server takes

interface Outcomes { readonly outcomes: readonly { readonly seq: number; readonly outcome: string; readonly message?: string }[] }

/** Booked is an intent that was booked: what an undo of it names, and what the server said. */
export interface Booked { readonly reference: string; readonly message: string }

/** book books intents in their order. The first that is not simply booked is thrown as its sentence; those before it are booked. */
export async function book(ask: Ask, name: string, intents: readonly object[]): Promise<readonly Booked[]> {
  const done: Booked[] = [];
  for (let i = 0; i < intents.length; i += atOnce) {
    const sent = intents.slice(i, i + atOnce).map((intent) => ({ install, seq: ++seq, ...intent }));
    const { outcomes } = await ask<Outcomes>("POST", "/v1/intents", sent);
    for (const o of outcomes) {
      if (o.outcome !== "applied" && o.outcome !== "exception") throw new Error(o.message ?? o.outcome);
      done.push({ reference: name + "/" + install + "/" + o.seq, message: o.message ?? "" });
    }
  }
  return done;
}
