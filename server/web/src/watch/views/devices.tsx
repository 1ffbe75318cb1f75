// The devices: which hold scans back, which are away, and what can be done about it.

import { useEffect, useRef, useState } from "preact/hooks";
import { address, filter } from "../address.ts";
import type { ViewProps } from "../pages.ts";
import { AskedFor, Button, Code, Empty, Tag, useAsked } from "../parts.tsx";
import { AsOf, Choose, Field, Form, Results, useDo } from "../stock/bits.tsx";
import { healthOf, inState, states, type DeviceState } from "../stock/devices.ts";
import type { Device, Devices, Log, Pairing } from "../stock/wire.ts";
import { called } from "../say.ts";
import { named } from "../words.ts";

const askEvery = 10_000; // ms
type Act = "message" | "rename" | "revoke" | "";

export function View(view: ViewProps) {
  const { w, ask, me } = view;
  const t = w.goods.devices;
  const asked = useAsked<Devices>(ask, "/v1/devices", askEvery);
  const f = address.value.filters;
  const state = (states as readonly string[]).includes(f.state ?? "") ? (f.state as DeviceState) : "all";
  const [pairing, setPairing] = useState(false);
  const may = me.actions.includes("device.pair");
  return (
    <div class="page devices">
      <div class="head"><h1>{t.title}</h1><AsOf view={view} at={asked.value?.now} />{may && <Button kind={pairing ? "plain" : "strong"} onClick={() => setPairing(!pairing)}>{pairing ? w.goods.cancel : t.pair}</Button>}</div>
      {pairing && <Pair view={view} list={asked.value?.rows ?? []} />}
      <div class="choice" role="group" aria-label={t.columns.state}>{states.map((s) => <Button key={s} small pressed={s === state} onClick={() => filter("state", s === "all" ? "" : s)}>{t.states[s]}</Button>)}</div>
      <AskedFor w={w} asked={asked}>{(list) => {
        const now = new Date(list.now).getTime();
        const rows = inState(list.rows, state, now).filter((d) => !f.site || (d.site || "main") === f.site);
        return rows.length === 0 ? <div class="card"><Empty icon="device" title={t.none} how={may ? t.noneHow : ""} /></div> : (
          <ul class="card things">{rows.map((d) => <Item key={d.device} view={view} device={d} now={now} may={may} again={asked.again} />)}</ul>
        );
      }}</AskedFor>
    </div>
  );
}

const nameOf = (d: Device): string => d.name || d.device;

