import { german as flow } from "../core/flow/words.de.ts";
import { units } from "../core/units.de.ts";
import type { WedgeWords } from "../core/wedge/words.ts";
import type { CameraWords } from "./camera/words.ts";
import { german as job } from "./jobwords.de.ts";
import { german as read } from "./readwords.de.ts";
import type { Language, UiWords } from "./words.ts";

const wedge: WedgeWords = {
  known: (profile) => "Der Leser ist jetzt bekannt: " + profile + ".",
  good: {
    digits: "Ziffern kommen an, wie sie sind.", letters: "Buchstaben kommen an, wie sie sind, klein und groß.", symbols: "Zeichen kommen an, wie sie sind.",
    zero: "Führende Nullen kommen an.", long: "Lange Codes kommen ganz an.", end: "Jeder Scan endet von selbst.",
  },
  name: { digits: "Ziffern", letters: "Buchstaben", symbols: "Zeichen", zero: "Führende Null", long: "Vierzig Zeichen", end: "Ende" },
  missing: (code) => "Noch nicht gescannt: " + code + ".",
  missingFirst: "Noch nicht gescannt: einer der beiden Codes oben auf dem Blatt.",
  allIsWell: "Mit diesem Leser ist alles in Ordnung.",
  layoutFound: (layout) => "Der Leser tippt für eine US-Tastatur, das Gerät hat " + layout + ". Scannen Sie einen der beiden Codes oben auf dem Blatt: Das Profil behebt es.",
  capsLock: (code) => code + ": Groß und klein sind vertauscht. Schalten Sie die Feststelltaste aus.",
  twoInOne: "Zwei Scans kamen als einer an. Stellen Sie am Leser CR (Enter) als Endezeichen ein.",
  keysLost: "Vierzig Zeichen: Tasten gehen verloren. Stellen Sie am Leser 5 ms oder mehr zwischen den Tasten ein.",
  changed: (text) => "Ein Code des Blattes kam verändert an: " + text + ". Scannen Sie ihn noch einmal; bleibt es so, einen der beiden Codes oben auf dem Blatt.",
  dropsSeparator: "Der Leser lässt das Trennzeichen zwischen GS1-Elementen weg (FNC1). Stellen Sie ein, dass er GS sendet (Byte 29, Strg-]), oder einen Text wie <GS>, den das Profil nennt.",
  noIdentifier: "Der Leser sendet keine Symbologie-Kennung. Schalten Sie AIM-Kennungen ein: Ohne sie kann eine Nummer für eine andere gehalten werden.",
  noSuffix: "Der Leser sendet nichts hinter einem Scan. Stellen Sie CR (Enter) ein: Ohne es ist nur eine Pause das Ende.",
  learnedLayout: (layout) => "Der Leser tippt für eine US-Tastatur, das Gerät hat " + layout + ". Das Profil behebt das; besser stellen Sie den Leser um.",
  poorSeparator: (separator) => "Das Trennzeichen " + separator + " kann Teil einer Charge sein. Wählen Sie eines, das es nicht kann: ~ oder <GS>.",
  prefix: "davor", suffix: "dahinter", separator: "FNC1 kommt als", layout: "Tastatur",
  asTheyAre: "er sendet Scans, wie sie sind",
};

const kept = " Alles Gescannte ist auf diesem Gerät";

