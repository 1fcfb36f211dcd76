"""Texts with `{{ name }}` and `{{ snippet:name }}` filled in, each line with its origin. Pure.

What stands in code stays as it is. A snippet on a line of its own may be many lines, which are
indented as that line is; within a line it is one paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kb.content.remarks.source import prose_of

MAX_EXPANDED_CHARS = 1_000_000
"""Of one text: as many as a file may hold."""
MARK = "snippet:"
TAG = re.compile(
    r"(?<!\{)\{\{[ \t]*(?P<name>(?:snippet:[ \t]*)?[a-z][a-z0-9_-]{0,59})[ \t]*\}\}(?!\})"
)
ALONE = re.compile(
    r"(?P<before>(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*)"
    r"\{\{[ \t]*snippet:[ \t]*(?P<name>[a-z][a-z0-9_-]{0,59})[ \t]*\}\}[ \t]*"
)
BLOCK = re.compile(
    r" {0,3}(?:[-*+][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|>|```|~~~|\||!!!|\?\?\?|:::| [ \t]*\S"
    r"|<(?:details|table|div|ul|ol|p|h[1-6])\b)"
)
"""Beginning of what is no paragraph."""
LIST_MARK = re.compile(r"[^>\s]")
CONTAINER = re.compile(r" {0,3}(?:[-*+][ \t]|\d{1,9}[.)][ \t]|!!!|\?\?\?|:|\[\^|>)")
"""Beginning of a block whose text may be indented and is no code for that."""
TARGET = re.compile(r"(?:\]\(<?|^ {0,3}\[[^\]\n]{1,200}\]:[ \t]*<?)(?P<before>[^\s<>()]*)$")
MAX_TARGET_CHARS = 500
CALL = re.compile(r"(?:tel|sms|callto):", re.IGNORECASE)
NOT_DIALLED = re.compile(r"[^\d+*#]")

Origin = tuple[str, int]
"""File, from the folder of articles, and line in it, from 1."""


@dataclass(frozen=True)
class Snippet:
    """A text that is put into others, with everything filled in."""

    path: str
    lines: tuple[str, ...]
    origins: tuple[Origin, ...]
    variables: frozenset[str] = frozenset()
    snippets: frozenset[str] = frozenset()
    """Paths of those that it holds, its own too."""

    @property
    def is_paragraph(self) -> bool:
        """False for what cannot stand within a line: a list, a table, several paragraphs."""
        return not any(BLOCK.match(line) or not line.strip() for line in self.lines)


@dataclass
class Expanded:
    """A text whose tags are filled in."""

    lines: list[str] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)
    variables: set[str] = field(default_factory=set)
    snippets: set[str] = field(default_factory=set)
    """Paths."""
    flattened: list[tuple[Origin, str]] = field(default_factory=list)
    """Places in a line, with tags, of snippets that are more than a paragraph."""
    is_cut: bool = False
    """True when it grew too large, and tags were left as they are."""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


FindSnippet = Callable[[str], Snippet | None]


def expanded(
    text: str, origin: Origin, variables: Mapping[str, str], snippet: FindSnippet
) -> Expanded:
    """`text`, whose first line is `origin`; tags of what is not known stay."""
    found = Expanded()
    lines = text.split("\n")
    path, first = origin
    room = MAX_EXPANDED_CHARS - len(text)
    for number, (line, prose) in enumerate(zip(lines, _outside_code(lines), strict=True)):
        place = (path, first + number)
        if "{{" not in prose:
            found.lines.append(line)
            found.origins.append(place)
            continue
        new = list(_filled(line, prose, place, found, variables, snippet))
        room -= sum(len(one) for one, _ in new) - len(line)
        if room < 0:
            found.is_cut, new = True, [(line, place)]
        found.lines += (one for one, _ in new)
        found.origins += (one for _, one in new)
    return found


def _filled(
    line: str,
    prose: str,
    place: Origin,
    found: Expanded,
    variables: Mapping[str, str],
    snippet: FindSnippet,
) -> Iterator[tuple[str, Origin]]:
    """Lines that one line becomes."""
    alone = ALONE.fullmatch(prose)
    if alone and (block := snippet(alone["name"])):
        _note(block, found)
        before = alone["before"]
        rest = LIST_MARK.sub(" ", before)
        for number, one in enumerate(block.lines):
            yield ((rest if number else before) + one).rstrip(" \t"), block.origins[number]
        return
    parts: list[str] = []
    at = 0
    for match in TAG.finditer(prose):
        new = _value(match["name"], found, variables, snippet)
        if new is not None:
            block = snippet(_snippet_name(match["name"])) if MARK in match["name"] else None
            if block and not block.is_paragraph:
                found.flattened.append((place, match[0]))
            if target := TARGET.search(
                prose[max(0, match.start() - MAX_TARGET_CHARS) : match.start()]
            ):
                new = _as_target(new, target["before"])
            parts += (line[at : match.start()], new)
            at = match.end()
    yield "".join(parts) + line[at:], place


def _as_target(value: str, before: str) -> str:
    """A value as a part of a link's target, which ends at a space."""
    if CALL.match(before):
        return NOT_DIALLED.sub("", value)
    return value.replace(" ", "%20").replace("\u00a0", "%20")


def _outside_code(lines: list[str]) -> list[str]:
    """The lines with all code blanked, that by indentation too."""
    prose = prose_of(lines)
    is_inside = is_code = False
    after_blank = True
    for number, line in enumerate(lines):
        if not line.strip():
            after_blank = True
            continue
        is_indented = line.startswith(("    ", "\t"))
        if not is_indented:
            is_code = False
            is_inside = bool(CONTAINER.match(line)) or (is_inside and line.startswith(" "))
        elif not is_inside and (after_blank or is_code):
            is_code = True
            prose[number] = " " * len(line)
        after_blank = False
    return prose


def _value(
    name: str, found: Expanded, variables: Mapping[str, str], snippet: FindSnippet
) -> str | None:
    if not name.startswith(MARK):
        if name in variables:
            found.variables.add(name)
        return variables.get(name)
    block = snippet(_snippet_name(name))
    if block is None:
        return None
    _note(block, found)
    return " ".join(line.strip() for line in block.lines if line.strip())


def _snippet_name(tag: str) -> str:
    return tag.removeprefix(MARK).strip()


def _note(block: Snippet, found: Expanded) -> None:
    found.variables |= block.variables
    found.snippets |= block.snippets


def filled_line(text: str, variables: Mapping[str, str], used: set[str]) -> str:
    """One line with its variables filled in; their names are added to `used`."""

    def value(match: re.Match[str]) -> str:
        name = match["name"]
        if name not in variables:
            return match[0]
        used.add(name)
        return variables[name]

    return TAG.sub(value, text) if "{{" in text else text


def unknown_names(text: str) -> Sequence[str]:
    """Names of tags that a filled line still has."""
    return tuple(dict.fromkeys(match["name"] for match in TAG.finditer(text)))
