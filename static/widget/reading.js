// An article opened inside the panel, and how long it is read.

import { h, icon } from "./dom.js";
import { toElements } from "./markup.js";

/** The customer has seen enough of an article to say whether it helped. */
const ASK_AFTER_MS = 5000;
const ARTICLE = /^\/([a-z-]+)\/(?:faq|guides)\/[^/]+\/([^/]+)$/;
const SHORT = /^\/a\/([^/]+)$/;

/**
 * A view of one article. `found` is what is known of it: `{id, locale, anchor, title, url}`;
 * `verdict(article)` makes the question that is asked after a while.
 */
export function reading(shell, found, { suggestionId = null, verdict = null } = {}) {
  const { words, server } = shell;
  const heading = h("h3", { tabindex: "-1", dir: "auto" }, found.title ?? "");
  const content = h("div", { class: "prose flow", dir: "auto" });
  const asking = h("div", { class: "asking" });
  const element = h("article", { class: "view reading" }, heading, content, asking);
  let timer = 0;
  let since = 0;
  let seconds = 0;
  let shown = null;

  async function load() {
    shell.wait(words.loading);
    try {
      shown = await server.article(found.id, found.locale);
    } catch {
      content.replaceChildren(h("p", { class: "lead" }, words.articleGone), outside(found.url));
      return;
    } finally {
      shell.rest();
    }
    heading.textContent = shown.title;
    element.lang = shown.locale ?? "";
    content.replaceChildren(
      toElements(shown.content, { toImage, toLink }),
      outside(shown.url),
    );
    server.track("article.viewed", { suggestion_id: suggestionId, article_id: shown.id });
    shell.emit("article", { id: shown.id, title: shown.title, url: shown.url });
    const target = found.anchor && content.querySelector(`[id="a-${CSS.escape(found.anchor)}"]`);
    if (target) goTo(target);
    since ||= Date.now();
    if (verdict) timer ||= setTimeout(ask, ASK_AFTER_MS);
  }

  function ask() {
    if (asking.hasChildNodes()) return;
    asking.append(verdict({ id: shown.id, title: shown.title }));
    shell.say(words.helped);
  }

  function outside(url) {
    if (!isWeb(url)) return null;
    return h("p", { class: "outside" }, away(url, words.onSite, icon("out")));
  }

  function away(url, ...children) {
    return h("a", { href: url, target: "_blank", rel: "noopener" }, ...children,
      h("span", { class: "hidden" }, ` (${words.openLink})`));
  }

  /** Links lead to articles in the panel, to a place in this one, or away in a new tab. */
  function toLink(href) {
    if (href.startsWith("#")) return inside(href, () => goTo(placeOf(href.slice(1))));
    const url = absolute(href);
    if (!url || !/^(https?|mailto|tel):$/.test(url.protocol)) return null;
    const [, lang, slug] = ARTICLE.exec(decode(url.pathname)) ?? [];
    const id = slug ?? SHORT.exec(url.pathname)?.[1];
    if (id && isOurs(url) && (!lang || shell.core.boot.languages.includes(lang))) {
      const next = { id, locale: lang ?? found.locale, anchor: decode(url.hash.slice(1)), url: url.href };
      return inside(url.href, () => shell.show(reading(shell, next, { suggestionId, verdict })));
    }
    return h("a", { href: url.href, target: "_blank", rel: "noopener" });
  }

  function inside(href, open) {
    return h("a", {
      href,
      onclick: (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        open();
      },
    });
  }

  function toImage(src, properties) {
    const url = absolute(src);
    if (!url || !isOurs(url)) return null;
    return h("img", { src: url.href, loading: "lazy", decoding: "async", ...properties });
  }

  function placeOf(anchor) {
    return content.querySelector(`[id="a-${CSS.escape(decode(anchor))}"]`);
  }

  function goTo(target) {
    if (!target) return;
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
    shell.scrollTo(target);
  }

  function absolute(address) {
    try {
      return new URL(address, shown?.url ?? shell.core.base);
    } catch {
      return null;
    }
  }

  function isOurs(url) {
    return url.origin === new URL(shell.core.base).origin || url.origin === new URL(shown.url).origin;
  }

  function pause() {
    if (since) seconds += (Date.now() - since) / 1000;
    since = 0;
    clearTimeout(timer);
    timer = 0;
  }

  return {
    name: "article",
    element,
    title: words.title,
    focus: () => heading.focus({ preventScroll: true }),
    enter() {
      if (!shown) return load();
      since ||= Date.now();
      return undefined;
    },
    leave() {
      pause();
      if (shown && seconds >= 1) {
        const read = { suggestion_id: suggestionId, article_id: shown.id, seconds: Math.round(seconds) };
        server.track("article.dwell", read);
        seconds = 0;
      }
    },
  };
}

const isWeb = (url) => /^https?:\/\//.test(url ?? "");

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