function Item({ view, device: d, now, may, again }: { view: ViewProps; device: Device; now: number; may: boolean; again: () => void }) {
  const { w } = view;
  const t = w.goods.devices;
  const h = healthOf(d, now);
  const p = d.presence;
  const [act, setAct] = useState<Act>("");
  const { busy, error, done, run } = useDo();
  const scans = d.role === "floor" || d.role === "dock"; // others are keys of programs, which keep no log
  const toggle = (a: Act) => setAct(act === a ? "" : a);
  const when = (iso: string) => w.format.moment(new Date(iso));
  const said = h.state === "online" ? t.online : h.state === "revoked" ? t.revoked(when(d.revoked_at!), d.revoked_by ?? "") : h.state === "never" ? t.never : t.away(when(p!.heard));
  return (
    <li class={"thing " + (h.troubles.includes("unsent") ? "stop" : h.troubles.length > 0 ? "look" : "")} data-device={d.device}>
      <div class="name"><b><bdi>{nameOf(d)}</bdi></b><span class="soft">{d.name && <Code>{d.device}</Code>} <span>{named(t.roles, d.role)}</span> <bdi>{d.site || t.everywhere}</bdi></span></div>
      <dl class="facts">
        <div><dt>{t.columns.state}</dt><dd><span class={"seen " + h.state}>{said}</span></dd></div>
        {p && <div><dt>{t.columns.unsent}</dt><dd>{p.pending === 0 ? <span class="soft">0</span> : <><b>{t.unsent(p.pending)}</b>{h.oldest !== null && <span class={h.troubles.includes("unsent") ? "below" : "soft"}>{t.oldest(w.format.span(h.oldest))}</span>}</>}</dd></div>}
        {p && <div><dt>{t.columns.battery}</dt><dd>{p.battery ? w.format.number(p.battery) + " %" : <span class="soft">{t.unknown}</span>}</dd></div>}
        {p && <div><dt>{t.columns.clock}</dt><dd>{p.ahead_ms === undefined ? <span class="soft">{t.unknown}</span> : Math.abs(p.ahead_ms) < 2_000 ? t.clockOk : p.ahead_ms > 0 ? t.ahead(w.format.span(p.ahead_ms)) : t.behind(w.format.span(-p.ahead_ms))}</dd></div>}
        {(p?.lost_focus ?? 0) > 0 && <div><dt>{t.columns.focus}</dt><dd>{t.lostFocus(p!.lost_focus!)}</dd></div>}
        {p?.app && <div><dt>{t.columns.app}</dt><dd><bdi>{p.app}</bdi></dd></div>}
      </dl>
      {(h.troubles.length > 0 || (d.messages ?? 0) > 0 || d.log_asked) && <p class="notes-of">{h.troubles.map((x) => <Tag key={x} tone={x === "unsent" ? "stop" : "look"}>{t.troubles[x]}</Tag>)}{(d.messages ?? 0) > 0 && <Tag tone="calm">{t.waiting(d.messages!)}</Tag>}{d.log_asked && <Tag tone="calm">{t.logWaits(called(view.names.value, d.log_asked.by), when(d.log_asked.at))}</Tag>}</p>}
      {may && <Logs view={view} device={d} busy={busy} run={run} />}
      {may && h.state !== "revoked" && <div class="actions" role="group" aria-label={t.columns.actions + " " + nameOf(d)}>
        <Button small kind="quiet" pressed={act === "message"} onClick={() => toggle("message")}>{t.message}</Button>
        {!d.log_asked && scans && <Button small kind="quiet" busy={busy} onClick={() => run(async () => { await view.ask("POST", to(d) + "/log"); again(); return t.logComes(h.state === "online"); })}>{t.askLog}</Button>}
        <Button small kind="quiet" pressed={act === "rename"} onClick={() => toggle("rename")}>{t.rename}</Button>
        <Button small kind="quiet" pressed={act === "revoke"} onClick={() => toggle("revoke")}>{t.revoke}</Button>
      </div>}
      {act === "message" && <Say label={t.messageText} button={t.send} busy={busy} send={(text) => run(async () => { await view.ask("POST", to(d) + "/message", { text }); setAct(""); again(); return t.sent(h.state === "online"); })} />}
      {act === "rename" && <Say label={t.newName} button={t.save} value={d.name ?? ""} busy={busy} send={(name) => run(async () => { await view.ask("PATCH", to(d), { name }); setAct(""); again(); return t.renamed; })} />}
      {act === "revoke" && <Revoke view={view} device={d} busy={busy} revoke={(stolen) => run(async () => { await view.ask("DELETE", to(d) + (stolen ? "?stolen=true" : "")); setAct(""); again(); return t.revokedNow(nameOf(d)); })} cancel={() => setAct("")} />}
      <Results error={error} done={done} />
    </li>
  );
}

const to = (d: Device): string => "/v1/devices/" + encodeURIComponent(d.device);

/** Logs are those that the device handed in, each to be saved as a file: a stranger's text is shown nowhere here. */
function Logs({ view, device: d, busy, run }: { view: ViewProps; device: Device; busy: boolean; run: (act: () => Promise<string>) => void }) {
  const { w } = view;
  const t = w.goods.devices;
  if (!d.logs?.length) return null;
  const save = (l: Log) => run(async () => { await view.file(to(d) + "/logs/" + l.id, d.device + "-log-" + l.id + ".txt"); return ""; });
  return <p class="notes-of">{d.logs.map((l) => <Button key={l.id} small busy={busy} onClick={() => save(l)}>{t.log(w.format.moment(new Date(l.at)), w.format.number(Math.max(1, Math.round(l.bytes / 1000))))}</Button>)}</p>;
}

function Say({ label, button, value = "", busy, send }: { label: string; button: string; value?: string; busy: boolean; send: (text: string) => void }) {
  const [text, setText] = useState(value);
  return <Form label={button} send={() => text.trim() && send(text.trim())}><Field label={label} value={text} set={setText} most={1000} wide /><Button kind="strong" busy={busy} onClick={() => text.trim() && send(text.trim())}>{button}</Button></Form>;
}

