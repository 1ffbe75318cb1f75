// The device's copy of the catalogue and of what lies where, as the followed topics told them: what a
// handheld knows without a network. It is as of an entry of the past, and says which; scans of this
// device that wait are not mixed in.

import * as decimal from "./decimal.ts";
import type { Stock } from "./flow/types.ts";
import type { Catalogue, Item } from "./meaning/index.ts";

export type Topic = "catalog" | "balances";

export interface CatalogRow {
  entity: string;
  code: string;
  site?: string;
  fields?: Record<string, string>;
  n: number;
  gone?: boolean;
}

export interface BalanceRow {
  site: string;
  location: string;
  product: string;
  lot: string;
  serial: string;
  package: string;
  status: string;
  quantity: string;
  changed_at?: string;
  n: number;
  gone?: boolean;
}

export interface AsOf {
  readonly n: number; // the entry it is as of; 0: nothing has come
  readonly at: number; // ms, when that was told, by the server's clock as far as known
  readonly rows: number;
}

/** Rows of one message. A snapshot's part replaces nothing until its last one has come. */
export interface Rows {
  readonly topic: Topic;
  readonly snapshot: boolean;
  readonly first: boolean; // of a snapshot
  readonly last: boolean; // of a snapshot, or of the message
  readonly n: number; // as of which entry, once the last has come
  readonly at: number;
  readonly rows: readonly unknown[];
}

/** maxRows bounds each table: some 30 MiB, the largest shop's catalogue twice over. */
export const maxRows = 100_000;

/** What each site has whatever the catalogue says: its places coded by their kinds. */
const physical = new Set(["stock", "incoming", "quality", "packing", "output", "quarantine"]);

const joined = (...parts: string[]): string => parts.join("\0");

/** Table keeps the rows of a topic by group and key: a row replaces one of lower n, gone removes. */
class Table<R extends { n: number; gone?: boolean }> {
  groups = new Map<string, Map<string, R>>();
  count = 0;
  n = 0;
  at = 0;
  private building: Table<R> | null = null;
  private gone: Map<string, number> | null = null; // while building: rows removed meanwhile

  constructor(private readonly group: (r: R) => string, private readonly key: (r: R) => string) {}

  take(m: Rows): boolean {
    if (m.snapshot) {
      if (m.first) {
        this.building = new Table(this.group, this.key);
        this.building.gone = new Map();
      }
      if (!this.building) return true; // a part without those before it
      this.building.put(m.rows as R[]);
      if (m.last) this.replace(this.building, m);
      return (this.building ?? this).count <= maxRows;
    }
    this.put(m.rows as R[]);
    this.building?.put(m.rows as R[]);
    if (m.last) [this.n, this.at] = [Math.max(this.n, m.n), m.at];
    return this.count <= maxRows;
  }

  clear(): void {
    [this.groups, this.count, this.n, this.building] = [new Map(), 0, 0, null];
  }

  private replace(built: Table<R>, m: Rows): void {
    [this.groups, this.count, this.building] = [built.groups, built.count, null];
    [this.n, this.at] = [m.n, m.at];
  }

  private put(rows: readonly R[]): void {
    for (const r of rows) this.one(r);
  }

  private one(r: R): void {
    const group = this.group(r);
    const key = this.key(r);
    const rows = this.groups.get(group);
    const old = rows?.get(key);
    if (old && old.n > r.n) return;
    if ((this.gone?.get(joined(group, key)) ?? 0) > r.n) return;
    if (r.gone) {
      this.gone?.set(joined(group, key), r.n);
      if (old && rows!.delete(key)) this.count--;
      if (rows?.size === 0) this.groups.delete(group);
      return;
    }
    if (!old) this.count++;
    if (rows) rows.set(key, r);
    else this.groups.set(group, new Map([[key, r]]));
  }
}

