import { plural } from "../core/tongues.ts";
import { Format } from "./format.ts";
import { goodsFrench } from "./stock/words.fr.ts";
import { workFrench } from "./work/words.fr.ts";
import type { Words } from "./words.ts";

const format = new Format("fr-FR");
const form = plural("fr");
const n = (count: number): string => format.number(count);
const many = (count: number, one: string, more: string): string => n(count) + " " + form(count, one, more);

const french: Words = {
  code: "fr", dir: "ltr", format,
  title: "Bayledger",
  goods: goodsFrench, work: workFrench,
  skip: "Aller au contenu",
  menu: "Menu",
  pages: { live: "En direct", attention: "À traiter", history: "Historique", wall: "Écran mural" },
  state: { off: "Pas connecté", connecting: "Connexion", live: "En direct", stale: (asOf) => "Pas en direct, " + asOf, stopped: "Arrêté" },
  asOf: (time) => "état à " + time,
  nothingYet: "rien reçu pour l’instant",
  lost: (asOf, seconds) => "La connexion est coupée. Vous voyez : " + asOf + ". Nouvel essai" + (seconds > 1 ? " dans " + seconds + " secondes environ." : "."),
  restored: "Les données ont été restaurées d’une sauvegarde. Les écritures d’avant ne sont plus affichées.",
  reload: "Recharger la page",
  allSites: "Tous les sites",
  site: "Site",
  theme: "Clair ou sombre", themes: { auto: "Comme l’appareil", light: "Clair", dark: "Sombre" },
  language: "Langue",
  keys: "Touches lettres", keysHow: "J va au plus récent, P met en pause",
  settings: "Réglages", close: "Fermer", account: "Compte", leave: "Oublier la clé",
  signIn: {
    title: "Ouvrir la vue en direct",
    how: "Entrez la clé d’un responsable ou d’un administrateur. Celle de l’administrateur est dans le fichier admin.key du dossier de données. Elle est gardée jusqu’à la fermeture de cet onglet.",
    key: "Clé", open: "Ouvrir", or: "Ou", login: "se connecter",
    refused: "Cette clé n’ouvre pas la vue en direct : elle est fausse, révoquée, ou celle d’un terminal. Entrez la clé d’un responsable ou d’un administrateur.",
  },
  asking: {
    unreachable: "Le serveur n’a pas répondu. On ne sait pas si quelque chose a changé ; vérifiez, et réessayez.",
    unreadable: (status) => "La réponse du serveur (" + status + ") était illisible. On ne sait pas si quelque chose a changé ; vérifiez, et réessayez.",
  },
  part: {
    loading: "Chargement", failed: "Impossible d’afficher ceci.", again: "Réessayer", notFound: "Il n’y a pas de page ici", notFoundHow: "Rien n’est perdu. Choisissez une page du menu.",
    notYours: "Votre rôle n’ouvre pas cette page.", more: "Afficher plus", rows: (c) => many(c, "ligne", "lignes"),
  },
  numbers: {
    title: "Chiffres", scans: "Scans par minute", online: "Appareils connectés", unsent: "Pas encore envoyé", attention: "À traiter", lag: "Du scan à l’affichage",
    perMinute: "sur la dernière minute", of: (total) => "sur " + total, noDataSince: (time) => "pas de données depuis " + time, noData: "pas encore de données", measuring: "mesure en cours",
    lastHour: (points) => form(points, "la dernière minute", "les " + n(points) + " dernières minutes"), oldest: (span) => "le plus ancien depuis " + span, oldestUnknown: "depuis quand, on ne sait pas", nothingWaits: "rien n’attend sur un appareil",
    alerts: (c) => many(c, "alerte", "alertes"), exceptions: (c) => many(c, "anomalie", "anomalies"), allWell: "tout va bien", p95: "pour 19 scans sur 20", noScans: "aucun scan en 5 minutes",
    away: (c) => many(c, "absent", "absents"), allOnline: "tous", noDevices: "aucun n’est associé", table: (label) => label + ", par minute", minute: "Minute", notYours: "pas pour votre rôle",
  },
  feed: {
    title: "Activité", list: "Écritures, les plus récentes d’abord", pause: "Pause", goOn: "Reprendre",
    paused: (time, newer) => "En pause depuis " + time + ". " + many(newer, "plus récente.", "plus récentes."), jump: "Aller au plus récent",
    empty: "Rien n’a encore été validé. Les scans apparaissent ici dès qu’ils le sont.",
    emptyFilter: "Rien de ce qui est arrivé ne répond au filtre. Ce qui arrive et y répond apparaît ici.",
    skipped: (c) => many(c, "écriture sautée.", "écritures sautées."), older: (c) => many(c, "écriture plus ancienne est", "écritures plus anciennes sont") + " dans l’historique.", openHistory: "Ouvrir l’historique",
    columns: { time: "Heure", who: "Qui", what: "Quoi", where: "Où", outcome: "Résultat" },
    group: (c) => many(c, "écriture", "écritures"),
    filter: "Filtre", filterHow: "Des mots comme device:bleu place:A-03 state:needs ; aussi who: item: do: site: lag:60. Ce qui contient des espaces, entre guillemets droits.", filterSuch: (example) => "Filtre : " + example, clear: "Effacer",
    unknown: (word) => "Il n’y a pas de filtre " + word + ". Il est cherché comme texte.",
    views: "Vues enregistrées", saveView: "Enregistrer comme vue", viewName: "Nom de la vue", forgetView: (name) => "Oublier la vue " + name,
    count: (c) => many(c, "écriture", "écritures"), entry: (i) => "Écriture " + i, of: (time) => "de " + time,
  },
  entry: {
    verbs: {
      add: "Entrée", remove: "Sortie", move: "Transfert", isolate: "Quarantaine", release: "Libération", assemble: "Montage", disassemble: "Démontage", pack: "Mise en colis", unpack: "Sortie de colis", count: "Comptage",
      scrap: "Rebut", undo: "Annulation", map: "Code attribué", decide: "Décision", close: "Clôture", "session-open": "Inventaire ouvert", "session-close": "Inventaire fermé", ask: "Appel au responsable", skip: "Scan perdu",
    },
    outcomes: { applied: "Validé", absorbed: "Déjà compté", exception: "Anomalie", parked: "En attente", refused: "Refusé" },
    kinds: { intent: "Scan", correction: "Correction", decision: "Décision", edit: "Modification", alert: "Alerte", day: "Nouveau jour", recost: "Revalorisation" },
    made: "Créé", changed: "Modifié", corrected: "Corrigé", others: (c) => "et " + n(c) + form(c, " autre", " autres"), lines: (c) => many(c, "ligne", "lignes"),
    lot: (code) => "lot " + code, serial: (code) => "n° de série " + code, at: (place) => "en " + place, to: (place) => "vers " + place, from: (place) => "en " + place,
    difference: (sign, quantity) => "écart " + sign + quantity, noDifference: "aucun écart", inSite: (site) => "à " + site, empty: "vide", more: (c) => n(c) + " de plus", server: "Bayledger",
  },
  attention: {
    title: "À traiter", none: "Rien à traiter.", noneHow: "Les alertes et anomalies apparaissent ici dès qu’elles surviennent.",
    said: (message) => "Nouveau : " + message, saidMany: (c) => many(c, "nouveau point à traiter.", "nouveaux points à traiter."), since: (time) => "depuis " + time,
    kinds: {
      short: "Sorti, absent du stock", held_taken: "Article bloqué sorti", doubtful_count: "Comptage douteux", count_difference: "Écart d’inventaire", identity_conflict: "Deux scans, un numéro", lost_scan: "Scan perdu",
      reinstalled: "Appareil réinstallé", sealed: "Scan d’un ancien appareil", double_scan: "Scanné deux fois ?", serial_two_places: "N° de série en deux lieux", barcode_dispute: "Code-barres disputé", recount: "Recompter", ambiguous: "Pas clair",
      not_allowed: "Pas autorisé", no_reason: "Motif manquant", overfull: "Emplacement trop plein", closing: "Supprimé, encore utilisé", has_variants: "Quelle variante ?", closed_books: "Période clôturée", held_short: "Article bloqué manquant",
      operator_inactive: "Personne inactive", serial_unknown: "N° de série inconnu", serial_in_stock: "N° de série déjà en stock", asset_incomplete: "Machine incomplète", serial_returned: "N° de série revenu", serial_mismatch: "N° de série ailleurs",
      still_parked: "Toujours en attente", asked: "Demande d’aide", package_circle: "Colis dans lui-même",
    },
    alertKinds: { low: "Stock bas", over: "Surstock", out: "Rupture", negative: "Sous zéro", held_taken: "Article bloqué sorti", expiring: "Bientôt périmé", expired: "Périmé" },
    severities: { critical: "Urgent", warning: "Important", info: "Pour info" },
    acknowledge: "Je m’en occupe", snooze: "Plus tard", snoozeHour: "Dans une heure", snoozeDay: "Demain", wake: "Rendre",
    acknowledgedBy: (who) => who + " s’en occupe", snoozedBy: (who, until) => who + " l’a reporté jusqu’à " + until, escalated: "Personne n’a répondu",
    take: "Je m’en occupe", leaveIt: "Rendre", takenBy: (who) => who + " s’en occupe",
    choices: { take: "Je m’en occupe", leave: "Rendre", accept: "Accepter tel quel", recount: "Faire recompter", dismiss: "Écarter", returned: "Remis en place", written_off: "Passer en perte", reject: "Refuser le comptage", answered: "C’est fait" },
    recommended: "Conseillé", otherwise: "Autre chose",
    advice: {
      recount: "Faites compter l’emplacement : le stock sera juste, quoi qu’il se soit passé.",
      accept: "Cela s’est passé comme scanné : laissez-le validé.",
      dismiss: "Rien n’est à réparer : c’est seulement à savoir.",
      returned: "Faites-le rapporter, puis dites-le.",
      take: "Regardez de plus près : dites que vous le faites, pour que personne d’autre n’ait à le faire.",
      reject: "L’heure du comptage est douteuse : faites recompter.",
      answered: "Quelqu’un en bas attend cela : occupez-vous-en, puis dites-le.",
    },
    decided: (choice) => "Décidé : " + choice + ".", undo: "Annuler", undone: "Annulé : c’est de nouveau ouvert.", underway: "Envoi",
    more: (c) => many(c, "autre est ouvert.", "autres sont ouverts."), openAll: "Ouvrir la liste", byWhom: (who) => "par " + who,
    show: { all: "Tout", alerts: "Alertes", exceptions: "Anomalies", mine: "Les miens" }, explain: "Pourquoi ?", askedBy: (who, device, when) => "Demandé par " + who + (device && device !== who ? " sur " + device : "") + ", " + when,
  },
  history: {
    title: "Historique", asOf: (i) => "La dernière écriture est la " + i + ".", olderPage: "Plus anciennes", newerPage: "Plus récentes", from: (i) => "Après l’écriture " + i, empty: "Rien ici ne correspond.",
    searched: (i) => "Cherché jusqu’à l’écriture " + i + ".",
  },
  wall: { title: "Écran mural", newest: "Activité", attention: "À traiter", none: "Rien à traiter", leave: "Quitter l’écran mural" },
};

export default french;
