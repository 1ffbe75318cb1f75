// The wall screen: the five figures readable from afar, what needs attention, and what happens. Nobody
// touches it, and it runs for weeks: it hides the pointer, moves a little so that nothing burns in, and
// takes the page anew when the server has another.

import { useEffect, useState } from "preact/hooks";
import { faces, Spark } from "../figure.tsx";
import { openOf, sinceOf, textOf, toneOf } from "../open.tsx";
import type { ViewProps } from "../pages.ts";
import { Empty, Go, Tag } from "../parts.tsx";
import { Stale, State } from "../shell.tsx";
import { RowView } from "../rows.tsx";
import { named, type Words } from "../words.ts";
import { watchForNews } from "../news.ts";

const moveEvery = 60_000; // ms
/** steps is where the picture stands, in px: a round that each pixel of the edge takes part in. */
const steps = [[0, 0], [6, 0], [12, 0], [12, 6], [12, 12], [6, 12], [0, 12], [0, 6]] as const;
const mostRows = 8;
const mostOpen = 4; // lines that fit; the last says how many more there are

export function View(view: ViewProps) {
  const { w, figures, feed, live, names } = view;
  const [step, setStep] = useState(0);
  const [time, setTime] = useState(new Date());
  useEffect(() => {
    const move = setInterval(() => setStep((s) => (s + 1) % steps.length), moveEvery);
    const tick = setInterval(() => setTime(new Date()), 1000);
    const news = watchForNews(() => location.reload());
    return () => {
      clearInterval(move);
      clearInterval(tick);
      news();
    };
  }, []);
  const [x, y] = steps[step]!;
  const fit = (all: number): number => (all > mostOpen ? mostOpen - 1 : mostOpen);
  const open = openOf(live.alerts.all.value, live.exceptions.all.value);
  return (
    <main class="wall" id="content" data-step={step} style={{ transform: `translate(${x}px, ${y}px)` }}>
      <header><h1>{w.title}</h1><State w={w} state={live.state.value} /><time>{w.format.clock(time)}</time><Go to="/" class="leave">{w.wall.leave}</Go></header>
      <Stale w={w} state={live.state.value} />
      <section class="figures" aria-label={w.numbers.title}>
        {faces(w, figures.now.value).map((f) => (
          <div key={f.id} class="figure" data-tone={f.tone} data-known={f.text !== null}>
            <span class="label">{f.label}</span><span class={"value" + (f.text === null ? " none" : "") + (f.long && " " + f.long)}>{f.text ?? "–"}</span><span class="note">{f.note}</span><Spark line={f.line} label={f.label} />
          </div>
        ))}
      </section>
      <div class="columns">
        <section class="card" aria-label={w.wall.attention}>
          <h2>{w.wall.attention}</h2>
          {open.length === 0 ? <Empty title={w.wall.none} /> : <ul class="opens">{open.slice(0, fit(open.length)).map((o) => <Line key={o.is + o.row.id} w={w} open={o} />)}{open.length > mostOpen && <li class="gap">{w.attention.more(open.length - fit(open.length))}</li>}</ul>}
        </section>
        <section class="card feed" aria-label={w.wall.newest}>
          <h2>{w.wall.newest}</h2>
          <ol class="rows">{feed.view.value.rows.slice(-mostRows).reverse().map((row) => <RowView key={row.id} w={w} names={names.value} row={row} fresh={false} />)}</ol>
        </section>
      </div>
    </main>
  );
}

function Line({ w, open }: { w: Words; open: ReturnType<typeof openOf>[number] }) {
  const kinds = open.is === "alert" ? w.attention.alertKinds : w.attention.kinds;
  return <li class="open"><p class="what"><Tag tone={toneOf(open)}>{named(kinds, open.row.kind)}</Tag> <span class="since">{w.attention.since(w.format.moment(new Date(sinceOf(open))))}</span></p><p class="message"><bdi>{w.format.sentence(textOf(open))}</bdi></p></li>;
}
