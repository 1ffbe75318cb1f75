import type { ReadWords } from "./readwords.ts";

const names: Readonly<Record<string, string>> = {
  "00": "Nummer des Packstücks (SSCC)", "01": "Artikelnummer (GTIN)", "02": "enthaltener Artikel (GTIN)", "03": "Artikel auf Bestellung (GTIN)", "10": "Charge", "11": "hergestellt am", "13": "gepackt am", "15": "mindestens haltbar bis", "16": "zu verkaufen bis", "17": "verwendbar bis",
  "20": "Variante", "21": "Seriennummer", "30": "Anzahl", "37": "Anzahl darin", "240": "weitere Artikelnummer", "241": "Teilenummer des Kunden", "250": "zweite Seriennummer", "400": "Bestellung des Kunden", "410": "Lieferung an", "414": "Ort (GLN)", "8004": "Anlage (GIAI)",
};
const actions: Readonly<Record<string, string>> = {
  add: "eingelagert", remove: "entnommen", move: "umgelagert", isolate: "gesperrt", count: "gezählt", assemble: "eingebaut", disassemble: "ausgebaut", undo: "zurückgenommen", "session-open": "gemeinsame Zählung", "session-close": "ganz gezählt",
};

export const german: ReadWords = {
  title: "Was gelesen wurde",
  open: "Was gelesen wurde", hide: "Ausblenden",
  later: "Später", earlier: "Früher",
  none: "Auf diesem Gerät wurde noch nichts gelesen.",
  button: "Eine Taste oder ein Befehl: Es wurde kein Code gelesen.",
  asRead: "Wie es kam", takenAs: "Genommen als",
  times: (n) => n + "-mal",
  means: "Was es sagt", made: "Was dieses Gerät daraus machte",
  nothing: "Nichts, was dieses Gerät kennt.",
  more: (n) => "Und " + n + " mehr.",
  noPrefix: "Der Leser sagte nicht, welche Art von Barcode es ist.",
  prefix: (id, name) => id + ": " + name,
  otherPrefix: (id) => id + ": eine andere Art von Barcode",
  unseen: "In Kästchen, mit Namen: Zeichen, die man nicht sieht. GS trennt GS1-Elemente, SP ist ein Leerzeichen.",
  kind: { gs1: "GS1-Daten", ean13: "EAN-13", ean8: "EAN-8", upca: "UPC-A", upce: "UPC-E", itf14: "ITF-14", "digital-link": "GS1 Digital Link", command: "ein Befehl vom Blatt", plain: "ein einfacher Code" },
  ai: (ai, title) => names[ai] ?? title.toLowerCase(),
  fact: { action: "Gebucht als", product: "Artikel", quantity: "Menge", lot: "Charge", serial: "Seriennummer", expiry: "Verfall", package: "Packstück", from: "Von", to: "Nach", place: "Platz", asset: "Maschine", reason: "Grund", session: "Gezählt in", operator: "Durch", command: "Befehl" },
  action: (action) => actions[action] ?? action,
  oddDigit: (expected) => "Die Prüfziffer passt nicht: Nach den anderen Ziffern wäre sie " + expected + ". Eine Ziffer wurde falsch gelesen oder gedruckt, oder es ist keine solche Nummer.",
  breaks: (fault) => "Der Code verletzt eine Regel: " + fault + ".",
  notBooked: "Davon wurde nichts gebucht.",
  number: (seq) => "Scan " + seq,
};
