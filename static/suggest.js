// Suggestions while typing: an ARIA combobox over the same search form, which works without it.
// Waits for a pause, drops answers to older text, and shows text only as text.

const PAUSE_MS = 120;
const MIN_CHARS = 2;
const ICONS = document.querySelector(".search-icon use")?.getAttribute("href").split("#")[0];
const PICTURES = { title: "book", heading: "list", question: "search" };
const SVG = "http://www.w3.org/2000/svg";

for (const form of document.querySelectorAll("form[data-suggest]")) attach(form);

function attach(form) {
  const input = form.querySelector("input[type=search]");
  const list = document.createElement("ul");
  const status = document.createElement("p");
  let timer = 0;
  let request = null;
  let active = -1;
  let typed = input.value;

  list.id = `${input.id}-suggestions`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.many.replace(":", ""));
  status.className = "hidden";
  status.setAttribute("role", "status");
  form.append(list, status);
  setAll(input, {
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-expanded": "false",
  });

  input.addEventListener("input", () => {
    typed = input.value;
    forget();
    if (typed.trim().length < MIN_CHARS) return close();
    timer = setTimeout(ask, PAUSE_MS, typed);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const options = list.children.length;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      forget();
      close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (list.hidden) open();
      choose(((active + 1 + step + options + 1) % (options + 1)) - 1);
    } else if (event.key === "Enter" && active >= 0 && !list.hidden) {
      event.preventDefault();
      location.assign(list.children[active].dataset.url);
    }
  });
  input.addEventListener("focus", () => {
    if (list.children.length && input.value === typed) open();
  });
  input.addEventListener("blur", () => {
    forget();
    close();
  });
  form.addEventListener("submit", () => {
    forget();
    close();
  });
  // Choosing with the pointer must not take the focus first, or blur would close the list.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("li");
    if (option) location.assign(option.dataset.url);
  });

  async function ask(text) {
    request = new AbortController();
    const { signal } = request;
    const query = new URLSearchParams({ q: text, locale: form.dataset.locale });
    try {
      const response = await fetch(`${form.dataset.suggest}?${query}`, {
        signal,
        headers: { Accept: "application/json" },
      });
      if (!response.ok) return close();
      const { data } = await response.json();
      if (signal.aborted || document.activeElement !== input) return;
      show(data);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  function forget() {
    clearTimeout(timer);
    request?.abort();
  }

  function show(completions) {
    list.replaceChildren(...completions.map(option));
    active = -1;
    input.removeAttribute("aria-activedescendant");
    if (!completions.length) return close();
    const { one, many } = form.dataset;
    status.textContent = completions.length === 1 ? one : `${many} ${completions.length}`;
    open();
  }

  function option(completion, index) {
    const item = document.createElement("li");
    item.id = `${list.id}-${index}`;
    item.dataset.url = here(completion.url);
    setAll(item, { role: "option", "aria-selected": "false" });
    if (completion.locale !== form.dataset.locale) item.lang = completion.locale;
    const text = document.createElement("span");
    text.className = "suggestion-text";
    const words = document.createElement("bdi");
    words.append(...completion.text.map(segment));
    text.append(words);
    if (completion.kind !== "title") text.append(note(completion.title));
    item.append(picture(PICTURES[completion.kind] ?? "book"), text);
    return item;
  }

  function note(title) {
    const small = document.createElement("small");
    small.textContent = title;
    return small;
  }

  function choose(index) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = index;
    const option = list.children[active];
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  }

  function open() {
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }

  function close() {
    choose(-1);
    list.hidden = true;
    status.textContent = "";
    input.setAttribute("aria-expanded", "false");
  }
}

// The API names its public address; stay where the reader is.
function here(address) {
  const { pathname, search, hash } = new URL(address, location);
  return pathname + search + hash;
}

function segment({ t, m }) {
  if (!m) return document.createTextNode(t);
  const mark = document.createElement("mark");
  mark.textContent = t;
  return mark;
}

function picture(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${ICONS}#${name}`);
  setAll(svg, { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" });
  svg.append(use);
  return svg;
}

function setAll(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}
