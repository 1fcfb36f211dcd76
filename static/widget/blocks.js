// The blocks of an answer → elements, each laid out as what it is in the article. Whatever the
// server sends becomes text; a block that nobody knows is shown as its text.

import { h } from "./dom.js";

/**
 * Blocks in their order, each under its headings where they change; of none, the plain text.
 * `more` says how many rows or items are not shown.
 */
export function quotation({ blocks, text }, more) {
  let above = "";
  return list(blocks ?? [{ text }]).flatMap((block) => {
    const { heading = "", lead, left_out: leftOut } = block;
    const isNew = heading && heading !== above;
    above = heading;
    return [
      isNew && h("p", { class: "heading" }, heading),
      lead && h("p", {}, lead),
      laidOut(block),
      leftOut > 0 && h("p", { class: "note" }, more(leftOut)),
    ];
  });
}

function laidOut({ kind, text, title, tone, start, items, head, rows }) {
  if (kind === "steps") return h("ol", { start }, list(items).map(item));
  if (kind === "list") return h("ul", {}, list(items).map(item));
  if (kind === "table") return table(list(head), list(rows));
  if (kind === "code") return h("pre", {}, h("code", {}, text));
  if (kind === "definition") return h("dl", {}, h("dt", {}, title), h("dd", {}, lines(text, "p")));
  if (kind === "callout") {
    return h("div", { class: `callout callout-${tone}` },
      title && h("p", { class: "callout-title" }, title),
      lines(text, "p"));
  }
  return h("p", { class: "plain" }, text);
}

function table(head, rows) {
  const row = (name) => (cells) => h("tr", {}, list(cells).map((cell) => h(name, {}, cell)));
  const label = head.filter(Boolean).join(", ") || "…";
  return h("div", { class: "table-scroll", role: "region", tabindex: "0", "aria-label": label },
    h("table", {}, head.length > 0 && h("thead", {}, row("th")(head)), h("tbody", {}, rows.map(row("td")))));
}

/** The first line beside its number, the others below. */
function item(text) {
  return h("li", {}, lines(text, "span"));
}

/** Lines of a list inside begin with a tab. */
const lines = (text, name) => String(text).split("\n").map((line) =>
  h(name, { class: line.startsWith("\t") ? "line inner" : "line" }, line.replace(/^\t+/, "")));
const list = (value) => (Array.isArray(value) ? value : []);
