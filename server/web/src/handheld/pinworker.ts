// The worker that judges a PIN. It is started for one and ends with it: what Argon2id has filled goes back.

import { matches, type Check } from "./pincheck.ts";

self.onmessage = async (e: MessageEvent<{ check: Check; pin: string }>) => self.postMessage(await matches(e.data.check, e.data.pin));
