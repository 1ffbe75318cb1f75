// When a page takes a newer version of itself: what is known of both is given, nothing is done here.

const patience = 3; // tries to get a new version the usual way, before the page starts over

/** What there is to know when the next step is decided. Times are in ms. */
export interface Situation {
  readonly own: string;
  readonly number: number;
  readonly newest: string; // of the server; "": it has not been asked
  readonly lowest: number; // that the server wants; 0: any
  readonly speaks: boolean; // false: the server does not understand this page
  readonly waiting: boolean; // a new version is on this device
  readonly busy: boolean; // a scan is being stored
  readonly quiet: number; // for how long nothing was done; 0: something is being sent, or wants an answer
  readonly told: number; // how long ago the new version was told to take over; -1: it was not
  readonly tries: number; // to get the newest version the usual way
  readonly startedOver: string; // the version for which that was done
}

export type Next = "nothing" | "fetch" | "take over" | "start over";

/** next is what is to be done about versions now; what was told to take over and has not after idle ms is stuck. */
export function next(s: Situation, idle: number): Next {
  const urgent = s.number < s.lowest || !s.speaks;
  const may = !s.busy && (urgent || s.quiet >= idle);
  if (s.waiting && s.told < 0) return may ? "take over" : "nothing";
  const stuck = s.told >= idle || (!s.waiting && s.tries >= patience);
  if (s.newest === "" || s.newest === s.own) return "nothing";
  if (stuck && s.startedOver !== s.newest) return may ? "start over" : "nothing";
  return s.waiting || s.told >= 0 ? "nothing" : "fetch";
}
