import { units } from "../../core/units.de.ts";
import { Format } from "../format.ts";
import type { GoodsWords } from "./words.ts";

const format = new Format("de-DE");
const n = (count: number): string => format.number(count);
const many = (count: number, one: string, more: string): string => (count === 1 ? one : n(count) + " " + more);

export const goodsGerman: GoodsWords = {
  pages: { stock: "Bestand", why: "Artikel", devices: "Geräte", codes: "Unbekannte Codes", counts: "Zählungen freigeben" },
  standsSince: (time) => "Zahlen von " + time + ". Was sich seither änderte, ist nicht bekannt.",
  asOf: (time) => "Stand " + time,
  unit: (quantity, unit) => format.decimal(quantity) + (unit ? " " + units.of(quantity, unit) : ""),
  in: (what) => "in " + what,
  more: "Mehr zeigen", capped: (rows) => "Das sind die ersten " + n(rows) + ". Suchen Sie, oder wählen Sie Standort oder Platz, um die anderen zu sehen.",
  reason: "Grund", reasonHow: "im Protokoll, neben Ihrem Namen", reasonNeeded: "Sagen Sie erst, warum. Nichts wurde geändert.", cancel: "Abbrechen", done: (message) => message,
  stock: {
    title: "Bestand", byProduct: "Nach Artikel", byPlace: "Nach Platz", search: "Suche", searchHow: "Code oder Name", category: "Kategorie", place: "Platz", find: "Zeigen", everything: "Alles", negative: "Unter null", minimum: "Unter Mindestbestand",
    columns: { product: "Artikel", place: "Platz", onHand: "Vorhanden", available: "Verfügbar", held: "Gesperrt", incoming: "Im Eingang", value: "Wert", changed: "Geändert", notes: "Hinsehen" },
    columnsHow: "Verfügbar ist, was weder gesperrt noch in Quarantäne ist. Im Eingang ist, was gekommen und noch nicht eingelagert ist. Beides gehört zum Vorhandenen.",
    none: "Nichts passt", noneHow: "Ändern Sie oben die Suche oder die Filter.",
    belowAt: (quantity, place) => quantity + " auf " + place, least: (available, min, place) => available + " von mindestens " + min + (place ? " auf " + place : ""),
    noCost: "Kosten unbekannt", explain: (quantity, product) => "Warum " + quantity + "? " + product, wholeSite: "ganzer Standort",
  },
  why: {
    title: "Artikel", how: "Wählen Sie einen Artikel: wo er liegt, und warum jede Zahl so ist.", product: "Artikel", open: "Öffnen", places: "Wo er liegt", everywhere: "Alle Plätze",
    question: (quantity) => "Warum " + quantity + "?",
    lastCounted: (quantity, when, who) => "Zuletzt gezählt um " + when + " von " + who + ": " + quantity + ".",
    lastRight: (quantity, when) => "Zuletzt richtig vor " + when + ", mit " + quantity + ". Seither nicht gezählt.",
    start: "Nie gezählt. Das ist alles, was hier je geschah.", unknown: (quantity) => "Frühere Bewegungen sind nicht gezeigt. Vor diesen war es " + quantity + ".",
    crossed: (when, who, did, took, before) => "Unter null ging es um " + when + ": " + who + ", " + did + " " + took + ", wo " + before + " in den Büchern standen.",
    since: (came, went, scans) => "Seither kam " + came + " und ging " + went + ", in " + many(scans, "einem Scan", "Scans") + ".", none0: "nichts", nothingSince: "Seither hat sich nichts bewegt.",
    late: (c) => (c === 1 ? "Ein Scan kam verspätet. Er zählt zu seiner Zeit." : n(c) + " Scans kamen verspätet. Jeder zählt zu seiner Zeit."),
    lateOne: (what, at, booked) => what + ": gescannt " + at + ", angekommen " + booked + ".",
    undone: (c) => (c === 1 ? "Ein Scan wurde zurückgenommen und ändert nichts." : n(c) + " Scans wurden zurückgenommen und ändern nichts."),
    correct: "Richtigstellen", correctHow: "Sehen Sie erst ins Regal. Eines davon wird gebucht, mit Ihrem Namen.",
    corrections: { count: () => "Gezählt", receive: (missing) => missing + " annehmen, die niemand scannte", found: (missing) => "Sie waren immer da: " + missing + " gefunden" },
    counted: "Was dort liegt", corrected: "Gebucht. Die Zahl oben ist die neue.",
    chart: "Bestand über die Zeit", chartHow: "Mit den Pfeiltasten links und rechts lesen Sie die Linie.", chartTable: "Dasselbe als Tabelle", chartValue: (when, quantity) => quantity + " um " + when, chartCut: "Die Linie beginnt mit den letzten 2.000 Bewegungen.",
    spans: { day: "Tag", week: "Woche", month: "Monat", quarter: "3 Monate" },
    moves: "Bewegungen", shows: { all: "Alle", in: "Zugang", out: "Abgang", counts: "Zählungen", late: "Verspätet", undone: "Zurückgenommen" }, text: "Person, Gerät, Platz, Beleg",
    columns: { when: "Wann", what: "Was", change: "Änderung", after: "Danach", who: "Wer", why: "Warum" }, none: "Keine Bewegung passt.",
    marks: { crossing: "Brachte es unter null", late: (by) => "Verspätet um " + by, undone: (by) => "Zurückgenommen" + (by ? " von " + by : ""), base: "Hier gezählt", changed: (entry) => "geändert durch Eintrag " + entry },
    older: "Ältere zeigen", entry: (i) => "Eintrag " + i, gone: "Diesen Artikel gibt es nicht.", nothing: "Hier hat sich davon nie etwas bewegt.", to: (place) => "nach " + place, from: (place) => "von " + place,
  },
  devices: {
    title: "Geräte", states: { all: "Alle", trouble: "Hinsehen", unsent: "Nicht gesendet", away: "Nicht da", revoked: "Entzogen" },
    columns: { device: "Gerät", state: "Zuletzt gesehen", unsent: "Noch nicht gesendet", battery: "Akku", clock: "Uhr", focus: "Hörte nicht zu", app: "Version", actions: "Aktionen" },
    online: "Verbunden", away: (since) => "Nicht da, zuletzt gesehen " + since, never: "Seit dem Start des Servers nicht gesehen", revoked: (when, who) => "Entzogen " + when + (who ? " von " + who : ""),
    unsent: (c) => many(c, "1 Scan", "Scans"), oldest: (span) => "der älteste wartet seit " + span,
    troubles: { unsent: "Seit über 15 Minuten nicht gesendet: suchen Sie eine Ecke ohne WLAN", battery: "Akku schwach", clock: "Die Uhr geht falsch" }, lostFocus: (c) => many(c, "einmal", "Mal"),
    clockOk: "richtig", ahead: (span) => span + " vor", behind: (span) => span + " nach", unknown: "nicht bekannt",
    message: "Nachricht", messageText: "Was es zeigt", send: "Senden", sent: (online) => (online ? "Gesendet. Es zeigt die Nachricht jetzt." : "Aufgehoben. Es zeigt die Nachricht, wenn es wiederkommt."), waiting: (c) => many(c, "1 Nachricht wartet", "Nachrichten warten"),
    askLog: "Protokoll anfordern", logComes: (online) => (online ? "Angefordert. Das Protokoll kommt gleich." : "Angefordert. Das Protokoll kommt, wenn es wieder da ist."), logWaits: (who, when) => "Protokoll angefordert von " + who + ", " + when,
    log: (when, kilobytes) => "Protokoll von " + when + " speichern, " + kilobytes + " kB",
    rename: "Umbenennen", newName: "Wie man es nennt", save: "Speichern", renamed: "Umbenannt.",
    revoke: "Entziehen", revokeHow: (name, unsent) => name + " öffnet ab jetzt nichts mehr und kann nicht mehr scannen. " + (unsent ? "Es hält noch " + unsent + ". " : "") + "Was es vorher gescannt hat, bleibt erhalten und wird 30 Tage lang angenommen, sobald es sich verbindet. Um es wieder zu nutzen, koppeln Sie es neu.",
    stolen: "Es wurde gestohlen oder ging verloren", stolenHow: "Dann wird nichts mehr von ihm angenommen, auch nicht, was es vorher gescannt hat.", revokeYes: (name) => name + " entziehen", revokedNow: (name) => name + " ist entzogen.",
    pair: "Gerät koppeln", pairHow: "Erzeugen Sie einen Code und scannen Sie ihn mit der Kamera des Handgeräts. Es öffnet seine Seite und bekommt einen eigenen Schlüssel; niemand sonst sieht ihn.", pairName: "Name in den Büchern", pairCalled: "Wie man es nennt", pairRole: "Rolle", pairSite: "Arbeitet in", pairMake: "Code erzeugen",
    pairScan: "Scannen Sie das mit dem Handgerät", pairUntil: (time) => "Er gilt einmal, bis " + time + ".", pairOver: "Dieser Code ist vorbei. Erzeugen Sie einen neuen.", pairDone: (name) => name + " ist gekoppelt.", qr: "QR-Code, der das Handgerät koppelt",
    roles: { floor: "Lager", dock: "Rampe", supervisor: "Aufsicht", admin: "Verwaltung" }, everywhere: "Alle Standorte", none: "Kein Gerät passt", noneHow: "Koppeln Sie eines mit dem Knopf oben.",
  },
  codes: {
    title: "Unbekannte Codes", how: "Scans davon sind aufgehoben und zählen keinen Bestand. Sagen Sie einmal, was ein Code ist: dann werden alle gebucht, jeder zu seiner Zeit.", none: "Jeder Code ist bekannt", noneHow: "Scans unbekannter Codes erscheinen hier.",
    kinds: { product: "Artikel", location: "Platz", serial: "Seriennummer", operator: "Ausweis" },
    scans: (c) => many(c, "1 Scan", "Scans"), between: (first, last) => (first === last ? first : first + " bis " + last), by: (devices) => "von " + devices, name: "Sagen, was es ist", close: "Schließen",
    product: "Artikel", productHow: "Code oder Name", quantity: "Ein Code steht für", quantityHow: "1, wenn leer", unit: "Einheit", place: "Platz", operator: "Person",
    plan: "Was das bucht", planNone: "Wählen Sie, was es ist, um zu sehen, was gebucht wird.",
    planLine: (when, did, quantity, from, to) => when + ": " + did + " " + quantity + (from && to ? ", " + from + " nach " + to : from ? " auf " + from : to ? " nach " + to : ""),
    asScanned: "wie der Code sagt", asCounted: "was gezählt wurde", all: "alles davon", more: (c) => "und " + n(c) + " mehr", left: (c) => many(c, "1 weiterer Code wartet.", "weitere Codes warten."), map: (c) => many(c, "1 Scan", "Scans") + " buchen",
    dismiss: "Verwerfen", dismissHow: (c) => many(c, "Der Scan bleibt", "Scans bleiben") + " im Protokoll und " + (c === 1 ? "wird" : "werden") + " nie gebucht. Eine Aufsicht kann das zurücknehmen.", dismissYes: (c) => many(c, "1 Scan", "Scans") + " verwerfen", dismissed: (c) => many(c, "1 Scan wurde", "Scans wurden") + " verworfen.",
    only: (c) => "Die ältesten " + n(c) + " zuerst; die anderen bleiben hier.", notYours: "Was ein Code von Waren oder ein Ausweis ist, gilt an allen Standorten: das sagt eine Aufsicht aller Standorte.",
  },
  counts: {
    title: "Zählungen freigeben", how: "Diese Zählungen weichen stärker von den Büchern ab, als der Standort durchlässt. Die Zählung gilt inzwischen.", none: "Keine Zählung wartet", noneHow: "Zählungen mit großer Differenz erscheinen hier.",
    expected: "Erwartet", counted: "Gezählt", difference: "Differenz", worth: (value) => "im Wert von " + value, since: (change, scans) => change + " seither, in " + many(scans, "einem Scan", "Scans"), still: "seither nichts bewegt", now: (quantity) => "jetzt " + quantity,
    by: (who, when) => "gezählt von " + who + " " + when, taken: (who) => who + " kümmert sich", accept: "Freigeben", recount: "Neu zählen lassen", decided: (choice, product) => choice + ": " + product, undo: "Rückgängig", lot: (code) => "Charge " + code, look: "Bewegungen ansehen", far: "zu lange her",
  },
};
