// The live page: asks for a key, keeps a session with the server, and shows what
// it says. Text from the server only ever becomes text.
import { Link } from "./link.js";
import { Feed } from "./feed.js";
import { Alerts } from "./alerts.js";
import { Numbers } from "./numbers.js";
import { element, put } from "./dom.js";
import { clock } from "./words.js";

const keyName = "bayledger.key";
const refusal = "This key does not open the live view: it is wrong, revoked, or a handheld's. Enter a supervisor's or an administrator's key.";

const feed = new Feed();
const alerts = new Alerts();
const numbers = new Numbers();
const keyField = /** @type {HTMLInputElement} */ (element("key"));
/** @type {Link | null} */
let link = null;

function keyInAddress() {
  return new URLSearchParams(location.hash.slice(1)).get("key");
}

// takeKey reads the key of this tab, or of the address, which then forgets it.
function takeKey() {
  const given = keyInAddress();
  if (given) {
    sessionStorage.setItem(keyName, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem(keyName);
}

/**
 * askForKey forgets the key, and says why another one is needed.
 * @param {string} why
 */
function askForKey(why) {
  sessionStorage.removeItem(keyName);
  link?.end();
  link = null;
  show("off", "Not connected");
  banner("");
  element("live").hidden = true;
  element("leave").hidden = true;
  element("sign-in").hidden = false;
  put("key-error", why);
  keyField.value = "";
  keyField.focus();
}

/**
 * show says how far what is shown can be trusted.
 * @param {"off" | "live" | "stale" | "stop"} state
 * @param {string} text
 */
function show(state, text) {
  element("state").dataset.state = state;
  element("live").dataset.state = state;
  put("state-text", text);
}

/** @param {string} said empty to say nothing */
function banner(said) {
  put("stale", said);
  element("stale").hidden = said === "";
}

function countAlerts() {
  numbers.alerts(alerts.count, alerts.oldest, alerts.worst);
}

/** @param {string} key */
function open(key) {
  element("sign-in").hidden = true;
  element("live").hidden = false;
  element("leave").hidden = false;
  link = new Link(key, {
    connecting: () => {
      if (!link?.heard) show("off", "Connecting");
    },
    live: (welcome, resumed) => {
      show("live", "Live");
      banner("");
      numbers.connected(welcome.head.n);
      if (!resumed) alerts.reset();
    },
    // What is shown is no longer the present: said once, with the time it is of.
    lost: (heard, seconds) => {
      const asOf = heard ? "as of " + clock(heard) : "nothing received yet";
      show("stale", "Not live, " + asOf);
      banner("The connection is lost. What you see is " + asOf + ". Trying again" + (seconds > 1 ? " in about " + seconds + " seconds." : "."));
      numbers.lost(heard);
    },
    stopped: (message, badKey) => {
      if (badKey) {
        askForKey(refusal); // what servers say of keys is meant for handhelds
        return;
      }
      show("stop", "Stopped");
      banner(message);
      numbers.lost(link?.heard ?? null);
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
      countAlerts();
    },
    alertRows: (rows) => {
      alerts.apply(rows);
      countAlerts();
    },
  });
  link.start();
}

element("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const key = keyField.value.trim();
  if (!key) return;
  sessionStorage.setItem(keyName, key);
  keyField.value = "";
  put("key-error", "");
  open(key);
});
element("leave").addEventListener("click", () => {
  feed.clear();
  alerts.reset();
  askForKey("");
});
window.addEventListener("online", () => link?.hurry());
window.addEventListener("hashchange", () => {
  if (!keyInAddress()) return;
  const key = takeKey();
  if (!key) return;
  link?.end();
  open(key);
});

// Whoever is signed in needs no key: the browser brings the session along.
async function openSignedIn() {
  const answer = await fetch("/v1/session", { credentials: "same-origin", cache: "no-store" }).then((a) => a.json()).catch(() => null);
  if (link || keyInAddress()) return; // a key came meanwhile
  if (answer?.signed_in) open("");
  else askForKey("");
}

const key = takeKey();
if (key) open(key);
else void openSignedIn();
