"""Callouts that are quotes: `> [!note] Title` of GitHub and Obsidian."""

from __future__ import annotations

import re

from kb.imports.callout_kinds import NamedCallout, named, outside_github
from kb.imports.dialects.signs import Directive, DirectiveSigns

QUOTED = re.compile(
    r"^([ \t]{0,40}(?:[-*+][ \t]{1,4}|\d{1,9}[.)][ \t]{1,4})?)>[ \t]{0,9}\\?\[!([A-Za-z-]{"
    r"1,30})(?:\|[^\[\]\n]{0,60})?\\?\]([+-]?)[ \t]{0,9}([^\n]{0,300})$"
)


def quoted_callouts(text: str, signs: DirectiveSigns, *, any_kind: bool = False) -> str:
    """`> [!note] Title` of GitHub and Obsidian as directives, inner ones too.

    By `any_kind`, as in Obsidian, those of unknown names are notes, and "caution" is a warning.
    """
    if "[!" not in text:
        return text
    lines = text.split("\n")
    found: list[str] = []
    at = 0
    while at < len(lines):
        match = QUOTED.fullmatch(lines[at]) if len(lines[at]) < 500 else None
        kind = _kind(match[2], any_kind=any_kind) if match else None
        if match is None or kind is None:
            found.append(lines[at])
            at += 1
            continue
        end = at + 1
        while end < len(lines) and lines[end].lstrip(" \t").startswith(">"):
            end += 1
        below = "".join(char if char == "\t" else " " for char in match[1])
        inner = quoted_callouts(
            "\n".join(unquoted(it) for it in lines[at + 1 : end]), signs, any_kind=any_kind
        )
        what = "details" if match[3] == "-" else "callout"
        title = match[4].strip()
        # Words right behind GitHub's mark are text; Obsidian's are a title
        sign = signs.sign(
            Directive(
                "details" if what == "details" else "callout", ">", title, kind, word=match[2]
            )
        )
        found += [
            match[1] + sign,
            *(f"{below}{it}" if it else "" for it in inner.split("\n")),
            below + signs.close(">"),
        ]
        at = end
    return "\n".join(found)


def _kind(word: str, *, any_kind: bool) -> NamedCallout | None:
    return (outside_github(word) or "note") if any_kind else named(word)


def unquoted(line: str) -> str:
    """A line without its mark of a quote."""
    stripped = line.lstrip(" ")
    return stripped[1:].removeprefix(" ") if stripped.startswith(">") else line
