// What a language says, as people read it: every sentence of its words, with what stands in for its blanks.

type Sentence = (...blanks: unknown[]) => unknown;

/** Samples are blanks of sentences that take a word of the protocol, by the path of the sentence: all that it may be. */
export type Samples = Readonly<Record<string, readonly (readonly unknown[])[]>>;

/** Said is a sentence: its path, what its blanks were, and its text. */
export interface Said { readonly path: string; readonly blanks: readonly unknown[]; readonly text: string }

const first = 41; // blanks are "41", "42" …, which do for texts and for numbers, and are seen in the sentence

/** every gives all that words say. Classes (formats) say nothing of their own. */
export function every(words: object, samples: Samples, path = ""): Said[] {
  return Object.entries(words).flatMap(([name, w]: [string, unknown]): Said[] => {
    const at = path + "." + name;
    if (typeof w === "string") return [{ path: at, blanks: [], text: w }];
    if (typeof w === "function") return (samples[at] ?? [Array.from({ length: w.length }, (_, i) => String(first + i))]).map((blanks) => ({ path: at, blanks, text: String((w as Sentence)(...blanks)) }));
    return typeof w === "object" && w !== null && Object.getPrototypeOf(w) === Object.prototype ? every(w, samples, at) : [];
  });
}

/** places lists where an object of words has what. */
export const places = (words: object, samples: Samples): string[] => every(words, samples).map((s) => s.path + " " + s.blanks.length).sort();

/** shown are the blanks that a sentence shows. */
export const shown = ({ blanks, text }: Said): string[] => blanks.map(String).filter((b) => /^4\d$/.test(b) && text.includes(b));

/** counted is a sentence of one number without that number: what is left is its plural form. */
export function counted(words: object, path: string, n: number): string {
  const sentence = path.split(".").slice(1).reduce((w: unknown, name) => (w as Record<string, unknown>)[name], words) as Sentence;
  return String(sentence(n)).replaceAll(/[\d.,\s]/g, "");
}
