// Whether the screen stays on: while somebody works, not in the cradle, and not for ever.

const idleFor = 5 * 60_000; // ms without anything, after which the screen may go dark
const lookEvery = 15_000; // ms

/** What decides. */
export interface Working {
  readonly visible: boolean;
  readonly idle: number; // ms since anything happened
  readonly charging: boolean; // it stands in its cradle
}

export const staysOn = (s: Working): boolean => s.visible && !s.charging && s.idle < idleFor;

/** keepAwake holds the screen on while it has to stay so. What it returns says that something has changed. */
export function keepAwake(working: () => Working): () => void {
  let lock: WakeLockSentinel | null = null;
  const look = async () => {
    const held = lock !== null && !lock.released;
    if (staysOn(working()) === held) return;
    if (held) await lock!.release().catch(() => undefined);
    lock = held ? null : await navigator.wakeLock?.request("screen").catch(() => null) ?? null;
  };
  setInterval(() => void look(), lookEvery);
  void look();
  return () => void look();
}
