// Draws the button, keeps calls until they can be answered, brings the panel when it is first
// wanted. Knows the contact itself, so that it can be shown even when nothing else arrives.
// Sent without comments and indentation, as every page of the shop waits for it.
(() => {
  const boot = /*boot*/ {};
  const TAG = "help-widget";
  const PATIENCE_MS = 6000;
  const script = document.currentScript ?? document.querySelector('script[src*="/widget/v1.js"]');
  const earlier = window.HelpWidget;
  // Tag managers put the tag in twice; browsers before 2024 keep the page's own links.
  if (!script || earlier?.version || !CSS.supports("color", "light-dark(red, red)")) return;

  const base = new URL("..", script.src).href.slice(0, -1);
  const ending = new AbortController();
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
:host { display: contents !important; }
.root { all: initial; direction: inherit; color-scheme: inherit;
  --accent: var(--help-accent, var(--theme-accent, light-dark(#0b6072, #7bcadb)));
  --accent-ink: #fff; --text: light-dark(#16212a, #e3e9ec);
  --font: var(--help-font, var(--theme-font, system-ui, sans-serif)); }
@supports (color: lch(from red l 0 0)) {
  .root { --accent-ink: lch(from var(--accent) calc((49.44 - l) * infinity) 0 0); } }
.launcher { position: fixed; z-index: var(--help-z, 2147483000); inset-block-end: 20px;
  inset-inline-end: 20px; display: flex; align-items: center; gap: 8px; min-height: 52px;
  max-width: calc(100vw - 80px); padding: 0 20px 0 16px; border: 0;
  border-radius: 26px; background: var(--accent); color: var(--accent-ink);
  font: 600 16px/1.25 var(--font); cursor: pointer; box-shadow: 0 4px 20px rgb(16 32 40 / 24%); }
:host([data-position=start]) .launcher { inset-inline: 20px auto; }
.launcher svg { flex: none; width: 24px; fill: none; stroke: currentcolor; stroke-width: 1.75; }
.launcher[aria-busy=true] svg { opacity: .5; }
.launcher[aria-expanded=true] { visibility: hidden; }
.launcher:focus-visible { outline: 3px solid var(--text); outline-offset: 2px; }
@media (max-width: 480px) { button.launcher { padding: 0 14px; } .launcher span { display: none; } }
@media (forced-colors: active) { .launcher { border: 2px solid; } }`);

  const TEXTS = { ru: ["Помощь", "Напишите нам"], en: ["Help", "Write to us"] };

  /** The first language that the site has: of the tag, the page, the reader. */
  const localeOf = (wanted) => {
    for (const one of [wanted, document.documentElement.lang, ...navigator.languages]) {
      const found = boot.languages.find((known) => `${one}-`.toLowerCase().startsWith(`${known}-`));
      if (found) return found;
    }
    return boot.languages[0];
  };

  // Taken now: pages replace such things later.
  const fetch = window.fetch.bind(window);

  /** What the server says of this site; null when it says nothing within 3 s. */
  const configOf = async ({ key = "", locale }) => {
    try {
      const query = new URLSearchParams({ key, locale });
      const answer = await fetch(`${base}/api/v1/widget/config?${query}`, {
        signal: AbortSignal.timeout(3000),
        credentials: "omit",
      });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  };

  const make = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  // The preloads check each module; the import then takes what they brought.
  const at = `${base}/widget/${boot.version}/`;
  const links = [];
  const preload = ([name, digest]) => new Promise((onload, onerror) => {
    const integrity = `sha256-${digest}`;
    const href = `${at + name}.js`;
    const link = make("link", { rel: "modulepreload", crossOrigin: "", integrity, onload, onerror, href });
    if (!link.relList.supports(link.rel)) return onload();
    links.push(link);
    document.head.append(link);
  });
  let loading = null;
  const load = () => (loading ??= Promise.all(Object.entries(boot.modules).map(preload))
    .then(() => import(`${at}panel.js`))
    .catch((error) => {
      loading = null;
      throw error;
    }));

  const emit = (host, name, detail) =>
    host.dispatchEvent(new CustomEvent(`help:${name}`, { bubbles: true, composed: true, detail }));

  const widgets = new Map();
  const core = { base, boot, fetch, emit, context: {}, identity: {} };

  const attach = (host) => {
    if (widgets.has(host)) return;
    const options = { ...script.dataset, ...host.dataset };
    const locale = localeOf(options.locale);
    const lang = TEXTS[locale] ? locale : "en";
    const root = make("div", { className: "root", lang });
    const shadow = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [sheet];
    const place = make("aside", { ariaLabel: TEXTS[lang][0] });
    root.append(place);
    shadow.append(root);
    const widget = { host, root, place, options, locale, lang };
    widgets.set(host, widget);
    widget.config = configOf({ ...options, locale });
    widget.config.then((config) => {
      for (const [name, value] of Object.entries(config?.theme ?? {})) root.style.setProperty(`--theme-${name}`, value);
      if (host === main) emit(main, "ready");
    });
    if (host.hasAttribute("inline")) run(widget, ["open"]).catch(() => {});
    else if (options.launcher !== "off") drawButton(widget);
  };
  const detach = (host) => {
    widgets.get(host)?.panel?.destroy();
    widgets.get(host)?.root.remove();
    widgets.delete(host);
  };

  const drawButton = (widget) => {
    const [ariaLabel] = TEXTS[widget.lang];
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS(svg.namespaceURI, "path");
    path.setAttribute("d", "M4 5.5h16v11H11L7 20v-3.5H4zM9 9.5h6M9 12.5h4");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.append(path);
    const soon = () => load().catch(() => {});
    widget.button = make("button", {
      className: "launcher", type: "button", ariaLabel, ariaHasPopup: "dialog", ariaExpanded: "false",
      onclick: () => run(widget, ["open"]).catch(() => {}),
      onpointerenter: soon, onfocus: soon,
    }, svg, make("span", {}, ariaLabel));
    widget.place.append(widget.button);
  };

  /** Nothing of the panel came: the address takes the place of the button. */
  const showContact = (widget) => {
    if (widget.panel || !widgets.has(widget.host)) return;
    const { email } = boot;
    const href = email ? `mailto:${email}` : base + boot.contact.replace("*", widget.locale);
    const link = make("a", { className: "launcher", href }, TEXTS[widget.lang][1], email ? `: ${email}` : "");
    widget.place.replaceChildren(link);
    link.focus();
  };

  /** Answers one call with the panel, and brings it first. */
  const run = async (widget, call) => {
    const { button } = widget;
    const timer = setTimeout(showContact, PATIENCE_MS, widget);
    if (button) button.ariaBusy = "true";
    try {
      const { mount } = await load();
      if (!widgets.has(widget.host)) throw new Error("gone");
      widget.panel ??= mount(core, widget);
      widget.place.replaceChildren(button ?? "");
      clearTimeout(timer);
      return await widget.panel.answer(...call);
    } catch (error) {
      showContact(widget);
      throw error;
    } finally {
      clearTimeout(timer);
      if (button) button.ariaBusy = "false";
    }
  };

  /** These need no panel and do not bring it. */
  const AT_ONCE = {
    on: (name, fn, once) =>
      main.addEventListener(`help:${name}`, (fn.heard ??= ({ detail }) => fn(detail)), { once }),
    once: (name, fn) => AT_ONCE.on(name, fn, true),
    off: (name, fn) => main.removeEventListener(`help:${name}`, fn.heard),
    context: (values) => void Object.assign(core.context, values),
    identify: (values) => void (core.identity = values ?? {}),
    onHandoff: (fn) => void (core.adapter = fn),
    destroy: () => {
      ending.abort();
      Element.hooks = null;
      for (const host of [...widgets.keys()]) detach(host);
      for (const one of [...links, main]) one.remove();
      if (window.HelpWidget === HelpWidget) delete window.HelpWidget;
    },
  };

  const call = async (host, [name, ...rest]) => {
    const widget = widgets.get(host);
    if (!widget) throw new Error("gone");
    if (Object.hasOwn(AT_ONCE, name)) return AT_ONCE[name](...rest);
    if (widget.panel || !/^(close|info)$/.test(name)) return run(widget, [name, ...rest]);
    return { version: boot.version, locale: widget.locale, isOpen: false };
  };

  const known = customElements.get(TAG);
  const Element = known ?? class extends HTMLElement {
    connectedCallback() { Element.hooks?.attach(this); }
    disconnectedCallback() { Element.hooks?.detach(this); }
    async call(...args) { return Element.hooks.call(this, args); }
  };
  Element.hooks = { attach, detach, call };

  const HelpWidget = (...args) => {
    const answer = call(main, args);
    answer.catch(() => {}); // who does not wait for it shall not find it in the console
    return answer;
  };
  HelpWidget.version = boot.version;
  window.HelpWidget = HelpWidget;
  if (!known) customElements.define(TAG, Element);
  const main = document.createElement(TAG);
  Object.assign(main.dataset, script.dataset);
  // Not in the body, which some sites replace when the reader moves on.
  document.documentElement.append(main);
  document.addEventListener("click", (event) => {
    const { openOn } = script.dataset;
    if (!openOn || !event.target.closest?.(openOn)) return;
    event.preventDefault();
    HelpWidget("open");
  }, ending);
  for (const queued of earlier?.q ?? []) HelpWidget(...queued).then(queued.resolve, queued.reject);
})();
