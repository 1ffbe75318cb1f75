// Builds the screens, or the tests of their parts. Run by make; see README.md beside it.
//
//	node build.mjs tests    test/parts, into node_modules/.tests, for node's runner
import { build } from "esbuild";
import { readdirSync } from "node:fs";
import { rm } from "node:fs/promises";

const tests = "node_modules/.tests";

/** @type {import("esbuild").BuildOptions} */
const common = { bundle: true, format: "esm", target: ["es2022"], jsx: "automatic", jsxImportSource: "preact", logLevel: "warning", legalComments: "none" };

async function buildTests() {
  await rm(tests, { recursive: true, force: true });
  const entryPoints = readdirSync("test/parts").filter((f) => /\.test\.tsx?$/.test(f)).map((f) => "test/parts/" + f);
  await build({ ...common, entryPoints, outdir: tests, outExtension: { ".js": ".mjs" }, platform: "node", packages: "external", sourcemap: "inline" });
}

switch (process.argv[2]) {
  case "tests":
    await buildTests();
    break;
  default:
    throw new Error("build.mjs: tests");
}
