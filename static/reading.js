// Comforts of the article page: the contents show where the reader is, headings offer their
// address, the permanent link is copied. The page is whole without them.

markCurrentSection();
offerHeadingLinks();
copyPermalink();

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
      if (isCurrent) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(update);
  }, { passive: true });
  update();
}

function offerHeadingLinks() {
  const headings = document.querySelectorAll(".prose :is(h2, h3, h4, h5, h6)[id]");
  for (const heading of headings) {
    const link = document.createElement("a");
    link.className = "heading-link";
    link.href = `#${encodeURIComponent(heading.id)}`;
    link.textContent = "#";
    link.setAttribute("aria-label", heading.textContent);
    heading.append(link);
  }
}

function copyPermalink() {
  const link = document.querySelector("[data-copy]");
  if (!link || !navigator.clipboard) return;
  const text = link.querySelector("[data-copy-text]");
  const before = text.textContent;
  link.addEventListener("click", async (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    try {
      await navigator.clipboard.writeText(link.href + location.hash);
      text.textContent = link.dataset.copied;
      setTimeout(() => { text.textContent = before; }, 2500);
    } catch {
      location.assign(link.href);
    }
  });
}
