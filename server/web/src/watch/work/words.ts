// What the page of figures says.

export interface WorkWords {
  title: string;
  days: string;
  spans: Readonly<Record<string, string>>;
  first: string;
  last: string;
  choose: string;
  file: string;
  csv: string;
  xlsx: string;
  print: string;
  scans: string;
  moves: string;
  peak(scans: string, when: string): string;
  each(moves: string): string;
  wrong: string;
  wrongShare(share: string): string;
  dock: string;
  dockNote(p90: string, lines: number): string;
  dockNone: string;
  none: string;
  noneHow: string;
  line: Readonly<Record<"hour" | "day", string>>;
  lineHow: string;
  lineAt(when: string, scans: number, moves: number): string;
  table: string;
  people: string;
  nobody: string;
  places: string;
  products: string;
  errors: string;
  noErrors: string;
  columns: { when: string; person: string; place: string; product: string; cause: string; scans: string; moves: string; wrong: string; came: string; went: string; day: string; lines: string; half: string; most: string; unknown: string };
  noDock: string;
  noDockHow: string;
  dockAt(day: string, half: string, most: string, lines: number): string;
  half: string;
  nine: string;
  dockUnknown(n: number): string;
  causes: Readonly<Record<string, string>>;
  more: string;
  how: string;
}