const ui: UiWords = {
  title: "Bayledger-Handgerät",
  mode: { add: "Einlagern", remove: "Entnehmen", move: "Umlagern", isolate: "Sperren", count: "Zählen", assemble: "Einbauen", disassemble: "Ausbauen", lookup: "Nachsehen" },
  state: { ready: "Bereit", saved: "Auf dem Gerät gesichert", sent: "Gesendet", check: "Bitte ansehen", stop: "Halt" },
  mark: { saved: "Noch nicht gesendet", booked: "Gesendet", needs: "Braucht Sie" },
  connection: { connecting: "Verbindet", on: "Verbunden", off: "Keine Verbindung", stopped: "Braucht jemanden" },
  notSent: (n) => "Noch nicht gesendet: " + n,
  allSent: "Alles gesendet",
  needsYou: (n) => "Braucht Sie: " + n,
  ready: "Bereit zum Scannen",
  notListening: "Hört nicht zu: hier tippen",
  undo: "Zurück", redo: "Wieder buchen", quantity: "Menge", more: "Mehr", close: "Schließen", ok: "OK",
  okHow: "Halten Sie OK, oder scannen Sie OK vom Blatt.",
  confirm: "Bestätigen", cancel: "Abbrechen", done: "Fertig hier",
  unit: (quantity, unit) => units.of(quantity, unit),
  stockAfter: (amount, at) => "Dort: " + amount + ", Stand " + at,
  inHand: (n) => "In der Hand: " + n,
  behind: (n) => "Dahinter warten: " + n,
  previous: "Davor",
  nothingYet: "Noch nichts gescannt",
  next: "Nächster Schritt",
  quantityTitle: "Wie viele?",
  thisOne: "Das letzte war so viel", nextOne: "Das nächste ist so viel",
  sound: "Ton", soundOn: "An", soundOff: "Aus",
  hand: "Hand", left: "Links", right: "Rechts",
  theme: "Hell oder dunkel", themes: { auto: "Wie das Gerät", light: "Hell", dark: "Dunkel" },
  language: "Sprache",
  keepFile: "Alle Scans dieses Geräts als Datei sichern",
  seen: "Gesehen", noNotes: "Nichts braucht Sie.",
  typeCode: "Code eintippen", take: "Nehmen",
  reason: "Grund", say: "Merken",
  device: (name, site) => name + " an " + site,
  catalogueAsOf: (at) => "Katalog, Stand " + at,
  pairTitle: "Dieses Handgerät koppeln",
  pairHow: "Lassen Sie auf der Seite des Servers einen Code für dieses Handgerät machen, und scannen Sie ihn hier mit der Kamera des Geräts oder mit seinem Leser.",
  pairTerminal: "Für ein Handgerät im Terminal geben Sie die ganze Adresse an bayledger scan --pair. Jeder Code gilt einmal.",
  pairing: "Koppelt …",
  pairFailed: (why) => "Dieses Handgerät wurde nicht gekoppelt: " + why + " Nichts wurde geändert; lassen Sie einen neuen Code machen und scannen Sie den.",
  pairWaiting: (n) => "Dieses Gerät hat noch " + (n === 1 ? "1 Scan seiner alten Kopplung, der nicht gesendet ist" : n + " Scans seiner alten Kopplung, die nicht gesendet sind") + ". Es wurde nicht neu gekoppelt; verbinden Sie es zuerst, oder sichern Sie " + (n === 1 ? "ihn" : "sie") + " als Datei.",
  pairOpen: (n) => (n === 1 ? "1 Scan wartet" : n + " Scans warten") + " auf diesem Gerät hinter einer PIN. Es wurde nicht neu gekoppelt; öffnen Sie diese Seite ohne den Code, geben Sie die PIN ein oder wählen Sie Jetzt nicht, und verbinden Sie es zuerst.",
  otherTab: "Dieses Handgerät ist in einem anderen Tab oder Fenster offen. Schließen Sie das; dieses macht dann von selbst weiter.",
  unopened: {
    title: "Dieses Handgerät kann jetzt nicht scannen",
    why: {
      newer: "Diese Seite ist älter als das, was auf diesem Gerät gesichert ist: Der Server wurde auf einen früheren Stand zurückgesetzt.",
      held: "Ein älteres Fenster dieses Handgeräts ist noch offen und hält, was auf diesem Gerät gesichert ist.",
      failed: "Was auf diesem Gerät gesichert ist, lässt sich jetzt nicht lesen.",
    },
    kept: "Auf diesem Gerät wurde nichts gelöscht oder geändert: Was gescannt wurde, bleibt. Was jetzt gescannt wird, wird nicht genommen.",
    what: {
      newer: "Immer wieder wird nach einer neueren Seite gefragt; sobald der Server sie hat, macht dieses Handgerät von selbst weiter. Scannen Sie bis dahin mit einem anderen Gerät, und sagen Sie es der Verwaltung.",
      held: "Schließen Sie alle anderen Fenster und Tabs dieses Handgeräts; dieses macht dann von selbst weiter.",
      failed: "Laden Sie die Seite neu. Hilft das nicht, starten Sie das Gerät neu; sichern Sie dann die Scans als Datei, und geben Sie Gerät und Datei der Verwaltung. Löschen Sie keine Daten des Browsers.",
    },
    again: "Seite neu laden",
    fileKept: "Die Datei ist gesichert.",
    noFile: "Auch die Datei ließ sich nicht machen. Lassen Sie das Gerät, wie es ist, und geben Sie es der Verwaltung.",
  },
  insecure: "Diese Adresse ist nicht sicher (kein https), deshalb behält ein Browser nichts und installiert nichts. Öffnen Sie auf diesem Gerät die Seite /trust des Servers, vertrauen Sie seiner Stelle, und kommen Sie über https wieder.",
  trust: "Diesem Server vertrauen",
  notKept: "Der Browser darf löschen, was gesichert ist, wenn Platz fehlt. Legen Sie diese Seite auf den Startbildschirm, damit Scans sicher sind.",
  nearlyFull: "Auf diesem Gerät ist wenig Platz. Verbinden Sie es, damit Scans gesendet werden und Platz frei wird.",
  tooFast: "Zu viele Scans warten auf das Sichern. Der letzte wurde nicht genommen; warten Sie, und scannen Sie ihn noch einmal.",
  tooLarge: "Es gibt mehr, als dieses Gerät halten kann: Nicht alles lässt sich ohne Netz nachsehen. Das Scannen geht weiter.",
  notStored: (code) => ({
    outbox_full: "Dieses Gerät hält so viele ungesendete Scans, wie es kann. Der Scan wurde nicht genommen; verbinden Sie das Gerät, dann scannen Sie noch einmal.",
    disk_full: "Auf diesem Gerät ist kein Platz. Der Scan wurde nicht genommen; schaffen Sie Platz oder verbinden Sie es, dann scannen Sie noch einmal.",
    disk_failed: "Dieses Gerät konnte den Scan nicht sichern. Er wurde nicht genommen; scannen Sie noch einmal, und nehmen Sie sonst ein anderes Gerät.",
  })[code],
  lost: (from, through) => (from === through ? "Scan " + from + " ging" : "Scans " + from + " bis " + through + " gingen") + " im Speicher dieses Geräts verloren. Der Server weiß es; sagen Sie, was gescannt war, und zählen Sie.",
  stopped: (why, text) => ({
    bad_key: "Der Server nimmt den Schlüssel dieses Handgeräts nicht an." + kept + "; koppeln Sie es neu.",
    replaced: "Ein anderes Gerät mit diesem Namen hat übernommen." + kept + "; suchen Sie das andere, und koppeln Sie eines der beiden neu.",
    update: "Server und Seite sprechen verschiedene Versionen." + kept + "; laden Sie die Seite neu.",
    bad_frame: "Der Server konnte nicht lesen, was diese Seite sandte." + kept + "; laden Sie die Seite neu und sagen Sie es der Verwaltung.",
    asked: "Der Server bittet, dass jemand nach diesem Gerät sieht." + kept + ".",
  })[why] + (text ? " Der Server sagt: " + text : ""),
};

const camera: CameraWords = {
  camera: "Kamera", open: "Mit der Kamera scannen", close: "Schließen", starting: "Die Kamera startet …",
  aim: "Noch einmal? Erst wegsehen.",
  resting: "Die Kamera ruht.", again: "Weiter", torchOn: "Licht an", torchOff: "Licht aus",
  trouble: {
    none: "Dieses Gerät hat keine Kamera, die eine Seite benutzen darf. Scannen Sie mit dem Leser, oder tippen Sie den Code unter Mehr.",
    denied: "Der Browser lässt diese Seite nicht an die Kamera. Erlauben Sie es in den Einstellungen des Browsers zu dieser Seite, und versuchen Sie es noch einmal.",
    busy: "Eine andere App benutzt die Kamera. Schließen Sie die, und versuchen Sie es noch einmal.",
    broken: "Was Bilder liest, konnte nicht geladen werden. Es braucht einmal das Netz; verbinden Sie das Gerät, und versuchen Sie es noch einmal.",
  },
};

const german: Language = { code: "de", dir: "ltr", flow, wedge, ui, job, read, camera };
export default german;
