// Words that are not saved yet, kept by this tab: they outlive a crash and the end of a session.

const PAUSE_MS = 400;

export function rememberIn(key) {
  let timer = 0;
  return {
    keep(what) {
      clearTimeout(timer);
      timer = setTimeout(() => write(key, { ...what, at: Date.now() }), PAUSE_MS);
    },
    forget() {
      clearTimeout(timer);
      sessionStorage.removeItem(key);
    },
    found() {
      try {
        return JSON.parse(sessionStorage.getItem(key));
      } catch {
        return null;
      }
    },
  };
}

function write(key, what) {
  try {
    sessionStorage.setItem(key, JSON.stringify(what));
  } catch {
    // Full or forbidden: the text is in the page all the same.
  }
}
