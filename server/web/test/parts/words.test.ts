// Each language says everything, and the machine and the sheet speak it.
import assert from "node:assert/strict";
import test from "node:test";
import { Machine } from "../../src/core/flow/machine.ts";
import { languageOf, languages } from "../../src/handheld/languages.ts";
import { catalogueOf, streams } from "./catalogue.ts";

/** places lists where an object of words has what. */
function places(words: object, path = ""): string[] {
  return Object.entries(words).flatMap(([name, w]) => (typeof w === "object" && w !== null ? places(w as object, path + "." + name) : [path + "." + name + (typeof w === "function" ? "()" : "")]));
}

for (const l of languages) {
  test(l.name + " says everything that English says", () => {
    const missing = places(languages[0]!.flow).filter((p) => !places(l.flow).includes(p));
    assert.deepEqual(missing, []);
    assert.deepEqual(places(l.job).sort(), places(languages[0]!.job).sort());
    assert.deepEqual(places(l.read).sort(), places(languages[0]!.read).sort());
    assert.deepEqual(places(l.ui).sort(), places(languages[0]!.ui).sort());
  });

  test(l.name + ": all streams of the machine are spoken, and mean the same", () => {
    const vectors = streams();
    const goods = catalogueOf(vectors.catalogue);
    for (const s of vectors.streams) {
      const m = new Machine({ catalogue: goods, stock: goods, site: "main", reasons: s.setup.reasons ?? "", rules: s.setup.rules ?? "", install: "", badge: s.setup.badge ?? false, places: s.setup.places ?? {}, words: l.flow });
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

test("a language is found by its code, else it is English", () => {
  assert.deepEqual([languageOf("de-AT").code, languageOf("en").code, languageOf("xx").code], ["de", "en", "en"]);
});
