// Results while typing: an ARIA combobox over the same search form, which works without it.
// Waits for a pause, drops answers to older text; the server makes the list (_instant.html).

const PAUSE_MS = 140;
const MIN_CHARS = 2;
const LEAST_ROOM_PX = 240;
const RECENT = document.querySelector("template[data-recent]");
const FOUND = document.querySelector("template[data-found]");

let recent = null; // the module recent.js, once a search box has been used
let loading = null;

for (const form of document.querySelectorAll("form[data-instant]")) attach(form);
document.addEventListener("click", keepWords);
if (wasFound()) import(FOUND.dataset.found);

function attach(form) {
  const input = form.querySelector("input[type=search]");
  const popup = make("div", { class: "suggestions" });
  const note = make("p", { class: "suggestions-note" });
  const list = make("div", { id: `${input.id}-list`, role: "listbox", "aria-label": form.dataset.name });
  const status = make("p", { class: "hidden", role: "status" });
  let timer = 0;
  let request = null;
  let active = null;

  popup.hidden = true;
  list.dataset.hits = "";
  popup.append(note, list);
  form.append(popup, status);
  set(input, {
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-expanded": "false",
  });

  input.addEventListener("input", follow);
  // Typed while this script was on its way: answered as if it were typed now.
  if (document.activeElement === input && input.value !== input.defaultValue) follow();

  function follow() {
    loadRecent();
    forget();
    choose(null);
    const { length } = input.value.trim();
    if (length >= MIN_CHARS) timer = setTimeout(ask, PAUSE_MS);
    else if (length) empty();
    else recall();
  }
  input.addEventListener("focus", () => {
    // Not when the page itself gives focus: nobody asked for a list then.
    if (navigator.userActivation?.hasBeenActive ?? true) reopen();
  });
  input.addEventListener("click", reopen);
  input.addEventListener("keydown", (event) => {
    if (!event.isComposing) KEYS[event.key]?.(event);
  });
  form.addEventListener("submit", () => {
    recent?.remember(input.value);
    leave();
  });
  // A keyboard that folds away on a phone also takes the focus; the list is to stay then.
  form.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !form.contains(relatedTarget)) leave();
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (!form.contains(target)) leave();
  });
  // Choosing with the pointer must not take the focus out of the box.
  popup.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    if (event.target.closest("[data-remove]")) return remove(event, option);
    if ("clear" in option.dataset) return remove(event, null);
    if ("all" in option.dataset) recent?.remember(input.value);
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) leave();
  });
  globalThis.visualViewport?.addEventListener("resize", () => popup.hidden || fit());
  addEventListener("pageshow", ({ persisted }) => persisted && leave());

  const KEYS = {
    ArrowDown: (event) => move(event, 1),
    ArrowUp: (event) => move(event, -1),
    Home: () => choose(null),
    End: () => choose(null),
    ArrowLeft: () => choose(null),
    ArrowRight: () => choose(null),
    Tab: () => leave(),
    Escape(event) {
      if (popup.hidden) return;
      event.preventDefault();
      leave();
    },
    Enter(event) {
      if (!active || popup.hidden) return;
      event.preventDefault();
      active.click();
    },
    Delete(event) {
      if (active && "recent" in active.dataset) remove(event, active);
    },
  };

  async function ask() {
    request = new AbortController();
    const { signal } = request;
    try {
      const query = new URLSearchParams(new FormData(form));
      const response = await fetch(`${form.dataset.instant}?${query}`, { signal });
      const text = await response.text();
      if (signal.aborted || document.activeElement !== input) return;
      if (response.ok) show(new DOMParser().parseFromString(text, "text/html"));
      else empty();
    } catch (error) {
      if (error.name !== "AbortError") empty();
    }
  }

  function show(answer) {
    const part = (name) => answer.querySelector(`[data-${name}]`);
    const options = part("options");
    if (!options) return empty();
    note.replaceChildren(...part("note").childNodes);
    status.textContent = part("status").textContent.trim();
    fill(...options.children);
  }

  async function recall() {
    const text = input.value;
    await loadRecent();
    if (input.value !== text || text.trim() || document.activeElement !== input) return;
    const group = recent?.group(RECENT);
    if (!group) return empty();
    note.replaceChildren();
    status.textContent = group.ariaLabel;
    fill(group);
  }

  function remove(event, option) {
    event.preventDefault();
    recent.forget(option?.dataset.recent);
    recall();
  }

  function fill(...parts) {
    choose(null);
    list.replaceChildren(...parts);
    for (const [number, option] of options().entries()) option.id = `${list.id}-${number}`;
    open();
  }

  function options() {
    return [...list.querySelectorAll("[role=option]")];
  }

  function move(event, step) {
    event.preventDefault();
    if (event.altKey) return step > 0 ? reopen() : close();
    if (popup.hidden) reopen();
    const places = [null, ...options()];
    const place = places.indexOf(active) + step;
    choose(places.at(place === places.length ? 0 : place));
  }

  function choose(option) {
    active?.setAttribute("aria-selected", "false");
    active = option;
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  }

  function reopen() {
    if (!input.value.trim()) recall();
    else if (list.children.length && popup.hidden) open();
  }

  function open() {
    popup.hidden = false;
    input.setAttribute("aria-expanded", "true");
    fit();
  }

  // Above the keyboard of a phone: the list is as high as there is room, the box moved up if need be.
  function fit() {
    const { height, offsetTop } = globalThis.visualViewport ?? { height: innerHeight, offsetTop: 0 };
    const room = () => height + offsetTop - input.getBoundingClientRect().bottom - 16;
    if (room() < LEAST_ROOM_PX) form.scrollIntoView({ block: "start" });
    popup.style.setProperty("--room", `${Math.max(LEAST_ROOM_PX / 2, room())}px`);
  }

  function close() {
    choose(null);
    popup.hidden = true;
    input.setAttribute("aria-expanded", "false");
  }

  function empty() {
    list.replaceChildren();
    status.textContent = "";
    close();
  }

  function leave() {
    forget();
    close();
  }

  function forget() {
    clearTimeout(timer);
    request?.abort();
  }
}

function loadRecent() {
  const keep = (module) => { recent = module; };
  return (loading ??= import(RECENT.dataset.recent).then(keep, () => { loading = null; }));
}

// The marked words of a list, for the article that is opened from it (found.js). They stay in
// this tab: an address would carry them into logs.
function keepWords({ target }) {
  const link = target.closest?.("a[data-found]");
  if (!link) return;
  const marks = link.closest("[data-hits]")?.querySelectorAll("mark") ?? [];
  const words = [...new Set(Array.from(marks, (mark) => mark.textContent.toLowerCase()))];
  try {
    sessionStorage.setItem("found", JSON.stringify({ path: link.pathname, words }));
  } catch {
    // Without storage there are no marks.
  }
}

function wasFound() {
  try {
    return FOUND && CSS.highlights && sessionStorage.getItem("found");
  } catch {
    return false;
  }
}

function make(name, attributes) {
  return set(document.createElement(name), attributes);
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
