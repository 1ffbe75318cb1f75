// The pages of the supervisor's screen.
//
// How a page is added:
//  1. Write its view in a file of its own that exports View, a component of ViewProps (views/attention.tsx
//     is an example). What it knows it gets: words and formats as w, the server as ask, what is live as
//     live. Its filters stand in the address (address.ts: address.value.filters, filter(name, value)).
//  2. Add a row below. The view is loaded when it is opened first, as a file of its own.
//  3. Name its path in watchPaths of server/web/screens.go: the server serves the shell there (a test
//     compares the two lists).
//  4. Say its words in words.ts and in each language (words.en.ts, words.de.ts and so on; languages.ts lists
//     them, a test compares them), and its style in a file that style.css imports.
//  5. Show every state of it in stories.tsx (loading, empty, failed, a lot, hostile texts): the browser tests
//     look at each story, light and dark, at every size, in languages that go round.

import type { ComponentType } from "preact";
import type { ReadonlySignal } from "@preact/signals";
import type { Ask } from "./rest.ts";
import type { Feed } from "./feed.ts";
import type { Figures } from "./figures.ts";
import type { Live } from "./live.ts";
import type { Names } from "./say.ts";
import type { Me } from "./wire.ts";
import type { Words } from "./words.ts";

/** ViewProps are what a page is given. */
export interface ViewProps {
  readonly w: Words;
  readonly ask: Ask;
  /** file has the browser keep what is at a path as a file of a name. */
  readonly file: (path: string, name: string) => Promise<void>;
  readonly live: Live;
  readonly feed: Feed;
  readonly figures: Figures;
  readonly me: Me;
  /** names are what people are called, by what entries have of them: names stand in no entry. */
  readonly names: ReadonlySignal<Names>;
  /** sites are those that one may see, by code. */
  readonly sites: readonly string[];
}

export interface Page {
  readonly path: string;
  readonly title: (w: Words) => string;
  /** action is what one has to be allowed for it to be shown (x-action of the OpenAPI document). */
  readonly action: string;
  /** bare pages fill the screen: no head, no menu. */
  readonly bare?: boolean;
  readonly load: () => Promise<{ View: ComponentType<ViewProps> }>;
}

export const pages: readonly Page[] = [
  { path: "/", title: (w) => w.pages.live, action: "read.activity", load: () => import("./views/home.tsx") },
  { path: "/attention", title: (w) => w.pages.attention, action: "read.alerts", load: () => import("./views/attention.tsx") },
  { path: "/history", title: (w) => w.pages.history, action: "read.activity", load: () => import("./views/history.tsx") },
  { path: "/figures", title: (w) => w.work.title, action: "read.reports", load: () => import("./views/figures.tsx") },
  { path: "/stock", title: (w) => w.goods.pages.stock, action: "read.balances", load: () => import("./views/stock.tsx") },
  { path: "/why", title: (w) => w.goods.pages.why, action: "read.reports", load: () => import("./views/why.tsx") },
  { path: "/counts", title: (w) => w.goods.pages.counts, action: "read.exceptions", load: () => import("./views/counts.tsx") },
  { path: "/codes", title: (w) => w.goods.pages.codes, action: "read.reports", load: () => import("./views/codes.tsx") },
  { path: "/devices", title: (w) => w.goods.pages.devices, action: "device.list", load: () => import("./views/devices.tsx") },
  { path: "/wall", title: (w) => w.pages.wall, action: "read.activity", bare: true, load: () => import("./views/wall.tsx") },
];

export const pageAt = (path: string): Page | undefined => pages.find((p) => p.path === path);

/** mayOpen says whether somebody may open a page. */
export const mayOpen = (page: Page, me: Me): boolean => me.actions.includes(page.action);
