"""Callouts and details in every spelling that authors bring along: one thing, four kinds.

`!!! note "Title"` and `??? note "Title"` (MkDocs), `:::note[Title]` … `:::` (Docusaurus), and
quotes that begin with `[!NOTE]` (GitHub, Obsidian).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kb.content.markdown.blocks.cursor import CODE_INDENT, Cursor
from kb.content.markdown.blocks.parts import Container, Indented

Callout = Literal["note", "careful", "danger"]
Folding = Literal["", "closed", "open"]
"""Whether the text is folded below its title, and how it is at first."""

KINDS: Mapping[str, Callout] = {
    **dict.fromkeys(("note", "info", "tip", "hint", "important", "success"), "note"),
    **dict.fromkeys(("question", "example", "abstract", "summary", "quote", "todo"), "note"),
    **dict.fromkeys(("faq", "help", "seealso", "tldr", "check", "done", "cite"), "note"),
    **dict.fromkeys(("warning", "attention", "careful"), "careful"),
    **dict.fromkeys(("danger", "caution", "error", "bug", "failure", "fail", "missing"), "danger"),
}
CALLOUT_TITLES: Mapping[Callout, str] = {
    "note": "Note",
    "careful": "Careful",
    "danger": "Danger",
}
INDENTED_FOLDINGS: Mapping[str, Folding] = {"!!!": "", "???": "closed"}
QUOTED_FOLDINGS: Mapping[str, Folding] = {"-": "closed", "+": "open"}
_WORD = r"[^\W_][\w-]*+"
_INDENTED = re.compile(
    rf"(!!!|\?\?\?\+?)[ \t]*+({_WORD})?"
    rf"(?:((?:[ \t]++{_WORD})*)[ \t]*+\"([^\"]*+(?:\"(?![ \t]*$)[^\"]*+)*)\""
    r"|(?:[ \t]++(?:inline|end))*)[ \t]*+$"
)
_FENCED = re.compile(
    rf"(:{{3,}}+)[ \t]*+\{{?\.?({_WORD})\}}?(?:[ \t]*+\[(.*)\]|[ \t]++([^{{\[].*?))?[ \t]*+"
    r"(?:\{[^{}]*+\})?[ \t]*+$"
)
_FENCED_END = re.compile(r"(:{3,}+)[ \t]*+$")
_QUOTED = re.compile(r"[ \t]*+\[!(\w{1,20}+)\]([-+]?)(?:[ \t]++(.*+))?[ \t]*+$")


@dataclass(frozen=True)
class CalloutTitle:
    """`words` is the title that the author gave: None when the kind has to give it."""

    kind: Callout
    words: str | None
    folding: Folding = ""


class IndentedCallout(Indented):
    """A callout whose text is indented by two spaces or by four."""

    may_be_lazy = False

    def __init__(self, line: int, indent: int, title: CalloutTitle) -> None:
        super().__init__(line, indent + 2, indent + CODE_INDENT)
        self.title = title


class FencedCallout(Container):
    """A callout between lines of `size` colons or more."""

    def __init__(self, line: int, size: int, title: CalloutTitle) -> None:
        super().__init__(line)
        self.size = size
        self.title = title

    def continues(self, cursor: Cursor) -> bool:
        return True


def opened_indented(cursor: Cursor, line: int) -> IndentedCallout | None:
    match = cursor.match(_INDENTED)
    if not match or (match[2] is None and match[4] is None):
        return None
    folding = INDENTED_FOLDINGS.get(match[1], "open")
    name = match[2] or "note"
    title = CalloutTitle(KINDS.get(name.lower(), "note"), _words(name, match[4]), folding)
    return IndentedCallout(line, cursor.indent, title)


def _words(name: str, title: str | None) -> str | None:
    """The title: a kind that nobody knows is one itself."""
    if title is None and name.lower() not in KINDS:
        return name[:1].upper() + name[1:]
    return title


def opened_fenced(cursor: Cursor, line: int) -> FencedCallout | None:
    match = cursor.match(_FENCED)
    name = match[2].lower() if match else ""
    if not match or (name not in KINDS and name != "details"):
        return None
    folding: Folding = "closed" if name == "details" else ""
    words = match[3] or match[4]
    return FencedCallout(
        line, len(match[1]), CalloutTitle(KINDS.get(name, "note"), words or None, folding)
    )


def closing_size(cursor: Cursor) -> int:
    """Colons in a line that closes a callout; 0 for any other."""
    match = cursor.match(_FENCED_END) if cursor.indent < CODE_INDENT else None
    return len(match[1]) if match else 0


def quoted_title(first_line: str) -> CalloutTitle | None:
    """The title of a quote that is a callout, by its first line."""
    match = _QUOTED.match(first_line)
    if not match or match[1].lower() not in KINDS:
        return None
    folding = QUOTED_FOLDINGS.get(match[2], "")
    return CalloutTitle(KINDS[match[1].lower()], match[3] or None, folding)
