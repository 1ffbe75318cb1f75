// The languages of the supervisor's page.

import { signal } from "@preact/signals";
import { pick, type Tongue } from "../core/tongues.ts";
import { english } from "./words.en.ts";
import type { Words } from "./words.ts";

export const languages: readonly Tongue<Words>[] = [
  { code: "en", name: "English", load: async () => ({ default: english }) },
  { code: "de", name: "Deutsch", load: () => import("./words.de.ts") },
  { code: "fr", name: "Français", load: () => import("./words.fr.ts") },
  { code: "es", name: "Español", load: () => import("./words.es.ts") },
];

const spoken = signal<Words>(english);
let wanted = "en";

/** words are those of the language that is spoken now. */
export const words = (): Words => spoken.value;

/** speak loads the words of a language. Until they are here, and where they cannot be had, it stays as it is. */
export async function speak(code: string): Promise<void> {
  wanted = code;
  const loaded = await pick(languages, [code]).load();
  if (wanted === code) spoken.value = loaded.default;
}
