import { Units } from "./units.ts";

export const units = new Units("en-GB", {
  piece: { one: "piece", other: "pieces" }, box: { one: "box", other: "boxes" }, carton: { one: "carton", other: "cartons" }, case: { one: "case", other: "cases" }, crate: { one: "crate", other: "crates" },
  pack: { one: "pack", other: "packs" }, pallet: { one: "pallet", other: "pallets" }, bag: { one: "bag", other: "bags" }, sack: { one: "sack", other: "sacks" }, bottle: { one: "bottle", other: "bottles" },
  can: { one: "can", other: "cans" }, jar: { one: "jar", other: "jars" }, tube: { one: "tube", other: "tubes" }, drum: { one: "drum", other: "drums" }, barrel: { one: "barrel", other: "barrels" }, roll: { one: "roll", other: "rolls" },
  reel: { one: "reel", other: "reels" }, sheet: { one: "sheet", other: "sheets" }, pair: { one: "pair", other: "pairs" }, set: { one: "set", other: "sets" }, kit: { one: "kit", other: "kits" }, bundle: { one: "bundle", other: "bundles" },
  tray: { one: "tray", other: "trays" }, dozen: { other: "dozen" },
});
