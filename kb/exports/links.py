"""Addresses in pages, made to lead from file to file. Pure: HTML in, HTML out.

The pages are ours: attributes in double quotes, no bare `<` in texts. Tags are found as such, so
that code in an article which looks like an attribute stays as it is.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape, unescape

TAG = re.compile(r'<[a-zA-Z][^<>"]*+(?:"[^"]*+"[^<>"]*+)*>')
ATTRIBUTE = re.compile(r'(\s(?:href|src|action|srcset|cite|data-permalink|data-icons))="([^"]*+)"')
SPRITE = ' data-icons=""'
"""Says to scripts that what they draw is in the page itself."""
OF_SCRIPTS = ("copy", "check")
"""Drawings that `static/help/reading.js` uses."""
MODULE = ' type="module"'
ICON = re.compile(r'<use href="([^"]*+)"/?>')
SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)"[^>]*>(.*?)</symbol>', re.DOTALL)
STRUCTURED = re.compile(r'<script type="application/ld\+json">.*?</script>', re.DOTALL)
SHEET_URL = re.compile(r"""url\((["']?)(/[^)"']*)\1\)""")
PREVIEW = ("og:image", "twitter:card")

Resolve = Callable[[str], str | None]
"""A path of the site, with query and anchor → where it leads from this file; None for nowhere."""


@dataclass(frozen=True)
class Linker:
    """Rewrites the pages of one export."""

    base: str
    """The address of the exported site without a slash at its end; "" when it is not known."""
    origin: str
    """The base that the pages were made with."""
    icons: Mapping[str, str]
    """Drawings by name: from a disk no page may use those of another file."""

    def page(self, html: str, resolve: Resolve, public: Callable[[str], str]) -> str:
        """The page with its addresses as `resolve` has them.

        `public` gives the absolute address of a path for search engines and other programs.
        """
        html = STRUCTURED.sub(lambda found: self._structured(found[0], public), html)
        html = ICON.sub(lambda found: self.icons.get(found[1].rpartition("#")[2], ""), html)
        html = TAG.sub(lambda found: self._tag(found[0], resolve, public), html)
        return html.replace("</body>", f"{self._drawn()}</body>") if SPRITE in html else html

    def _drawn(self) -> str:
        """The drawings that scripts put into a page, at its end: ids of the text come first."""
        drawn = "".join(
            f'<symbol id="{name}" viewBox="0 0 24 24">{self.icons.get(name, "")}</symbol>'
            for name in OF_SCRIPTS
        )
        return f"<svg hidden>{drawn}</svg>\n"

    def _structured(self, script: str, public: Callable[[str], str]) -> str:
        return self.absolute(script, public) if self.base else ""

    def absolute(self, text: str, public: Callable[[str], str]) -> str:
        """A text in which the addresses of pages are those of the exported site."""
        pattern = re.escape(self.origin) + r"(/[^\s\"'<>\\#?]*)?"
        return re.sub(pattern, lambda found: public(found[1] or "/"), text)

    def _tag(self, tag: str, resolve: Resolve, public: Callable[[str], str]) -> str:
        is_link = tag.startswith("<link") and ('rel="canonical"' in tag or 'hreflang="' in tag)
        if tag.startswith("<meta") or is_link:
            if any(f'"{name}' in tag for name in PREVIEW):
                return ""
            if self.origin not in tag:
                return tag
            return self.absolute(tag, public) if self.base else ""
        if tag.startswith("<script"):
            tag = tag.replace(MODULE, " defer")  # no page on a disk may load a module
        return ATTRIBUTE.sub(lambda found: self._attribute(found, resolve), tag)

    def _attribute(self, found: re.Match[str], resolve: Resolve) -> str:
        value = unescape(found[2])
        path = value.removeprefix(self.origin) if value.startswith(f"{self.origin}/") else value
        if not path.startswith("/") or path.startswith("//"):
            return found[0]
        if found[1].strip() == "data-icons":
            return SPRITE
        target = resolve(path)
        return "" if target is None else f'{found[1]}="{escape(target)}"'


def site_paths(html: str, origin: str) -> list[str]:
    """Paths of this site that a page leads to or loads, in order, with queries and anchors."""
    found: dict[str, None] = {}
    for tag in TAG.findall(html):
        if tag.startswith("<meta") or 'rel="canonical"' in tag or 'rel="alternate"' in tag:
            continue
        for _, value in ATTRIBUTE.findall(tag):
            path = unescape(value).removeprefix(origin)
            if path.startswith("/") and not path.startswith("//"):
                found[path] = None
    return list(found)


def plain_script(module: bytes) -> bytes:
    """A module that imports nothing as a script whose names are its own."""
    return b'(() => {\n"use strict";\n' + module + b"\n})();\n"


def symbols(sprite: str) -> Mapping[str, str]:
    """Drawings of a sprite by name."""
    return dict(SYMBOL.findall(sprite))


def relative(source: str, target: str) -> str:
    """The way from one file to another, both below the same folder."""
    return posixpath.relpath(target, posixpath.dirname(source) or ".")
