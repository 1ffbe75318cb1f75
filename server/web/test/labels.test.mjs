// The built-in labels as a reader sees them that shares nothing with the server:
// zxing-cpp, which knows AIM identifiers and reads several symbols of one picture.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

const root = path.resolve(import.meta.dirname, "../../..");

/** @typedef {{name: string, dpi: number, symbols: string[]}} Expected */

test("every built-in label is read, AIM identifier and bytes", async () => {
  const wasm = readFileSync(createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm"));
  prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasm).buffer } });
  const folder = mkdtempSync(path.join(tmpdir(), "labels-"));
  try {
    execFileSync("go", ["run", "./labels/internal/pictures", "-all", folder], { cwd: root, stdio: "inherit" });
    /** @type {Expected[]} */
    const list = readFileSync(path.join(folder, "expect.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line));
    assert.ok(list.length >= 39, `${list.length} pictures`);
    for (const want of list) {
      const picture = new Uint8Array(readFileSync(path.join(folder, want.name + ".png")));
      const found = await readBarcodes(picture, { tryHarder: true, maxNumberOfSymbols: 64, textMode: "Plain" });
      const got = found.map((b) => b.symbologyIdentifier + Buffer.from(b.bytes).toString("utf8"));
      assert.deepEqual(got.sort(), [...want.symbols].sort(), want.name);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
