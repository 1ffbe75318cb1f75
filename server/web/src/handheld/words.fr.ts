import { french as flow } from "../core/flow/words.fr.ts";
import { plural } from "../core/tongues.ts";
import { units } from "../core/units.fr.ts";
import type { WedgeWords } from "../core/wedge/words.ts";
import type { CameraWords } from "./camera/words.ts";
import { french as job } from "./jobwords.fr.ts";
import { french as read } from "./readwords.fr.ts";
import type { Language, UiWords } from "./words.ts";

const many = plural("fr");

const wedge: WedgeWords = {
  known: (profile) => "Le lecteur est maintenant connu : " + profile + ".",
  good: {
    digits: "Les chiffres arrivent tels quels.", letters: "Les lettres arrivent telles quelles, minuscules et majuscules.", symbols: "Les signes arrivent tels quels.",
    zero: "Les zéros de tête arrivent.", long: "Les codes longs arrivent entiers.", end: "Chaque scan se termine de lui-même.",
  },
  name: { digits: "Chiffres", letters: "Lettres", symbols: "Signes", zero: "Zéro de tête", long: "Quarante caractères", end: "Fin" },
  missing: (code) => "Pas encore scanné : " + code + ".",
  missingFirst: "Pas encore scanné : un des deux codes en haut de la feuille.",
  allIsWell: "Tout va bien avec ce lecteur.",
  layoutFound: (layout) => "Le lecteur tape pour un clavier américain, et l’appareil a " + layout + ". Scannez un des deux codes en haut de la feuille : le profil corrige cela.",
  capsLock: (code) => code + " : majuscules et minuscules sont inversées. Désactivez le verrouillage des majuscules.",
  twoInOne: "Deux scans sont arrivés comme un seul. Réglez CR (Entrée) comme suffixe du lecteur.",
  keysLost: "Quarante caractères : des touches se perdent. Réglez au moins 5 ms entre les touches du lecteur.",
  changed: (text) => "Un code de la feuille est arrivé modifié : " + text + ". Scannez-le encore ; si rien ne change, scannez un des deux codes en haut de la feuille.",
  dropsSeparator: "Le lecteur omet le séparateur entre les éléments GS1 (FNC1). Réglez-le pour envoyer GS (octet 29, Ctrl-]), ou un texte comme <GS> que le profil nomme.",
  noIdentifier: "Le lecteur n’envoie pas d’identifiant de symbologie. Activez les identifiants AIM : sans eux, un numéro peut être pris pour un autre type de code.",
  noSuffix: "Le lecteur n’envoie rien après un scan. Réglez CR (Entrée) comme suffixe : sans lui, seule une pause marque la fin.",
  learnedLayout: (layout) => "Le lecteur tape pour un clavier américain, et l’appareil a " + layout + ". Le profil corrige cela ; mieux vaut régler le lecteur.",
  poorSeparator: (separator) => "Le séparateur " + separator + " peut faire partie d’un lot ou d’un numéro de série. Choisissez-en un qui ne le peut pas : ~ ou <GS>.",
  prefix: "préfixe", suffix: "suffixe", separator: "FNC1 arrive comme", layout: "clavier",
  asTheyAre: "il envoie les scans tels quels",
};

const kept = " Tout ce qui a été scanné est gardé sur cet appareil";

