// Each language says everything on the handheld and on the supervisor's page, with its own plurals and its
// own typography, and in words of people; and the machine and the sheet speak it.
import assert from "node:assert/strict";
import test from "node:test";
import { modes } from "../../src/core/flow/types.ts";
import { Machine } from "../../src/core/flow/machine.ts";
import { pick, plural, within } from "../../src/core/tongues.ts";
import { languages as handheld } from "../../src/handheld/languages.ts";
import { languages as watch } from "../../src/watch/languages.ts";
import { catalogueOf, streams } from "./catalogue.ts";
import { counted, every, places, shown, type Samples } from "./said.ts";

const samples: Samples = {
  ".flow.told": ["", ...modes].flatMap((m) => [[m, "41 TEA", "A-01", ""], [m, "41 TEA", "A-01", "M-7"]]),
  ".flow.notBookedMode": modes.map((m) => ["41", m]),
  ".flow.without": [["lot"], ["serial"]],
  ".flow.prompt.need": [["lot", "42"], ["serial", "42"]],
  ".flow.noMachine": [["41", false], ["41", true]],
  ".ui.notStored": [["outbox_full"], ["disk_full"], ["disk_failed"]],
  ".ui.stopped": ["bad_key", "replaced", "update", "bad_frame", "asked"].flatMap((why) => [[why, ""], [why, "42"]]),
  ".ui.lost": [[41, 41], [41, 42]],
  ".job.keysOf": [[""], ["azerty"], ["qwertz"]],
};
const pages = [["the handheld", handheld], ["the supervisor's page", watch]] as const;
const forbidden = /\b(sync\w*|queue\w*|payload\w*|synchron\w*|warteschlange\w*|nutzlast\w*|files? d.attente|charge utile|sincroni\w*|colas?|carga útil)\b/i;
const filters = /\b(who|item|do|site|place|device|state|lag):/g; // words of the filter box are in no language
const same = ["fr .goods.devices.lostFocus"]; // where a language has one word for one and for many, and English has two

/** faults are what a reader of a language stumbles over. */
const faults: Readonly<Record<string, (text: string) => boolean>> = {
  fr: (t) => /(?<!\u202f)[:;!?%»](?=[\s,.;)]|$)/.test(t) || /«(?!\u202f)/.test(t) || /[a-zà-ÿ]'[a-zà-ÿ]/i.test(t) || /(?<!\p{L})(tu|toi|ton|tes)(?!\p{L})/iu.test(t),
  es: (t) => t.split("?").length !== t.split("¿").length || t.split("!").length !== t.split("¡").length || /\s[:;!?]/.test(t) || /\busted(es)?\b/i.test(t),
  de: (t) => /\s[:;!?]/.test(t) || /\b(du|dein\w*)\b/i.test(t),
  en: (t) => /\s[:;!?]/.test(t),
};

const never = (): boolean => false; // a language whose rules nobody has written down

for (const [page, languages] of pages) {
  const english = (await languages[0]!.load()).default;
  const spoken = every(english, samples);

  for (const l of languages) {
    const words = (await l.load()).default;
    const said = every(words, samples);
    const wrong = (fault: (s: (typeof said)[number]) => boolean) => said.filter(fault).map((s) => s.path + ": " + s.text);

    test(l.name + " says everything that English says, on " + page, () => {
      assert.equal(words.code, l.code);
      assert.deepEqual(places(words, samples), places(english, samples));
      assert.ok(said.length > 200, "only " + said.length + " sentences");
      assert.deepEqual(wrong((s) => s.text.trim() === "" || /undefined|NaN|\[object/.test(s.text)), []);
    });

    test(l.name + " shows all that a sentence is given, on " + page, () => {
      const blanks = new Map(spoken.map((s) => [s.path + s.blanks.join(), shown(s).join()]));
      assert.deepEqual(wrong((s) => shown(s).join() !== blanks.get(s.path + s.blanks.join())), []);
    });

    test(l.name + " is written as it is written, and no word on the screen is a word of the machine, on " + page, () => {
      assert.deepEqual(wrong((s) => forbidden.test(s.text)), []);
      assert.deepEqual(wrong((s) => (faults[l.code] ?? never)(s.text.replaceAll(filters, ""))), []);
    });

    test(l.name + " has its plurals, on " + page, () => {
      const rules = new Intl.PluralRules(l.code);
      for (const { path } of spoken.filter((s) => s.blanks.length === 1 && shown(s).length === 1 && counted(english, s.path, 1) !== counted(english, s.path, 2))) {
        const of = (n: number) => counted(words, path, n);
        if (!same.includes(l.code + " " + path)) assert.notEqual(of(1), of(2), path);
        for (const n of [3, 11, 21, 101]) assert.equal(of(n), of(rules.select(n) === "one" ? 1 : 2), path + " " + n);
      }
    });
  }
}

for (const l of handheld) {
  const { flow } = (await l.load()).default;
  test(l.name + ": all streams of the machine are spoken, and mean the same", () => {
    const vectors = streams();
    const goods = catalogueOf(vectors.catalogue);
    for (const s of vectors.streams) {
      const m = new Machine({ catalogue: goods, stock: goods, site: "main", reasons: s.setup.reasons ?? "", rules: s.setup.rules ?? "", install: "", badge: s.setup.badge ?? false, places: s.setup.places ?? {}, words: flow });
      let next = 1;
      for (const step of s.steps) {
        if (step.fails || step.crash) break;
        const { intents, screen } = m.take(step.event, s.today);
        assert.deepEqual(JSON.parse(JSON.stringify(intents)), step.intents ?? []);
        assert.ok(screen.prompt !== "" && !/undefined|null|NaN|\[object/.test(screen.prompt + (screen.words ?? "")), screen.prompt + screen.words);
        if (intents.length > 0) m.stored(next);
        next += intents.length;
      }
    }
  });
}

test("a language is the first of those wanted that is there, else English", () => {
  for (const [wanted, code] of [[["de-AT"], "de"], [["fr-CA", "en"], "fr"], [["ca", "ES-MX", "en"], "es"], [["xx"], "en"], [["xx", "fr"], "fr"], [[], "en"]] as const) assert.equal(pick(handheld, wanted).code, code);
});

test("both pages speak the same languages", () => assert.deepEqual(handheld.map((l) => [l.code, l.name]), watch.map((l) => [l.code, l.name])));

test("none, one and many by the rules of a language", () => {
  for (const [code, n, want] of [["fr", 0, "scan"], ["fr", 1, "scan"], ["fr", 2, "scans"], ["fr", 1_000_000, "scans"], ["es", 0, "scans"], ["es", 1, "scan"], ["es", 2, "scans"]] as const) assert.equal(plural(code)(n, "scan", "scans"), want, code + " " + n);
});

test("words that fail or do not come keep nobody waiting", async () => {
  assert.equal(await within(60_000, Promise.resolve("words")), "words");
  assert.equal(await within(60_000, Promise.reject(new Error("gone"))), undefined);
  assert.equal(await within(0, new Promise(() => undefined)), undefined);
});
