// When what is shown is asked for again. Pure, but for the time.

import type { Watcher } from "../live.ts";
import type { Entry } from "../wire.ts";

const freshSoon = 300; // ms after something was booked until it is asked for: one scan seldom comes alone
const freshEvery = 5_000; // ms between two looks at what scans have changed
const mostMeanwhile = 1_000; // entries kept while an answer is under way; of more it is asked again in any case

export interface Fresh {
  /** head is the newest entry that is in what is shown; older ones change nothing of it. */
  readonly head?: number | undefined;
  /** concerns says whether an entry may have changed what is shown; missing: any may. */
  readonly concerns?: (e: Entry) => boolean;
  /** every is how many ms there are at least between two looks. */
  readonly every?: number;
}

/** Shown is what is asked for again: as it is now. */
export interface Shown { readonly asked: { readonly busy: boolean; readonly again: () => void }; readonly fresh: Fresh }

/**
 * follow asks again when an entry changes what is shown. What comes while an answer is under way is judged by
 * that answer, which may have been made before it: answered is called when one is there.
 */
export function follow(now: () => Shown): { readonly watcher: Watcher; readonly answered: () => void; readonly end: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let away = false;
  let last = now().fresh.every ? Date.now() : 0;
  let meanwhile: Entry[] = [];
  const look = () => {
    timer = undefined;
    if (now().asked.busy) return later();
    last = Date.now();
    now().asked.again();
  };
  const later = () => void (timer ??= setTimeout(look, Math.max(freshSoon, last + (now().fresh.every ?? freshEvery) - Date.now())));
  const changes = (e: Entry) => e.n > (now().fresh.head ?? 0) && (now().fresh.concerns?.(e) ?? true);
  return {
    watcher: {
      entries: (list) => {
        if (!now().asked.busy) return void (list.some(changes) && later());
        if (meanwhile.length < mostMeanwhile) meanwhile = meanwhile.concat(list);
      },
      skipped: later, restored: later,
      live: (resumed) => {
        if (away && !resumed) later();
        away = false;
      },
      lost: () => void (away = true),
    },
    answered: () => {
      if (meanwhile.length >= mostMeanwhile || meanwhile.some(changes)) later();
      meanwhile = [];
    },
    end: () => clearTimeout(timer),
  };
}