const ui: UiWords = {
  title: "Terminal Bayledger",
  mode: { add: "Entrée", remove: "Sortie", move: "Transfert", isolate: "Quaran\u00adtaine", count: "Inventaire", assemble: "Montage", disassemble: "Démontage", lookup: "Consulter" },
  state: { ready: "Prêt", saved: "Enregistré sur cet appareil", sent: "Envoyé", check: "À regarder", stop: "Stop" },
  mark: { saved: "Pas encore envoyé", booked: "Envoyé", needs: "À traiter" },
  connection: { connecting: "Connexion", on: "Connecté", off: "Hors ligne", stopped: "Besoin d’aide" },
  notSent: (n) => "À envoyer : " + n,
  allSent: "Tout envoyé",
  needsYou: (n) => "À traiter : " + n,
  ready: "Prêt à scanner",
  notListening: "N’écoute pas : touchez ici",
  undo: "Annuler", redo: "Rétablir", quantity: "Quantité", more: "Plus", close: "Retour", ok: "OK",
  okHow: "Maintenez OK, ou scannez OK sur la feuille.",
  confirm: "Confirmer", cancel: "Abandonner", done: "Terminé ici",
  unit: (quantity, unit) => units.of(quantity, unit),
  stockAfter: (amount, at) => "Sur place : " + amount + ", à " + at,
  inHand: (n) => "En main : " + n,
  behind: (n) => "En attente derrière : " + n,
  previous: "Avant cela",
  nothingYet: "Rien n’a encore été scanné",
  next: "Étape suivante",
  quantityTitle: "Combien ?",
  thisOne: "Le dernier en comptait", nextOne: "Le prochain en compte",
  sound: "Son", soundOn: "Oui", soundOff: "Non",
  hand: "Main", left: "Gauche", right: "Droite",
  theme: "Clair ou sombre", themes: { auto: "Comme l’appareil", light: "Clair", dark: "Sombre" },
  language: "Langue",
  keepFile: "Enregistrer tous les scans de cet appareil dans un fichier",
  seen: "Vu", noNotes: "Rien à traiter.",
  typeCode: "Taper un code", take: "Prendre",
  reason: "Motif", say: "Noter",
  device: (name, site) => name + " à " + site,
  catalogueAsOf: (at) => "Catalogue à " + at,
  pairTitle: "Associer ce terminal",
  pairHow: "Sur la page du serveur, faites créer un code pour ce terminal, et scannez-le ici avec la caméra de l’appareil ou avec son lecteur.",
  pairTerminal: "Pour un terminal en ligne de commande, donnez l’adresse entière à bayledger scan --pair. Chaque code sert une fois.",
  pairing: "Association…",
  pairFailed: (why) => "Ce terminal n’a pas été associé : " + why + " Rien n’a été changé ; faites créer un nouveau code et scannez-le.",
  pairWaiting: (n) => "Cet appareil garde encore " + n + many(n, " scan non envoyé", " scans non envoyés") + " de son ancienne association. Il n’a pas été associé de nouveau ; laissez-le d’abord se connecter, ou enregistrez-les dans un fichier.",
  pairOpen: (n) => n + many(n, " scan attend", " scans attendent") + " sur cet appareil derrière un code PIN. Il n’a pas été associé de nouveau ; ouvrez cette page sans le code, entrez le code PIN ou choisissez « Plus tard », et laissez-le d’abord se connecter.",
  otherTab: "Ce terminal est ouvert dans un autre onglet ou une autre fenêtre. Fermez-la ; celle-ci continuera d’elle-même.",
  unopened: {
    title: "Ce terminal ne peut pas scanner maintenant",
    why: {
      newer: "Cette page est plus ancienne que ce qui est enregistré sur cet appareil : le serveur est revenu à une version précédente.",
      held: "Une fenêtre plus ancienne de ce terminal est encore ouverte, et retient ce qui est enregistré sur cet appareil.",
      failed: "Ce qui est enregistré sur cet appareil ne peut pas être lu maintenant.",
    },
    kept: "Rien n’a été supprimé ni changé sur cet appareil : ce qui a été scanné est gardé. Ce qui est scanné maintenant n’est pas pris.",
    what: {
      newer: "Une page plus récente est demandée régulièrement ; dès que le serveur l’a, ce terminal continue de lui-même. D’ici là, scannez avec un autre appareil, et prévenez votre administrateur.",
      held: "Fermez toutes les autres fenêtres et tous les onglets de ce terminal ; celui-ci continuera de lui-même.",
      failed: "Rechargez la page. Si cela ne suffit pas, redémarrez l’appareil ; enregistrez ensuite les scans dans un fichier, et donnez l’appareil et le fichier à votre administrateur. Ne supprimez pas les données du navigateur.",
    },
    again: "Recharger la page",
    fileKept: "Le fichier est enregistré.",
    noFile: "Le fichier n’a pas pu être créé non plus. Gardez l’appareil tel quel, et donnez-le à votre administrateur.",
  },
  insecure: "Cette adresse n’est pas sécurisée (pas de https) : le navigateur ne garde rien et n’installe rien. Ouvrez sur cet appareil la page /trust du serveur, faites confiance à son autorité, et revenez en https.",
  trust: "Faire confiance à ce serveur",
  notKept: "Le navigateur peut supprimer ce qui est enregistré si la place manque. Installez cette page sur l’écran d’accueil pour protéger les scans.",
  nearlyFull: "Il reste peu de place sur cet appareil. Connectez-le, pour que les scans partent et libèrent de la place.",
  tooFast: "Trop de scans attendent d’être enregistrés. Le dernier n’a pas été pris ; attendez, et rescannez-le.",
  tooLarge: "Il y a plus que cet appareil ne peut contenir : tout ne peut pas être consulté hors connexion. Le scan continue.",
  notStored: (code) => ({
    outbox_full: "Cet appareil garde autant de scans non envoyés qu’il peut. Le scan n’a pas été pris ; connectez l’appareil, puis rescannez.",
    disk_full: "Cet appareil n’a plus de place. Le scan n’a pas été pris ; faites de la place ou connectez-le, puis rescannez.",
    disk_failed: "Cet appareil n’a pas pu enregistrer le scan. Il n’a pas été pris ; rescannez, et si cela échoue, utilisez un autre appareil.",
  })[code],
  lost: (from, through) => (from === through ? "Le scan " + from + " a été perdu" : "Les scans " + from + " à " + through + " ont été perdus") + " dans la mémoire de cet appareil. Le serveur en est averti ; dites ce qui avait été scanné, et comptez.",
  stopped: (why, text) => ({
    bad_key: "Le serveur n’accepte pas la clé de ce terminal." + kept + " ; associez-le de nouveau.",
    replaced: "Un autre appareil du même nom a pris la place." + kept + " ; trouvez l’autre, et associez de nouveau l’un des deux.",
    update: "Le serveur et cette page ne parlent pas la même version." + kept + " ; rechargez la page.",
    bad_frame: "Le serveur n’a pas pu lire ce que cette page a envoyé." + kept + " ; rechargez la page et prévenez votre administrateur.",
    asked: "Le serveur demande que quelqu’un regarde cet appareil." + kept + ".",
  })[why] + (text ? " Le serveur dit : " + text : ""),
};

const camera: CameraWords = {
  camera: "Caméra", open: "Scanner avec la caméra", close: "Fermer", starting: "La caméra démarre…",
  aim: "Encore ? Visez d’abord ailleurs.",
  resting: "La caméra se repose.", again: "Continuer", torchOn: "Lampe", torchOff: "Éteindre la lampe",
  trouble: {
    none: "Cet appareil n’a pas de caméra qu’une page puisse utiliser. Scannez avec le lecteur, ou tapez le code sous « Plus ».",
    denied: "Le navigateur refuse la caméra à cette page. Autorisez-la dans ses réglages, puis réessayez.",
    busy: "Une autre application utilise la caméra. Fermez-la, puis réessayez.",
    broken: "Ce qui lit les images n’a pas pu être chargé. Il faut le réseau une fois ; connectez cet appareil, puis réessayez.",
  },
};

const french: Language = { code: "fr", dir: "ltr", flow, wedge, ui, job, read, camera };
export default french;
