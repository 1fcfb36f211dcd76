// The agents' tool: results while typing, arrows to choose, keys to copy. Without it the same form
// searches, and links are links.

const form = document.querySelector("[data-agent-search]");
const said = document.querySelector("[data-said]");
const PAUSE_MS = 150;

if (form) {
  searchWhileTyping();
  document.querySelector("[data-keys]").hidden = false;
}
offerCopying(document);
document.addEventListener("click", copyOnClick);

function searchWhileTyping() {
  const box = form.elements.namedItem("q");
  const place = document.querySelector("[data-results]");
  const heard = document.querySelector("[data-heard]"); // for who does not see them come
  let shown = sentAddress(); // what the results on the page are of
  let timer = 0;
  let running = null;

  box.addEventListener("input", () => later());
  form.addEventListener("change", (event) => {
    if (event.target !== box) search();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
  document.addEventListener("keydown", onKey);
  mark(0);
  if (!isFresh()) later(); // typed or chosen while this script was on its way

  function later() {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE_MS);
  }

  // Of the form as the page was sent, whatever has become of its fields since.
  function sentAddress() {
    const sent = form.cloneNode(true);
    sent.reset();
    return address(sent);
  }

  function address(asking = form) {
    const asked = new URLSearchParams(new FormData(asking));
    if (!asked.get("q").trim()) asked.delete("q");
    if (asked.get("show") === "all") asked.delete("show");
    return `${form.getAttribute("action")}?${asked}`;
  }

  function isFresh() {
    return address() === shown;
  }

  async function search() {
    clearTimeout(timer);
    running?.abort();
    running = new AbortController();
    const wanted = address();
    form.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(`${wanted}&part=results&lang=${document.documentElement.lang}`, { signal: running.signal });
      if (response.redirected) {
        location.assign(wanted); // the session has ended: sign in, then on with this
        return;
      }
      if (!response.ok) throw new Error(String(response.status));
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      place.replaceChildren(...page.body.childNodes);
      shown = wanted;
      heard.textContent = place.querySelector("[data-outcome]")?.textContent ?? "";
      say("");
      offerCopying(place);
      mark(0);
      history.replaceState(null, "", wanted);
      form.removeAttribute("aria-busy");
    } catch (error) {
      if (error.name === "AbortError") return;
      form.removeAttribute("aria-busy");
      say(said.dataset.lost, "warn");
    }
  }

  function finds() {
    return [...place.querySelectorAll("[data-find]")];
  }

  function current() {
    return place.querySelector("[data-find][data-current]");
  }

  function mark(number, { withFocus = false } = {}) {
    const all = finds();
    all.forEach((find, index) => find.toggleAttribute("data-current", index === number));
    if (!withFocus || !all[number]) return;
    all[number].querySelector("[data-open]").focus({ preventScroll: true });
    all[number].scrollIntoView({ block: "nearest" });
  }

  function onKey(event) {
    if (event.isComposing) return;
    const isInBox = event.target === box;
    const isInResults = event.target.closest?.("[data-find]");
    if (!isInBox && !isInResults) return;
    const isAct = event.target.closest("[data-copy]");
    const all = finds();
    const at = all.indexOf(current());
    if (event.key === "ArrowDown" && all.length && !event.altKey) {
      event.preventDefault();
      if (!isFresh() && isInBox) return void search();
      // The first is chosen already; the first press goes on to it, the next past it.
      mark(isInBox ? Math.max(0, at) : Math.min(at + 1, all.length - 1), { withFocus: true });
    } else if (event.key === "ArrowUp" && isInResults) {
      event.preventDefault();
      if (at > 0) mark(at - 1, { withFocus: true });
      else box.focus();
    } else if (event.key === "Enter" && !isAct) {
      event.preventDefault();
      if (isInBox && !isFresh()) return void search();
      act(event, current());
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (isInBox) {
        box.value = "";
        search();
      }
      box.focus();
      box.select();
    } else if (isInResults && isLetter(event)) {
      box.focus(); // typing goes on in the box, the letter with it
    }
  }

  place.addEventListener("focusin", (event) => {
    const find = event.target.closest("[data-find]");
    if (find && !find.hasAttribute("data-current")) mark(finds().indexOf(find));
  });

  function act(event, find) {
    if (!find) return;
    if (event.altKey) open(find.querySelector("[data-open]").href, "_blank", "noopener");
    else if (event.ctrlKey || event.metaKey) copy(find, "text");
    else if (event.shiftKey) copy(find, "markdown");
    else copy(find, "link");
  }
}

function isLetter(event) {
  return event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
}

function offerCopying(place) {
  for (const button of place.querySelectorAll("button[data-copy]")) button.hidden = false;
}

function copyOnClick(event) {
  const button = event.target.closest("[data-copy]");
  if (!button || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  copy(button.closest("[data-find]"), button.dataset.copy);
}

async function copy(find, kind) {
  const text = find.dataset[kind];
  if (!text) {
    say(said.dataset.internal, "warn");
    return;
  }
  try {
    await write(text);
  } catch {
    say(said.dataset.failed, "warn");
    return;
  }
  const words = { link: "copiedLink", markdown: "copiedMarkdown", text: "copiedText" }[kind];
  say(`${said.dataset[words]} ${find.dataset.title}`, "done");
}

async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Without TLS browsers offer no clipboard, but a selection can still be copied.
  const holder = document.createElement("textarea");
  const focused = document.activeElement;
  holder.value = text;
  holder.className = "hidden";
  document.body.append(holder);
  holder.select();
  const isCopied = document.execCommand("copy");
  holder.remove();
  focused?.focus({ preventScroll: true });
  if (!isCopied) throw new Error("not copied");
}

function say(words, state = "") {
  said.textContent = words ?? "";
  said.dataset.state = state;
}
