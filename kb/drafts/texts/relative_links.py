"""Links of an article that moves to another folder: relative ones lead where they led. Pure."""

from __future__ import annotations

import posixpath
import re

LINK = re.compile(
    r"(?P<lead>\]\([ \t]*+<?|^[ ]{0,3}\[[^\]\n]++\]:[ \t]*+<?)(?P<path>[^\s()<>#?]++)",
    re.MULTILINE,
)
"""An inline link or a definition of one, as far as the path goes."""


def relinked(text: str, *, old: str, new: str) -> str:
    """A file's text for its path `new`, where it lay at `old`; other links stay as they are."""
    before, after = posixpath.dirname(old), posixpath.dirname(new)
    if before == after:
        return text

    def moved(match: re.Match[str]) -> str:
        path = match["path"]
        if not path.endswith(".md") or path.startswith("/") or ":" in path:
            return match[0]
        aim = posixpath.normpath(posixpath.join(before, path))
        if aim.startswith(".."):
            return match[0]
        return match["lead"] + posixpath.relpath(new if aim == old else aim, after)

    return LINK.sub(moved, text)
