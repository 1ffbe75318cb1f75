// A whole handheld in a page: what the reader typed goes through wedge and flow into the outbox, and
// only then is it shown and heard. step is all that it does with a scan; the network is the worker's.

import { batch, signal } from "@preact/signals";
import { Copy } from "../core/catalogue.ts";
import { Machine } from "../core/flow/machine.ts";
import { corrigible } from "../core/flow/run.ts";
import { commandIn } from "../core/flow/scan.ts";
import { waiting } from "../core/flow/moment.ts";
import type { FlowEvent, Intent, Mode, Moment, Screen } from "../core/flow/types.ts";
import { Calibrator, lostSeparator } from "../core/wedge/calibrate.ts";
import { noProfile, readWith, type Profile } from "../core/wedge/profile.ts";
import { OutboxError, type Box, type Pairing } from "./box.ts";
import { Fates } from "./fates.ts";
import type { Felt } from "./feel.ts";
import { Goods } from "./goods.ts";
import { Guide } from "./guide.ts";
import { handover } from "./handover.ts";
import { Inbox, type Read } from "./inbox.ts";
import { mono, type FromWorker, type ToWorker } from "./messages.ts";
import type { Stopped } from "./link.ts";
import { Moments } from "./moments.ts";
import type { Check } from "./pincheck.ts";
import { typedPin, type Asking } from "./pinpad.tsx";
import { Pins, type Shift } from "./pins.ts";
import { lookedAt, maxHeard, readout, type Looked, type Readout } from "./reads.ts";
import { ask } from "./rest.ts";
import type { Heard } from "./stored.ts";
import type { Policy } from "./wire.ts";
import { browserFrames, Later } from "./later.ts";
import type { Language } from "./words.ts";

export type Connection = { state: "connecting" } | { state: "on" } | { state: "off"; since: number } | { state: "stopped"; why: Stopped; text: string };

const restful = 400; // ms without a scan behind which the tone for what is sent may come: one for many, and none on top of another

/** What a handheld is given by its page. */
export interface Host {
  readonly origin: string;
  readonly app: string;
  readonly words: () => Language;
  readonly today: () => string;
  readonly badge: boolean; // nobody scans before saying who it is
  readonly clockTime: (at: number) => string;
  /** feel lets a person hear and feel a state. It is called after the scan is on disk. */
  readonly feel: (state: Felt) => void;
  /** judge says whether a PIN is that of a check; it may take seconds. */
  readonly judge: (check: Check, pin: string) => Promise<boolean>;
  readonly startWorker: (hear: (m: FromWorker) => void) => (m: ToWorker) => void;
}

/** What is asked: a quantity, a reason, the place or the yes of a correction, whether a count is complete, a lot or serial, the other barcode. */
export type Question = "" | "quantity" | "reason" | "run" | "complete" | "part" | "half";

/** A scan that can be corrected. */
export interface Corrigible {
  readonly seq: number;
  readonly words: string;
}

export class Handheld {
  readonly screen = signal<Screen>({ mode: "add", state: "ready", prompt: "" });
  readonly connection = signal<Connection>({ state: "connecting" });
  readonly said = signal<readonly string[]>([]); // what is no scan's: of the reader, of the server
  readonly policy = signal<Policy>({});
  readonly question = signal<Question>("");
  readonly undone = signal(""); // what the last event took back, while it can be made again
  readonly asking = signal<Asking | null>(null); // whose PIN
  readonly asOf = signal<{ catalog: number; balances: number }>({ catalog: 0, balances: 0 });

  private readonly inbox = new Inbox();
  private asked: Read | null = null; // the badge whose PIN is asked for
  private heard: readonly Heard[] = []; // the last scans that were taken, as they were read
  private taking = false;
  private deaf = 0; // times since the page was opened
  private readonly later = new Later(browserFrames, () => this.busy(), batch);
  private sentTone: ReturnType<typeof setTimeout> | undefined;
  private readonly moments: Moments;
  readonly fates: Fates;
  private savedState = "";
  private lastEvent = mono(); // ms, on the forward clock
  private key: string;
  private pins: Pins;
  readonly guide: Guide;
  private toWorker: (m: ToWorker) => void = () => undefined;

  private constructor(
    private readonly host: Host, private readonly box: Box, readonly pairing: Pairing,
    readonly copy: Copy, private readonly machine: Machine, readonly reader: Calibrator, shift: unknown, guide: unknown,
  ) {
    this.key = pairing.key;
    this.moments = new Moments(box);
    this.fates = new Fates(box);
    this.pins = new Pins(shift as Shift | undefined, {
      now: () => this.moments.now(), keep: (s) => box.save("shift", s), matches: (c, pin) => host.judge(c, pin),
      ask: (method, path, body) => ask(host.origin, this.key, method, path, body, host.words().job),
    });
    this.guide = new Guide(guide, reader, (g) => box.save("guide", g));
  }

