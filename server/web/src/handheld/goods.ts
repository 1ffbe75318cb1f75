// The catalogue and balances as they are kept on the device, in a database of their own: a log of the
// messages that told them, from the last whole snapshot on. The worker writes it, the page reads it
// when it starts. Losing it costs a snapshot.

import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Copy, Rows, Topic } from "../core/catalogue.ts";
import type { Cursor } from "./wire.ts";

export const goodsName = "bayledger-goods";
const version = 1; // a change of form drops what is kept: it is asked for anew

/** mostChanges rows behind a snapshot make the next connection ask for a new one: the log stays short. */
const mostChanges = 5000;

interface Meta {
  cursor: Cursor;
  generation: number; // of the log that is whole
  next: number; // place of the next message
  changes: number; // rows behind the snapshot
}

interface Schema extends DBSchema {
  log: { key: [Topic, number, number]; value: Rows };
  meta: { key: Topic; value: Meta };
}

export class Goods {
  private meta = new Map<Topic, Meta>();
  private building = new Map<Topic, Meta>();
  private broken = new Set<Topic>(); // what could not be kept: nothing more is, until the next snapshot

  private constructor(private readonly db: IDBPDatabase<Schema>) {}

  static async open(): Promise<Goods> {
    const db = await openDB<Schema>(goodsName, version, {
      upgrade(base) {
        for (const name of [...base.objectStoreNames]) base.deleteObjectStore(name);
        base.createObjectStore("log");
        base.createObjectStore("meta");
      },
      blocking: (_, __, event) => (event.target as IDBDatabase).close(),
    });
    const goods = new Goods(db);
    for (const topic of ["catalog", "balances"] as const) {
      const meta = await db.get("meta", topic);
      if (meta) goods.meta.set(topic, meta);
    }
    return goods;
  }

  /** cursor is where a topic was left; null asks for a snapshot. */
  cursor(topic: Topic): Cursor | null {
    const meta = this.meta.get(topic);
    return meta && meta.changes <= mostChanges && !this.broken.has(topic) ? meta.cursor : null;
  }

  /**
   * keep adds a message to the log. A new snapshot takes the old log's place once it is whole. Where the
   * disk takes no more, the log stays as it was, and the next connection asks for a snapshot: scans are
   * sent all the same.
   */
  async keep(r: Rows, cursor: Cursor): Promise<void> {
    if (r.snapshot && r.first) this.broken.delete(r.topic);
    if (this.broken.has(r.topic)) return;
    try {
      await this.put(r, cursor);
    } catch {
      this.broken.add(r.topic);
      this.building.delete(r.topic);
    }
  }

  private async put(r: Rows, cursor: Cursor): Promise<void> {
    if (r.snapshot && r.first) this.building.set(r.topic, { cursor, generation: (this.meta.get(r.topic)?.generation ?? 0) + 1, next: 0, changes: 0 });
    const built = this.building.get(r.topic);
    const meta = built ?? this.meta.get(r.topic);
    if (!meta) return;
    const tx = this.db.transaction(["log", "meta"], "readwrite", { durability: "relaxed" });
    const puts: Promise<unknown>[] = [tx.done, tx.objectStore("log").put(r, [r.topic, meta.generation, meta.next++])];
    if (!r.snapshot) meta.changes += r.rows.length;
    if (r.last && (r.snapshot || !built)) {
      meta.cursor = cursor;
      puts.push(tx.objectStore("meta").put(meta, r.topic));
      if (built) puts.push(tx.objectStore("log").delete(IDBKeyRange.bound([r.topic, 0, 0], [r.topic, meta.generation, 0], false, true)));
    }
    await Promise.all(puts);
    if (!built || !r.snapshot || !r.last) return;
    this.building.delete(r.topic);
    this.meta.set(r.topic, meta);
  }

  /** load gives all that is kept to a copy, a message at a time. */
  async load(copy: Copy): Promise<void> {
    for (const [topic, meta] of this.meta) {
      for (let i = 0; i < meta.next; i++) {
        const r = await this.db.get("log", [topic, meta.generation, i]);
        if (r) copy.take(r);
      }
    }
  }

  async clear(): Promise<void> {
    const tx = this.db.transaction(["log", "meta"], "readwrite");
    await Promise.all([tx.objectStore("log").clear(), tx.objectStore("meta").clear(), tx.done]);
    this.meta.clear();
    this.building.clear();
  }
}
