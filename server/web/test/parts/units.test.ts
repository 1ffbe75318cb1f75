// Units are said with the plural of each language; what is no common one stands as it was written.
import assert from "node:assert/strict";
import test from "node:test";
import { goodsEnglish } from "../../src/watch/stock/words.en.ts";
import { goodsGerman } from "../../src/watch/stock/words.de.ts";
import { goodsFrench } from "../../src/watch/stock/words.fr.ts";
import { goodsSpanish } from "../../src/watch/stock/words.es.ts";
import { languages } from "../../src/handheld/languages.ts";

test("quantities with their units", () => {
  for (const [quantity, unit, english, german] of [
    ["71", "piece", "71 pieces", "71 Stück"], ["1", "piece", "1 piece", "1 Stück"], ["-1", "box", "−1 box", "−1 Karton"], ["0", "box", "0 boxes", "0 Kartons"], ["1.5", "pallet", "1.5 pallets", "1,5 Paletten"],
    ["1204", "PCS", "1,204 pieces", "1.204 Stück"], ["2", "kg", "2 kg", "2 kg"], ["3", "Kiste", "3 Kiste", "3 Kiste"], ["4", "", "4", "4"], ["5", "constructor", "5 constructor", "5 constructor"], ["999999999999999.5", "roll", "999,999,999,999,999.5 rolls", "999.999.999.999.999,5 Rollen"],
  ] as const) {
    assert.equal(goodsEnglish.unit(quantity, unit), english);
    assert.equal(goodsGerman.unit(quantity, unit), german);
  }
});

test("quantities in French and Spanish: a half is one in French, none is one in French only", () => {
  for (const [quantity, unit, french, spanish] of [
    ["71", "piece", "71 pièces", "71 piezas"], ["1", "piece", "1 pièce", "1 pieza"], ["0", "box", "0 boîte", "0 cajas"], ["-1", "box", "−1 boîte", "−1 caja"], ["1.5", "pallet", "1,5 palette", "1,5 palés"],
    ["12040", "PCS", "12\u202f040 pièces", "12.040 piezas"], ["2", "kg", "2 kg", "2 kg"], ["1000000", "roll", "1\u202f000\u202f000 rouleaux", "1.000.000 rollos"],
  ] as const) {
    assert.equal(goodsFrench.unit(quantity, unit), french);
    assert.equal(goodsSpanish.unit(quantity, unit), spanish);
  }
});

test("the card of a handheld says units as the supervisor's page does", async () => {
  const said: Record<string, string[]> = { en: ["pieces", "box", "kg", "Kiste"], de: ["Stück", "Karton", "kg", "Kiste"], fr: ["pièces", "boîte", "kg", "Kiste"], es: ["piezas", "caja", "kg", "Kiste"] };
  for (const l of languages) {
    const { ui } = (await l.load()).default;
    assert.deepEqual([ui.unit("12", "piece"), ui.unit("1", "box"), ui.unit("1.5", "kg"), ui.unit("2", "Kiste")], said[l.code], l.name);
  }
});
