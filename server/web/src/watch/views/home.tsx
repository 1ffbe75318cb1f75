// What happens now: the five figures, the feed, and what needs attention.

import { AttentionPanel } from "../open.tsx";
import { faces, FigureView } from "../figure.tsx";
import { FeedPanel } from "../feedpanel.tsx";
import type { ViewProps } from "../pages.ts";

export function View(view: ViewProps) {
  const { w, figures } = view;
  return (
    <div class="home">
      <h1 class="sr">{w.pages.live}</h1>
      <section class="figures" aria-label={w.numbers.title}>{faces(w, figures.now.value).map((face) => <FigureView key={face.id} view={view} face={face} />)}</section>
      <div class="columns">
        <FeedPanel {...view} />
        <AttentionPanel {...view} />
      </div>
    </div>
  );
}