  /** open takes up the work where it was, and stores what a crash kept from being stored. */
  static async open(host: Host, box: Box, pairing: Pairing): Promise<Handheld> {
    const copy = new Copy(pairing.site || "main");
    await Goods.open().then((g) => g.load(copy)).catch(() => undefined); // without it scans go out as they are
    const [saved = "", { next }, profile, shift, guide, heard = []] = await Promise.all([box.load("machine"), box.stats(), box.load("profile"), box.load("shift"), box.load("guide"), box.load("heard")]);
    const places: Partial<Record<Mode, string>> = {};
    const setup = { catalogue: copy, stock: copy, site: pairing.site || "main", rules: copy.rules(), reasons: copy.reasonsWanted(), install: pairing.install, badge: host.badge, places, words: host.words().flow };
    const machine = Machine.restore(setup, saved, next);
    const reader = new Calibrator((profile as Profile | undefined) ?? noProfile, host.words().wedge);
    reader.learned = profile !== undefined;
    const h = new Handheld(host, box, pairing, copy, machine, reader, shift, guide ?? (saved === "" ? undefined : { open: false })); // whoever is at work already is not asked
    h.heard = heard;
    await h.moments.recall(next);
    h.moments.behind(waiting(machine)?.last ?? {});
    h.asOf.value = { catalog: copy.asOf("catalog").at, balances: copy.asOf("balances").at };
    h.show(machine.screen());
    h.warm();
    await h.fates.recall(machine.s.done);
    h.moments.behind((await h.inbox.resume(box))?.moment ?? {});
    if (h.busy() || h.screen.value.behind) void h.goOn();
    h.toWorker = host.startWorker((m) => h.hear(m));
    h.toWorker({ kind: "start", origin: host.origin, pairing, seen: h.moments.seen, app: host.app });
    return h;
  }

  /** warm makes the index of names while nobody waits for it. */
  private warm(): void {
    const make = () => this.copy.warm();
    if ("requestIdleCallback" in globalThis) requestIdleCallback(make);
    else setTimeout(make, 1000);
  }

  /** scan takes what a reader sent. */
  scan(raw: string): void {
    if (this.asking.value && typedPin.test(raw)) return void this.enterPin(raw); // on a device with keys
    const words = this.reader.take(raw);
    if (words) {
      if (!this.guide.hear(words)) this.said.value = words;
      if (this.reader.learned) void this.box.save("profile", this.reader.profile);
      const { prefix, suffix, separator, layout } = this.reader.profile;
      this.note("reader", this.reader.learned ? "learned" : "tried", JSON.stringify({ prefix, suffix, separator, layout }));
      return;
    }
    const r = readWith(this.reader.profile, raw);
    if (r.scan === "") return;
    if (lostSeparator(r.scan)) this.said.value = [this.host.words().wedge.dropsSeparator];
    this.event({ scan: r.sent }, r.sent === raw ? "" : raw);
  }

  /** typed takes a code that somebody typed or chose, or a camera read: what a reader's profile repairs is not in it. */
  typed(code: string): void {
    const { sent } = readWith(noProfile, code);
    this.event({ scan: sent }, sent === code ? "" : code);
  }

  /** event takes a scan, key or tap; they are worked off one after the other. raw is what a scan was before the profile, where that is another. */
  event(e: FlowEvent, raw = ""): void {
    if (!this.inbox.add(e, raw, this.moments.next())) return this.notTaken(this.host.words().ui.tooFast);
    this.lastEvent = mono();
    if (this.asking.value) void this.wait();
    else if (!this.taking) void this.work();
  }

  /** busy says whether a scan is being taken, or waits behind a PIN: it is not stored yet. */
  busy(): boolean {
    return this.taking || !this.inbox.empty;
  }

  /** idle says for how many ms nothing was done; 0: something is under way, wants an answer, or waits to be sent over a line that is there. */
  idle(): number {
    const sending = this.fates.stats.value.waiting > 0 && this.connection.value.state === "on";
    const wanted = this.question.value !== "" || this.asking.value !== null || this.screen.value.state === "stop";
    return this.taking || sending || wanted ? 0 : mono() - this.lastEvent;
  }

  /** quiet is for how many ms nobody has done anything. */
  quiet(): number {
    return this.taking ? 0 : mono() - this.lastEvent;
  }

