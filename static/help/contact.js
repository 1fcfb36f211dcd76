// The contact page: shows what may answer while a message is being written, before it what to do
// about a danger that it tells of, and keeps the draft in this tab until it is sent. The form works
// without this; the focus is never moved.

const PAUSE_MS = 600;
const MIN_CHARS = 3; // the server offers articles from 12, and tells of dangers before
const MOST_SHOWN = 6;
const DRAFT = "otvet-contact";
const DRAFTED = ["message", "email", "name", "order"];

const form = document.querySelector("form[data-contact]");
if (document.querySelector("[data-contact-done]")) forget();
if (form) {
  keepDraft();
  sendOnce();
  const region = form.querySelector("[data-offers]");
  if (region) suggestInto(region);
}

function suggestInto(region) {
  const message = form.elements.message;
  const danger = region.querySelector("[data-safety]") ?? region.appendChild(alertBox());
  const status = form.querySelector("[data-contact-status]");
  let timer = 0;
  let request = null;
  let asked = "";
  let quietUntil = 0;

  message.addEventListener("input", () => {
    clearTimeout(timer);
    request?.abort();
    timer = setTimeout(ask, PAUSE_MS);
  });
  region.addEventListener("click", (event) => {
    if (event.target.closest("[data-solved]")) solved();
  });
  if (message.value.trim().length >= MIN_CHARS) timer = setTimeout(ask, PAUSE_MS);

  async function ask() {
    const text = message.value.trim();
    if (text === asked) return;
    if (Date.now() < quietUntil) return later();
    if (text.length < MIN_CHARS) return show(null, text);
    request = new AbortController();
    const { signal } = request;
    try {
      const response = await fetch(form.dataset.suggestions, { method: "POST", body: question(text), signal });
      if (!response.ok) {
        quietUntil = Date.now() + 1000 * (Number(response.headers.get("Retry-After")) || 5);
        if (response.status === 429) later(); // a danger must be told of all the same
        return;
      }
      const html = response.status === 200 ? await response.text() : "";
      if (signal.aborted) return;
      const page = new DOMParser().parseFromString(html, "text/html");
      show(page, text);
    } catch {
      // No connection, or the message went on: the form can be sent all the same.
    }
  }

  function later() {
    timer = setTimeout(ask, quietUntil - Date.now());
  }

  /** What the server needs to look for answers, and nothing that tells who writes. */
  function question(text) {
    const body = new FormData();
    body.set("message", text);
    body.set("form", form.elements.form.value);
    for (const input of remembered()) body.append("shown", input.value);
    return body;
  }

  function show(part, text) {
    asked = text;
    const line = part?.querySelector("[data-safety]");
    const offer = part?.querySelector("[data-offer]");
    region.hidden = !line && !offer;
    warn(line);
    const isSame = Boolean(offer) && titles(offer) === titles(region);
    if (offer) remember(offer.querySelector("input[name=shown]"));
    region.querySelector("[data-offer]")?.remove();
    if (offer) region.append(offer);
    if (!offer) status.textContent = "";
    else if (!isSame || !status.textContent) status.textContent = offer.dataset.announce;
  }

  /** Once for a danger: the same line is not read out again while the message goes on. */
  function warn(line) {
    const said = line?.textContent.trim() ?? "";
    if (said !== danger.textContent.trim()) danger.replaceChildren(...(line?.childNodes ?? []));
  }

  function remember(input) {
    if (!remembered().some((one) => one.value === input.value)) form.prepend(input);
    else input.remove();
    for (const old of remembered().slice(MOST_SHOWN)) old.remove(); // the latest stands first
  }

  function remembered() {
    return [...form.querySelectorAll("input[name=shown]")];
  }

  function titles(element) {
    return [...element.querySelectorAll("a")].map((link) => link.href).join(" ");
  }

  function solved() {
    const step = document.createElement("button");
    step.name = "step";
    step.value = "solved";
    step.hidden = true;
    form.append(step);
    form.requestSubmit(step);
  }
}

function alertBox() {
  const box = document.createElement("div");
  box.role = "alert";
  return box;
}

/** What was typed survives a look at an article, another language and a lost connection. */
function keepDraft() {
  const fields = DRAFTED.map((name) => form.elements[name]);
  const isAnswered = "answered" in form.dataset; // then the server has put everything back
  const draft = read();
  for (const field of fields) {
    if (!isAnswered && !field.value && typeof draft[field.name] === "string") field.value = draft[field.name];
  }
  form.addEventListener("input", write);
  if (fields.some((field) => field.value)) write(); // typed while this script was on its way

  function write() {
    const texts = Object.fromEntries(fields.map((field) => [field.name, field.value]));
    try {
      sessionStorage.setItem(DRAFT, JSON.stringify(texts));
    } catch {
      // A browser that keeps nothing: the form itself still holds it.
    }
  }
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(DRAFT)) ?? {};
  } catch {
    return {};
  }
}

function forget() {
  try {
    sessionStorage.removeItem(DRAFT);
  } catch {
    // Nothing was kept.
  }
}

/** A second press while the first is on its way does nothing; the server would see it is the same. */
function sendOnce() {
  form.addEventListener("submit", (event) => {
    if (form.ariaBusy === "true") event.preventDefault();
    form.ariaBusy = "true";
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) form.ariaBusy = "false";
  });
}
