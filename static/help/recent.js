// Recent searches, kept in this browser only and never sent. Loaded when a search box is used.

const KEY = "recent-searches";
const MOST = 8;
const MAX_CHARS = 100;
const MOST_DIGITS = 5; // more are an order, a phone or a card

export function remember(text) {
  const search = text.trim().replace(/\s+/g, " ");
  if (search.length < 2 || search.length > MAX_CHARS || isPersonal(search)) return;
  const same = (other) => other.toLowerCase() === search.toLowerCase();
  write([search, ...read().filter((other) => !same(other))].slice(0, MOST));
}

// Forget one search, or all of them.
export function forget(text) {
  write(text === undefined ? [] : read().filter((other) => other !== text));
}

// The options to choose from, made from the page's template; null when there are none.
export function group(template) {
  const searches = read();
  if (!searches.length) return null;
  // Imported, not cloned: in the template's own document links have no address to be relative to.
  const made = document.importNode(template.content.firstElementChild, true);
  const [pattern, last] = made.querySelectorAll("[role=option]");
  for (const search of searches) {
    const option = pattern.cloneNode(true);
    option.search = new URLSearchParams({ q: search });
    option.dataset.recent = search;
    option.querySelector("bdi").textContent = search;
    last.before(option);
  }
  pattern.remove();
  return made;
}

function isPersonal(text) {
  return text.includes("@") || (text.match(/\p{Nd}/gu) ?? []).length > MOST_DIGITS;
}

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string").slice(0, MOST) : [];
  } catch {
    return []; // no storage, or something else in it
  }
}

function write(searches) {
  try {
    if (searches.length) localStorage.setItem(KEY, JSON.stringify(searches));
    else localStorage.removeItem(KEY);
  } catch {
    // A browser that keeps nothing: searching works the same.
  }
}
