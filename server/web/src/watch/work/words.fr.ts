import { plural } from "../../core/tongues.ts";
import { Format } from "../format.ts";
import type { WorkWords } from "./words.ts";

const format = new Format("fr-FR");
const form = plural("fr");
const many = (count: number, one: string, more: string): string => format.number(count) + " " + form(count, one, more);

export const workFrench: WorkWords = {
  title: "Performance", days: "Jours", spans: { today: "Aujourd’hui", yesterday: "Hier", "7-days": "7 jours", "28-days": "28 jours", dates: "Du – au" }, first: "Du", last: "Au", choose: "Choisissez le premier et le dernier jour.",
  file: "Enregistrer ce qui est affiché", csv: "CSV", xlsx: "XLSX", print: "Imprimer",
  scans: "Scans", moves: "Mouvements", peak: (scans, when) => "maximum en une heure : " + scans + ", " + when, each: (moves) => moves + " par scan", wrong: "À traiter", wrongShare: (share) => share + " % de tous les scans", dock: "Du quai au rayon", dockNote: (p90, lines) => "9 sur 10 en " + p90 + ", sur " + many(lines, "rangement", "rangements"), dockNone: "aucune réception rangée",
  none: "Rien n’a été scanné ces jours-là", noneHow: "Choisissez d’autres jours, ou un autre site.",
  line: { hour: "Débit par heure", day: "Débit par jour" }, lineHow: "Les flèches gauche et droite lisent les courbes.", lineAt: (when, scans, moves) => when + " : " + many(scans, "scan", "scans") + ", " + many(moves, "mouvement", "mouvements"), table: "La même chose en tableau",
  people: "Par personne", nobody: "Sans badge", places: "Par emplacement", products: "Fortes rotations", errors: "Erreurs par cause", noErrors: "Aucun scan n’est à traiter.",
  columns: { when: "Quand", person: "Personne", place: "Emplacement", product: "Article", cause: "Cause", scans: "Scans", moves: "Mouvements", wrong: "À traiter", came: "Entrées", went: "Sorties", day: "Jour", lines: "Rangements", half: "La moitié en", most: "9 sur 10 en", unknown: "Réception inconnue" },
  noDock: "Aucune réception rangée", noDockHow: "Ce qui est reçu sur un emplacement de réception puis mis en rayon apparaît ici.",
  dockAt: (day, half, most, lines) => day + " : la moitié en " + half + ", 9 sur 10 en " + most + ", " + many(lines, "rangement", "rangements"), half: "moitié", nine: "9 sur 10",
  dockUnknown: (c) => "Pour " + many(c, "rangement", "rangements") + ", on ne sait pas quand la marchandise est arrivée.",
  causes: {
    short: "Pas assez sur place", held: "Marchandise bloquée", expired: "Arrivé trop tard", not_allowed: "Pas autorisé", unknown_product: "Article inconnu", unknown_location: "Emplacement inconnu", unknown_operator: "Personne inconnue", bad_quantity: "Quantité invalide", bad_time: "Heure invalide",
    bad_field: "Il manquait quelque chose", unknown_field: "D’un programme plus récent", unknown_action: "Action inconnue", bad_json: "Illisible", identity_conflict: "Deux scans, un numéro", unsupported: "D’un programme plus récent", closing: "Supprimé, encore utilisé", not_found: "Introuvable", too_fast: "Trop rapide", disk_full: "Disque plein",
  },
  more: "Afficher plus", how: "Selon l’heure de chaque site. Les scans en retard comptent à leur propre heure ; un scan annulé a tout de même été fait.",
};
