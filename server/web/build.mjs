// Builds the screens, the story page, or the tests of their parts. Run by make.
//
//	node build.mjs          the screens, into dist: hashed, compressed, ready to be embedded
//	node build.mjs trial TO NUMBER IDLE [FORMS]  the handheld's page as version NUMBER, which takes a
//	                        newer one after IDLE ms of quiet, into the folder TO, for tests of its
//	                        updates; its outbox has so many forms more, as a later release may have
//	node build.mjs stories  every state of every screen, without a server, into node_modules/.stories
//	node build.mjs tests    test/parts, into node_modules/.tests, for node's runner
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

// The version of the handheld's page that a server's setting lowest_page speaks of. It is raised with
// a change that older pages must not go on without, and CHANGELOG.md says so.
const number = 1;
const idle = 20_000; // ms without a scan, after which a new version may take over

const dist = "dist";
const placeholder = "README.md"; // says why the folder is there; it is committed
const source = "src/handheld/";
const watch = "src/watch/";

/** @type {import("esbuild").BuildOptions} */
const common = { bundle: true, format: "esm", target: ["es2022"], jsx: "automatic", jsxImportSource: "preact", logLevel: "warning", legalComments: "none" };

/** @param {string | Uint8Array} data */
const hash = (data) => createHash("sha256").update(data).digest("hex").slice(0, 12);

/**
 * bundle gives one file of what it is made of.
 * @param {string} entry
 * @param {import("esbuild").BuildOptions} [more]
 */
async function bundle(entry, more) {
  const { outputFiles = [] } = await build({ ...common, entryPoints: [entry], minify: true, write: false, ...more });
  return outputFiles[0].text;
}

/** @type {Map<string, string | Uint8Array>} */
const files = new Map();

/**
 * asset adds a part whose address changes with its content, and gives the address. It is below the
 * page's own, since a service worker sees what workers load only where their scripts are in its scope.
 * @param {string} name
 * @param {string} extension
 * @param {string | Uint8Array} data
 * @param {string} [folder]
 */
function asset(name, extension, data, folder = "scan") {
  const address = folder + "/" + name + "-" + hash(data) + extension;
  files.set(address, data);
  return "/" + address;
}

/** sources is a hash of all that the handheld's page is made of by us. */
function sources() {
  const names = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((n) => /^(core|handheld)\b.*\.(tsx?|css|html)$/.test(n)).sort();
  return hash(names.map((n) => n + "\0" + readFileSync(path.join("src", n), "utf8")).join("\0"));
}

/**
 * apart makes each module that is loaded when it is wanted (the words of a language) a file of its own: the
 * page's script stays one, and the list has what the device keeps beside it.
 * @param {string[]} list
 * @returns {import("esbuild").Plugin}
 */
const apart = (list) => ({
  name: "apart",
  setup: (b) => b.onResolve({ filter: /\.ts$/ }, async ({ kind, path: module, resolveDir }) => {
    if (kind !== "dynamic-import") return undefined;
    const address = asset(path.basename(module, ".ts"), ".js", await bundle(path.join(resolveDir, module)));
    list.push(address);
    return { path: address, external: true };
  }),
});

/** The addresses of what only some devices use: it is fetched when it is first used. */
/** @type {string[]} */
const later = [];

/**
 * screens makes the handheld's page as one version.
 * @param {number} number
 * @param {number} idle
 */
async function screens(number, idle) {
  const app = JSON.stringify("bayledger-scan-page/" + number + "." + sources());
  const worker = asset("worker", ".js", await bundle(source + "worker.ts", { format: "iife" }));
  const pin = asset("pin", ".js", await bundle(source + "pinworker.ts", { format: "iife" }));
  const wasm = asset("reader", ".wasm", readFileSync("node_modules/zxing-wasm/dist/reader/zxing_reader.wasm"));
  const camera = asset("camera", ".js", await bundle(source + "camera/worker.ts", { format: "iife", define: { WASM: JSON.stringify(wasm) } }));
  later.push(camera, wasm);
  const style = asset("scan", ".css", await bundle(source + "style.css"));
  // The version is part of the page's script, so it is a hash of what goes into the page, not of what comes out.
  const version = JSON.stringify(hash([app, worker, pin, camera, style, idle].join(" ")));
  /** @type {string[]} */
  const words = [];
  const script = asset("scan", ".js", await bundle(source + "main.tsx", { plugins: [...(common.plugins ?? []), apart(words)], define: { APP: app, WORKER: JSON.stringify(worker), PIN_WORKER: JSON.stringify(pin), CAMERA_WORKER: JSON.stringify(camera), VERSION: version, NUMBER: String(number), IDLE: String(idle) } }));
  files.set("scan.html", readFileSync(source + "index.html", "utf8").replace("{style}", style).replace("{script}", script));
  files.set("scan.webmanifest", JSON.stringify({
    name: "Bayledger handheld", short_name: "Bayledger", start_url: "/scan", scope: "/scan", id: "/scan", display: "standalone", background_color: "#ffffff", theme_color: "#0b6e4f",
    icons: [{ src: "/favicon.ico", type: "image/svg+xml", sizes: "any" }],
  }));
  files.set("scan-version.json", '{"version":' + version + ',"number":' + number + "}");
  const parts = ["/scan", "/scan.webmanifest", "/favicon.ico", worker, pin, style, script, ...words.sort()];
  files.set("scan-offline.js", await bundle(source + "service.ts", { format: "iife", define: { PARTS: JSON.stringify(parts), LATER: JSON.stringify(later), VERSION: version } }));
}

