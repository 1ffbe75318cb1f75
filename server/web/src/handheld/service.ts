// The service worker: the handheld's page and its parts, kept on the device as one version. It touches
// neither scans nor the server's API.

export {};

declare const PARTS: readonly string[]; // addresses of one version, set by the build
declare const VERSION: string;

interface Waiting extends Event { waitUntil(p: Promise<unknown>): void }
interface Asking extends Waiting { request: Request; respondWith(r: Promise<Response>): void }
interface Scope {
  addEventListener(name: "install" | "activate", act: (e: Waiting) => void): void;
  addEventListener(name: "fetch", act: (e: Asking) => void): void;
  addEventListener(name: "message", act: (e: MessageEvent) => void): void;
  skipWaiting(): Promise<void>;
}

const scope = self as unknown as Scope;
const prefix = "bayledger-scan-";
const mine = prefix + VERSION;
const page = "/scan";

scope.addEventListener("install", (e) => e.waitUntil(caches.open(mine).then((c) => c.addAll(PARTS.map((p) => new Request(p, { cache: p === page ? "reload" : "default" }))))));

scope.addEventListener("activate", (e) => e.waitUntil(caches.keys().then((names) => Promise.all(names.filter((n) => n.startsWith(prefix) && n !== mine).map((n) => caches.delete(n))))));

scope.addEventListener("message", (e) => {
  if (e.data === "take over") void scope.skipWaiting();
});

scope.addEventListener("fetch", (e) => {
  const { pathname, origin } = new URL(e.request.url);
  if (e.request.method !== "GET" || origin !== location.origin || !PARTS.includes(pathname)) return;
  e.respondWith(caches.open(mine).then(async (c) => (await c.match(pathname)) ?? fetch(e.request)));
});
