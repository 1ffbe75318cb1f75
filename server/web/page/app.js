// The live page: asks for a key, keeps a session with the server, and shows what
// it says. Text from the server only ever becomes text.
import { Link } from "./link.js";
import { Feed } from "./feed.js";
import { Alerts } from "./alerts.js";
import { Numbers } from "./numbers.js";
import { clock } from "./words.js";

const keyName = "bayledger.key";
const $ = (id) => document.getElementById(id);

const feed = new Feed();
const alerts = new Alerts();
const numbers = new Numbers();
let link = null;

// takeKey reads the key of this tab, or of the address, which then forgets it.
function takeKey() {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (given) {
    sessionStorage.setItem(keyName, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem(keyName);
}

function askForKey(why) {
  sessionStorage.removeItem(keyName);
  link?.end();
  link = null;
  show("off", "Not connected");
  $("stale").hidden = true;
  $("live").hidden = true;
  $("leave").hidden = true;
  $("sign-in").hidden = false;
  $("key-error").textContent = why;
  $("key").value = "";
  $("key").focus();
}

function show(state, text) {
  const box = $("state");
  if (box.dataset.state !== state) box.dataset.state = state;
  if ($("state-text").textContent !== text) $("state-text").textContent = text;
}

function open(key) {
  $("sign-in").hidden = true;
  $("live").hidden = false;
  $("leave").hidden = false;
  link = new Link(key, {
    connecting: () => {
      if (!link?.heard) show("off", "Connecting");
    },
    live: (welcome, resumed) => {
      show("live", "Live");
      $("stale").hidden = true;
      numbers.connected(welcome.head.n);
      if (!resumed) alerts.reset();
    },
    // What is shown is no longer the present: said once, with the time it is of.
    lost: (heard, seconds) => {
      const asOf = heard ? "as of " + clock(heard) : "nothing received yet";
      show("stale", "Not live, " + asOf);
      $("stale").textContent = "The connection is lost. What you see is " + asOf + ". Trying again" + (seconds > 1 ? " in about " + seconds + " seconds." : ".");
      $("stale").hidden = false;
      numbers.lost(heard);
    },
    stopped: (message, badKey) => {
      if (badKey) {
        askForKey(message);
        return;
      }
      show("stop", "Stopped");
      $("stale").textContent = message;
      $("stale").hidden = false;
      numbers.lost(link?.heard);
    },
    restored: () => {
      feed.note("The books were restored from a backup. Entries from before are no longer shown.", true);
    },
    skipped: (count) => feed.note(count.toLocaleString() + " entries were booked while this page was away and are not shown. The activity report has them."),
    entries: (entries, to, fresh) => {
      feed.add(entries);
      numbers.booked(fresh ? entries.length : 0, to);
    },
    alertSnapshot: (rows, part, parts) => {
      alerts.snapshot(rows, part, parts);
      numbers.alerts(alerts.count, alerts.oldest);
    },
    alertRows: (rows) => {
      alerts.apply(rows);
      numbers.alerts(alerts.count, alerts.oldest);
    },
  });
  link.start();
}

$("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const key = $("key").value.trim();
  if (!key) return;
  sessionStorage.setItem(keyName, key);
  $("key").value = "";
  open(key);
});
$("leave").addEventListener("click", () => {
  feed.clear();
  alerts.reset();
  askForKey("");
});
window.addEventListener("online", () => link?.hurry());
window.addEventListener("hashchange", () => {
  const key = new URLSearchParams(location.hash.slice(1)).get("key");
  if (!key) return;
  link?.end();
  open(takeKey());
});

const key = takeKey();
if (key) open(key);
else askForKey("");
