"""Limits of one text, so that hostile Markdown is refused before it takes long.

A real article has a few hundred lines of a few hundred characters; the figures let 1 MB of ordinary
text through and keep each hostile generator under two seconds.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree

from markdown.treeprocessors import Treeprocessor


class MarkupRefused(ValueError):
    """The text would take too long or too deep to render; the message says why, for its author."""


MAX_LINES = 20_000
MAX_LINE_CHARS = 20_000
MAX_DELIMITERS = 60_000
TOO_MANY_DELIMITERS = "has too many brackets, asterisks or other marks for one article"
MAX_COUNTED_PARTS = 2_000
"""Headings, lines across the page, definitions and footnotes."""
MAX_NESTED = 12
"""Lists, quotes and callouts within each other; nested brackets."""
MAX_CELLS = 20_000
MAX_AMPERSANDS = 100_000
"""Of one page, code too: html5ever, which cleans it, takes quadratic time in `&amp;`."""

DELIMITER = re.compile(r"[\[!`<&\\@]|[*_~]+|://|www\.")


class InlineLimits(Treeprocessor):
    """Refuse text whose inline rules would take too long, before they run."""

    def run(self, root: etree.Element) -> None:
        delimiters = cells = 0
        for element in root.iter():
            cells += element.tag in ("td", "th")
            for text in (element.text, element.tail):
                delimiters += len(DELIMITER.findall(text)) if text else 0
        if cells > MAX_CELLS:
            raise MarkupRefused(f"has tables of more than {MAX_CELLS:,} cells")
        if delimiters > MAX_DELIMITERS:
            raise MarkupRefused(TOO_MANY_DELIMITERS)
