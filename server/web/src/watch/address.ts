// The address of the page: which page, and its filters. Everything that somebody may want to send to
// somebody else stands in it.

import { signal } from "@preact/signals";

/** Address is where the page is: the path of a page, and its filters by name. */
export interface Address { readonly path: string; readonly filters: Readonly<Record<string, string>> }

/** sticky are the filters that stay while one goes from page to page. */
const sticky = ["site"] as const;

function read(): Address {
  return { path: location.pathname, filters: Object.fromEntries(new URLSearchParams(location.search)) };
}

export const address = signal<Address>({ path: "/", filters: {} });

/** hrefOf is the address of a page with filters; what is empty is left out. */
export function hrefOf(path: string, filters: Readonly<Record<string, string>> = {}): string {
  const q = new URLSearchParams();
  for (const name of sticky) {
    const kept = filters[name] ?? address.value.filters[name];
    if (kept) q.set(name, kept);
  }
  for (const [name, value] of Object.entries(filters)) if (value && !(sticky as readonly string[]).includes(name)) q.set(name, value);
  const text = q.toString();
  return path + (text && "?" + text);
}

/** go opens another page, or the same with other filters. */
export function go(path: string, filters: Readonly<Record<string, string>> = {}, how: "push" | "replace" = "push"): void {
  const href = hrefOf(path, filters);
  if (typeof history !== "undefined" && location.protocol !== "file:") history[how === "push" ? "pushState" : "replaceState"](null, "", href);
  const [, query = ""] = href.split("?");
  address.value = { path, filters: Object.fromEntries(new URLSearchParams(query)) };
}

/** filter changes one filter of this page. */
export function filter(name: string, value: string, how: "push" | "replace" = "replace"): void {
  go(address.value.path, { ...address.value.filters, [name]: value }, how);
}

/** follow keeps address at what the browser shows. */
export function follow(): void {
  address.value = read();
  addEventListener("popstate", () => (address.value = read()));
}
