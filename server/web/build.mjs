// Builds the screens, the story page, or the tests of their parts. Run by make.
//
//	node build.mjs          the screens, into dist: hashed, compressed, ready to be embedded
//	node build.mjs stories  every state of every screen, without a server, into node_modules/.stories
//	node build.mjs tests    test/parts, into node_modules/.tests, for node's runner
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

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

/** @type {Map<string, string>} */
const files = new Map();

/**
 * asset adds a part whose address changes with its content, and gives the address.
 * @param {string} name
 * @param {string} extension
 * @param {string} text
 */
function asset(name, extension, text) {
  const address = "assets/" + name + "-" + hash(text) + extension;
  files.set(address, text);
  return "/" + address;
}

/** sources is a hash of all that the screens are made of by us. */
function sources() {
  const names = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((n) => /\.(tsx?|css|html)$/.test(n)).sort();
  return hash(names.map((n) => n + "\0" + readFileSync(path.join("src", n), "utf8")).join("\0"));
}

async function buildScreens() {
  const app = JSON.stringify("bayledger-scan-page/" + sources());
  const worker = asset("worker", ".js", await bundle(source + "worker.ts", { format: "iife" }));
  const style = asset("scan", ".css", await bundle(source + "style.css"));
  const script = asset("scan", ".js", await bundle(source + "main.tsx", { define: { APP: app, WORKER: JSON.stringify(worker) } }));
  const page = readFileSync(source + "index.html", "utf8").replace("{style}", style).replace("{script}", script);
  files.set("scan.html", page);
  files.set("scan.webmanifest", JSON.stringify({
    name: "Bayledger handheld", short_name: "Bayledger", start_url: "/scan", scope: "/scan", id: "/scan", display: "standalone", background_color: "#ffffff", theme_color: "#0b6e4f",
    icons: [{ src: "/favicon.ico", type: "image/svg+xml", sizes: "any" }],
  }));
  const parts = ["/scan", "/scan.webmanifest", "/favicon.ico", worker, style, script];
  const version = JSON.stringify(hash(page + parts.join(" ")));
  files.set("scan-offline.js", await bundle(source + "service.ts", { format: "iife", define: { PARTS: JSON.stringify(parts), VERSION: version } }));
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
  const style = asset("watch", ".css", await bundle(watch + "style.css"));
  files.set("watch.html", readFileSync(watch + "index.html", "utf8").replace("{style}", style).replace("{script}", "/" + path.relative(dist, script)));
}

/** packed is what the files take as they go over the wire. */
const packed = () => [...files.values()].reduce((sum, text) => sum + gzipSync(Buffer.from(text), { level: 9 }).length, 0);

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

/** write puts the files into dist, each beside its compressed forms, and takes away what was there. */
function write() {
  for (const name of readdirSync(dist)) if (name !== placeholder) rmSync(path.join(dist, name), { recursive: true });
  mkdirSync(path.join(dist, "assets"), { recursive: true });
  for (const [name, text] of files) {
    const data = Buffer.from(text);
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

const builds = /** @type {Record<string, () => Promise<void>>} */ ({ screens: buildScreens, stories: buildStories, tests: buildTests });
await builds[process.argv[2] ?? "screens"]();
