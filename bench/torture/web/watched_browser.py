"""A real browser that tells what a page did: ran somebody's script, left, asked a foreign host.

Knows neither payloads nor the application. Every foreign name is made unresolvable, so that
nothing leaves the machine and yet each attempt is seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, cast
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, BrowserContext, Dialog, Frame, Page, Request
from playwright.sync_api import Error as BrowserError

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    # Frames without a process of their own load twice as fast; they keep their own origins.
    "--disable-features=IsolateSandboxedIframes,SitePerProcess",
    "--disable-site-isolation-trials",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
SETTLE_MS = 30
"""Handlers of errors and of loading run within this time after `load`."""
TIMEOUT_MS = 20_000

Kind = Literal["ran", "left", "foreign request", "new window", "dangerous node", "policy violation"]

# Runs in every frame before anything of the page.
_HOOKS = """
(() => {
  const tell = (kind, detail) => window.otvetSaw(kind, String(detail).slice(0, 300));
  for (const name of ["alert", "confirm", "prompt", "print"])
    window[name] = () => { tell("ran", name); return null; };
  document.addEventListener("securitypolicyviolation", (event) =>
    tell("policy violation", `${event.effectiveDirective} ${event.blockedURI}`));
  Object.defineProperty(window, "otvetBefore", { value: new Set(Object.keys(window)) });
})()
"""

# What could run later, at a click or on a hover, and global names that somebody left behind. Of
# scripts within the page only data blocks are harmless: of exactly that type, and whole JSON.
_INSPECT = """
() => {
  const bad = [];
  const note = (element, what) =>
    bad.push(["dangerous node", `${what}: ${element.outerHTML.slice(0, 200)}`]);
  const links = /^(href|src|srcset|action|formaction|xlink:href|data|poster|background|ping)$/i;
  const unwanted = "iframe,object,embed,applet,base,style,frameset,math,portal,meta[http-equiv],"
    + "template:not(body > template),.prose svg:not(.code > button svg),"
    + ".prose form,.prose input,.prose [style]";
  for (const element of document.querySelectorAll(unwanted)) note(element, "element");
  for (const element of document.querySelectorAll("*")) {
    const isLink = element.localName === "a" || element.rel === "canonical";
    for (const { name, value } of element.attributes) {
      if (/^on/i.test(name)) note(element, name);
      if (!links.test(name)) continue;
      const url = URL.parse(value, document.baseURI);
      const isHere = url?.origin === location.origin;
      const isLeadingAway = isLink && /^(https?|mailto|tel):$/.test(url?.protocol ?? "");
      if (!isHere && !isLeadingAway) note(element, name);
    }
  }
  const isData = (script) => {
    if (script.getAttribute("type") !== "application/ld+json" || script.src) return false;
    try { return typeof JSON.parse(script.text) === "object"; } catch { return false; }
  };
  for (const script of document.scripts)
    if (!isData(script) && (!script.src || script.text)) note(script, "inline script");
  for (const name of Object.keys(window))
    if (!window.otvetBefore.has(name)) bad.push(["ran", `global ${name}`]);
  return { address: location.href, bad };
}
"""

_TEXT = """
() => {
  const typed = [...document.querySelectorAll("input, textarea")].map((field) => field.value);
  return [document.documentElement.textContent, ...typed].join("\\n");
}
"""


@dataclass(frozen=True)
class Seen:
    """One thing that a page did or could do; `frame` is the name of the iframe it was in."""

    kind: Kind
    detail: str
    frame: str = ""


class WatchedPage:
    """A tab, and everything that happened in it since it was last asked."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self._origin = origin
        self._seen: list[Seen] = []
        context.set_default_timeout(TIMEOUT_MS)
        context.expose_binding("otvetSaw", self._on_hook)
        context.add_init_script(_HOOKS)
        self.page = context.new_page()
        context.on("dialog", self._on_dialog)
        context.on("request", self._on_request)
        context.on("page", self._on_window)

    def take(self) -> list[Seen]:
        """Events since the last call, in order."""
        seen, self._seen = self._seen, []
        return seen

    def settle(self, address: str) -> list[Seen]:
        """Wait for what runs late, look at what is left in the page, and take it all.

        `address` is where the page must be; its query and fragment do not matter.
        """
        self.page.wait_for_timeout(SETTLE_MS)
        try:
            found = cast(dict[str, Any], self.page.evaluate(_INSPECT))
        except BrowserError as error:  # it is just going
            self._seen.append(Seen("left", str(error)))
            return self.take()
        # What was looked at says itself where it is: `page.url` may still name the page before,
        # or already the one that comes.
        if not self._is_at(found["address"], address):
            self._seen.append(Seen("left", found["address"]))
            return self.take()
        self._seen += (Seen(kind, detail) for kind, detail in found["bad"])
        return self.take()

    def text(self) -> str:
        """All text of the page, that of its fields included."""
        return str(self.page.evaluate(_TEXT))

    def _is_at(self, address: str, due: str) -> bool:
        here, wanted = urlsplit(address), urlsplit(due)
        is_same_site = f"{here.scheme}://{here.netloc}" == self._origin
        return is_same_site and unquote(here.path) == unquote(wanted.path)

    def _on_hook(self, source: Any, kind: Kind, detail: str) -> None:
        self._seen.append(Seen(kind, detail, _outermost(source["frame"])))

    def _on_dialog(self, dialog: Dialog) -> None:
        self._seen.append(Seen("ran", f"dialog {dialog.type}"))
        dialog.dismiss()

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if f"{parts.scheme}://{parts.netloc}" != self._origin:
            self._seen.append(Seen("foreign request", request.url[:300], _frame_of(request)))

    def _on_window(self, page: Page) -> None:
        self._seen.append(Seen("new window", page.url))
        page.close()


@contextmanager
def watched(browser: Browser, origin: str) -> Iterator[WatchedPage]:
    """A fresh tab of a fresh profile that belongs to `origin`, as "http://127.0.0.1:8000"."""
    context = browser.new_context(base_url=origin)
    try:
        yield WatchedPage(context, origin)
    finally:
        context.close()


def _outermost(frame: Frame) -> str:
    """Name of the iframe directly below the page; "" for the page itself."""
    while frame.parent_frame and frame.parent_frame.parent_frame:
        frame = frame.parent_frame
    return frame.name if frame.parent_frame else ""


def _frame_of(request: Request) -> str:
    try:
        return _outermost(request.frame)
    except BrowserError:  # of a service worker, or of a frame that is gone
        return ""
