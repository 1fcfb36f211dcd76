"""Wiki links, `[[Page#Heading|words]]`, as links to be found by name."""

from __future__ import annotations

import re

from kb.imports.html.inline import destination

WIKI = re.compile(r"(!?)\[\[([^\[\]|\n]{1,300})(?:\\?\|([^\[\]\n]{0,300}))?\]\]")
PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|avif|bmp)$", re.IGNORECASE)
SIZE = re.compile(r"\d{1,5}(?:x\d{1,5})?")


def wiki_links(text: str) -> str:
    return WIKI.sub(_wiki, text) if "[[" in text else text


def _wiki(match: re.Match[str]) -> str:
    target = match[2].strip().rstrip("\\")
    words = (match[3] or "").strip()
    name, _, heading = target.partition("#")
    if match[1] and PICTURE.search(name):
        return f"![{without_size(words)}](<wiki:{name}>)"
    shown = words or (
        f"{name} — {heading.lstrip('^').replace('#', ' — ')}"
        if heading and name
        else name or heading.lstrip("^")
    )
    # Of headings one below the other the last is meant
    anchor = f"#{heading.rpartition('#')[2]}" if heading else ""
    return f"[{shown}]({destination(f'wiki:{name}{anchor}')})"


def without_size(words: str) -> str:
    """Words of a picture without the size that Obsidian has behind them: `A cup|100x50`."""
    before, mark, last = words.rpartition("|")
    if SIZE.fullmatch(last.strip().rstrip("\\")):
        return before.rstrip("\\").strip() if mark else ""
    return words
