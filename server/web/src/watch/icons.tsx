// The marks of the page: shapes that differ without colour.

const paths = {
  live: "M3 12h4l3-8 4 16 3-8h4",
  attention: "M12 4 2.500 20h19zM12 10v5M12 17.500v.5",
  history: "M4 12a8 8 0 1 0 2.500-5.800M4 4v4h4M12 8v4l3 2",
  wall: "M3 5h18v12H3zM8 21h8M12 17v4",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6 6 18",
  tick: "M5 12.500 10 17.500 19.500 7",
  stop: "M4 4h16v16H4zM9 9l6 6M15 9l-6 6",
  pause: "M8 5v14M16 5v14",
  go: "M7 5l11 7-11 7z",
  up: "M12 19V6M6 11l6-6 6 6",
  right: "M9 5l7 7-7 7",
  box: "M12 3 4 7v10l8 4 8-4V7zM4 7l8 4 8-4M12 11v10",
  device: "M8 3h8v18H8zM11 18h2",
  code: "M4 5v14M8 5v14M11 5v14M15 5v14M20 5v14",
  count: "M5 4h14v16H5zM9 9h6M9 13h6M9 17h3",
  why: "M9 9a3 3 0 1 1 4.500 2.600c-1 .6-1.500 1.200-1.500 2.400M12 17.500v.5",
  chart: "M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6",
  file: "M12 4v11M7 10l5 5 5-5M5 20h14",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c1-4 4-6 8-6s7 2 8 6",
  settings: "M4 7h10M18 7h2M4 12h4M12 12h8M4 17h8M16 17h4M14 5v4M8 10v4M12 15v4",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.800" stroke-linecap="round" stroke-linejoin="round">
      <path d={paths[name]} />
    </svg>
  );
}
