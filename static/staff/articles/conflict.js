// Two texts to be settled: each place by a press; the text below is what is saved. Without this
// script the lines around each place are taken out by hand.

const area = document.querySelector("[data-text]");
const left = document.querySelector("[data-left]");
const OPENING = /^<{7,} /;
const MIDDLE = /^={7,}$/;
const CLOSING = /^>{7,} /;

// By number: the text as it was around each place, so that a choice can be changed.
const pieces = split(area.value);
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
tell();
addEventListener("beforeunload", leaving);
document.querySelector("[data-settle]").addEventListener("submit", () => removeEventListener("beforeunload", leaving));

function leaving(event) {
  event.preventDefault();
}

function tell() {
  const open = pieces.filter((piece) => piece.number && !chosen.has(piece.number)).length;
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
  return pieces.map((piece) => (piece.number ? settled(piece) : piece.same)).join("");
}

function settled(piece) {
  const choice = chosen.get(piece.number);
  if (choice === "both") return piece.yours + piece.theirs;
  if (choice) return piece[choice];
  return piece.opening + piece.yours + piece.middle + piece.theirs + piece.closing;
}
