// The pages that the server makes itself: in the language that is wanted, under their own policy, and without
// faults that axe finds; nothing scrolls sideways on a phone.
import axe from "axe-core";
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { browser, soon, zone } from "./bayledger.mjs";
import { scene } from "./scene.mjs";

const pictures = process.env.PICTURES; // a folder to put a picture of each into
const sizes = [[360, 640], [1440, 900]];
const headings = { en: ["Sign in", "The first administrator", "Account"], "de-AT": ["Anmelden", "Die erste Verwaltung", "Konto"], "fr-CA": ["Se connecter", "Le premier administrateur", "Compte"], "es-MX": ["Iniciar sesión", "El primer administrador", "Cuenta"] };
const signedIn = { en: "Signed in as ann, admin.", "de-AT": "Angemeldet als ann, Verwaltung.", "fr-CA": "Connecté en tant que ann, administrateur.", "es-MX": "Sesión iniciada como ann, administrador." };

/** sound looks at a page as it stands. @param {import("playwright-core").Page} page @param {string} name */
async function sound(page, name) {
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, name + " at " + width + " is " + wide + " px too wide");
    if (pictures) {
      await mkdir(pictures, { recursive: true });
      await page.screenshot({ path: path.join(pictures, name + "-" + width + ".png") });
    }
  }
}

/** faults are what axe finds. @param {import("playwright-core").Page} page */
async function faults(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
  return violations.map((/** @type {any} */ v) => v.id + ": " + v.nodes[0].html.slice(0, 120));
}

scene("the pages to sign in speak four languages, by what the browser asks for", { errors: /401/ }, async ({ server }) => {
  await server.ask("POST", "/v1/users", { login: "ann", roles: "admin", password: "correct horse" });
  for (const [locale, [login, setup, account]] of Object.entries(headings)) {
    const code = locale.slice(0, 2);
    const context = await (await browser()).newContext({ locale, timezoneId: zone, bypassCSP: locale === "en", colorScheme: code === "de" ? "dark" : "light" }); // axe is a script of its own
    try {
      const page = await context.newPage();
      for (const [where, heading] of [["/setup", setup], ["/login", login]]) {
        await page.goto(server.url + where);
        await page.getByRole("heading", { name: heading, exact: true }).waitFor(soon);
        assert.equal(await page.evaluate(() => document.documentElement.lang), code);
        await sound(page, code + where.replace("/", "-"));
        if (locale === "en") assert.deepEqual(await faults(page), [], where);
      }
      await page.locator("#name").fill("ann");
      await page.locator("#password").fill("correct horse");
      await page.locator("#login button").click();
      await page.waitForURL("**/account", soon);
      await page.getByRole("heading", { name: account, exact: true }).waitFor(soon);
      await page.getByRole("status").filter({ hasText: /** @type {Record<string, string>} */ (signedIn)[locale] }).waitFor(soon);
      await page.locator("#sessions li button").first().waitFor(soon);
      await sound(page, code + "-account");
      if (locale === "en") assert.deepEqual(await faults(page), [], "/account");
    } finally {
      await context.close();
    }
  }
});

scene("what was chosen on the supervisor's page is spoken by the pages to sign in", {}, async ({ page, server, enter }) => {
  await enter();
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByLabel("Language").selectOption("fr");
  await page.locator('html[lang="fr"]').waitFor({ state: "attached", ...soon });
  const elsewhere = createServer((_, answer) => void answer.writeHead(200, { "Content-Type": "text/html" }).end('<a href="' + server.url + '/login?failed">back</a>'));
  await new Promise((listening) => elsewhere.listen(0, "127.0.0.1", () => listening(undefined)));
  try {
    await page.goto(server.url + "/login");
    await page.getByRole("heading", { name: "Se connecter", exact: true }).waitFor(soon);
    await page.goto("http://localhost:" + /** @type {import("node:net").AddressInfo} */ (elsewhere.address()).port); // another site, as a company's accounts are
    await page.getByRole("link").click();
    await page.getByRole("heading", { name: "Se connecter", exact: true }).waitFor(soon);
  } finally {
    elsewhere.close();
  }
});
