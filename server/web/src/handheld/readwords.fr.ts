import type { ReadWords } from "./readwords.ts";

const names: Readonly<Record<string, string>> = {
  "00": "numéro de colis (SSCC)", "01": "numéro d’article (GTIN)", "02": "article contenu (GTIN)", "03": "article sur commande (GTIN)", "10": "lot", "11": "fabriqué le", "13": "emballé le", "15": "à consommer de préférence avant", "16": "à vendre avant", "17": "à utiliser avant",
  "20": "variante", "21": "numéro de série", "30": "nombre", "37": "nombre contenu", "240": "numéro d’article complémentaire", "241": "référence du client", "250": "second numéro de série", "400": "commande du client", "410": "livrer à", "414": "lieu (GLN)", "8004": "équipement (GIAI)",
};
const actions: Readonly<Record<string, string>> = {
  add: "entrée", remove: "sortie", move: "transfert", isolate: "quarantaine", count: "compté", assemble: "monté", disassemble: "démonté", undo: "annulé", "session-open": "inventaire à plusieurs", "session-close": "inventaire complet",
};

export const french: ReadWords = {
  title: "Ce qui a été lu",
  open: "Ce qui a été lu", hide: "Masquer",
  later: "Suivant", earlier: "Précédent",
  none: "Rien n’a encore été lu sur cet appareil.",
  button: "Un bouton ou une commande : aucun code n’a été lu.",
  asRead: "Tel que reçu", takenAs: "Pris comme",
  times: (n) => n + " fois",
  means: "Ce que cela dit", made: "Ce que cet appareil en a fait",
  nothing: "Rien que cet appareil connaisse.",
  more: (n) => "Et " + n + " de plus.",
  noPrefix: "Le lecteur n’a pas dit quel type de code-barres c’est.",
  prefix: (id, name) => id + " : " + name,
  otherPrefix: (id) => id + " : un autre type de code-barres",
  unseen: "Encadrés, par leur nom : les caractères qu’on ne voit pas. GS sépare les éléments GS1, SP est une espace.",
  kind: { gs1: "données GS1", ean13: "EAN-13", ean8: "EAN-8", upca: "UPC-A", upce: "UPC-E", itf14: "ITF-14", "digital-link": "GS1 Digital Link", command: "une commande de la feuille", plain: "un code simple" },
  ai: (ai, title) => names[ai] ?? title.toLowerCase(),
  fact: { action: "Validé comme", product: "Article", quantity: "Quantité", lot: "Lot", serial: "N° de série", expiry: "Péremption", package: "Colis", from: "De", to: "Vers", place: "Emplacement", asset: "Machine", reason: "Motif", session: "Compté dans", operator: "Par", command: "Commande" },
  action: (action) => actions[action] ?? action,
  oddDigit: (expected) => "La clé de contrôle ne va pas : d’après les autres chiffres, ce serait " + expected + ". Un chiffre a été mal lu ou mal imprimé, ou ce n’est pas un tel numéro.",
  breaks: (fault) => "Le code enfreint une règle : " + fault + ".",
  notBooked: "Rien n’en a été validé.",
  number: (seq) => "Scan " + seq,
};
