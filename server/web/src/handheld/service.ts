// The service worker: the handheld's page and its parts, kept on the device as one version. What only
// some devices use is kept from its first use on. It touches neither scans nor the server's API.

export {};

declare const PARTS: readonly string[]; // addresses of one version, set by the build
declare const LATER: readonly string[]; // those that are fetched when they are first used
declare const VERSION: string;

interface Waiting extends Event { waitUntil(p: Promise<unknown>): void }
interface Asking extends Waiting { request: Request; respondWith(r: Promise<Response>): void }
interface Scope {
  addEventListener(name: "install" | "activate", act: (e: Waiting) => void): void;
  addEventListener(name: "fetch", act: (e: Asking) => void): void;
  addEventListener(name: "message", act: (e: MessageEvent) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
}

const scope = self as unknown as Scope;
const prefix = "bayledger-scan-";
const mine = prefix + VERSION;
const page = "/scan";

scope.addEventListener("install", (e) => e.waitUntil(install()));
scope.addEventListener("activate", (e) => e.waitUntil(activate()));
scope.addEventListener("message", (e) => {
  if (e.data === "take over") void scope.skipWaiting();
});
scope.addEventListener("fetch", (e) => {
  const { pathname, origin } = new URL(e.request.url);
  if (e.request.method !== "GET" || origin !== location.origin) return;
  if (PARTS.includes(pathname)) e.respondWith(kept(pathname, e.request));
  else if (LATER.includes(pathname)) e.respondWith(keptLater(pathname, e.request));
});

const older = async (): Promise<string[]> => (await caches.keys()).filter((n) => n.startsWith(prefix) && n !== mine);

/** install fetches all parts or none. A device that has used what comes later has it in the new version too. */
async function install(): Promise<void> {
  const cache = await caches.open(mine);
  await cache.addAll(PARTS.map((p) => new Request(p, { cache: p === page ? "reload" : "default" })));
  if (await usedLater()) await cache.addAll(LATER).catch(() => undefined); // the camera is fetched again when it is next used
}

async function activate(): Promise<void> {
  await Promise.all((await older()).map((n) => caches.delete(n)));
  await scope.clients.claim(); // what the page fetches from now on is kept from its first session on
}

/** usedLater says whether an older version on this device holds what comes later: the wasm is part of it. */
async function usedLater(): Promise<boolean> {
  for (const name of await older()) {
    const held = await (await caches.open(name)).keys();
    if (held.some((r) => new URL(r.url).pathname.endsWith(".wasm"))) return true;
  }
  return false;
}

async function kept(pathname: string, request: Request): Promise<Response> {
  return (await (await caches.open(mine)).match(pathname)) ?? fetch(request);
}

async function keptLater(pathname: string, request: Request): Promise<Response> {
  const cache = await caches.open(mine);
  const held = await cache.match(pathname);
  if (held) return held;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(pathname, answer.clone());
  return answer;
}
