// Languages: what a page speaks, and how one is chosen. A page lists its languages; the words of each but
// the first are a file of their own, loaded when they are first spoken.
//
// A language is added by writing its words (one object, of the type that the page gives) and one line in the
// list. Nothing else knows which languages there are: choosers, stories and tests go by the list.

/** Tongue is a line of such a list. Its name is its own: who looks for it reads nothing else. */
export interface Tongue<Words> {
  readonly code: string;
  readonly name: string;
  readonly load: () => Promise<{ readonly default: Words }>;
}

/** pick gives the first of the wanted codes (de, fr-CA) that the list has, else the first of the list. */
export function pick<T extends { readonly code: string }>(list: readonly T[], wanted: readonly string[]): T {
  const codes = wanted.map((w) => w.toLowerCase().split("-")[0]);
  return list.find((l) => l.code === codes.find((c) => list.some((o) => o.code === c))) ?? list[0]!;
}

/** plural gives the form that a language has for a number: 0 is one in French, and many in Spanish. */
export function plural(code: string): (n: number, one: string, other: string) => string {
  const rules = new Intl.PluralRules(code);
  return (n, one, other) => (rules.select(n) === "one" ? one : other);
}

/** within gives what was promised, or nothing where it failed or takes longer than ms. */
export const within = <T>(ms: number, promise: Promise<T>): Promise<T | undefined> =>
  Promise.race([promise.catch(() => undefined), new Promise<undefined>((done) => setTimeout(done, ms))]);