async function buildScreens() {
  await screens(number, idle);
  const precached = packed();
  await buildWatch();
  const whole = packed() - precached;
  write();
  bound("the handheld's page", precached, 200_000); // that a device fetches before it works without a network
  bound("the supervisor's page", whole, 200_000); // all of its pages
}

/** buildWatch builds the supervisor's page: a shell, and each of its pages as a file that is loaded when it is opened. */
async function buildWatch() {
  const to = path.resolve(dist);
  const { outputFiles = [], metafile } = await build({
    ...common, entryPoints: [watch + "main.tsx"], minify: true, write: false, metafile: true, splitting: true, outdir: to, publicPath: "/",
    entryNames: "assets/watch-[hash]", chunkNames: "assets/watch-[name]-[hash]",
  });
  for (const f of outputFiles) files.set(path.relative(to, f.path), f.text);
  const [script = ""] = Object.entries(metafile?.outputs ?? {}).find(([, o]) => o.entryPoint === watch + "main.tsx") ?? [];
  const style = asset("watch", ".css", await bundle(watch + "style.css"), "assets");
  files.set("watch.html", readFileSync(watch + "index.html", "utf8").replace("{style}", style).replace("{script}", "/" + path.relative(dist, script)));
}

/** packed is what the files take as they go over the wire, but for those that only some devices fetch. */
const packed = () => [...files].reduce((sum, [name, data]) => sum + (later.includes("/" + name) ? 0 : gzipSync(data, { level: 9 }).length), 0);

/**
 * bound refuses a page that has grown too large.
 * @param {string} what
 * @param {number} bytes
 * @param {number} most
 */
function bound(what, bytes, most) {
  if (process.env.SIZES) console.log(what, bytes, "gz");
  if (bytes > most) throw new Error(what + " takes " + bytes + " bytes, more than " + most);
}

/** buildTrial writes a version as it is, for a test to serve. */
async function buildTrial() {
  const [to, number, idle, forms = "0"] = process.argv.slice(3);
  common.plugins = [{ name: "forms", setup: (b) => b.onLoad({ filter: /handheld\/box\.ts$/ }, ({ path }) => ({ loader: "ts", contents: readFileSync(path, "utf8") + "(steps as unknown[]).push(" + "() => undefined,".repeat(Number(forms)) + ");" })) }];
  await screens(Number(number), Number(idle));
  rmSync(to, { recursive: true, force: true });
  mkdirSync(path.join(to, "scan"), { recursive: true });
  for (const [name, data] of files) writeFileSync(path.join(to, name), data);
}

/** write puts the files into dist, each beside its compressed forms, and takes away what was there. */
function write() {
  for (const name of readdirSync(dist)) if (name !== placeholder) rmSync(path.join(dist, name), { recursive: true });
  for (const name of files.keys()) mkdirSync(path.dirname(path.join(dist, name)), { recursive: true });
  for (const [name, content] of files) {
    const data = Buffer.from(content);
    const gzip = gzipSync(data, { level: 9 });
    const brotli = brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length } });
    writeFileSync(path.join(dist, name), data);
    writeFileSync(path.join(dist, name + ".gz"), gzip);
    writeFileSync(path.join(dist, name + ".br"), brotli);
    if (process.env.SIZES) console.log(name.padEnd(34), String(data.length).padStart(8), String(gzip.length).padStart(8) + " gz", String(brotli.length).padStart(8) + " br");
  }
}

async function buildStories() {
  const to = "node_modules/.stories";
  rmSync(to, { recursive: true, force: true });
  for (const [from, folder] of [[source, to], [watch, to + "/watch"]]) {
    await build({ ...common, entryPoints: [from + "stories.tsx", from + "style.css"], outdir: folder, format: "iife", sourcemap: "inline" });
    writeFileSync(path.join(folder, "index.html"), readFileSync(from + "index.html", "utf8").replace("{style}", "style.css").replace('type="module" src="{script}"', 'defer src="stories.js"').replace(/<link rel="(manifest|icon)".*\n/g, ""));
  }
}

async function buildTests() {
  const to = "node_modules/.tests";
  rmSync(to, { recursive: true, force: true });
  const entryPoints = readdirSync("test/parts").filter((f) => /\.test\.tsx?$/.test(f)).map((f) => "test/parts/" + f);
  await build({ ...common, entryPoints, outdir: to, outExtension: { ".js": ".mjs" }, platform: "node", packages: "external", sourcemap: "inline" });
}

const builds = /** @type {Record<string, () => Promise<void>>} */ ({ screens: buildScreens, trial: buildTrial, stories: buildStories, tests: buildTests });
await builds[process.argv[2] ?? "screens"]();
