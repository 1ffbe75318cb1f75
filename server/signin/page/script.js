"use strict";

const words = document.querySelector("main").dataset; // the sentences of the page, in its language
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// rolesOf are roles by their names: one alone holds everywhere, SITE=ROLE at a site.
const rolesOf = (text) => text.split("/").map((part) => {
  const at = part.lastIndexOf("=");
  const role = part.slice(at + 1);
  return (at < 0 ? "" : part.slice(0, at) + ": ") + (["floor", "dock", "supervisor", "admin"].includes(role) ? words[role] : role);
}).join(", ");

const say = (text) => { document.getElementById("say").textContent = text; };

// ask sends JSON and returns the answer's body; what was refused is said in the
// server's own words.
async function ask(method, path, body) {
  const answer = await fetch(path, {
    method, credentials: "same-origin", cache: "no-store",
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  const value = text === "" ? {} : JSON.parse(text);
  if (!answer.ok) throw new Error(value.message || words.refused);
  return value;
}

function on(id, act) {
  const form = document.getElementById(id);
  if (form === null) return;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    say("");
    try {
      await act(form);
    } catch (error) {
      say(error.message);
      button.disabled = false;
    }
  });
}

on("login", async (form) => {
  await ask("POST", "/v1/session", { login: form.login.value, password: form.password.value });
  location.replace("/account");
});

on("setup", async (form) => {
  if (form.password.value !== form.again.value) throw new Error(words.differ);
  const code = location.hash.slice(1);
  if (code === "") throw new Error(words.noCode);
  await ask("POST", "/v1/set-up", { code, login: form.login.value, password: form.password.value });
  location.replace("/account");
});

on("logout", async () => {
  await ask("DELETE", "/v1/session");
  location.replace("/login");
});

async function showAccount() {
  const who = document.getElementById("who");
  if (who === null) return;
  try {
    const key = await ask("GET", "/v1/key");
    who.textContent = filled(words.who, { who: key.login || key.name, roles: rolesOf(key.roles) });
    const list = document.getElementById("sessions");
    for (const row of (await ask("GET", "/v1/own-sessions")).rows) {
      const item = document.createElement("li");
      item.textContent = filled(words.session, { agent: row.agent, from: row.from, since: new Date(row.created_at).toLocaleString(document.documentElement.lang) }) + " ";
      const end = document.createElement("button");
      end.textContent = words.end;
      end.addEventListener("click", async () => {
        await ask("DELETE", "/v1/own-sessions/" + encodeURIComponent(row.id)).catch((error) => say(error.message));
        location.reload();
      });
      item.append(end);
      list.append(item);
    }
  } catch (error) {
    location.replace("/login");
  }
}

// A provider is there where the server says so, in the page's own head.
async function showElsewhere() {
  const line = document.getElementById("elsewhere");
  if (line === null) return;
  const offered = await ask("GET", "/v1/openid").catch(() => ({ offered: false }));
  line.hidden = !offered.offered;
  if (new URLSearchParams(location.search).has("failed")) say(words.elsewhere);
}


showAccount();
showElsewhere();
