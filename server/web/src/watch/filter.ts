// The language of filters: words in one box, all of which must hold. A word is a name with a value
// (device:blue) or a text that stands anywhere; values are parts, and letters large or small are the same.

import type { Entry } from "./wire.ts";

/** Term is one word of a filter. */
export interface Term { readonly name: string; readonly value: string }

export interface Filter {
  readonly terms: readonly Term[];
  /** unknown are names that there are no filters of; they are looked for as text. */
  readonly unknown: readonly string[];
}

const longest = 500; // characters of a filter, as of an address that people pass on
const homeSite = "main"; // the site that is meant where none is named

export function parse(text: string): Filter {
  const terms: Term[] = [];
  const unknown: string[] = [];
  for (const [, name = "", quoted, plain = ""] of text.slice(0, longest).matchAll(/(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/gi)) {
    const value = (quoted ?? plain).toLowerCase();
    if (value === "") continue;
    const known = name.toLowerCase();
    if (known !== "" && !Object.hasOwn(holds, known)) {
      unknown.push(known + ":");
      terms.push({ name: "", value: known + ":" + value });
    } else terms.push({ name: known, value });
  }
  return { terms, unknown };
}

/** wants says whether an entry is asked for. */
export const wants = (f: Filter, e: Entry): boolean => f.terms.every((t) => holds[t.name as keyof typeof holds](e, t.value));

/** needs says whether somebody should look at an entry. */
export const needs = (e: Entry): boolean => (e.outcome !== "applied" && e.outcome !== "absorbed" && e.outcome !== "") || (e.exceptions?.length ?? 0) > 0 || (e.alerts ?? []).some((a) => a.state === "raised");

const has = (text: string | undefined, value: string): boolean => text !== undefined && text.toLowerCase().includes(value);

function parts(e: Entry): { items: (string | undefined)[]; places: (string | undefined)[] } {
  const i = e.intent;
  const lines = [...(i ? [i] : []), ...(i?.lines ?? [])];
  return {
    items: [e.edit?.code, i?.raw, ...lines.flatMap((l) => [l.product, l.scan, l.serial, l.package]), ...(e.moves ?? []).flatMap((m) => [m.product, m.lot, m.serial])],
    places: [...lines.flatMap((l) => [l.from, l.to]), ...(e.moves ?? []).flatMap((m) => [m.from, m.to])],
  };
}

function sites(e: Entry): string[] {
  const of = (e.moves ?? []).flatMap((m) => [m.from, m.to]).filter((p) => p.includes("/")).map((p) => p.slice(0, p.indexOf("/")));
  if (e.kind === "alert") return (e.alerts ?? []).map((a) => a.site ?? "");
  return of.length > 0 ? of : [e.edit?.site || e.site || e.intent?.site || homeSite];
}

const holds = {
  "": (e: Entry, v: string) => {
    const { items, places } = parts(e);
    return [e.intent?.device, e.intent?.operator, e.actor, e.message, e.outcome, e.intent?.action, e.intent?.reference, e.edit?.entity, ...items, ...places, ...(e.exceptions ?? []).map((x) => x.message)].some((t) => has(t, v));
  },
  device: (e: Entry, v: string) => has(e.intent?.device, v),
  who: (e: Entry, v: string) => has(e.intent?.operator, v) || has(e.actor, v),
  place: (e: Entry, v: string) => parts(e).places.some((p) => has(p, v)),
  item: (e: Entry, v: string) => parts(e).items.some((p) => has(p, v)),
  do: (e: Entry, v: string) => has(e.intent?.action, v) || has(e.kind, v),
  site: (e: Entry, v: string) => sites(e).some((s) => s.toLowerCase() === v),
  state: (e: Entry, v: string) => (v === "needs" ? needs(e) : has(e.outcome, v)),
  lag: (e: Entry, v: string) => new Date(e.booked_at).getTime() - new Date(e.t_eff).getTime() > Number(v) * 1000,
} as const;
