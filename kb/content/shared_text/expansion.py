"""Texts with `{{ name }}` and `{{ snippet:name }}` filled in, each line with its origin. Pure.

What stands in code stays as it is. A snippet on a line of its own may be many lines, which are
indented as that line is; within a line it is one paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from kb.content.remarks.source import prose_of

MAX_EXPANDED_CHARS = 1_000_000
"""Of one text: as many as a file may hold."""
MARK = "snippet:"
ESCAPED_BRACE = "&#123;"
"""A brace that is text wherever Markdown or HTML stands."""
TAG = re.compile(
    r"(?<!\\)(?P<slashes>\\*+)(?<!\{)(?P<tag>\{\{[ \t]*"
    r"(?P<name>(?:snippet:[ \t]*)?[a-z][a-z0-9_-]{0,59})[ \t]*\}\})(?!\})"
)
"""A name in braces, with the backslashes before it: an odd one keeps the braces."""
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
IsTold = Callable[[str], bool]
"""True for the name of a tag whose fault is told where it lies."""


@dataclass(frozen=True)
class Shared:
    """Everything that tags of one language may stand for."""

    variables: Mapping[str, str]
    snippet: FindSnippet
    is_told: IsTold = field(default=lambda _name: False)
    """Such tags become text, so that nobody looks for what fills them in."""


def expanded(text: str, origin: Origin, shared: Shared) -> Expanded:
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
        new = list(_filled(line, prose, place, found, shared))
        room -= sum(len(one) for one, _ in new) - len(line)
        if room < 0:
            found.is_cut, new = True, [(line, place)]
        found.lines += (one for one, _ in new)
        found.origins += (one for _, one in new)
    return found


def _filled(
    line: str, prose: str, place: Origin, found: Expanded, shared: Shared
) -> Iterator[tuple[str, Origin]]:
    """Lines that one line becomes."""
    alone = ALONE.fullmatch(prose)
    if alone and (block := shared.snippet(alone["name"])):
        _note(block, found)
        before = alone["before"]
        rest = LIST_MARK.sub(" ", before)
        for number, one in enumerate(block.lines):
            yield ((rest if number else before) + one).rstrip(" \t"), block.origins[number]
        return
    parts: list[str] = []
    at = 0
    for match in TAG.finditer(prose):
        slashes = match["slashes"]
        is_escaped = len(slashes) % 2 == 1
        new = None if is_escaped else _value(match["name"], found, shared)
        if is_escaped or (new is None and shared.is_told(plain_name(match["name"]))):
            parts += (line[at : match.start()], slashes[: len(slashes) & ~1], ESCAPED_BRACE)
            at = match.start("tag") + 1
        elif new is not None:
            new = _in_its_place(new, match, prose, place, found, shared)
            parts += (line[at : match.start("tag")], new)
            at = match.end()
    yield "".join(parts) + line[at:], place


def _in_its_place(
    value: str, match: re.Match[str], prose: str, place: Origin, found: Expanded, shared: Shared
) -> str:
    """A value as it stands within a line; a snippet of more than a paragraph is noted."""
    block = shared.snippet(_snippet_name(match["name"])) if MARK in match["name"] else None
    if block and not block.is_paragraph:
        found.flattened.append((place, match["tag"]))
    target = TARGET.search(prose[max(0, match.start() - MAX_TARGET_CHARS) : match.start()])
    return _as_target(value, target["before"]) if target else value


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


def _value(name: str, found: Expanded, shared: Shared) -> str | None:
    if not name.startswith(MARK):
        if name in shared.variables:
            found.variables.add(name)
        return shared.variables.get(name)
    block = shared.snippet(_snippet_name(name))
    if block is None:
        return None
    _note(block, found)
    return " ".join(line.strip() for line in block.lines if line.strip())


def plain_name(tag: str) -> str:
    """The name in a tag, that of a snippet without spaces: `snippet:name`."""
    return "".join(tag.split())


def _snippet_name(tag: str) -> str:
    return tag.removeprefix(MARK).strip()


def _note(block: Snippet, found: Expanded) -> None:
    found.variables |= block.variables
    found.snippets |= block.snippets


@dataclass(frozen=True)
class FilledLine:
    """One line that is no Markdown, with its variables filled in."""

    text: str
    variables: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()
    """Names that nothing fills in."""


def filled_line(text: str, variables: Mapping[str, str]) -> FilledLine:
    """The line; a backslash keeps the braces behind it, and is not shown itself."""
    if "{{" not in text:
        return FilledLine(text)
    used: set[str] = set()
    unknown: dict[str, None] = {}

    def value(match: re.Match[str]) -> str:
        name, slashes = match["name"], match["slashes"]
        if len(slashes) % 2:
            return slashes[1:] + match["tag"]
        (used.add if name in variables else unknown.setdefault)(name)
        return slashes + variables.get(name, match["tag"])

    return FilledLine(TAG.sub(value, text), frozenset(used), tuple(unknown))


def named_tags(text: str) -> frozenset[str]:
    """Names of the tags in a text, those that a backslash keeps apart."""
    tags = (it for it in TAG.finditer(text) if not len(it["slashes"]) % 2)
    return frozenset(plain_name(it["name"]) for it in tags)
