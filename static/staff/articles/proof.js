// What becomes of the text, beside it: look, problems, effect on search. Asked for after a pause in
// typing; an answer to older words is dropped.

const PAUSE_MS = 500;
const SEARCH_PAUSE_MS = 1500;
const RETRY_MS = 5000; // after a trial that could not be made: the workbench is starting, or busy

export function watchProof(form, desk, text) {
  const box = desk.querySelector("[data-proof]");
  const said = box.querySelector("[data-proof-said]");
  const preview = openPreview(box);
  let timer = 0;
  let searchTimer = 0;
  let running = null;

  openTabs(box);
  box.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-go]");
    if (button) goTo(button);
  });

  return { now: () => ask(false), soon };

  function soon() {
    clearTimeout(timer);
    clearTimeout(searchTimer);
    timer = setTimeout(() => ask(false), PAUSE_MS);
    searchTimer = setTimeout(() => ask(true), SEARCH_PAUSE_MS);
  }

  async function ask(withSearch) {
    running?.abort();
    const asked = (running = new AbortController());
    const body = new FormData(form);
    body.set("search", withSearch ? "1" : "");
    box.setAttribute("aria-busy", "true");
    if (withSearch) said.textContent = box.dataset.waiting;
    try {
      const response = await fetch(form.dataset.proofUrl, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
        signal: asked.signal,
      });
      if (!response.ok || response.redirected) throw new Error(String(response.status));
      const proof = await response.json();
      show(proof, withSearch);
      said.textContent = "";
      if (withSearch && proof.isToRetry) searchTimer = setTimeout(() => ask(true), RETRY_MS);
    } catch (error) {
      if (error.name === "AbortError") return;
      said.textContent = box.dataset.failed;
    } finally {
      if (running === asked) box.removeAttribute("aria-busy");
    }
  }

  function show(proof, withSearch) {
    if (proof.html !== null) preview(proof);
    put(box.querySelector("[data-problems-place]"), proof.problemsPart);
    count(box.querySelector("[data-problem-count]"), proof.problems.length || "", "warn");
    text.markLines(proof.problems.map((one) => one.bodyLine));
    if (!withSearch) return;
    const place = box.querySelector("[data-search-place]");
    const open = new Set([...place.querySelectorAll("details[open] bdi")].map((it) => it.textContent));
    put(place, proof.searchPart);
    for (const one of place.querySelectorAll("summary bdi")) {
      if (open.has(one.textContent)) one.closest("details").open = true;
    }
    const list = place.querySelector("[data-all]");
    const { first, all } = list?.dataset ?? {};
    count(box.querySelector("[data-search-count]"), list ? `${first}/${all}` : "", first === all ? "" : "warn");
  }

  // A problem of the head leads to its field: its message names the key.
  function goTo(button) {
    const line = Number(button.dataset.go);
    if (text.name === "file") return text.goTo(Number(button.dataset.fileLine));
    if (line) return text.goTo(line);
    const told = button.parentElement;
    const names = [...told.textContent.matchAll(/`([a-z]+)`/g)].map(([, name]) => name);
    for (const key of [...names, ...[...told.querySelectorAll("code")].map((it) => it.textContent)]) {
      const field = form.elements[`f-${key}`] ?? form.elements[`f-${key}-0`];
      if (!field) continue;
      const fold = field.closest("details");
      if (fold) fold.open = true;
      return field.focus();
    }
    text.focus();
  }
}

function count(place, words, tone) {
  place.textContent = words;
  place.dataset.tone = tone;
}

function put(place, html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  place.replaceChildren(...page.body.childNodes);
}

// In a shadow root: its headings' ids do not meet those of the page, and links do not lead away.
function openPreview(box) {
  const host = box.querySelector("[data-look-place]");
  const root = host.attachShadow({ mode: "open" });
  for (const address of JSON.parse(box.dataset.sheets)) {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = address;
    root.append(sheet);
  }
  const article = document.createElement("article");
  article.className = "article preview-article";
  article.lang = box.dataset.lang;
  article.dir = box.dataset.dir;
  root.append(article);
  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link) return;
    event.preventDefault();
    if (!link.getAttribute("href").startsWith("#")) open(link.href, "_blank", "noopener");
  });
  return ({ html, title, summary }) => {
    const heading = document.createElement("h1");
    heading.textContent = title;
    const lead = document.createElement("p");
    lead.className = "lead";
    lead.textContent = summary;
    const prose = document.createElement("div");
    prose.className = "prose";
    put(prose, html);
    article.replaceChildren(heading, lead, prose);
  };
}

function openTabs(box) {
  const list = box.querySelector("[data-tabs]");
  const tabs = [...list.querySelectorAll("[role=tab]")];
  list.hidden = false;
  for (const tab of tabs) {
    const part = document.getElementById(tab.getAttribute("aria-controls"));
    part.setAttribute("role", "tabpanel");
    part.setAttribute("aria-labelledby", tab.id);
  }
  const choose = (chosen) => {
    for (const tab of tabs) {
      tab.ariaSelected = String(tab === chosen);
      tab.tabIndex = tab === chosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
    }
  };
  list.addEventListener("click", ({ target }) => {
    const tab = target.closest("[role=tab]");
    if (tab) choose(tab);
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = tabs.findIndex((tab) => tab.ariaSelected === "true");
    const next = tabs[(at + step + tabs.length) % tabs.length];
    choose(next);
    next.focus();
  });
  choose(tabs[0]);
}
