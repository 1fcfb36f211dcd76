// The panel: its frame, what is shown in it, where the focus goes, and the calls it answers.

import { conversation } from "./conversation.js";
import { h, icon } from "./dom.js";
import { handoffs } from "./handoff.js";
import { reading } from "./reading.js";
import { connect } from "./server.js";
import { sheet } from "./style.js";
import { wordsIn } from "./words.js";

/** Before this a wait is not worth a word. */
const QUIET_MS = 300;
const FOCUSABLE = "a[href], button:not(:disabled), input, textarea, summary, [tabindex='0']";

/** The panel of one widget of the page; `widget` is what the loader knows of it. */
export function mount(core, widget) {
  const { host, root, options } = widget;
  const isInline = host.hasAttribute("inline");
  const words = wordsIn(widget.lang);
  const ending = new AbortController();
  const server = connect(core, widget, ending.signal);
  const phone = matchMedia("(max-width: 480px)");
  const shadow = root.getRootNode();
  const live = h("p", { class: "hidden", role: "status" });
  const progress = h("p", { class: "progress", "aria-hidden": "true" });
  let isOpen = false;
  let isGone = false;
  let opener = null;
  let waiting = 0;
  let stack = []; // the views one can go back to, the one on the screen last

  const shell = {
    core,
    widget,
    words,
    server,
    config: null,
    isOpen: () => isOpen,
    isGone: () => isGone,
    isInline,
    isTouch: () => matchMedia("(pointer: coarse)").matches,
    current: () => stack[stack.length - 1],
    emit: (name, detail) => core.emit(host, name, detail),
    show,
    close,
    wait,
    rest,
    say,
    scrollTo,
    focusTitle: () => title.focus({ preventScroll: true }),
    contact,
    fault,
    handoff: (why) => person.open(why),
    afresh: () => asked.afresh(),
  };
  const asked = conversation(shell);
  shell.asked = asked;
  const person = handoffs(shell);

  const title = h("h2", { id: "title", tabindex: "-1" });
  const back = h("button", { class: "icon-button", type: "button", "aria-label": words.back, onclick: goBack }, icon("back"));
  const leave = h("button", { class: "icon-button", type: "button", "aria-label": words.close, onclick: close }, icon("close"));
  leave.hidden = isInline;
  const content = h("div", { class: "content" });
  const toPerson = h("button", { class: "person", type: "button", onclick: () => person.open() },
    icon("person"), h("span", {}, words.person));
  const direct = h("p", { class: "own-address" });
  const foot = h("div", { class: "foot" }, asked.composer, toPerson, direct);
  const panel = h("section", {
    class: "panel",
    role: isInline ? "region" : "dialog",
    "aria-labelledby": "title",
    onkeydown: onKey,
    onfault: (event) => fault(event.detail),
  }, h("div", { class: "top" }, back, title, leave), content, foot, live);
  panel.hidden = true;
  shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet()];
  root.append(panel);
  widget.config.then((config) => {
    if (isGone) return;
    shell.config = config;
    showContact();
  });

  /** Puts a view on the screen; `isHome` ones have nothing to go back to. */
  function show(view, { isHome = false } = {}) {
    const before = shell.current();
    if (before && before !== view) {
      before.scrolled = content.scrollTop;
      before.leave();
    }
    if (isHome) stack = [];
    stack = [...stack.filter((one) => one !== view && one.name !== view.name || one.name === "article"), view];
    put(view);
    if (isOpen && before !== view) view.focus();
  }

  function put(view) {
    if (content.firstElementChild !== view.element) {
      content.replaceChildren(view.element, progress);
      content.scrollTop = view.scrolled ?? 0;
    }
    title.textContent = view.title;
    back.hidden = stack.length < 2;
    asked.composer.hidden = !view.hasComposer;
    const isAtPerson = ["handoff", "sent", "direct"].includes(view.name);
    toPerson.hidden = isAtPerson;
    direct.hidden = !isAtPerson || view.name === "direct" || !contact().email;
    foot.hidden = asked.composer.hidden && toPerson.hidden && direct.hidden;
    view.enter();
  }

  function goBack() {
    const view = stack.pop();
    view.leave();
    put(shell.current());
    shell.current().focus();
  }

  async function open() {
    if (!isOpen) {
      isOpen = true;
      opener = document.activeElement;
      panel.hidden = false;
      widget.button?.setAttribute("aria-expanded", "true");
      if (!isInline) fit();
      server.track("widget.opened");
      shell.emit("open", {});
      if (!shell.current()) await first();
      else shell.current().enter();
    }
    if (!isInline) shell.current().focus();
  }

  /** What a reader sees first depends on how the shop has set it up. */
  async function first() {
    shell.show(asked.view, { isHome: true });
    if (options.mode === "ask-first") person.open();
    else {
      const config = await widget.config;
      if (config?.features?.suggest === false && shell.current() === asked.view) person.open();
    }
  }

  function close() {
    if (!isOpen || isInline) return;
    isOpen = false;
    shell.current()?.leave();
    panel.hidden = true;
    widget.button?.setAttribute("aria-expanded", "false");
    server.track("widget.closed");
    server.flush();
    shell.emit("close", {});
    if (opener?.isConnected && opener !== document.body && opener !== host) opener.focus();
    else widget.button?.focus();
  }

  /** On a phone the panel is the whole screen, so nothing behind it can be reached. */
  function fit() {
    if (phone.matches && !isInline) panel.setAttribute("aria-modal", "true");
    else panel.removeAttribute("aria-modal");
  }
  phone.addEventListener("change", fit, ending);

  function onKey(event) {
    if (event.key === "Escape" && !isInline && !event.isComposing) {
      event.stopPropagation();
      close();
    } else if (event.key === "Tab" && panel.hasAttribute("aria-modal")) {
      stay(event);
    }
  }

  function stay(event) {
    const reachable = [...panel.querySelectorAll(FOCUSABLE)].filter((one) => one.checkVisibility());
    const edge = event.shiftKey ? reachable[0] : reachable[reachable.length - 1];
    if (shadow.activeElement !== edge && reachable.includes(shadow.activeElement)) return;
    event.preventDefault();
    (event.shiftKey ? reachable[reachable.length - 1] : reachable[0]).focus();
  }

  /** A quiet word while something takes longer than a moment. */
  function wait(text) {
    rest();
    waiting = setTimeout(() => {
      live.textContent = text;
      progress.textContent = text;
    }, QUIET_MS);
  }

  function rest() {
    clearTimeout(waiting);
    live.textContent = "";
    progress.textContent = "";
  }

  /** Tells those who listen what the others see. */
  function say(text) {
    rest();
    live.textContent = text;
  }

  function scrollTo(element) {
    if (!element) return;
    const top = element.getBoundingClientRect().top - content.getBoundingClientRect().top;
    content.scrollTop += top - 12;
  }

  /** The address of people, which the loader brought along. */
  function contact() {
    const { email = core.boot.email, url } = shell.config?.contact ?? {};
    const page = core.base + core.boot.contact.replace("*", widget.locale);
    return { email, page: /^https?:\/\//.test(url ?? "") ? url : page };
  }

  function showContact() {
    const { email } = contact();
    if (email) direct.replaceChildren(icon("mail"), h("a", { href: `mailto:${email}` }, words.directSelf(email)));
  }
  showContact();

  /** A fault of ours: the customer goes to a person, the page notices nothing. */
  function fault(error) {
    shell.emit("error", { message: String(error?.message ?? error) });
    if (shell.current()?.name === "handoff") return;
    try {
      rest();
      person.open({ reason: "unavailable" });
    } catch { /* the address in the foot stays */ }
  }

  function list(heading, articles, empty) {
    const rows = articles.map((article) => h("li", {}, h("button", {
      class: "row",
      type: "button",
      onclick: () => show(reading(shell, article)),
    },
    h("span", { class: "row-text", lang: article.locale },
      h("span", { class: "row-title", dir: "auto" }, article.title),
      h("span", { class: "row-passage", dir: "auto" }, article.excerpt ?? "")),
    icon("next"))));
    const top = h("h3", { tabindex: "-1" }, heading);
    show({
      name: "list",
      title: words.title,
      hasComposer: true,
      element: h("div", { class: "view" },
        top,
        rows.length ? h("ul", { class: "rows cards", role: "list" }, rows) : h("p", { class: "lead" }, empty)),
      focus: () => top.focus({ preventScroll: true }),
      enter() {},
      leave() {},
    });
  }

  /** The calls of the public interface that need the panel. */
  const calls = {
    open,
    async close() { close(); },
    toggle: () => (isOpen ? calls.close() : open()),
    async ask(text) {
      await open();
      return asked.ask(String(text));
    },
    suggest: (text, more) => asked.suggest(text, more),
    async search(q) {
      await open();
      const query = String(q).slice(0, 300);
      server.track("search.performed", { query });
      try {
        const { data } = await server.search(String(q));
        if (!data.length) server.track("search.no_results", { query });
        const found = [];
        for (const hit of data) found.push({ ...hit, anchor: hit.passage?.anchor, excerpt: hit.passage?.text });
        list(words.searchedFor(String(q)), found, words.nothingFound);
      } catch {
        person.open({ reason: "unavailable" });
      }
    },
    async article(id) {
      await open();
      show(reading(shell, { id: String(id) }));
    },
    async show(ids) {
      await open();
      const wanted = [...ids].slice(0, 10).map((id) => server.article(String(id)).catch(() => null));
      const articles = (await Promise.all(wanted)).filter(Boolean);
      list(words.recommended, articles, words.nothingFound);
    },
    async handoff(what) {
      await open();
      await person.open(what);
    },
    async info() {
      return { version: core.boot.version, locale: widget.locale, isOpen, sessionId: server.session.id };
    },
    async reset() {
      Object.assign(core, { context: {}, identity: {} });
      server.flush();
      server.session.forget();
      asked.reset();
      person.reset();
      stack = [];
      if (isOpen) await first();
    },
  };

  return {
    async answer(name, ...rest) {
      if (!Object.hasOwn(calls, name)) throw new TypeError(`HelpWidget has no ${name}`);
      return calls[name](...rest);
    },
    destroy() {
      isGone = true;
      rest();
      shell.current()?.leave();
      asked.reset();
      person.destroy();
      server.flush();
      ending.abort();
      panel.remove();
    },
  };
}
