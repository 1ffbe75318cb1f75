// How devices are, and which of them need somebody. Pure.

import type { Device } from "./wire.ts";

export const longUnsent = 15 * 60_000; // ms: the early sign of a dead corner
const lowBattery = 20; // percent
const clockOff = 120_000; // ms: from here on it is worth a word
const lately = 90_000; // ms without a word after which a device is away: three pings

export type Trouble = "unsent" | "battery" | "clock";

/** Health is how a device is at a moment of the server's clock. */
export interface Health { readonly state: "online" | "away" | "never" | "revoked"; readonly oldest: number | null; readonly troubles: readonly Trouble[] }

export function healthOf(d: Device, now: number): Health {
  if (d.revoked_at) return { state: "revoked", oldest: null, troubles: [] };
  const p = d.presence;
  if (!p) return { state: "never", oldest: null, troubles: [] };
  const oldest = p.oldest && p.pending > 0 ? Math.max(0, now - new Date(p.oldest).getTime()) : null;
  const troubles: Trouble[] = [];
  if ((oldest ?? 0) > longUnsent) troubles.push("unsent");
  if (p.battery !== undefined && p.battery > 0 && p.battery < lowBattery) troubles.push("battery");
  if (Math.abs(p.ahead_ms ?? 0) > clockOff) troubles.push("clock");
  return { state: p.connected && now - new Date(p.heard).getTime() < lately ? "online" : "away", oldest, troubles };
}

export const states = ["all", "trouble", "unsent", "away", "revoked"] as const;
export type DeviceState = (typeof states)[number];

/** inState are the devices of a filter: those with trouble first, then by name; revoked ones only where asked for. */
export function inState(list: readonly Device[], state: DeviceState, now: number): readonly Device[] {
  const wanted = list.filter((d) => {
    const h = healthOf(d, now);
    if (state === "revoked" || h.state === "revoked") return state === "revoked" && h.state === "revoked";
    return state === "all" || (state === "trouble" && h.troubles.length > 0) || (state === "unsent" && (d.presence?.pending ?? 0) > 0) || (state === "away" && h.state !== "online");
  });
  const rank = (d: Device): number => (healthOf(d, now).troubles.includes("unsent") ? 0 : healthOf(d, now).troubles.length > 0 ? 1 : 2);
  return wanted.toSorted((a, b) => rank(a) - rank(b) || (a.name || a.device).localeCompare(b.name || b.device));
}
