import { Format } from "../format.ts";
import type { WorkWords } from "./words.ts";

const format = new Format("de-DE");
const n = (count: number): string => format.number(count);
const many = (count: number, one: string, more: string): string => (count === 1 ? one : n(count) + " " + more);

export const workGerman: WorkWords = {
  title: "Kennzahlen", days: "Tage", spans: { today: "Heute", yesterday: "Gestern", "7-days": "7 Tage", "28-days": "28 Tage", dates: "Von – bis" }, first: "Von", last: "Bis", choose: "Wählen Sie den ersten und den letzten Tag.",
  file: "Speichern, was zu sehen ist", csv: "CSV", xlsx: "XLSX", print: "Drucken",
  scans: "Scans", moves: "Bewegungen", peak: (scans, when) => "die meisten in einer Stunde: " + scans + ", " + when, each: (moves) => moves + " je Scan", wrong: "Brauchten jemanden", wrongShare: (share) => share + " % aller Scans", dock: "Rampe bis Regal", dockNote: (p90, lines) => "9 von 10 in " + p90 + ", von " + many(lines, "1 Einlagerung", "Einlagerungen"), dockNone: "kein Eingang wurde eingelagert",
  none: "In diesen Tagen wurde nichts gescannt", noneHow: "Wählen Sie andere Tage oder einen anderen Standort.",
  line: { hour: "Durchsatz nach Stunden", day: "Durchsatz nach Tagen" }, lineHow: "Mit den Pfeiltasten links und rechts lesen Sie die Linien.", lineAt: (when, scans, moves) => when + ": " + many(scans, "1 Scan", "Scans") + ", " + many(moves, "1 Bewegung", "Bewegungen"), table: "Dasselbe als Tabelle",
  people: "Nach Person", nobody: "Ohne Ausweis", places: "Nach Platz", products: "Schnelldreher", errors: "Fehler nach Ursache", noErrors: "Kein Scan brauchte jemanden.",
  columns: { when: "Wann", person: "Person", place: "Platz", product: "Artikel", cause: "Ursache", scans: "Scans", moves: "Bewegungen", wrong: "Brauchten jemanden", came: "Zugang", went: "Abgang", day: "Tag", lines: "Einlagerungen", half: "Die Hälfte in", most: "9 von 10 in", unknown: "Eingang unbekannt" },
  noDock: "Kein Eingang wurde eingelagert", noDockHow: "Was an einem Eingangsplatz angenommen und in ein Regal gebracht wird, erscheint hier.",
  dockAt: (day, half, most, lines) => day + ": die Hälfte in " + half + ", 9 von 10 in " + most + ", " + many(lines, "1 Einlagerung", "Einlagerungen"), half: "Hälfte", nine: "9 von 10",
  dockUnknown: (c) => "Von " + many(c, "1 Einlagerung", "Einlagerungen") + " ist nicht bekannt, wann die Ware kam.",
  causes: {
    short: "Nicht genug dort", held: "Ware ist gesperrt", expired: "Kam zu spät", not_allowed: "Nicht erlaubt", unknown_product: "Unbekannter Artikel", unknown_location: "Unbekannter Platz", unknown_operator: "Unbekannte Person", bad_quantity: "Menge ist keine", bad_time: "Zeit ist keine",
    bad_field: "Etwas fehlte", unknown_field: "Von einem neueren Programm", unknown_action: "Unbekannte Aktion", bad_json: "Nicht lesbar", identity_conflict: "Zwei Scans, eine Nummer", unsupported: "Von einem neueren Programm", closing: "Gelöscht, doch benutzt", not_found: "Nicht da", too_fast: "Zu schnell", disk_full: "Platte voll",
  },
  more: "Mehr zeigen", how: "Nach den Uhren jedes Standorts. Verspätete Scans zählen zu ihrer Zeit; ein zurückgenommener Scan wurde dennoch gemacht.",
};
