"""The summary above an article's text, unless the text itself begins with these words."""

from __future__ import annotations

import html as entities
import re

BEGINNING_CHARS = 5_000
FIRST = re.compile(r"\s{0,9}<p(?: [^<>]{0,500})?>(.{1,5000}?)</p>", re.DOTALL)
TAG = re.compile(r"<[^<>]{0,2000}>")


def lead(summary: str, html: str) -> str:
    """The summary as the page shows it; "" where its first paragraph would say it again."""
    found = FIRST.match(html[:BEGINNING_CHARS])
    beginning = _letters(entities.unescape(TAG.sub("", found[1]))) if found else ""
    words = _letters(summary)
    return "" if words and beginning.startswith(words) else summary


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
