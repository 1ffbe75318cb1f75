// How soon a product is found among 30,000 on the device, with 900 that changed since the index was made.
//
//	node bench/search.mjs
import { build } from "esbuild";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

const items = 30_000;
const typed = 500; // beginnings that are looked for
const goal = 20; // ms

const folder = await mkdtemp(path.join(tmpdir(), "bayledger-search-"));
try {
  const outfile = path.join(folder, "catalogue.mjs");
  await build({ entryPoints: ["src/core/catalogue.ts"], bundle: true, format: "esm", outfile, logLevel: "warning" });
  const { Copy } = await import(pathToFileURL(outfile).href);
  const words = ["hex", "bolt", "nut", "washer", "steel", "brass", "green", "black", "tea", "coffee", "cable", "switch", "panel", "lamp", "filter", "pump"];
  const name = (/** @type {number} */ i) => [words[i % 16], words[(i >> 4) % 16], words[(i >> 8) % 16], "M" + (i % 97)].join(" ");
  const rows = Array.from({ length: items }, (_, i) => ({ entity: "product", code: "P-" + String(i).padStart(6, "0"), n: 1, fields: { name: name(i), unit: "piece" } }));
  const copy = new Copy("main");
  copy.take({ topic: "catalog", snapshot: true, first: true, last: true, n: 1, at: 0, rows });
  const first = performance.now();
  copy.warm();
  const indexed = performance.now() - first;
  /** @type {number[]} */
  const took = [];
  copy.take({ topic: "catalog", snapshot: false, first: false, last: true, n: 2, at: 0, rows: rows.slice(0, 900).map((r) => ({ ...r, n: 2 })) }); // as many as stand beside an index
  for (let i = 0; i < typed; i++) {
    const prefix = i % 2 ? name(i * 53).slice(0, 1 + (i % 6)) : rows[(i * 61) % items].code.slice(0, 3 + (i % 6));
    const from = performance.now();
    copy.search(prefix, 21);
    took.push(performance.now() - from);
  }
  took.sort((a, b) => a - b);
  const at = (/** @type {number} */ q) => took[Math.min(took.length - 1, Math.floor(took.length * q))].toFixed(2);
  console.log(`${items} products: index ${indexed.toFixed(0)} ms, made when nobody waits; a search p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms (goal ${goal} ms)`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
