// A question to the server's REST side, for what a scan never waits for.

import type { JobWords } from "./jobwords.ts";

const within = 10_000; // ms

/** ask makes a request with the handheld's key. It throws a sentence. */
export async function ask(origin: string, key: string, method: "GET" | "POST", path: string, body: object | undefined, words: JobWords): Promise<unknown> {
  const asked: RequestInit = { method, signal: AbortSignal.timeout(within), credentials: "omit", headers: { authorization: "Bearer " + key, ...(body ? { "content-type": "application/json" } : {}) } };
  if (body) asked.body = JSON.stringify(body);
  const answer = await fetch(origin + path, asked).catch(() => null);
  if (!answer) throw new Error(words.noAnswer);
  const said = (await answer.json().catch(() => ({}))) as { message?: string; detail?: string };
  if (!answer.ok) throw new Error(words.serverSaid(said.message ?? said.detail ?? String(answer.status)));
  return said;
}
