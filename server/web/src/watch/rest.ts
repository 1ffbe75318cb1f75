// Asking the server. Whatever goes wrong comes as a Problem whose message is a sentence for people.

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Ask makes a request and gives what it was answered, or throws a Problem. */
export type Ask = <T>(method: Method, path: string, body?: unknown, signal?: AbortSignal) => Promise<T>;

/** Problem is why nothing came of a request: the server's own sentence, where it said one (RFC 9457). */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly field: string;
  constructor(code: string, status: number, message: string, field = "") {
    super(message);
    this.name = "Problem";
    this.code = code;
    this.status = status;
    this.field = field;
  }
}

/** Sentences are what is said where the server could not. */
export interface Sentences {
  unreachable: string;
  unreadable(status: number): string;
}

export interface AskOptions {
  /** key opens the server; "" where somebody is signed in, and the browser brings the session along. */
  readonly key: string;
  readonly sentences: () => Sentences;
  /** ended is told that key or session are good no longer. */
  readonly ended: () => void;
  readonly fetch?: typeof fetch;
}

const answerWithin = 30_000; // ms; reports that take longer come as files
const fileWithin = 10 * 60_000; // ms
const keptFor = 60_000; // ms that a browser may take to begin with a file

type Get = (method: Method, path: string, accept: string, within: number, body?: unknown, signal?: AbortSignal) => Promise<Response>;

/** getter asks, and gives an answer whose body is still to be read; what went wrong it throws as a Problem. */
function getter(o: AskOptions): Get {
  const get = o.fetch ?? fetch.bind(globalThis);
  return async (method, path, accept, within, body, signal) => {
    const timeout = AbortSignal.timeout(within);
    const headers: Record<string, string> = { accept };
    if (o.key) headers.authorization = "Bearer " + o.key;
    if (body !== undefined) headers["content-type"] = "application/json";
    const answer = await get(path, { method, headers, body: body === undefined ? null : JSON.stringify(body), credentials: "same-origin", cache: "no-store", signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
    if (answer.ok) return answer;
    if (answer.status === 401) o.ended();
    throw problemOf(answer.status, await answer.text(), o.sentences());
  };
}

/** unreached says that nothing came of a request, unless whoever asked gave up. */
const unreached = (o: AskOptions, e: unknown, signal?: AbortSignal): unknown => (e instanceof Problem || signal?.aborted ? e : new Problem("unreachable", 0, o.sentences().unreachable));

/** asker makes an Ask of a key, or of the session. */
export function asker(o: AskOptions): Ask {
  const get = getter(o);
  return async <T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> => {
    let answer: Response;
    let text: string;
    try {
      answer = await get(method, path, "application/json", answerWithin, body, signal);
      text = await answer.text();
    } catch (e) {
      throw unreached(o, e, signal);
    }
    try {
      return (text === "" ? undefined : JSON.parse(text)) as T;
    } catch {
      throw new Problem("unreadable", answer.status, o.sentences().unreadable(answer.status));
    }
  };
}

/** filer has the browser keep what is at a path as a file: a link would not bring the key along. */
export function filer(o: AskOptions): (path: string, name: string) => Promise<void> {
  const get = getter(o);
  return async (path, name) => {
    let data: Blob;
    try {
      data = await (await get("GET", path, "*/*", fileWithin)).blob();
    } catch (e) {
      throw unreached(o, e);
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(data);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), keptFor);
  };
}

function problemOf(status: number, text: string, s: Sentences): Problem {
  try {
    const p = JSON.parse(text) as { code?: string; message?: string; detail?: string; field?: string };
    const said = p.message ?? p.detail;
    if (said) return new Problem(p.code ?? "", status, said, p.field ?? "");
  } catch { /* a proxy's page, say */ }
  return new Problem("", status, s.unreadable(status));
}

/** said is the sentence of whatever was thrown. */
export const said = (e: unknown): string => (e instanceof Error ? e.message : String(e));
