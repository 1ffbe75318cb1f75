// Asking for the key, where nobody is signed in.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Words } from "./words.ts";

export function SignIn({ w, why, open }: { w: Words; why: string; open: (key: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const [key, setKey] = useState("");
  useEffect(() => {
    setKey("");
    field.current?.focus();
  }, [why]);
  const submit = (e: SubmitEvent) => {
    e.preventDefault();
    if (key.trim()) open(key.trim());
    setKey("");
  };
  return (
    <main class="sign-in" id="sign-in">
      <form class="card" onSubmit={submit}>
        <h1>{w.signIn.title}</h1>
        <p>{w.signIn.how}</p>
        <label for="key">{w.signIn.key}</label>
        <input id="key" ref={field} type="password" autocomplete="off" autocapitalize="off" spellcheck={false} placeholder="bl_…" required aria-describedby="key-error" value={key} onInput={(e) => setKey(e.currentTarget.value)} />
        <p id="key-error" class="error" role="alert">{why}</p>
        <button type="submit" class="button strong">{w.signIn.open}</button>
        <p>{w.signIn.or} <a href="/login">{w.signIn.login}</a>.</p>
      </form>
    </main>
  );
}
