// Two texts to be settled: each place by a press; the text below is what is saved. Without this
// script the lines around each place are taken out by hand.

const area = document.querySelector("[data-text]");
const left = document.querySelector("[data-left]");
const OPENING = /^<{7,} /;
const MIDDLE = /^={7,}$/;
const CLOSING = /^>{7,} /;

// The places by number and the text between them, so that a choice can be changed. A place that is
// written in by hand becomes text like that around it: no press takes away what was written.
let pieces = split(area.defaultValue);
const chosen = new Map();

for (const place of document.querySelectorAll("[data-conflict]")) {
  const number = Number(place.dataset.conflict);
  for (const button of place.querySelectorAll("[data-take]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      chosen.set(number, button.dataset.take);
      area.value = joined();
      place.classList.add("is-settled");
      const taken = place.querySelector("[data-taken]");
      taken.textContent = `${taken.dataset.words}: ${button.textContent}`;
      tell();
    });
  }
}
takeOver(); // written while this script was on its way
area.addEventListener("input", takeOver);
addEventListener("beforeunload", leaving);
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
  event.preventDefault();
  document.querySelector("[data-settle]").requestSubmit();
});
document.querySelector("[data-settle]").addEventListener("submit", () => removeEventListener("beforeunload", leaving));

function leaving(event) {
  event.preventDefault();
}

function takeOver() {
  pieces = edited(pieces, joined(), area.value);
  const untouched = new Set(pieces.map((piece) => piece.number));
  for (const place of document.querySelectorAll("[data-conflict]")) {
    if (untouched.has(Number(place.dataset.conflict))) continue;
    const taken = place.querySelector("[data-taken]");
    taken.textContent = taken.dataset.byHand;
    for (const button of place.querySelectorAll("[data-take]")) button.disabled = true;
  }
  tell();
}

// The pieces of a text after it was written in: all that the change touches become one.
function edited(before, old, text) {
  const limit = Math.min(old.length, text.length);
  let start = 0;
  while (start < limit && old[start] === text[start]) start += 1;
  let tail = 0;
  while (tail < limit - start && old.at(-1 - tail) === text.at(-1 - tail)) tail += 1;
  if (start === old.length && start === text.length) return before;
  const [kept, touched, after] = [[], [], []];
  let at = 0;
  for (const piece of before) {
    const from = at;
    at += textOf(piece).length;
    if (at < start || (at === start && piece.number)) kept.push(piece);
    else if (from > old.length - tail || (from === old.length - tail && piece.number)) after.push(piece);
    else touched.push(piece);
  }
  const length = (some) => some.reduce((sum, piece) => sum + textOf(piece).length, 0);
  const same = text.slice(length(kept), text.length - length(after));
  return [...kept, { same }, ...after];
}

function tell() {
  const open = split(area.value).filter((piece) => piece.number).length;
  left.textContent = open ? `${left.dataset.words} ${open}` : "";
}

function split(text) {
  const found = [{ same: "" }];
  let number = 0;
  let side = null;
  for (const line of text.split(/(?<=\n)/)) {
    const bare = line.replace(/\n$/, "");
    if (side === null && OPENING.test(bare)) {
      found.push({ number: ++number, yours: "", theirs: "", opening: line, middle: "", closing: "" });
      side = "yours";
    } else if (side === "yours" && MIDDLE.test(bare)) {
      found.at(-1).middle = line;
      side = "theirs";
    } else if (side === "theirs" && CLOSING.test(bare)) {
      found.at(-1).closing = line;
      found.push({ same: "" });
      side = null;
    } else if (side) found.at(-1)[side] += line;
    else found.at(-1).same += line;
  }
  return found;
}

function joined() {
  return pieces.map(textOf).join("");
}

function textOf(piece) {
  return piece.number ? settled(piece) : piece.same;
}

function settled(piece) {
  const choice = chosen.get(piece.number);
  if (choice === "both") return piece.yours + piece.theirs;
  if (choice) return piece[choice];
  return piece.opening + piece.yours + piece.middle + piece.theirs + piece.closing;
}