  /** goOn takes what waited when the page ended: behind a step that was stored, then behind a PIN. */
  private async goOn(): Promise<void> {
    this.taking = true;
    try {
      await this.onward((this.screen.value.behind ?? 0) > 0);
    } finally {
      await this.work();
    }
  }

  private async work(): Promise<void> {
    this.taking = true;
    try {
      for (let r = this.inbox.take(); r; r = this.asking.value ? undefined : this.inbox.take()) {
        if (this.badge(r)) continue;
        await this.through(r);
      }
    } finally {
      this.taking = false; // whatever went wrong with one scan, the next is heard
    }
  }

  /** through takes one, and what waits behind what it stored. */
  private async through(r: Read): Promise<void> {
    this.inbox.release(r);
    await this.onward(await this.step(r.event, r.raw, r.moment));
  }

  /** onward takes what waits behind a step that was stored, as much at a time as the outbox takes. */
  private async onward(more: boolean): Promise<void> {
    while (more) more = await this.step({});
  }

  /** badge stands between a badge and the work: where its owner has a PIN, that comes first. true: the scan is taken. */
  private badge(r: Read): boolean {
    const operator = r.event.scan ? this.machine.badge(r.event.scan) : null;
    if (operator === null || !this.pins.known(operator)) return false;
    if (this.screen.value.state === "stop") {
      this.inbox.release(r);
      this.said.value = [this.host.words().job.stopFirst];
      return true;
    }
    this.asked = r;
    this.asking.value = { operator, wrong: "", busy: false, waiting: this.inbox.stored() };
    void this.wait();
    return true;
  }

  /**
   * wait writes down the badge and what was scanned behind it, in order and together: only then is a
   * scan heard and counted. Where the disk does not take them, nobody is told that they were.
   */
  private async wait(): Promise<void> {
    const put = [...(this.asked && !this.asked.kept ? [this.asked] : []), ...this.inbox.unkept()];
    try {
      await this.inbox.written(put, (w) => this.box.wait(w));
      if (!this.asking.value) return;
      if (put.some((r) => this.inbox.has(r))) this.host.feel("check"); // kept, and not booked yet
      this.asking.value = { ...this.asking.value, waiting: this.inbox.stored() };
    } catch (failure) {
      this.refuse(put, failure);
    }
  }

  /** refuse says of scans behind a PIN that they were not taken. */
  private refuse(list: readonly Read[], failure: unknown): void {
    if (this.inbox.drop(list.filter((r) => !r.kept)).length === 0) return; // a step may have put them down meanwhile
    this.notTaken(this.host.words().ui.notStored(this.failed(failure)));
  }

  /** notTaken says where a person looks, and loudly, that a scan was not taken. */
  private notTaken(words: string): void {
    if (this.asking.value) this.asking.value = { ...this.asking.value, wrong: words };
    else this.said.value = [words];
    this.host.feel("stop");
  }

  /** enterPin takes what was keyed in for the badge that waits. */
  async enterPin(pin: string): Promise<void> {
    const asked = this.asking.value;
    if (!asked || asked.busy) return;
    this.asking.value = { ...asked, busy: true, wrong: "" };
    const v = await this.pins.judge(asked.operator, pin).catch((e: unknown) => ({ kind: "unasked" as const, why: String(e) }));
    const { job } = this.host.words();
    if (v.kind === "right") return this.admit();
    const wrong = v.kind === "wrong" ? job.pinWrong(v.left) : v.kind === "refused" ? job.pinRefused : v.kind === "unasked" ? job.pinUnasked(asked.operator, v.why) : job.pinShut(this.host.clockTime(v.until));
    if (v.kind !== "wrong" || v.left === 0) this.host.feel("stop");
    else this.host.feel("check");
    this.asking.value = { ...asked, busy: false, wrong, waiting: this.inbox.stored() };
  }

  /** cancelPin goes on as before: nobody's badge was taken. */
  cancelPin(): void {
    this.leave();
    void this.inbox.written([], (w) => this.box.wait(w)).catch(() => undefined); // it goes with the next step then
    if (!this.taking) void this.work();
  }

  private async admit(): Promise<void> {
    this.taking = true;
    const badge = this.asked!;
    this.asked = null;
    try {
      await this.through(badge);
    } finally {
      this.leave();
      await this.work(); // whatever went wrong with the badge
    }
  }

  /** leave asks for no PIN any more. */
  private leave(): void {
    if (this.asked) this.inbox.release(this.asked);
    [this.asked, this.asking.value] = [null, null];
  }