export class Copy implements Catalogue, Stock {
  private readonly catalog = new Table<CatalogRow>((r) => r.entity, (r) => joined(r.code, r.site ?? "", r.fields?.location ?? ""));
  private readonly balances = new Table<BalanceRow>((r) => joined(r.site, r.location ?? ""), (r) => joined(r.product, r.lot, r.serial, r.package, r.status));
  private readonly packages = new Set<string>();
  private index: string[] | null = null; // of what was there when it was made
  private readonly changed = new Map<string, readonly string[]>(); // products told since, with their terms

  constructor(readonly site: string) {}

  /** take takes rows as they come. false: there are more than this device can hold; the topic is dropped. */
  take(m: Rows): boolean {
    if (m.topic === "balances") for (const r of m.rows as BalanceRow[]) if (r.package && this.packages.size < maxRows) this.packages.add(r.package);
    const table = m.topic === "catalog" ? this.catalog : this.balances;
    if (m.topic === "catalog") this.noteChange(m);
    if (table.take(m)) return true;
    table.clear();
    if (m.topic === "catalog") this.index = null;
    return false;
  }

  /** noteChange keeps the index to what it was made of: a whole snapshot makes it anew, a few rows stand beside it. */
  private noteChange(m: Rows): void {
    if (m.snapshot) {
      if (m.last) this.index = null;
      return;
    }
    for (const r of m.rows as CatalogRow[]) if (r.entity === "product") this.changed.set(r.code, termsOf(r.code, r.fields?.name ?? ""));
  }

  asOf(topic: Topic): AsOf {
    const t = topic === "catalog" ? this.catalog : this.balances;
    return { n: t.n, at: t.at, rows: t.count };
  }

  private item(entity: string, code: string, site = ""): CatalogRow | undefined {
    return this.catalog.groups.get(entity)?.get(joined(code, site, ""));
  }

  /** rules are the site's, for its own numbers. */
  rules(): string {
    return this.item("site", this.site)?.fields?.restricted ?? "";
  }

  /** reasonsWanted are the actions that are not done without a reason here: setting aside, and those that the site names. */
  reasonsWanted(): string {
    return ["isolate", this.item("site", this.site)?.fields?.reasons_required ?? ""].filter(Boolean).join(",");
  }

  /** reasons are those that people choose from for an action. */
  reasons(action: string): { code: string; name: string }[] {
    const rows = [...(this.catalog.groups.get("reason")?.values() ?? [])].filter((r) => {
      const { actions = "", deleted = "" } = r.fields ?? {};
      return deleted !== "true" && (actions === "" || actions.split(",").includes(action));
    });
    return rows.map((r) => ({ code: r.code, name: r.fields?.name ?? "" })).sort((a, b) => (a.name || a.code).localeCompare(b.name || b.code));
  }

  barcode(code: string): { product: string; quantity: string } | null {
    const fields = this.item("barcode", code)?.fields;
    return fields ? { product: fields.product ?? "", quantity: decimal.parse(fields.quantity ?? "") ?? "" } : null;
  }

  product(code: string): Item | null {
    const row = this.item("product", code);
    if (!row) return null;
    const f = row.fields ?? {};
    const units = new Map<string, string>();
    for (const [name, value] of Object.entries(f)) if (name.startsWith("unit.")) units.set(name.slice("unit.".length), decimal.parse(value) ?? "");
    return { code, name: f.name ?? "", unit: f.unit ?? "", tracking: f.tracking ?? "", decimals: Number(f.decimals ?? 0), units };
  }

  place(site: string, code: string): boolean {
    return this.item("location", code, site) !== undefined || (this.catalog.n === 0 && physical.has(code));
  }

  package(code: string): boolean {
    return this.packages.has(code);
  }

  operator(code: string): boolean {
    return this.item("operator", code) !== undefined;
  }

  held(site: string, place: string, product: string, lot: string): boolean {
    let held = false;
    for (const r of this.at(site, place)) {
      if (r.product !== product || (lot !== "" && r.lot !== lot) || r.package || r.quantity === "0" || r.quantity.startsWith("-")) continue;
      if (r.status !== "held") return false;
      held = true;
    }
    return held;
  }

