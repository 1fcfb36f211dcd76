// A page that only leads on: to the reader's language where there is a choice, and to the same
// section. Without this script the page leads to the first language by itself.

(() => {
  "use strict";
  const links = [...document.querySelectorAll("a[data-lead]")];
  const preferred = (navigator.languages ?? []).map((tag) => tag.toLowerCase().split("-")[0]);
  const best = preferred.map((lang) => links.find((link) => link.lang === lang)).find(Boolean);
  const target = new URL((best ?? links[0]).href);
  if (location.hash) target.hash = location.hash;
  location.replace(target.href);
})();
