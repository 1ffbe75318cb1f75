import { Units } from "./units.ts";

export const units = new Units("es-ES", {
  piece: { one: "pieza", other: "piezas" }, box: { one: "caja", other: "cajas" }, carton: { one: "cartón", other: "cartones" }, case: { one: "caja", other: "cajas" }, crate: { one: "cajón", other: "cajones" },
  pack: { one: "paquete", other: "paquetes" }, pallet: { one: "palé", other: "palés" }, bag: { one: "bolsa", other: "bolsas" }, sack: { one: "saco", other: "sacos" }, bottle: { one: "botella", other: "botellas" },
  can: { one: "lata", other: "latas" }, jar: { one: "tarro", other: "tarros" }, tube: { one: "tubo", other: "tubos" }, drum: { one: "bidón", other: "bidones" }, barrel: { one: "barril", other: "barriles" }, roll: { one: "rollo", other: "rollos" },
  reel: { one: "bobina", other: "bobinas" }, sheet: { one: "hoja", other: "hojas" }, pair: { one: "par", other: "pares" }, set: { one: "juego", other: "juegos" }, kit: { one: "kit", other: "kits" }, bundle: { one: "fardo", other: "fardos" },
  tray: { one: "bandeja", other: "bandejas" }, dozen: { one: "docena", other: "docenas" },
});
