// Who follows a link to a section sees which one it is: it is marked for a moment, and what is
// folded around it opens. Without this script the heading alone is marked.

const prose = document.querySelector(".prose");
const MARKED_MS = 2600;
let mark;

addEventListener("hashchange", arrive);
arrive();

function arrive() {
  mark?.remove();
  const target = document.getElementById(fragment());
  if (!target || !prose.contains(target)) return;
  const closed = [];
  for (let at = target; at !== prose; at = at.parentElement) {
    if (at.matches("details:not([open])")) closed.push(at);
  }
  for (const one of closed) one.open = true;
  if (closed.length) target.scrollIntoView();
  // A former anchor is an empty element inside the heading it leads to.
  const heading = target.closest("h2, h3, h4, h5, h6");
  if (heading) markSection(heading);
}

function fragment() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

function markSection(heading) {
  const level = Number(heading.tagName[1]);
  let last = heading;
  for (let next = heading.nextElementSibling; next; next = next.nextElementSibling) {
    const isHeading = /^H[2-6]$/.test(next.tagName);
    if ((isHeading && Number(next.tagName[1]) <= level) || next.matches(".footnote")) break;
    last = next;
  }
  const top = heading.getBoundingClientRect().top;
  mark = document.createElement("div");
  mark.className = "section-mark";
  mark.style.top = `${top - prose.getBoundingClientRect().top}px`;
  mark.style.height = `${last.getBoundingClientRect().bottom - top}px`;
  prose.append(mark);
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const own = mark;
  setTimeout(() => own.remove(), MARKED_MS);
}
