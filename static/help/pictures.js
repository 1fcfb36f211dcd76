// Pictures open in full size over the page. Without this script their links lead to the file.

const words = document.querySelector("[data-reading]").dataset;

for (const link of document.querySelectorAll(".prose a.zoom")) {
  link.setAttribute("aria-haspopup", "dialog");
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(link);
  });
}

function open(link) {
  const shown = link.querySelector("img");
  const caption = link.parentElement.querySelector("figcaption");
  const dialog = document.createElement("dialog");
  dialog.className = "picture";
  dialog.setAttribute("aria-label", caption?.textContent || shown.alt || words.picture);

  const close = document.createElement("button");
  close.type = "button";
  close.className = "button";
  close.lang = document.documentElement.lang;
  close.textContent = words.close;
  close.addEventListener("click", () => dialog.close());

  const picture = document.createElement("img");
  picture.alt = shown.alt;
  if (/\.svg$/.test(link.pathname)) picture.className = "is-drawing";
  for (const side of ["width", "height"]) {
    if (shown.hasAttribute(side)) picture.setAttribute(side, shown.getAttribute(side));
  }
  picture.src = link.href;

  const around = document.createElement("div");
  around.className = "picture-around";
  around.tabIndex = 0;
  around.append(picture);
  // Beside the picture; the picture itself may be dragged about to see all of it.
  around.addEventListener("click", (event) => {
    if (event.target === around) dialog.close();
  });
  dialog.append(close, around);
  if (caption) {
    const text = document.createElement("p");
    text.textContent = caption.textContent;
    dialog.append(text);
  }
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
}
