"""Marks within lines: highlights, keys, pictures by name."""

from __future__ import annotations

import re

HIGHLIGHT = re.compile(r"==(?![=\s])([^=\n]{1,500}?)(?<![\s])==")
ICON = re.compile(
    r"(?P<before>[ ]?)(?<![\w:]):(?:material|fontawesome|octicons|simple)-[a-z0-9-]{1,80}:"
    r"(?:\{[^{}\n]{0,200}\})?(?P<after>[ ]{0,2})"
)
KEYS = re.compile(r"\+\+([a-z0-9\"+-]{1,60})\+\+")


def translated(text: str) -> str:
    """`text` with these marks as we write them."""
    if "==" in text:
        text = HIGHLIGHT.sub(r"<mark>\1</mark>", text)
    if "++" in text:
        text = KEYS.sub(_keys, text)
    return ICON.sub(lambda match: match["before"], text)


def _keys(match: re.Match[str]) -> str:
    names = [name.strip('"') for name in match[1].split("+") if name.strip('"')]
    return "+".join(
        f"<kbd>{name.capitalize() if len(name) > 1 else name.upper()}</kbd>" for name in names
    )
