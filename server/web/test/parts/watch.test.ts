// The supervisor's page says everything in each of its languages.
import assert from "node:assert/strict";
import test from "node:test";
import { languages, wordsOf } from "../../src/watch/words.ts";

/** places lists where an object of words has what. */
function places(words: object, path = ""): string[] {
  return Object.entries(words).filter(([name]) => name !== "format").flatMap(([name, w]) => (typeof w === "object" && w !== null ? places(w as object, path + "." + name) : [path + "." + name + (typeof w === "function" ? "()" : "")]));
}

for (const l of languages) {
  test(l.name + " says everything that English says, on the supervisor's page", () => assert.deepEqual(places(l).sort(), places(languages[0]!).sort()));
}

test("no word on the screen is a word of the machine", () => {
  const said = languages.flatMap((l) => JSON.stringify(l, (_, v) => (typeof v === "function" ? String(v) : (v as unknown))).toLowerCase().match(/\b(sync\w*|queue\w*|payload\w*)\b/g) ?? []);
  assert.deepEqual(said, []);
});

test("a language is found by its code, else it is English", () => assert.deepEqual(["de-AT", "en", "xx"].map((c) => wordsOf(c).code), ["de", "en", "en"]));
