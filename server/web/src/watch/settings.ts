// What somebody has chosen for themselves, kept in this browser.

import { effect, signal } from "@preact/signals";
import { pick } from "../core/tongues.ts";
import { languages } from "./languages.ts";

export interface Settings {
  readonly theme: "auto" | "light" | "dark";
  readonly language: string;
  /** keys: single letters do something (WCAG 2.1.4: they can be turned off). */
  readonly keys: boolean;
  /** views are filters that were given a name. */
  readonly views: readonly { readonly name: string; readonly text: string }[];
}

const kept = "bayledger.watch";
const told = "bayledger_language"; // the cookie by which pages that the server makes itself speak the same language: server/tongue. Lax: who comes back from the company's account is sent to one by another site
const standard = (): Settings => ({ theme: "auto", language: pick(languages, navigator.languages).code, keys: true, views: [] });

export const settings = signal<Settings>(standard());

/** drawn is what the page is drawn for; what is not CSS draws itself anew when it changes. */
export const drawn = signal<"screen" | "paper">("screen");

/** paper has what is printed drawn in light colours, and gives back what was chosen behind it. */
function paper(on: boolean): void {
  document.documentElement.dataset.theme = on ? "light" : settings.value.theme;
  drawn.value = on ? "paper" : "screen";
}

/** followPaper looks out for printing. */
export function followPaper(): void {
  addEventListener("beforeprint", () => paper(true));
  addEventListener("afterprint", () => paper(false));
  matchMedia("print").addEventListener("change", (e) => paper(e.matches));
}

/** keepSettings reads what was chosen, and stores what is. Where a browser keeps nothing, it is for this visit. */
export function keepSettings(): void {
  try {
    settings.value = { ...standard(), ...(JSON.parse(localStorage.getItem(kept) ?? "{}") as Partial<Settings>) };
  } catch { /* nothing is kept */ }
  effect(() => {
    const text = JSON.stringify(settings.value);
    document.documentElement.dataset.theme = settings.value.theme;
    document.cookie = told + "=" + settings.value.language + "; path=/; max-age=31536000; samesite=lax" + (location.protocol === "https:" ? "; secure" : "");
    try {
      localStorage.setItem(kept, text);
    } catch { /* the same */ }
  });
}

export const choose = (s: Partial<Settings>): void => {
  settings.value = { ...settings.value, ...s };
};
