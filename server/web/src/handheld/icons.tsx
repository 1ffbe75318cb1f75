// The marks of states: shapes that differ without colour.
const paths = {
  ready: "M3 5h2v14H3zM7 5h1v14H7zM10 5h3v14h-3zM15 5h1v14h-1zM18 5h3v14h-3z",
  saved: "M12 5a7 7 0 1 0 0 14 7 7 0 0 0 0-14z",
  sent: "M9.5 17.6 3.9 12l1.8-1.8 3.8 3.8 8.8-8.8L20.100 7z",
  check: "M12 3 1.500 21h21zM11 10h2v6h-2zM11 17.500h2v2h-2z",
  stop: "M3 3h18v18H3zM7.200 5.800 5.800 7.200 10.600 12l-4.800 4.800 1.400 1.400L12 13.400l4.800 4.800 1.400-1.400L13.400 12l4.800-4.800-1.400-1.400L12 10.600z",
  look: "M10 3a7 7 0 1 0 4.200 12.600l5.100 5.100 1.400-1.400-5.100-5.100A7 7 0 0 0 10 3zm0 2a5 5 0 1 1 0 10 5 5 0 0 1 0-10z",
  muted: "M4 9v6h4l5 4V5L8 9zM16 8l5 5 1-1-5-5zM16 13l5-5 1 1-5 5z",
} as const;

/** What a row's mark looks like. */
export const marks = { saved: "saved", booked: "sent", needs: "check" } as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" fill="currentColor" fill-rule="evenodd">
      <path d={paths[name]} />
    </svg>
  );
}
