// What this device met, for a supervisor who asks: connections, refusals, what the disk and the reader
// did. The worker keeps it, so no scan waits for it, in a database of its own that a full disk or a lost
// power may cut short. Keys, PINs, badges, codes of goods, names of people and money are not in it:
// callers note codes and numbers, never what a server or a person said.

import { openDB, type DBSchema } from "idb";

export const logName = "bayledger-log";
const maxLines = 1000;
const maxLine = 200; // characters
const maxBytes = 250 << 10; // of UTF-8, below what a server takes
const keepAfter = 5000; // ms: lines that come together are one write
const secret = /bl_[\w-]+/g; // a key that a message brought along

/** Keeper is where lines are between two loads of the page. */
export interface Keeper {
  load(): Promise<string>;
  save(text: string): Promise<void>;
}

export class Log {
  private lines: string[] = [];
  private last = { words: "", at: "", times: 0 };
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly loaded: Promise<void>;

  constructor(private readonly keeper: Keeper, private readonly now: () => number = Date.now) {
    this.loaded = keeper.load().then((text) => {
      this.lines = [...text.split("\n").filter(Boolean), ...this.lines].slice(-maxLines); // what was noted meanwhile came later
    }).catch(() => undefined); // it goes on without what was
  }

  /** note keeps a line; what happens over and over is one. It returns at once; the line is on disk some seconds later. */
  note(...parts: readonly (string | number)[]): void {
    const at = new Date(this.now()).toISOString();
    const words = parts.filter((p) => p !== "").join(" ").replace(secret, "bl_…").replace(/\s+/g, " ").slice(0, maxLine);
    const again = this.last.times > 0 && this.last.words === words;
    this.last = again ? { ...this.last, times: this.last.times + 1 } : { words, at, times: 1 };
    if (again) this.lines[this.lines.length - 1] = this.last.at + " " + words + " (" + this.last.times + " times, last " + at + ")";
    else this.lines.push(at + " " + words);
    if (this.lines.length > maxLines) this.lines.splice(0, this.lines.length - maxLines);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.loaded.then(() => this.keeper.save(this.lines.join("\n"))).catch(() => undefined); // the next line tries again
    }, keepAfter);
  }

  /** text is all lines behind some that say how things are now, the newest last, as far as a server takes it. */
  async text(head: readonly string[]): Promise<string> {
    await this.loaded;
    const lines = [...this.lines];
    const bytes = (list: readonly string[]): number => new TextEncoder().encode(list.join("\n")).length + 1;
    let room = maxBytes - bytes(head);
    let from = lines.length;
    while (from > 0 && (room -= bytes([lines[from - 1]!])) >= 0) from--;
    return [...head, ...lines.slice(from), ""].join("\n");
  }
}

interface Schema extends DBSchema {
  log: { key: "lines"; value: string };
}

/** keeper keeps lines in a database of the browser. */
export function keeper(): Keeper {
  const db = openDB<Schema>(logName, 1, { upgrade: (d) => void d.createObjectStore("log"), blocking: (_, __, e) => (e.target as IDBDatabase).close() });
  db.catch(() => undefined);
  return {
    load: async () => (await (await db).get("log", "lines")) ?? "",
    async save(text) {
      const tx = (await db).transaction("log", "readwrite", { durability: "relaxed" });
      await Promise.all([tx.store.put(text, "lines"), tx.done]);
    },
  };
}
