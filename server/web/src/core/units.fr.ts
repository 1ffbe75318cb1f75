import { Units } from "./units.ts";

export const units = new Units("fr-FR", {
  piece: { one: "pièce", other: "pièces" }, box: { one: "boîte", other: "boîtes" }, carton: { one: "carton", other: "cartons" }, case: { one: "caisse", other: "caisses" }, crate: { one: "caisse", other: "caisses" },
  pack: { one: "paquet", other: "paquets" }, pallet: { one: "palette", other: "palettes" }, bag: { one: "sachet", other: "sachets" }, sack: { one: "sac", other: "sacs" }, bottle: { one: "bouteille", other: "bouteilles" },
  can: { one: "boîte de conserve", other: "boîtes de conserve" }, jar: { one: "bocal", other: "bocaux" }, tube: { one: "tube", other: "tubes" }, drum: { one: "fût", other: "fûts" }, barrel: { one: "tonneau", other: "tonneaux" }, roll: { one: "rouleau", other: "rouleaux" },
  reel: { one: "bobine", other: "bobines" }, sheet: { one: "feuille", other: "feuilles" }, pair: { one: "paire", other: "paires" }, set: { one: "jeu", other: "jeux" }, kit: { one: "kit", other: "kits" }, bundle: { one: "botte", other: "bottes" },
  tray: { one: "plateau", other: "plateaux" }, dozen: { one: "douzaine", other: "douzaines" },
});
