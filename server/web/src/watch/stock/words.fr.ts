import { plural } from "../../core/tongues.ts";
import { units } from "../../core/units.fr.ts";
import { Format } from "../format.ts";
import type { GoodsWords } from "./words.ts";

const format = new Format("fr-FR");
const form = plural("fr");
const n = (count: number): string => format.number(count);
const many = (count: number, one: string, more: string): string => n(count) + " " + form(count, one, more);

export const goodsFrench: GoodsWords = {
  pages: { stock: "Stock", why: "Article", devices: "Appareils", codes: "Codes inconnus", counts: "Comptages à valider" },
  standsSince: (time) => "Chiffres de " + time + ". Ce qui a changé depuis n’est pas connu.",
  asOf: (time) => "état à " + time,
  unit: (quantity, unit) => format.decimal(quantity) + (unit ? " " + units.of(quantity, unit) : ""),
  in: (what) => "en " + what,
  more: "Afficher plus", capped: (rows) => "Voici les " + n(rows) + " premiers. Cherchez, ou choisissez un site ou un emplacement, pour voir les autres.",
  reason: "Motif", reasonHow: "au journal, à côté de votre nom", reasonNeeded: "Dites d’abord pourquoi. Rien n’a été changé.", cancel: "Abandonner", done: (message) => message,
  stock: {
    title: "Stock", byProduct: "Par article", byPlace: "Par emplacement", search: "Recherche", searchHow: "code ou nom", category: "Catégorie", place: "Emplacement", find: "Afficher", everything: "Tout", negative: "Sous zéro", minimum: "Sous le minimum",
    columns: { product: "Article", place: "Emplacement", onHand: "En stock", available: "Disponible", held: "Bloqué", incoming: "En réception", value: "Valeur", changed: "Modifié", notes: "À regarder" },
    columnsHow: "Le disponible n’est ni bloqué ni en quarantaine. En réception : ce qui est arrivé et pas encore rangé. Les deux font partie du stock.",
    none: "Rien ne correspond", noneHow: "Changez la recherche ou les filtres ci-dessus.",
    belowAt: (quantity, place) => quantity + " en " + place, least: (available, min, place) => available + " pour un minimum de " + min + (place ? " en " + place : ""),
    noCost: "coût inconnu", explain: (quantity, product) => "Pourquoi " + quantity + " ? " + product, wholeSite: "tout le site",
  },
  why: {
    title: "Article", how: "Choisissez un article pour voir où il est, et pourquoi chaque chiffre est ce qu’il est.", product: "Article", open: "Ouvrir", places: "Où il est", everywhere: "Tous les emplacements",
    question: (quantity) => "Pourquoi " + quantity + " ?",
    lastCounted: (quantity, when, who) => "Dernier comptage à " + when + " par " + who + " : " + quantity + ".",
    lastRight: (quantity, when) => "Juste pour la dernière fois avant " + when + ", avec " + quantity + ". Pas compté depuis.",
    start: "Jamais compté. Voici tout ce qui s’est passé ici.", unknown: (quantity) => "Les mouvements plus anciens ne sont pas affichés. Avant ceux-ci : " + quantity + ".",
    crossed: (when, who, did, took, before) => "Passé sous zéro à " + when + " : " + who + ", " + did.toLowerCase() + " de " + took + " quand le stock était de " + before + ".",
    since: (came, went, scans) => "Depuis, entré : " + came + ", sorti : " + went + ", en " + many(scans, "scan", "scans") + ".", none0: "rien", nothingSince: "Rien n’a bougé depuis.",
    late: (c) => (c === 1 ? "Un scan est arrivé en retard. Il compte à l’heure où il a été fait." : n(c) + " scans sont arrivés en retard. Chacun compte à l’heure où il a été fait."),
    lateOne: (what, at, booked) => what + " : scanné à " + at + ", arrivé à " + booked + ".",
    undone: (c) => (c === 1 ? "Un scan a été annulé et ne change rien." : n(c) + " scans ont été annulés et ne changent rien."),
    correct: "Corriger", correctHow: "Regardez d’abord l’étagère. Une de ces corrections est validée, à votre nom.",
    corrections: { count: () => "Compté", receive: (missing) => "Entrer les " + missing + " que personne n’a scannés", found: (missing) => "Ils étaient là : retrouver " + missing },
    counted: "Ce qui est là", corrected: "C’est validé. Le chiffre ci-dessus est le nouveau.",
    chart: "Stock au fil du temps", chartHow: "Les flèches gauche et droite lisent la courbe.", chartTable: "La même chose en tableau", chartValue: (when, quantity) => quantity + " à " + when, chartCut: "La courbe commence avec les 2 000 derniers mouvements.",
    spans: { day: "Jour", week: "Semaine", month: "Mois", quarter: "3 mois" },
    moves: "Mouvements", shows: { all: "Tous", in: "Entrées", out: "Sorties", counts: "Comptages", late: "En retard", undone: "Annulés" }, text: "personne, appareil, emplacement, référence",
    columns: { when: "Quand", what: "Quoi", change: "Variation", after: "Ensuite", who: "Qui", why: "Pourquoi" }, none: "Aucun mouvement ne correspond.",
    marks: { crossing: "L’a fait passer sous zéro", late: (by) => "En retard de " + by, undone: (by) => "Annulé" + (by ? " par " + by : ""), base: "Compté ici", changed: (entry) => "modifié par l’écriture " + entry },
    older: "Afficher les plus anciens", entry: (i) => "Écriture " + i, gone: "Cet article n’existe pas.", nothing: "Rien n’en a jamais bougé ici.", to: (place) => "vers " + place, from: (place) => "de " + place,
  },
  devices: {
    title: "Appareils", states: { all: "Tous", trouble: "À regarder", unsent: "Pas envoyé", away: "Absents", revoked: "Révoqués" },
    columns: { device: "Appareil", state: "Vu pour la dernière fois", unsent: "Pas encore envoyé", battery: "Batterie", clock: "Horloge", focus: "N’écoutait pas", app: "Version", actions: "Actions" },
    online: "Connecté", away: (since) => "Absent, vu " + since, never: "Pas vu depuis le démarrage du serveur", revoked: (when, who) => "Révoqué " + when + (who ? " par " + who : ""),
    unsent: (c) => many(c, "scan", "scans"), oldest: (span) => "le plus ancien attend depuis " + span,
    troubles: { unsent: "Rien d’envoyé depuis plus de 15 minutes : cherchez un coin sans Wi-Fi", battery: "Batterie faible", clock: "Son horloge est fausse" }, lostFocus: (c) => many(c, "fois", "fois"),
    clockOk: "juste", ahead: (span) => "avance de " + span, behind: (span) => "retard de " + span, unknown: "pas connu",
    message: "Message", messageText: "Ce qu’il affiche", send: "Envoyer", sent: (online) => (online ? "Envoyé. Il affiche le message maintenant." : "Gardé. Il affichera le message à son retour."), waiting: (c) => many(c, "message attend", "messages attendent"),
    askLog: "Demander son journal", logComes: (online) => (online ? "Demandé. Son journal arrive dans un instant." : "Demandé. Son journal arrivera à son retour."), logWaits: (who, when) => "Journal demandé par " + who + ", " + when,
    log: (when, kilobytes) => "Enregistrer son journal de " + when + ", " + kilobytes + " ko",
    rename: "Renommer", newName: "Comment on l’appelle", save: "Enregistrer", renamed: "Renommé.",
    revoke: "Révoquer", revokeHow: (name, unsent) => name + " n’ouvre plus rien à partir de maintenant, et ne peut plus servir à scanner. " + (unsent ? "Il garde encore " + unsent + ". " : "") + "Ce qu’il a scanné avant est gardé et accepté pendant 30 jours, dès qu’il se connecte. Pour le réutiliser, associez-le de nouveau.",
    stolen: "Il a été volé ou perdu", stolenHow: "Alors plus rien n’en est accepté, même ce qu’il a scanné avant.", revokeYes: (name) => "Révoquer " + name, revokedNow: (name) => name + " est révoqué.",
    pair: "Associer un appareil", pairHow: "Créez un code, puis scannez-le avec la caméra du terminal. Il ouvre la page du terminal et reçoit sa propre clé ; personne d’autre ne la voit.", pairName: "Nom dans le journal", pairCalled: "Comment on l’appelle", pairRole: "Rôle", pairSite: "Travaille à", pairMake: "Créer le code",
    pairScan: "Scannez ceci avec le terminal", pairUntil: (time) => "Il sert une fois, jusqu’à " + time + ".", pairOver: "Ce code n’est plus valable. Créez-en un autre.", pairDone: (name) => name + " est associé.", qr: "Code QR qui associe le terminal",
    roles: { floor: "Entrepôt", dock: "Quai", supervisor: "Responsable", admin: "Administrateur" }, everywhere: "Tous les sites", none: "Aucun appareil ne correspond", noneHow: "Associez-en un avec le bouton ci-dessus.",
  },
  codes: {
    title: "Codes inconnus", how: "Leurs scans sont gardés et ne comptent pas dans le stock. Dites une fois ce qu’est un code : tous ses scans sont alors validés, chacun à son heure.", none: "Tous les codes sont connus", noneHow: "Les scans de codes inconnus apparaissent ici.",
    kinds: { product: "Article", location: "Emplacement", serial: "Numéro de série", operator: "Badge" },
    scans: (c) => many(c, "scan", "scans"), between: (first, last) => (first === last ? first : first + " à " + last), by: (devices) => "par " + devices, name: "Dire ce que c’est", close: "Fermer",
    product: "Article", productHow: "code ou nom", quantity: "Un code représente", quantityHow: "1 si vide", unit: "Unité", place: "Emplacement", operator: "Personne",
    plan: "Ce qui sera validé", planNone: "Choisissez ce que c’est pour voir ce qui sera validé.",
    planLine: (when, did, quantity, from, to) => when + " : " + did + " " + quantity + (from && to ? ", de " + from + " vers " + to : from ? " en " + from : to ? " vers " + to : ""),
    asScanned: "comme le code le dit", asCounted: "ce qui a été compté", all: "la totalité", more: (c) => "et " + n(c) + form(c, " autre", " autres"), left: (c) => many(c, "autre code attend.", "autres codes attendent."), map: (c) => "Valider " + many(c, "scan", "scans"),
    dismiss: "Écarter", dismissHow: (c) => (c === 1 ? "Le scan reste au journal et n’est jamais validé." : n(c) + " scans restent au journal et ne sont jamais validés.") + " Un responsable peut revenir là-dessus.", dismissYes: (c) => "Écarter " + many(c, "scan", "scans"), dismissed: (c) => many(c, "scan écarté.", "scans écartés."),
    only: (c) => "Les " + n(c) + " plus anciens passent d’abord ; les autres restent ici.", notYours: "Ce qu’est un code d’article ou un badge vaut pour tous les sites : c’est un responsable de tous les sites qui le dit.",
  },
  counts: {
    title: "Comptages à valider", how: "Ces comptages s’écartent du stock théorique plus que le site ne l’admet. En attendant, le comptage fait foi.", none: "Aucun comptage n’attend", noneHow: "Les comptages avec un grand écart apparaissent ici.",
    expected: "Attendu", counted: "Compté", difference: "Écart", worth: (value) => "soit " + value, since: (change, scans) => change + " depuis, en " + many(scans, "scan", "scans"), still: "rien n’a bougé depuis", now: (quantity) => "maintenant " + quantity,
    by: (who, when) => "compté par " + who + " " + when, taken: (who) => who + " s’en occupe", accept: "Valider", recount: "Faire recompter", decided: (choice, product) => choice + " : " + product, undo: "Annuler", lot: (code) => "lot " + code, look: "Voir les mouvements", far: "trop ancien pour le dire",
  },
};
