// The worker: it carries what waits in the outbox to the server, and brings the catalogue. However
// large that is, the page that scans does not wait for it.

import { Box, type Outcome, type Pairing } from "./box.ts";
import { Goods } from "./goods.ts";
import { Link } from "./link.ts";
import { keeper, Log } from "./log.ts";
import { mono, type FromWorker, type ToWorker } from "./messages.ts";
import { needsYou, type Cursor } from "./wire.ts";

const trimEvery = 10 * 60_000; // ms
const handInWithin = 30_000; // ms; the server asks again at the next connection
const openAgain = 5000; // ms, where the outbox could not be opened here: the page says what is wrong with it

const tell = (m: FromWorker): void => self.postMessage(m);
const log = new Log(keeper());
let link: Link | null = null;
let battery: number | undefined;
let lostFocus = 0;

self.onmessage = (e: MessageEvent<ToWorker>) => {
  switch (e.data.kind) {
    case "start": return keepStarting(e.data);
    case "wake": return link?.wake();
    case "hurry": return link?.hurry();
    case "battery": return void (battery = e.data.percent);
    case "lost focus":
      lostFocus = e.data.times;
      return log.note("not listening", lostFocus);
    case "note": return log.note(...e.data.words);
  }
};

function keepStarting(m: ToWorker & { kind: "start" }): void {
  start(m).catch((e: unknown) => {
    log.note("not started", e instanceof Error ? e.name : "");
    setTimeout(() => keepStarting(m), openAgain);
  });
}

async function start({ origin, pairing, seen, app }: ToWorker & { kind: "start" }): Promise<void> {
  const [box, goods] = await Promise.all([Box.open(), Goods.open().catch(() => null)]); // without a catalogue scans are sent all the same
  log.note("page", app, navigator.userAgent);
  let key = pairing.key;
  let known = seen;
  let renewing = false;
  const renew = async () => {
    if (renewing) return;
    renewing = true;
    const next = await newKey(origin, key);
    if (next) {
      await box.save("pairing", { ...pairing, key: next } satisfies Pairing); // before it is used: the old one is good until then
      key = next;
      log.note("key renewed");
      tell({ kind: "key", key });
    }
    renewing = false;
  };
  let counted: Promise<void> = Promise.resolve();
  const outcomes = (list: readonly Outcome[]): void => {
    for (const o of list) if (needsYou(o)) log.note("needs you", "#" + o.seq, o.outcome, o.code ?? "");
    counted = counted.then(async () => tell({ kind: "outcomes", outcomes: list, stats: await box.stats() })).catch(() => undefined); // the outbox fails: its next use says so
  };
  const handIn = async () => {
    const { waiting, next, acked, notes } = await box.stats();
    const text = await log.text([pairing.device + " " + app + " " + navigator.userAgent, "as of " + new Date().toISOString() + ", waiting " + waiting + ", next #" + next + ", acknowledged #" + acked + ", needs you " + notes + ", battery " + (battery ?? "not known") + ", not listening " + lostFocus, ""]);
    const answer = await fetch(origin + "/v1/log", { method: "POST", signal: AbortSignal.timeout(handInWithin), credentials: "omit", body: text, headers: { authorization: "Bearer " + key, "content-type": "text/plain; charset=utf-8" } });
    log.note("log handed in", answer.status);
  };
  link = new Link(origin, {
    box, device: pairing.device, install: pairing.install, site: pairing.site || "main", app, mono, rand: Math.random,
    key: () => key, cursor: (topic) => goods?.cursor(topic) ?? null, seen: () => known, battery: () => battery, lostFocus: () => lostFocus,
    on: {
      time: (now, rtt) => tell({ kind: "time", now, rtt, mono: mono() }),
      connected(epoch) {
        log.note("connected");
        tell({ kind: "connected", epoch });
      },
      policy(policy) {
        tell({ kind: "policy", policy });
        if (policy.renew_key) void renew();
      },
      outcomes,
      notice(code, text) {
        if (code === "log") return void handIn().catch((e: unknown) => log.note("log not handed in", e instanceof Error ? e.name : ""));
        log.note("notice", code);
        tell({ kind: "notice", code, text });
      },
      lost(from, through) {
        log.note("lost", "#" + from + " to #" + through);
        tell({ kind: "lost", from, through });
      },
      async rows(r, cursor: Cursor) {
        const rows = { ...r, at: Date.now() };
        tell({ kind: "rows", rows });
        await goods?.keep(rows, cursor);
      },
      seen(cursor) {
        if (!known || known.epoch !== cursor.epoch || known.n < cursor.n) known = cursor;
        tell({ kind: "seen", cursor });
      },
    },
  }, {
    disconnected(reason, again) {
      log.note("disconnected", reason.split(":")[0]!); // behind it may stand what a server said of a scan
      tell({ kind: "disconnected", reason, again });
    },
    stopped(why, text) {
      log.note("stopped", why);
      tell({ kind: "stopped", why, text });
    },
    posted: outcomes,
  });
  link.start();
  setInterval(() => void box.trim(), trimEvery);
}

async function newKey(origin: string, key: string): Promise<string | null> {
  try {
    const answer = await fetch(origin + "/v1/key", { method: "POST", credentials: "omit", headers: { authorization: "Bearer " + key } });
    return answer.ok ? ((await answer.json()) as { key: string }).key : null;
  } catch {
    return null; // the next welcome asks again
  }
}
