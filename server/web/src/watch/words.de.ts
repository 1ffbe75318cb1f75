import { Format } from "./format.ts";
import { goodsGerman } from "./stock/words.de.ts";
import { workGerman } from "./work/words.de.ts";
import type { Words } from "./words.ts";

const format = new Format("de-DE");
const n = (count: number): string => format.number(count);
const many = (count: number, one: string, more: string): string => (count === 1 ? one : n(count) + " " + more);

const german: Words = {
  code: "de", dir: "ltr", format,
  title: "Bayledger",
  goods: goodsGerman, work: workGerman,
  skip: "Zum Inhalt",
  menu: "Menü",
  pages: { live: "Live", attention: "Zu klären", history: "Verlauf", wall: "Wandbild" },
  state: { off: "Nicht verbunden", connecting: "Verbindet", live: "Live", stale: (asOf) => "Nicht live, " + asOf, stopped: "Angehalten" },
  asOf: (time) => "Stand " + time,
  nothingYet: "noch nichts empfangen",
  lost: (asOf, seconds) => "Die Verbindung ist unterbrochen. Sie sehen: " + asOf + ". Neuer Versuch" + (seconds > 1 ? " in etwa " + seconds + " Sekunden." : "."),
  restored: "Die Bücher wurden aus einer Sicherung wiederhergestellt. Einträge von vorher werden nicht mehr gezeigt.",
  reload: "Seite neu laden",
  allSites: "Alle Standorte",
  site: "Standort",
  theme: "Hell oder dunkel", themes: { auto: "Wie das Gerät", light: "Hell", dark: "Dunkel" },
  language: "Sprache",
  keys: "Buchstabentasten", keysHow: "J springt zum Neuesten, P hält an",
  settings: "Einstellungen", close: "Schließen", account: "Konto", leave: "Schlüssel vergessen",
  signIn: {
    title: "Live-Ansicht öffnen",
    how: "Geben Sie den Schlüssel einer Aufsicht oder Verwaltung ein. Der der Verwaltung steht in der Datei admin.key des Datenordners. Er bleibt, bis dieser Tab geschlossen wird.",
    key: "Schlüssel", open: "Öffnen", or: "Oder", login: "anmelden",
    refused: "Dieser Schlüssel öffnet die Live-Ansicht nicht: Er ist falsch, entzogen oder der eines Handgeräts. Geben Sie den einer Aufsicht oder Verwaltung ein.",
  },
  asking: {
    unreachable: "Der Server hat nicht geantwortet. Ob sich etwas geändert hat, ist nicht bekannt; sehen Sie nach, und versuchen Sie es noch einmal.",
    unreadable: (status) => "Die Antwort des Servers (" + status + ") war nicht zu lesen. Ob sich etwas geändert hat, ist nicht bekannt; sehen Sie nach, und versuchen Sie es noch einmal.",
  },
  part: {
    loading: "Lädt", failed: "Das konnte nicht gezeigt werden.", again: "Noch einmal", notFound: "Hier gibt es keine Seite", notFoundHow: "Nichts ist verloren. Wählen Sie eine Seite im Menü.",
    notYours: "Ihre Rolle öffnet diese Seite nicht.", more: "Mehr zeigen", rows: (c) => many(c, "1 Zeile", "Zeilen"),
  },
  numbers: {
    title: "Zahlen", scans: "Scans je Minute", online: "Geräte verbunden", unsent: "Noch nicht gesendet", attention: "Zu klären", lag: "Scan bis Anzeige",
    perMinute: "in der letzten Minute", of: (total) => "von " + total, noDataSince: (time) => "keine Daten seit " + time, noData: "noch keine Daten", measuring: "misst",
    lastHour: (points) => "die letzten " + many(points, "Minute", "Minuten"), oldest: (span) => "der älteste seit " + span, oldestUnknown: "seit wann, ist nicht bekannt", nothingWaits: "auf keinem Gerät wartet etwas",
    alerts: (c) => many(c, "1 Warnung", "Warnungen"), exceptions: (c) => many(c, "1 Ausnahme", "Ausnahmen"), allWell: "alles in Ordnung", p95: "bei 19 von 20 Scans", noScans: "kein Scan in 5 Minuten",
    away: (c) => many(c, "1 ist weg", "sind weg"), allOnline: "alle", noDevices: "keines ist gekoppelt", table: (label) => label + ", je Minute", minute: "Minute", notYours: "nicht für Ihre Rolle",
  },
  feed: {
    title: "Buchungen", list: "Einträge, die neuesten zuerst", pause: "Anhalten", goOn: "Weiter",
    paused: (time, newer) => "Angehalten um " + time + ". " + n(newer) + " neuere.", jump: "Zum Neuesten",
    empty: "Noch ist nichts gebucht. Scans erscheinen hier, sobald sie gebucht sind.",
    emptyFilter: "Nichts davon passt zum Filter. Was kommt und passt, erscheint hier.",
    skipped: (c) => many(c, "1 Eintrag", "Einträge") + " übersprungen.", older: (c) => many(c, "1 älterer Eintrag steht", "ältere Einträge stehen") + " im Verlauf.", openHistory: "Verlauf öffnen",
    columns: { time: "Zeit", who: "Wer", what: "Was", where: "Wo", outcome: "Ergebnis" },
    group: (c) => many(c, "1 Eintrag", "Einträge"),
    filter: "Filter", filterHow: "Wörter wie device:blau place:A-03 state:needs; auch who: item: do: site: lag:60. Was Leerzeichen hat, in doppelten Anführungszeichen.", filterSuch: (example) => "Filter: " + example, clear: "Leeren",
    unknown: (word) => "Einen Filter " + word + " gibt es nicht. Er wird als Text gesucht.",
    views: "Gesicherte Ansichten", saveView: "Als Ansicht sichern", viewName: "Name der Ansicht", forgetView: (name) => "Ansicht " + name + " vergessen",
    count: (c) => many(c, "1 Eintrag", "Einträge"), entry: (i) => "Eintrag " + i, of: (time) => "von " + time,
  },
  entry: {
    verbs: {
      add: "Eingelagert", remove: "Entnommen", move: "Umgelagert", isolate: "Gesperrt", release: "Freigegeben", assemble: "Eingebaut", disassemble: "Ausgebaut", pack: "Gepackt", unpack: "Ausgepackt", count: "Gezählt",
      scrap: "Verschrottet", undo: "Zurückgenommen", map: "Zugeordnet", decide: "Entschieden", close: "Bücher geschlossen", "session-open": "Zählung begonnen", "session-close": "Zählung beendet", ask: "Um Aufsicht gebeten", skip: "Scan verloren",
    },
    outcomes: { applied: "Gebucht", absorbed: "Schon gezählt", exception: "Ausnahme", parked: "Wartet", refused: "Abgelehnt" },
    kinds: { intent: "Scan", correction: "Korrektur", decision: "Entscheidung", edit: "Änderung", alert: "Warnung", day: "Ein Tag begann", recost: "Neu bewertet" },
    made: "Angelegt", changed: "Geändert", corrected: "Berichtigt", others: (c) => "und " + n(c) + " weitere", lines: (c) => many(c, "1 Zeile", "Zeilen"),
    lot: (code) => "Charge " + code, serial: (code) => "Serie " + code, at: (place) => "in " + place, to: (place) => "nach " + place, from: (place) => "in " + place,
    difference: (sign, quantity) => "Unterschied " + sign + quantity, noDifference: "kein Unterschied", inSite: (site) => "in " + site, empty: "leer", more: (c) => n(c) + " weitere", server: "Bayledger",
  },
  attention: {
    title: "Zu klären", none: "Nichts ist zu klären.", noneHow: "Warnungen und Ausnahmen erscheinen hier, sobald sie entstehen.",
    said: (message) => "Neu: " + message, saidMany: (c) => n(c) + " neue Dinge sind zu klären.", since: (time) => "seit " + time,
    kinds: {
      short: "Entnommen, nicht in den Büchern", held_taken: "Gesperrtes entnommen", doubtful_count: "Zweifelhafte Zählung", count_difference: "Zählung weicht ab", identity_conflict: "Zwei Scans, eine Nummer", lost_scan: "Scan verloren",
      reinstalled: "Gerät neu eingerichtet", sealed: "Scan eines alten Geräts", double_scan: "Zweimal gescannt?", serial_two_places: "Serie an zwei Orten", barcode_dispute: "Barcode strittig", recount: "Nachzählen", ambiguous: "Nicht eindeutig",
      not_allowed: "Nicht erlaubt", no_reason: "Grund fehlt", overfull: "Platz überfüllt", closing: "Gelöscht und benutzt", has_variants: "Welche Variante?", closed_books: "Bücher waren geschlossen", held_short: "Gesperrtes fehlt",
      operator_inactive: "Person nicht aktiv", serial_unknown: "Unbekannte Serie", serial_in_stock: "Serie schon im Bestand", asset_incomplete: "Maschine unvollständig", serial_returned: "Serie ist zurück", serial_mismatch: "Serie anderswo",
      still_parked: "Wartet noch", asked: "Um Hilfe gebeten", package_circle: "Packstück in sich selbst",
    },
    alertKinds: { low: "Knapp", over: "Zu viel", out: "Ausverkauft", negative: "Unter null", held_taken: "Gesperrtes entnommen", expiring: "Läuft bald ab", expired: "Abgelaufen" },
    severities: { critical: "Dringend", warning: "Wichtig", info: "Zur Kenntnis" },
    acknowledge: "Ich kümmere mich", snooze: "Später", snoozeHour: "In einer Stunde", snoozeDay: "Morgen", wake: "Zurückgeben",
    acknowledgedBy: (who) => who + " kümmert sich", snoozedBy: (who, until) => who + " hat es bis " + until + " verschoben", escalated: "Niemand hat geantwortet",
    take: "Ich kümmere mich", leaveIt: "Zurückgeben", takenBy: (who) => who + " kümmert sich",
    choices: { take: "Ich kümmere mich", leave: "Zurückgeben", accept: "So lassen", recount: "Nachzählen lassen", dismiss: "Verwerfen", returned: "Es ist zurückgelegt", written_off: "Abschreiben", reject: "Zählung ablehnen", answered: "Erledigt" },
    recommended: "Empfohlen", otherwise: "Etwas anderes",
    advice: {
      recount: "Lassen Sie den Platz zählen: Danach stimmen die Bücher, was immer war.",
      accept: "Es war, wie gescannt: Lassen Sie es gebucht.",
      dismiss: "Nichts ist zu ändern: Es ist nur zu wissen.",
      returned: "Lassen Sie es zurückbringen, und sagen Sie es dann.",
      take: "Sehen Sie nach: Sagen Sie, dass Sie es tun, dann muss es niemand sonst.",
      reject: "Die Zeit der Zählung ist zweifelhaft: Lassen Sie neu zählen.",
      answered: "Im Lager wartet jemand darauf: Kümmern Sie sich darum, dann sagen Sie es hier.",
    },
    decided: (choice) => "Entschieden: " + choice + ".", undo: "Zurücknehmen", undone: "Zurückgenommen: Es ist wieder offen.", underway: "Sendet",
    more: (c) => (c === 1 ? "1 weiteres ist offen." : n(c) + " weitere sind offen."), openAll: "Liste öffnen", byWhom: (who) => "von " + who,
    show: { all: "Alle", alerts: "Warnungen", exceptions: "Ausnahmen", mine: "Meine" }, explain: "Warum ist das so?", askedBy: (who, device, when) => who + (device && device !== who ? " an " + device : "") + " bittet darum, " + when,
  },
  history: {
    title: "Verlauf", asOf: (i) => "Die Bücher enden bei Eintrag " + i + ".", olderPage: "Ältere", newerPage: "Neuere", from: (i) => "Nach Eintrag " + i, empty: "Hier passt nichts.",
    searched: (i) => "Zurückgesucht bis Eintrag " + i + ".",
  },
  wall: { title: "Wandbild", newest: "Buchungen", attention: "Zu klären", none: "Nichts ist zu klären", leave: "Wandbild verlassen" },
};

export default german;
