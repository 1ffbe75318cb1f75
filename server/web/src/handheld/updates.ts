// The page without a server, and its updates. A new version waits until nothing is being sent and
// nobody has scanned for a while; then it takes over, and the page is loaded again, once. Where that
// way is stuck, the page lets go of what it had kept of itself and is loaded from the server. The
// outbox is never touched: it is in IndexedDB, and all versions read it.

import { offlineScript, scriptURL } from "./trusted.ts";
import { next } from "./versions.ts";

declare const VERSION: string; // of this page, set by the build
declare const NUMBER: number; // counts the versions that servers may ask for
declare const IDLE: number; // ms without a scan, after which a new version may take over

const versionFile = "/scan-version.json";
const cachePrefix = "bayledger-scan-";
const askEvery = 3_600_000; // ms, for a new version; a connection that comes back asks too: the server may be a new one
const lookEvery = 1000; // ms, whether it is quiet
const askAgain = IDLE / 2; // ms between two tries to get a version that is known of
const within = 10_000; // ms, for an answer
const triedFor = "bayledger-started-over"; // in the session's storage: the version for which that was tried

/** What the updates ask of the page, as it is now. */
export interface Page {
  busy(): boolean;
  /** quiet says for how many ms nothing was done; 0: something is being sent, or wants an answer. */
  quiet(): number;
  lowest(): number;
  speaks(): boolean;
}

export class Updates {
  private registration: ServiceWorkerRegistration | undefined;
  private newest = "";
  private toldAt = -1;
  private tries = 0;
  private triedAt = -Infinity;
  private touched = 0;
  private ending = false; // the page is about to be loaded again

  constructor(private readonly page: Page) {}

  /** start keeps the page on this device, and begins to look for newer ones. */
  start(): void {
    for (const name of ["pointerdown", "keydown", "input"]) document.addEventListener(name, () => (this.touched = performance.now()), { capture: true, passive: true });
    setInterval(() => void this.ask(), askEvery);
    setInterval(() => void this.look(), lookEvery);
    void this.ask();
    if (!("serviceWorker" in navigator)) return;
    void navigator.serviceWorker.register(scriptURL(offlineScript), { scope: "/scan", updateViaCache: "none" }).then((r) => (this.registration = r)).catch(() => undefined); // it works without, while there is a server
  }

  /** ask asks the server which version it has, and goes by that. */
  async ask(): Promise<void> {
    const version = await this.served();
    if (version !== "" && version !== this.newest) [this.newest, this.tries, this.triedAt] = [version, 0, -Infinity];
    await this.look();
  }

  /** served is the version that the server has, whatever caches say; "": there is no server now. */
  private async served(): Promise<string> {
    try {
      const answer = await fetch(versionFile, { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(within) });
      return answer.ok ? ((await answer.json()) as { version: string }).version : "";
    } catch {
      return "";
    }
  }

  private async look(): Promise<void> {
    const { page, registration } = this;
    const now = performance.now();
    if (this.ending) return;
    const step = next({
      own: VERSION, number: NUMBER, newest: this.newest, lowest: page.lowest(), speaks: page.speaks(), waiting: registration?.waiting != null, busy: page.busy(),
      quiet: Math.min(page.quiet(), now - this.touched), told: this.toldAt < 0 ? -1 : now - this.toldAt, tries: this.tries, startedOver: sessionStorage.getItem(triedFor) ?? "",
    }, IDLE);
    switch (step) {
      case "take over":
        this.toldAt = now;
        return registration!.waiting!.postMessage("take over");
      case "start over": return this.startOver();
      case "fetch":
        if (now - this.triedAt < askAgain) return;
        [this.triedAt, this.tries] = [now, this.tries + 1];
        await registration?.update().catch(() => undefined); // the next try, or starting over
    }
  }

  /** startOver is done only where the server has just answered: what is dropped has to come from there. */
  private async startOver(): Promise<void> {
    this.ending = true;
    const asked = performance.now();
    if ((await this.served()) !== this.newest || this.page.busy() || this.touched > asked) { // somebody went on working meanwhile
      this.ending = false;
      return;
    }
    sessionStorage.setItem(triedFor, this.newest);
    const [registrations, names] = await Promise.all([navigator.serviceWorker?.getRegistrations() ?? [], caches.keys()]);
    const ours = registrations.filter((r) => new URL(r.scope).pathname === "/scan");
    await Promise.all([...ours.map((r) => r.unregister()), ...names.filter((n) => n.startsWith(cachePrefix)).map((n) => caches.delete(n))]);
    location.reload();
  }
}

const askEagerly = 15_000; // ms: somebody stands there and waits

/** askForAnother takes whatever version the server has as soon as it has another one: this one cannot work. */
export function askForAnother(): void {
  const updates = new Updates({ busy: () => false, quiet: () => Infinity, lowest: () => 0, speaks: () => false });
  updates.start();
  const ask = () => void updates.ask();
  setInterval(ask, askEagerly);
  window.addEventListener("online", ask);
  document.addEventListener("visibilitychange", ask);
}

/** followVersion loads the page again, once, when another version has taken over: in every tab. */
export function followVersion(): void {
  if (!("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  let controlled = serviceWorker.controller !== null;
  let reloading = false;
  serviceWorker.addEventListener("controllerchange", () => {
    if (controlled && !reloading) {
      reloading = true;
      location.reload();
    }
    controlled = true; // the first one takes over without a word
  });
}
