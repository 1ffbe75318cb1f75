import { plural } from "../core/tongues.ts";
import type { ReadWords } from "./readwords.ts";

const many = plural("es");

const names: Readonly<Record<string, string>> = {
  "00": "número de bulto (SSCC)", "01": "número de artículo (GTIN)", "02": "artículo contenido (GTIN)", "03": "artículo bajo pedido (GTIN)", "10": "lote", "11": "fabricado el", "13": "envasado el", "15": "consumo preferente", "16": "vender antes de", "17": "caducidad",
  "20": "variante", "21": "número de serie", "30": "cantidad", "37": "cantidad contenida", "240": "número de artículo adicional", "241": "referencia del cliente", "250": "segundo número de serie", "400": "pedido del cliente", "410": "enviar a", "414": "lugar (GLN)", "8004": "equipo (GIAI)",
};
const actions: Readonly<Record<string, string>> = {
  add: "entrada", remove: "salida", move: "traslado", isolate: "cuarentena", count: "contado", assemble: "montado", disassemble: "desmontado", undo: "deshecho", "session-open": "recuento en grupo", "session-close": "recuento completo",
};

export const spanish: ReadWords = {
  title: "Lo que se ha leído",
  open: "Lo que se ha leído", hide: "Ocultar",
  later: "Siguiente", earlier: "Anterior",
  none: "Todavía no se ha leído nada en este dispositivo.",
  button: "Un botón o un comando: no se ha leído ningún código.",
  asRead: "Tal como llegó", takenAs: "Tomado como",
  times: (n) => n + many(n, " vez", " veces"),
  means: "Lo que dice", made: "Lo que ha hecho con ello este dispositivo",
  nothing: "Nada que este dispositivo conozca.",
  more: (n) => "Y " + n + " más.",
  noPrefix: "El lector no dijo qué tipo de código de barras es.",
  prefix: (id, name) => id + ": " + name,
  otherPrefix: (id) => id + ": otro tipo de código de barras",
  unseen: "En recuadros, por su nombre: los caracteres que no se ven. GS separa los elementos GS1, SP es un espacio.",
  kind: { gs1: "datos GS1", ean13: "EAN-13", ean8: "EAN-8", upca: "UPC-A", upce: "UPC-E", itf14: "ITF-14", "digital-link": "GS1 Digital Link", command: "un comando de la hoja", plain: "un código simple" },
  ai: (ai, title) => names[ai] ?? title.toLowerCase(),
  fact: { action: "Registrado como", product: "Artículo", quantity: "Cantidad", lot: "Lote", serial: "N.º de serie", expiry: "Caducidad", package: "Bulto", from: "De", to: "A", place: "Ubicación", asset: "Máquina", reason: "Motivo", session: "Contado en", operator: "Por", command: "Comando" },
  action: (action) => actions[action] ?? action,
  oddDigit: (expected) => "El dígito de control no cuadra: según los demás dígitos sería " + expected + ". Un dígito se leyó o se imprimió mal, o no es un número de ese tipo.",
  breaks: (fault) => "El código incumple una regla: " + fault + ".",
  notBooked: "No se ha registrado nada de ello.",
  number: (seq) => "Lectura " + seq,
};
