// Units of goods in words. A unit is a text that somebody chose (piece, box, kg): the common ones are said as
// a language says them, with its own plural; others stand as they were written, and so do measures. Each
// language has a file beside this one.

/** Forms are what a unit is called, by the plural rules of a language: other is always there. */
export type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;

/** aliases are other ways to write a common unit. */
const aliases: Readonly<Record<string, string>> = { pc: "piece", pcs: "piece", pce: "piece", pieces: "piece", ea: "piece", each: "piece", boxes: "box", bx: "box", ctn: "carton", cs: "case", pk: "pack", pkg: "pack", packet: "pack", plt: "pallet", pal: "pallet", btl: "bottle", prs: "pair", rl: "roll" };

export class Units {
  readonly #rules: Intl.PluralRules;
  readonly #table: ReadonlyMap<string, Forms>;

  constructor(code: string, table: Readonly<Record<string, Forms>>) {
    this.#rules = new Intl.PluralRules(code);
    this.#table = new Map(Object.entries(table));
  }

  /** of is a unit as it is said behind a quantity, an exact decimal. */
  of(quantity: string, unit: string): string {
    const code = unit.toLowerCase();
    const forms = this.#table.get(Object.hasOwn(aliases, code) ? aliases[code]! : code);
    return forms ? (forms[this.#rules.select(Math.abs(Number(quantity)))] ?? forms.other) : unit;
  }
}
