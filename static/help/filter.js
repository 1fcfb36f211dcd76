// A long category: show only the titles that hold every word typed. Hidden without script.

const box = document.querySelector("[data-filter]");
if (box) {
  const input = box.querySelector("input");
  const status = box.querySelector("[data-filter-status]");
  const cards = [...document.querySelectorAll("[data-card]")];
  // As search/text/characters/composition.py: what stands unseen in words says nothing.
  const unspoken = /[\u00ad\u0300\u0301\u034f\u200b-\u200d\u2060\ufeff]/g;
  const normal = (text) =>
    text.normalize("NFC").replace(unspoken, "").toLocaleLowerCase().replaceAll("ё", "е");
  box.hidden = false;
  input.addEventListener("input", filter);
  if (input.value) filter(); // put back by the browser

  function filter() {
    const words = normal(input.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const card of cards) {
      const text = normal(card.textContent);
      card.hidden = !words.every((word) => text.includes(word));
      shown += card.hidden ? 0 : 1;
    }
    status.classList.toggle("hidden", shown > 0);
    status.textContent = shown ? `${status.dataset.some} ${shown}` : status.dataset.none;
  }
}
