"""Depth of a stranger's HTML, cut before a parser whose time grows with its square."""

from __future__ import annotations

import re

MAX_DEPTH = 500
TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]{0,40})(?:[\s/][^<>]{0,5000})?>")
NEVER_DEEP = frozenset(
    "area base br col embed hr img input link meta param source track wbr"
    " p li dt dd tr td th tbody thead tfoot option html head body".split()
)
"""Tags without an end, and those that a parser ends by itself."""


def cut(html: str) -> str:
    """`html` without the tags that would nest deeper than any page does."""
    if html.count("<") <= MAX_DEPTH:
        return html
    depth = 0

    def kept(match: re.Match[str]) -> str:
        nonlocal depth
        if match[2].lower() in NEVER_DEEP:
            return match[0]
        if not match[1]:
            depth += 1
            return match[0] if depth <= MAX_DEPTH else ""
        depth -= depth > 0
        return match[0] if depth < MAX_DEPTH else ""

    return TAG.sub(kept, html)
