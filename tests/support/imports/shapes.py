"""Outlines of foreign HTML and of ours in one form, where nobody sees a difference."""

from __future__ import annotations

from tests.support.markdown.outline import outline

LOOSE = frozenset({"li", "dd"})
"""Elements whose text is a paragraph or not, as the page's writer likes."""


def shape(html: str) -> list[str]:
    """Elements and texts, one a line, by depth."""
    found: list[str] = []
    above: list[str] = []
    for line in outline(html.replace("\n</code></pre>", "</code></pre>")):
        depth = (len(line) - len(line.lstrip(" "))) // 2
        del above[depth:]
        name = line.strip().partition(" ")[0]
        above.append(name)
        if name == "p" and depth and above[depth - 1] in LOOSE:
            continue
        shifts = sum(
            one == "p" and at > 0 and above[at - 1] in LOOSE for at, one in enumerate(above[:-1])
        )
        found.append(line[2 * shifts :])
    return found