  /**
   * step is all that a handheld does with an event: ask the machine what it means, store what is
   * collected and the intents, and only then show it. true: more waits behind what was stored.
   */
  private async step(e: FlowEvent, raw = "", moment = this.moments.next()): Promise<boolean> {
    const { behind = 0 } = this.screen.value;
    let { intents, screen } = this.machine.take({ ...e, ...moment }, this.host.today());
    let first = 0;
    const hear = (at: number) => this.hears(e, raw, at, intents.length, screen, behind);
    try {
      first = await this.keep(intents, moment, hear);
    } catch (failure) {
      screen = this.machine.failed(this.host.words().ui.notStored(this.failed(failure))).screen;
      intents = [];
      await this.keep([], moment, hear).catch(() => undefined); // else a restart would store what nobody was told of
      void this.fates.refresh().catch(() => undefined); // a disk that fails must not keep the stop from being shown
    }
    batch(() => {
      if (intents.length > 0) this.fates.stored(first, intents, screen.words ?? "");
      this.show(screen);
      this.noteTurn(e, screen);
    });
    this.later.scan(() => {
      if (intents.length > 0) this.toWorker({ kind: "wake" });
      if (e.scan || e.tap || intents.length > 0) this.host.feel(screen.state);
    });
    this.later.tell(() => this.fates.moveOn());
    return intents.length > 0 && (screen.behind ?? 0) > 0 && screen.state !== "stop";
  }

  /** hears is what was heard last with one more, where a scan was taken: one that only waits is not, yet. */
  private hears(e: FlowEvent, raw: string, first: number, rows: number, screen: Screen, behind: number): readonly Heard[] | undefined {
    if (!e.scan || (screen.behind ?? 0) > behind) return undefined;
    const one: Heard = { scan: e.scan, raw, at: Date.now(), first: rows > 0 ? first : 0, last: rows > 0 ? first + rows - 1 : 0, words: screen.words ?? "" };
    return [one, ...this.heard].slice(0, maxHeard);
  }

  private show(screen: Screen): void {
    const { ask, why, run, complete, need, half } = this.machine.s;
    this.question.value = ask ? "quantity" : why ? "reason" : run ? "run" : complete ? "complete" : need ? "part" : half ? "half" : "";
    this.screen.value = screen;
  }

  /** noteTurn sees what an event turned: an undo that can be made again, a shift that has begun or is over. */
  private noteTurn(e: FlowEvent, screen: Screen): void {
    const command = e.tap ?? (e.scan ? commandIn(e.scan) : null);
    const last = this.machine.s.done.at(-1);
    this.undone.value = command === "UNDO" && last && last.undo !== 0 && !last.gone ? screen.words ?? "" : "";
    if (command === "END" && !screen.operator && screen.state === "ready") void this.guide.begin();
  }

  /** looked lists what was read or booked last, as it stands now. */
  looked(): Looked[] {
    return lookedAt(this.heard, this.fates.done.value);
  }

  readout(l: Looked): Promise<Readout> {
    return readout(this.box, l, { ...this.machine.context(), expect: "" });
  }

  /** corrigible lists the scans that can be corrected, the last first. */
  corrigible(): Corrigible[] {
    return corrigible(this.machine).map(({ seq, words }) => ({ seq, words }));
  }

  /** wantBadge sets whether nobody scans before saying who it is. */
  wantBadge(badge: boolean): void {
    this.machine.configure({ badge });
    if (!this.taking) this.show(this.machine.screen());
  }

  /** keep makes a step durable, the machine's state together with the intents. */
  private async keep(intents: readonly Intent[], moment: Moment, hear: (first: number) => readonly Heard[] | undefined): Promise<number> {
    if (intents.length === 0 && !this.inbox.owes && this.machine.save(0) === this.savedState) {
      this.heard = hear(0) ?? this.heard;
      return 0;
    }
    let state = "";
    let heard: readonly Heard[] | undefined;
    const first = await this.inbox.written(this.inbox.unkept(), (waits) => this.box.append((next) => { // with what waits: the last of many would wait long for its own turn
      [state, heard] = [this.machine.save(next), hear(next)];
      const told = intents.length > 0 && heard?.[0]?.raw === ""; // by the row
      return { machine: state, rows: intents.map((intent, i) => this.row(intent, next + i, moment)), heard: told ? undefined : heard };
    }, waits));
    this.heard = heard ?? this.heard;
    if (intents.length > 0) this.machine.stored(first);
    this.savedState = state;
    return first;
  }

  /** row is an intent with its identity and a moment, where it has none of its own, as it leaves. */
  private row(intent: Intent, seq: number, moment = this.moments.next()): string {
    const { device, install } = this.pairing;
    return JSON.stringify({ device, install, seq, ...(intent.at ? {} : moment), ...intent });
  }

