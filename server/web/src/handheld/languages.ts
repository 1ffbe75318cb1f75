import { german } from "./words.de.ts";
import { english, type Language } from "./words.ts";

export const languages: readonly Language[] = [english, german];

/** languageOf gives the language of a code such as de-AT, else English. */
export const languageOf = (code: string): Language => languages.find((l) => l.code === code.slice(0, 2).toLowerCase()) ?? english;
