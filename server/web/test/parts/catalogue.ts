// The small catalogue of scanner/flow's streams.
import type { Catalogue, Item } from "../../src/core/meaning/index.ts";
import type { Stock } from "../../src/core/flow/types.ts";
import { json } from "./files.ts";

interface Held { place: string; product: string; lot?: string }
export interface Given {
  products: { code: string; name?: string; unit?: string; tracking?: string; decimals?: number; units?: Record<string, string> }[];
  barcodes: { code: string; product: string; quantity?: string }[];
  places: string[];
  packages: string[];
  operators: string[];
  held?: Held[];
}

export function catalogueOf(c: Given): Catalogue & Stock {
  return {
    barcode(code) {
      const b = c.barcodes.find((x) => x.code === code);
      return b ? { product: b.product, quantity: b.quantity ?? "" } : null;
    },
    product(code): Item | null {
      const p = c.products.find((x) => x.code === code);
      return p ? { code, name: p.name ?? "", unit: p.unit ?? "", tracking: p.tracking ?? "", decimals: p.decimals ?? 0, units: new Map(Object.entries(p.units ?? {})) } : null;
    },
    place: (_, code) => c.places.includes(code),
    package: (code) => c.packages.includes(code),
    operator: (code) => c.operators.includes(code),
    held: (_, place, product, lot) => (c.held ?? []).some((h) => h.place === place && h.product === product && (!h.lot || h.lot === lot)),
  };
}

export const streams = () => json("scanner/flow/testdata/streams.json") as {
  catalogue: Given;
  streams: { name: string; today: string; setup: { site: string; rules?: string; reasons?: string; badge?: boolean; places?: Record<string, string> }; steps: StreamStep[] }[];
};

export interface StreamStep {
  event: Record<string, string>;
  fails?: string;
  crash?: "before" | "after";
  intents?: unknown[];
  screen: unknown;
}
