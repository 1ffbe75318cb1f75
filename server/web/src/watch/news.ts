// A page that runs for weeks takes itself anew when the server has another: asked for now and then, and
// never while the server does not answer.

const askEvery = 5 * 60_000; // ms

/** watchForNews calls once the server's page names other parts than this one. The result ends it. */
export function watchForNews(news: () => void, get: typeof fetch = fetch.bind(globalThis)): () => void {
  const mine = document.querySelector<HTMLScriptElement>("script[src]")?.getAttribute("src") ?? "";
  const look = async () => {
    try {
      const answer = await get("/wall", { cache: "no-store" });
      const text = await answer.text();
      if (answer.ok && mine !== "" && text.includes("<script") && !text.includes('src="' + mine + '"')) news();
    } catch { /* the link says that it is away */ }
  };
  const timer = setInterval(() => void look(), askEvery);
  return () => clearInterval(timer);
}
