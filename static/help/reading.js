// Comforts of the article page: the contents show where the reader is; headings, code and the
// permanent link can be copied. The page is whole without them.

const article = document.querySelector("[data-reading]");
const words = article.dataset;
const announcement = document.querySelector("[data-announce]");
const SHOWN_MS = 2500;

markCurrentSection();
offerHeadingLinks();
if (navigator.clipboard) {
  offerCode();
  copyPermalink();
}

function markCurrentSection() {
  const links = [...document.querySelectorAll("[data-contents] a")];
  const headings = links
    .map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))))
    .filter(Boolean);
  if (!headings.length) return;
  let waiting = false;
  const update = () => {
    waiting = false;
    const isAtEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top < 120);
    const current = isAtEnd && scrollY > 0 ? headings.at(-1) : passed.at(-1);
    for (const link of links) {
      const isCurrent = current && decodeURIComponent(link.hash.slice(1)) === current.id;
      if (isCurrent === link.hasAttribute("aria-current")) continue;
      if (isCurrent) {
        link.setAttribute("aria-current", "true");
        showWithin(link.closest("[data-contents]"), link);
      } else link.removeAttribute("aria-current");
    }
  };
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(update);
  }, { passive: true });
  update();
}

/** Scroll a long list of contents, and only it, until the entry can be seen. */
function showWithin(list, entry) {
  const outer = list.getBoundingClientRect();
  const inner = entry.getBoundingClientRect();
  if (inner.top < outer.top) list.scrollTop -= outer.top - inner.top;
  else if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom;
}

function offerHeadingLinks() {
  for (const heading of document.querySelectorAll(".prose :is(h2, h3, h4, h5, h6)[id]")) {
    const link = document.createElement("a");
    link.className = "heading-link";
    link.href = `${words.permalink}#${encodeURIComponent(heading.id)}`;
    link.textContent = "#";
    link.lang = document.documentElement.lang;
    link.setAttribute("aria-label", words.copySection);
    link.title = words.copySection;
    link.addEventListener("click", (event) => {
      if (!navigator.clipboard || isForBrowser(event)) return;
      event.preventDefault();
      // The section's own address is in the bar, too; replaced, so that Back leads where it did.
      history.replaceState(null, "", `#${encodeURIComponent(heading.id)}`);
      copy(link.href, words.copied, {
        done: () => flash(link, "✓", "#"),
        failed: () => location.assign(link.href),
      });
    });
    heading.append(link);
  }
}

function offerCode() {
  for (const code of document.querySelectorAll(".prose pre")) {
    const around = document.createElement("div");
    around.className = "code";
    code.before(around);
    const button = document.createElement("button");
    const text = document.createElement("span");
    const [still, done] = [icon("copy"), icon("check")];
    button.type = "button";
    button.lang = document.documentElement.lang;
    text.textContent = words.copyCode;
    button.append(still, text);
    button.addEventListener("click", () => {
      copy(code.textContent.replace(/\n$/, ""), words.copiedCode, {
        done: () => {
          still.replaceWith(done);
          flash(text, words.copiedCode, words.copyCode, () => done.replaceWith(still));
        },
        failed: () => getSelection().selectAllChildren(code),
      });
    });
    around.append(code, button);
  }
}

function icon(name) {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const part = document.createElementNS("http://www.w3.org/2000/svg", "use");
  picture.setAttribute("class", "icon");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  part.setAttribute("href", `${words.icons}#${name}`);
  picture.append(part);
  return picture;
}

function copyPermalink() {
  const link = document.querySelector("[data-copy]");
  const text = link.querySelector("[data-copy-text]");
  const before = text.textContent;
  link.addEventListener("click", (event) => {
    if (isForBrowser(event)) return;
    event.preventDefault();
    copy(link.href + location.hash, "", {
      done: () => flash(text, words.copied, before),
      failed: () => location.assign(link.href),
    });
  });
}

async function copy(text, said, { done, failed }) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    failed();
    return;
  }
  done();
  announcement.textContent = "";
  // Said again when the same thing is copied twice.
  setTimeout(() => { announcement.textContent = said; }, 50);
}

function flash(element, now, later, after = () => {}) {
  element.textContent = now;
  element.classList.add("is-done");
  setTimeout(() => {
    element.textContent = later;
    element.classList.remove("is-done");
    after();
  }, SHOWN_MS);
}

/** Should the browser open the link as its reader asked, in a new tab or window? */
function isForBrowser(event) {
  return event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
}
