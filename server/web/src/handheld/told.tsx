// Pages that say one thing, where there is nothing to work with.

import type { Language } from "./words.ts";

export function Told({ w, text }: { w: Language; text: string }) {
  return <div class="page"><h1>{w.ui.title}</h1><p role="status">{text}</p></div>;
}

/** Insecure is shown on plain http, where a browser keeps nothing: it leads to trusting the server. */
export function Insecure({ w, trust }: { w: Language; trust: string }) {
  return (
    <div class="page">
      <h1>{w.ui.title}</h1>
      <p class="wrong" role="alert">{w.ui.insecure}</p>
      {trust && <p><a class="lead" href={trust}>{w.ui.trust}</a></p>}
    </div>
  );
}

/** secureAddress is that of a page of this server as it is reached by https: of the same port, where one was named. */
export const secureAddress = (here: { host: string }, path: string): string => "https://" + here.host + path;