  /** at lists what lies at a place. */
  at(site: string, place: string): BalanceRow[] {
    return [...(this.balances.groups.get(joined(site, place))?.values() ?? [])];
  }

  /** stock is how much of a product lies at a place, over lots and statuses; "" where nothing is known. */
  stock(site: string, place: string, product: string): string {
    if (this.balances.n === 0) return "";
    const decimals = 6;
    let sum = 0n;
    for (const r of this.at(site, place)) if (r.product === product) sum += decimal.scaled(decimal.parse(r.quantity) ?? "0", decimals) ?? 0n;
    return decimal.fromScaled(sum, decimals);
  }

  /** where lists the places of the site at which a product lies, and how much: the fullest first. */
  where(product: string): { place: string; amount: string }[] {
    const out: { place: string; amount: string; sum: bigint }[] = [];
    const decimals = 6;
    for (const rows of this.balances.groups.values()) {
      let sum = 0n;
      let place = "";
      for (const r of rows.values()) {
        if (r.site !== this.site) break; // a group is one place
        if (r.product !== product) continue;
        place = r.location;
        sum += decimal.scaled(decimal.parse(r.quantity) ?? "0", decimals) ?? 0n;
      }
      if (place !== "" && sum !== 0n) out.push({ place, amount: decimal.fromScaled(sum, decimals), sum });
    }
    return out.sort((a, b) => (a.sum < b.sum ? 1 : a.sum > b.sum ? -1 : 0)).map(({ place, amount }) => ({ place, amount }));
  }

  /** lying lists what lies at a place, and how much of it. */
  lying(place: string): { place: string; amount: string }[] {
    const sums = new Map<string, bigint>();
    const decimals = 6;
    for (const r of this.at(this.site, place)) sums.set(r.product, (sums.get(r.product) ?? 0n) + (decimal.scaled(decimal.parse(r.quantity) ?? "0", decimals) ?? 0n));
    return [...sums].filter(([, sum]) => sum !== 0n).map(([product, sum]) => ({ place: product, amount: decimal.fromScaled(sum, decimals) }));
  }

  /** search lists products whose code, or a word of whose name, begins so; at most `most`. */
  search(prefix: string, most: number): Item[] {
    const wanted = prefix.toLowerCase();
    if (wanted === "") return [];
    const terms = this.indexed();
    let [low, high] = [0, terms.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (terms[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    const found = new Map<string, Item>();
    const take = (code: string) => {
      const item = found.has(code) ? null : this.product(code);
      if (item) found.set(code, item);
    };
    for (const [code, own] of this.changed) if (found.size < most && own.some((t) => t.startsWith(wanted))) take(code);
    for (let i = low; i < terms.length && found.size < most && terms[i]!.startsWith(wanted); i++) {
      const code = terms[i]!.slice(terms[i]!.indexOf("\0") + 1);
      if (!this.changed.has(code)) take(code);
    }
    return [...found.values()];
  }

  /** warm makes the index before somebody types: it takes a while on a handheld. */
  warm(): void {
    this.indexed();
  }

  /** indexed is each term with its code, sorted. Products that changed since are looked at beside it, so that a change costs no index. */
  private indexed(): string[] {
    if (this.index && this.changed.size <= maxChanged) return this.index;
    const terms: string[] = [];
    for (const r of this.catalog.groups.get("product")?.values() ?? []) for (const t of termsOf(r.code, r.fields?.name ?? "")) terms.push(t + "\0" + r.code);
    this.changed.clear();
    return (this.index = terms.sort());
  }
}

/** maxChanged products beside the index are looked at one by one in well under a millisecond. */
const maxChanged = 1000;

const termsOf = (code: string, name: string): string[] => [code.toLowerCase(), ...name.toLowerCase().split(/\s+/).filter((word) => word !== "")];
