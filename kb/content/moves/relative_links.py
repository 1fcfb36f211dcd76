"""Links between files of which some move: relative ones go on leading where they led. Pure.

Code is left alone, and so is every link whose words would still be right.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from kb.content.remarks.source import prose_of

LINK = re.compile(
    r"(?:\]\([ \t]*+|^[ ]{0,3}\[[^\]\n]++\]:[ \t]*+)"
    r"(?:<(?P<angle>[^<>\n#?]++)|(?P<path>[^\s()<>#?]++))"
    r"""|<(?:a|img)[ \t]++(?:href|src)=["'](?P<html>[^\s"'<>#?]++)"""
)
"""An inline link, a definition of one or one in HTML, as far as the path goes."""
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*+:|[/\\]|\{\{", re.IGNORECASE)
GROUPS = ("angle", "path", "html")

Moves = Mapping[str, str]
"""Old path → new path of files, from the folder of articles."""


def relinked(text: str, *, old: str, new: str, moves: Moves | None = None) -> str:
    """A file's text for its path `new`, where it lay at `old`; with `moves` other files' too."""
    known = {old: new, **(moves or {})}
    lines = text.split("\n")
    prose = prose_of([line.rstrip("\r") for line in lines])
    return "\n".join(
        _line(line, seen, old, new, known) if "](" in seen or "]:" in seen or "=" in seen else line
        for line, seen in zip(lines, prose, strict=True)
    )


def _line(line: str, prose: str, old: str, new: str, moves: Moves) -> str:
    parts: list[str] = []
    at = 0
    for match in LINK.finditer(prose):
        group = next(name for name in GROUPS if match[name])
        written = match[group]
        moved = _moved(written, old, new, moves)
        if moved != written:
            parts += (line[at : match.start(group)], moved)
            at = match.end(group)
    return "".join(parts) + line[at:]


def _moved(written: str, old: str, new: str, moves: Moves) -> str:
    """The path for a file at `new`; the same where it leads elsewhere, or is right as it stands."""
    if ELSEWHERE.match(written):
        return written
    before, after = posixpath.dirname(old), posixpath.dirname(new)
    path = unquote(written)
    aim = posixpath.normpath(posixpath.join(before, path))
    if aim.startswith(".."):
        return written
    wanted = moves.get(aim, aim)
    if posixpath.normpath(posixpath.join(after, path)) == wanted:
        return written
    end = "/" if path.endswith("/") else ""
    relative = posixpath.relpath(wanted, after) + end
    return quote(relative, safe="/:@!$&'()*+,;=-._~") if path != written else relative
