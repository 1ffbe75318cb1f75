// The languages of the handheld. The words of each are kept on the device with the page, also those that
// nobody has chosen yet: another language is spoken without a network too.

import { type Tongue } from "../core/tongues.ts";
import { english, type Language } from "./words.ts";

export const languages: readonly Tongue<Language>[] = [
  { code: "en", name: "English", load: async () => ({ default: english }) },
  { code: "de", name: "Deutsch", load: () => import("./words.de.ts") },
  { code: "fr", name: "Français", load: () => import("./words.fr.ts") },
  { code: "es", name: "Español", load: () => import("./words.es.ts") },
];
