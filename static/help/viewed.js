// Reports a reading once the article has been in view for five seconds, without cookies. A page in
// a background tab, or one the browser prepares in case it is wanted, is not in view. The server
// counts a visitor once a day, so that opening the article again does no harm.

const NEEDED_MS = 5000;

const address = document.querySelector("[data-viewed]")?.dataset.viewed;
let leftMs = NEEDED_MS;
let since = 0;
let timer = 0;

if (address) {
  document.addEventListener("visibilitychange", follow);
  document.addEventListener("prerenderingchange", follow);
  follow();
}

function follow() {
  const isInView = document.visibilityState === "visible" && !document.prerendering;
  if (isInView && !timer) {
    since = performance.now();
    timer = setTimeout(report, leftMs);
  } else if (!isInView && timer) {
    clearTimeout(timer);
    timer = 0;
    leftMs = Math.max(0, leftMs - (performance.now() - since));
  }
}

function report() {
  document.removeEventListener("visibilitychange", follow);
  document.removeEventListener("prerenderingchange", follow);
  fetch(address, { method: "POST", keepalive: true, credentials: "omit" }).catch(() => {});
}
