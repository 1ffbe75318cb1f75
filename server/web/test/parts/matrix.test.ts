// The calibration code on the screen says to a reader what the sheet's says.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import test from "node:test";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import { calibration } from "../../src/core/wedge/calibrate.ts";
import { calibrationMatrix } from "../../src/core/wedge/matrix.ts";

test("the code on the screen is the calibration code", async () => {
  const wasm = readFileSync(createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm"));
  prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasm).buffer } });
  const [dot, quiet] = [4, 2];
  const size = (calibrationMatrix.length + 2 * quiet) * dot;
  const data = new Uint8ClampedArray(size * size * 4).fill(255);
  calibrationMatrix.forEach((row, y) => Array.from(row).forEach((c, x) => {
    if (c !== "#") return;
    for (let dy = 0; dy < dot; dy++) for (let dx = 0; dx < dot; dx++) data.fill(0, 4 * (((y + quiet) * dot + dy) * size + (x + quiet) * dot + dx), 4 * (((y + quiet) * dot + dy) * size + (x + quiet) * dot + dx) + 3);
  }));
  const [found] = await readBarcodes({ data, width: size, height: size, colorSpace: "srgb" } as ImageData, { textMode: "Plain" });
  assert.equal(found && found.symbologyIdentifier + Buffer.from(found.bytes).toString("latin1"), "]d2" + calibration);
});
