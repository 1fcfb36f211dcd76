// The authors' bar of `kb serve --dev`: in a shadow root, so that no theme changes it and it changes
// no theme. Without this script the same stands at the link that the element holds.

const POLL_MS = 1000;
const OPEN = "otvet-authors-open"; // in sessionStorage: whether the panel is unfolded
const PLACE = "otvet-authors-place"; // where the page was scrolled to before it was loaded again

const host = document.querySelector("otvet-authors");
const root = host.attachShadow({ mode: "open" });
const sheet = document.createElement("link");
sheet.rel = "stylesheet";
sheet.href = host.dataset.sheet;
const place = document.createElement("div");
root.append(sheet, place);

let known = { page: host.dataset.version };
let asked = null; // the request for the search part that is under way

restorePlace();
await show();
watch();

async function show() {
  const fresh = await fetched(host.dataset.bar);
  if (!fresh) return;
  const before = place.querySelector("[data-search]")?.childNodes ?? [];
  const counts = place.querySelector("[data-search-counts]")?.childNodes ?? [];
  const hadFocus = root.activeElement?.matches("[data-toggle]");
  fresh.querySelector("[data-search]")?.append(...before); // stays until the new one is known
  fresh.querySelector("[data-search-counts]").append(...counts);
  place.replaceChildren(...fresh.childNodes);
  const toggle = place.querySelector("[data-toggle]");
  toggle.addEventListener("click", () => unfold(toggle.ariaExpanded !== "true"));
  place.firstElementChild.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || toggle.ariaExpanded !== "true") return;
    unfold(false);
    toggle.focus();
  });
  unfold(sessionStorage.getItem(OPEN) === "1");
  if (hadFocus) toggle.focus();
  search();
}

function unfold(isOpen) {
  place.querySelector("[data-toggle]").ariaExpanded = String(isOpen);
  place.querySelector("[data-panel]").hidden = !isOpen;
  sessionStorage.setItem(OPEN, isOpen ? "1" : "0");
}

async function search() {
  const into = place.querySelector("[data-search]");
  if (!into) return;
  asked?.abort();
  asked = new AbortController();
  const counts = place.querySelector("[data-search-counts]");
  if (!into.childNodes.length) counts.textContent = host.dataset.waiting;
  const fresh = await fetched(into.dataset.search, asked.signal);
  if (!fresh || !into.isConnected) return;
  counts.replaceChildren(fresh.querySelector("[data-counts]"));
  const open = new Set([...into.querySelectorAll("details[open] .asked-text")].map((it) => it.textContent));
  into.replaceChildren(...fresh.childNodes);
  for (const text of into.querySelectorAll(".asked-text")) {
    if (open.has(text.textContent)) text.closest("details").open = true;
  }
}

async function fetched(address, signal) {
  try {
    const response = await fetch(address, { signal });
    if (!response.ok) throw new Error(String(response.status));
    return new DOMParser().parseFromString(await response.text(), "text/html").body;
  } catch (error) {
    if (error.name !== "AbortError") say(host.dataset.lost);
    return null;
  }
}

function say(text) {
  const said = place.querySelector("[data-said]");
  if (said && said.textContent !== text) said.textContent = text;
}

// A page that is not looked at asks nothing; when it is looked at again, it asks at once.
function watch() {
  setInterval(look, POLL_MS);
  document.addEventListener("visibilitychange", look);
}

async function look() {
  if (document.hidden) return;
  let now;
  try {
    const response = await fetch(`/dev/state?at=${encodeURIComponent(host.dataset.at)}`);
    if (!response.ok) throw new Error(String(response.status));
    now = await response.json();
  } catch {
    say(host.dataset.lost);
    return;
  }
  if (now.page !== known.page) {
    known = { ...known, page: now.page };
    return reload();
  }
  const isNew = "check" in known && (now.check !== known.check || now.generation !== known.generation);
  known = now;
  if (isNew) await show();
  else if (root.querySelector("[data-said]")?.textContent === host.dataset.lost) say("");
}

// Words that somebody is typing are not taken away: then the bar offers to load the page again.
function reload() {
  const focused = document.activeElement;
  const isTyping = focused?.matches("input:not([type=hidden]), textarea, [contenteditable]") && focused.value;
  if (!isTyping) return again();
  const said = place.querySelector("[data-said]");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = host.dataset.reload;
  button.addEventListener("click", again);
  said.replaceChildren(`${host.dataset.changed} `, button);
}

function again() {
  sessionStorage.setItem(PLACE, JSON.stringify({ path: location.pathname, top: scrollY }));
  location.reload();
}

function restorePlace() {
  const kept = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
  sessionStorage.removeItem(PLACE);
  if (kept?.path === location.pathname) scrollTo({ top: kept.top, behavior: "instant" });
}
