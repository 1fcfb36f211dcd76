"""Comments: what no reader ever saw."""

from __future__ import annotations

import re

MARKS = (("<!--", "-->"), ("{/*", "*/}"), ("{# ", "#}"))
COMMENTED_ID = re.compile(
    r"[ ]{1,9}\{/\*[ ]{0,9}#([\w.-]{1,100})[ ]{0,9}\*/\}[ ]{0,9}$", re.MULTILINE
)
"""An anchor as MDX may have it at the end of a heading."""


def without_comments(text: str) -> str:
    """`text` without comments; those that name an anchor are one."""
    if "{/*" in text:
        text = COMMENTED_ID.sub(r" {#\1}", text)
    for start, end in MARKS:
        text = cut(text, start, end)
    return text


def cut(text: str, start: str, end: str) -> str:
    """`text` without everything from a mark to the next one that ends it."""
    if start not in text:
        return text
    found: list[str] = []
    at = 0
    while (opened := text.find(start, at)) >= 0 and (
        closed := text.find(end, opened + len(start))
    ) >= 0:
        found.append(text[at:opened])
        at = closed + len(end)
    return "".join((*found, text[at:]))
