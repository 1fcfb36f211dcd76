// Article HTML → elements. The server sends clean HTML, as its sanitiser wrote it; here it is read
// all the same as if it were hostile: only what is named below is ever made, everything else is
// text or nothing. No parser of the browser is involved, so no policy needs to allow one.

import { h } from "./dom.js";

const TAGS = new Set((
  "abbr b bdi blockquote br caption code dd del details dl div dt em figcaption figure hr i img ins "
  + "kbd li mark ol p pre q s samp small strong sub summary sup table tbody td tfoot th thead tr u ul var "
  + "a h2 h3 h4 h5 h6"
).split(" "));
const EMPTY = new Set(["br", "hr", "img"]);
const SILENT = new Set(["script", "style", "template", "iframe", "object", "noscript", "title"]);
const CLASSES = /^(callout|callout-title|callout-(note|careful|danger)|table-scroll|footnote)$/;
const ANCHOR = /^[\p{L}\p{N}_:.-]{1,130}$/u;
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

const TOKEN = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*\/?>|<!--[^]*?-->|[^<]+|</gi;
const ATTRIBUTE = /([a-z-]+)(?:="([^"]*)")?/gi;

/** The content of an article; `toLink(address)` gives an `<a>` without content, or null. */
export function toElements(html, { toImage, toLink }) {
  const top = document.createDocumentFragment();
  const open = [{ name: "", node: top }];
  let silent = "";
  for (const [token, slash, tag, attributes] of html.matchAll(TOKEN)) {
    const name = tag?.toLowerCase();
    if (silent) {
      if (slash && name === silent) silent = "";
      continue;
    }
    const { node } = open[open.length - 1];
    if (!name) {
      if (!token.startsWith("<!--")) node.append(decoded(token));
    } else if (slash) {
      close(open, name);
    } else if (SILENT.has(name)) {
      silent = name;
    } else if (TAGS.has(name)) {
      const made = build(name, read(attributes), { toImage, toLink });
      if (made) node.append(made);
      if (made && !EMPTY.has(name)) open.push({ name, node: made });
    }
  }
  return top;
}

/** Ends the innermost element of this name and what is open in it; one that is not open is none. */
function close(open, name) {
  for (let at = open.length - 1; at > 0; at -= 1) {
    if (open[at].name === name) {
      open.length = at;
      return;
    }
  }
}

function read(text) {
  const values = {};
  for (const [, name, value] of (text ?? "").matchAll(ATTRIBUTE)) {
    values[name.toLowerCase()] = decoded(value ?? "");
  }
  return values;
}

function decoded(text) {
  return text.replace(/&(#x?[0-9a-f]+|[a-z]+);/gi, (whole, name) => {
    if (name[0] !== "#") return ENTITIES[name] ?? whole;
    const code = name[1] === "x" || name[1] === "X" ? parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
  });
}

function build(name, given, { toImage, toLink }) {
  if (name === "a") return toLink(given.href ?? "") ?? h("span");
  if (name === "img") {
    const size = { width: number(given.width), height: number(given.height) };
    return toImage(given.src ?? "", { alt: given.alt ?? "", ...size });
  }
  // The panel has a title and the article has one, so its sections begin two levels lower.
  const level = /^h([2-6])$/.exec(name);
  const element = h(level ? `h${Math.min(6, Number(level[1]) + 2)}` : name, {
    start: name === "ol" ? number(given.start) : null,
    colspan: number(given.colspan),
    rowspan: number(given.rowspan),
    open: name === "details" && "open" in given,
  });
  for (const one of (given.class ?? "").split(/\s+/)) {
    if (CLASSES.test(one)) element.classList.add(one);
  }
  if (given.id && ANCHOR.test(given.id)) element.id = `a-${given.id}`;
  if (given.role === "region" && given["aria-label"]) {
    element.setAttribute("role", "region");
    element.setAttribute("aria-label", given["aria-label"]);
    element.tabIndex = 0;
  }
  return element;
}

function number(text) {
  return /^\d{1,4}$/.test(text ?? "") ? text : null;
}