  /** forget drops what a shift that is over leaves. */
  forget(): void {
    void this.pins.forget();
  }

  /** speak goes on in the language that the host has now. */
  speak(): void {
    this.machine.configure({ words: this.host.words().flow });
    this.reader.w = this.host.words().wedge;
    if (!this.taking) this.show(this.machine.screen());
  }

  /**
   * hand asks a supervisor to look at a scan that needs somebody. It is an intent like any other: in the
   * outbox behind the scan it is about, so that it goes out in order, once there is a network. It moves
   * nothing, so it is of no later moment than what waits: the server dates no scan before one in front of it.
   */
  async hand(seq: number): Promise<void> {
    const note = this.fates.notes.value.find((n) => n.seq === seq);
    if (!note) return;
    const { job, ui } = this.host.words();
    try {
      const kept = await this.box.row(seq);
      const asks = handover(note, kept?.data, this.corrigible().find((c) => c.seq === seq)?.words ?? "", this.machine.s.operator);
      if (await this.box.hand(seq, (next) => this.row({ ...waiting(this.machine)?.first, ...asks }, next))) {
        this.toWorker({ kind: "wake" });
        this.said.value = [job.handed];
      }
    } catch (failure) {
      this.said.value = [ui.notStored(this.failed(failure))];
    }
    await this.fates.refresh().catch(() => undefined);
  }

  exported(): Promise<string> {
    return this.box.exported();
  }

  hurry(): void {
    this.toWorker({ kind: "hurry" });
  }

  battery(percent: number | undefined): void {
    this.toWorker({ kind: "battery", percent });
  }

  /** failed is why something could not be stored; it is in the log. */
  private failed(failure: unknown): OutboxError["code"] {
    const code = failure instanceof OutboxError ? failure.code : "disk_failed";
    this.note("not stored", code);
    return code;
  }

  /** note keeps a line in the log of this device: what happened, and nothing that a person or a server said. */
  note(...words: readonly (string | number)[]): void {
    this.toWorker({ kind: "note", words });
  }

  /** lostFocus counts how often the reader was not heard: a supervisor sees who scans beside the page. */
  lostFocus(): void {
    this.toWorker({ kind: "lost focus", times: ++this.deaf });
  }

  /** hear takes what the worker has to say. */
  private hear(m: FromWorker): void {
    switch (m.kind) {
      case "time": return this.moments.told(m.now, m.rtt, m.mono);
      case "connected":
        this.connection.value = { state: "on" };
        this.moments.connected(m.epoch);
        void this.pins.fetch();
        return;
      case "disconnected":
        if (this.connection.value.state !== "off") this.connection.value = { state: "off", since: Date.now() };
        return;
      case "stopped":
        this.connection.value = { state: "stopped", why: m.why, text: m.text };
        return;
      case "policy":
        this.policy.value = m.policy;
        return;
      case "outcomes": return this.later.tell(() => {
        if (this.fates.answered(m.outcomes, m.stats)) this.sayAllSent();
      });
      case "notice":
        if (m.code === "policy") void this.pins.fetch(true); // somebody changed the site, or a PIN
        if (m.text) this.said.value = [m.text];
        return;
      case "lost":
        this.said.value = [this.host.words().ui.lost(m.from, m.through)];
        return;
      case "rows": return this.later.tell(() => this.rows(m));
      case "seen": return this.later.tell(() => this.moments.saw(m.cursor)); // behind the rows it speaks of: a scan before them has not seen them
      case "key":
        this.key = m.key;
        return;
    }
  }

  private rows({ rows }: FromWorker & { kind: "rows" }): void {
    if (!this.copy.take(rows)) this.said.value = [this.host.words().ui.tooLarge];
    if (!rows.last) return;
    if (rows.topic === "catalog" && rows.snapshot) this.warm();
    this.machine.configure({ rules: this.copy.rules(), reasons: this.copy.reasonsWanted() });
    this.asOf.value = { ...this.asOf.value, [rows.topic]: rows.at };
  }

  /** sayAllSent lets a person hear that nothing waits any more: once for all that went, when they pause. */
  private sayAllSent(): void {
    clearTimeout(this.sentTone);
    this.sentTone = setTimeout(() => {
      const { state } = this.screen.value;
      if (this.fates.stats.value.waiting > 0 || this.taking || state === "stop" || state === "check") return;
      if (mono() - this.lastEvent < restful) this.sayAllSent();
      else this.host.feel("sent");
    }, Math.max(0, this.lastEvent + restful - mono()));
  }
}