/** Revoke says what is kept before anything is done. */
function Revoke({ view: { w }, device: d, busy, revoke, cancel }: { view: ViewProps; device: Device; busy: boolean; revoke: (stolen: boolean) => void; cancel: () => void }) {
  const t = w.goods.devices;
  const [stolen, setStolen] = useState(false);
  const pending = d.presence?.pending ?? 0;
  return (
    <div class="form confirm" role="group" aria-label={t.revokeYes(nameOf(d))}>
      <p>{t.revokeHow(nameOf(d), pending > 0 ? t.unsent(pending) : "")}</p>
      <label class="check"><input type="checkbox" checked={stolen} onChange={(e) => setStolen(e.currentTarget.checked)} /><span>{t.stolen}<small>{t.stolenHow}</small></span></label>
      <div class="choice"><Button kind="strong" class="danger" busy={busy} onClick={() => revoke(stolen)}>{t.revokeYes(nameOf(d))}</Button><Button onClick={cancel}>{w.goods.cancel}</Button></div>
    </div>
  );
}

/** Pair makes a code that a handheld scans, and sees when it was used. */
function Pair({ view, list }: { view: ViewProps; list: readonly Device[] }) {
  const { w, ask, me, sites } = view;
  const t = w.goods.devices;
  const [name, setName] = useState("");
  const [called, setCalled] = useState("");
  const [role, setRole] = useState("floor");
  const all = me.roles === me.role; // their role holds everywhere
  const [site, setSite] = useState(all ? "" : (sites[0] ?? "main"));
  const [made, setMade] = useState<Pairing | null>(null);
  const { busy, error, run } = useDo();
  const roles = ["floor", "dock", ...(me.role === "admin" && all ? ["supervisor", "admin"] : [])];
  const make = () => name.trim() && run(async () => { setMade(await ask<Pairing>("POST", "/v1/pairings", { device: name.trim(), role, ...(site ? { site } : {}), ...(called.trim() ? { name: called.trim() } : {}) })); return ""; });
  const before = useRef<string | undefined>(undefined);
  useEffect(() => { before.current = list.find((d) => d.device === made?.device)?.created_at; }, [made]);
  const now = made && list.find((d) => d.device === made.device);
  const paired = !!now && !now.revoked_at && now.created_at !== before.current;
  return (
    <section class="card pair" aria-label={t.pair}>
      <p class="soft">{t.pairHow}</p>
      <Form label={t.pair} send={make}>
        <Field label={t.pairName} value={name} set={setName} />
        <Field label={t.pairCalled} value={called} set={setCalled} />
        <Choose label={t.pairRole} value={role} options={roles.map((r) => [r, named(t.roles, r)] as const)} set={setRole} />
        <Choose label={t.pairSite} value={site} options={[...(all ? [["", t.everywhere] as const] : []), ...sites.map((s) => [s, s] as const)]} set={setSite} />
        <Button kind="strong" busy={busy} onClick={make}>{t.pairMake}</Button>
      </Form>
      <Results error={error} done={paired ? t.pairDone(called || made!.device) : ""} />
      {made && !paired && <div class="scan-me"><QR png={made.qr} label={t.qr} /><div><p><b>{t.pairScan}</b></p><p>{new Date(made.expires_at).getTime() > view.live.now() ? t.pairUntil(w.format.minute(new Date(made.expires_at))) : t.pairOver}</p><p class="soft"><bdi>{made.url.split("#")[0]}</bdi></p></div></div>}
    </section>
  );
}

/** QR draws the server's picture: pages load no pictures but the server's files, so its bytes go onto a canvas. */
function QR({ png, label }: { png: string; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let here = true;
    const bytes = Uint8Array.from(atob(png.slice(png.indexOf(",") + 1)), (c) => c.charCodeAt(0));
    createImageBitmap(new Blob([bytes], { type: "image/png" })).then((picture) => {
      const c = canvas.current;
      if (!here || !c) return;
      c.width = picture.width;
      c.height = picture.height;
      c.getContext("2d")?.drawImage(picture, 0, 0);
      c.dataset.drawn = "true";
    }, () => undefined);
    return () => void (here = false);
  }, [png]);
  return <canvas ref={canvas} class="qr" role="img" aria-label={label} />;
}
