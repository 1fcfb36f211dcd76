// Marks the words of a search in the article that was opened from its results, without touching
// the text. Loaded by suggest.js when there are such words; Escape or the button hides the marks.

// Those of search/text/characters/composition.py.
const UNSPOKEN = "[\\u00ad\\u0300\\u0301\\u034f\\u200b-\\u200d\\u2060\\ufeff]";
const { path, words } = taken();
const prose = document.querySelector(".article .prose");
const ranges = prose && path === location.pathname && words.length ? found(prose, words) : [];

if (ranges.length) {
  CSS.highlights.set("found", new Highlight(...ranges));
  const template = document.querySelector("template[data-found]");
  const note = template.content.firstElementChild.cloneNode(true);
  const hide = () => {
    CSS.highlights.delete("found");
    note.remove();
    removeEventListener("keydown", onKey);
  };
  const onKey = ({ key, defaultPrevented }) => {
    if (key === "Escape" && !defaultPrevented) hide();
  };
  note.querySelector("button").addEventListener("click", hide);
  addEventListener("keydown", onKey);
  document.body.append(note);
}

function taken() {
  try {
    const kept = JSON.parse(sessionStorage.getItem("found"));
    sessionStorage.removeItem("found");
    return { path: kept.path, words: kept.words.filter((word) => typeof word === "string") };
  } catch {
    return { path: "", words: [] };
  }
}

// Soft hyphens, stress marks and the like may stand in a word, or not; it is the same word.
function found(element, words) {
  const choices = words.map(spelt).filter(Boolean).join("|");
  if (!choices) return [];
  const within = `[\\p{L}\\p{N}]${UNSPOKEN}*`;
  const pattern = new RegExp(`(?<!${within})(?:${choices})(?!${UNSPOKEN}*[\\p{L}\\p{N}])`, "giu");
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const ranges = [];
  while (texts.nextNode()) {
    for (const { index, 0: word } of texts.currentNode.data.matchAll(pattern)) {
      const range = new Range();
      range.setStart(texts.currentNode, index);
      range.setEnd(texts.currentNode, index + word.length);
      ranges.push(range);
    }
  }
  return ranges;
}

function spelt(word) {
  const letters = [...word.normalize("NFC").replace(new RegExp(UNSPOKEN, "gu"), "")];
  return letters.map((letter) => letter.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&") + `${UNSPOKEN}*`).join("");
}
