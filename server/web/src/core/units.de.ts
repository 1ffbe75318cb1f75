import { Units } from "./units.ts";

export const units = new Units("de-DE", {
  piece: { other: "Stück" }, box: { one: "Karton", other: "Kartons" }, carton: { one: "Karton", other: "Kartons" }, case: { one: "Kiste", other: "Kisten" }, crate: { one: "Kiste", other: "Kisten" }, pack: { one: "Packung", other: "Packungen" },
  pallet: { one: "Palette", other: "Paletten" }, bag: { other: "Beutel" }, sack: { one: "Sack", other: "Säcke" }, bottle: { one: "Flasche", other: "Flaschen" }, can: { one: "Dose", other: "Dosen" }, jar: { one: "Glas", other: "Gläser" },
  tube: { one: "Tube", other: "Tuben" }, drum: { one: "Fass", other: "Fässer" }, barrel: { one: "Fass", other: "Fässer" }, roll: { one: "Rolle", other: "Rollen" }, reel: { one: "Spule", other: "Spulen" },
  sheet: { other: "Blatt" }, pair: { other: "Paar" }, set: { one: "Satz", other: "Sätze" }, kit: { one: "Satz", other: "Sätze" }, bundle: { one: "Bund", other: "Bunde" }, tray: { one: "Tablett", other: "Tabletts" },
  dozen: { other: "Dutzend" },
});
