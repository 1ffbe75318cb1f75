// The page without a server, and its updates: a new version waits until nothing is under way and
// nobody has scanned for a while, then takes over, once.

import { offlineScript, scriptURL } from "./trusted.ts";

const idleFor = 20_000; // ms without a scan
const lookEvery = 3_600_000; // ms, for a new version

/** offline registers the service worker. quiet says for how many ms nothing was done; 0: something is under way. */
export function offline(quiet: () => number): void {
  if (!("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  const controlled = serviceWorker.controller !== null;
  let reloading = false;
  serviceWorker.addEventListener("controllerchange", () => {
    if (!controlled || reloading) return; // the first one takes over without a word
    reloading = true;
    location.reload();
  });
  void serviceWorker.register(scriptURL(offlineScript), { scope: "/scan", updateViaCache: "none" }).then((r) => {
    setInterval(() => void r.update().catch(() => undefined), lookEvery);
    setInterval(() => {
      if (r.waiting && quiet() >= idleFor) r.waiting.postMessage("take over");
    }, idleFor / 4);
  }).catch(() => undefined); // it works without, while there is a server
}
