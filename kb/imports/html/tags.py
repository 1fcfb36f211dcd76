"""Tags in Markdown, of HTML and of components: found with their attributes, over several lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

START = re.compile(r"<(/?)([A-Za-z][\w.:-]{0,60})")
ATTRIBUTE = re.compile(r"\s{0,200}([A-Za-z_@:][\w.:@-]{0,60})(?:\s{0,20}=\s{0,20})?")
PATH = re.compile(
    r"[\"'`]([^\"'`\n]{1,500}\.(?:png|jpe?g|gif|svg|webp|avif|mp4|webm))[\"'`]", re.IGNORECASE
)
MAX_TAG_CHARS = 2_000


@dataclass(frozen=True)
class FoundTag:
    """A tag in a text."""

    start: int
    end: int
    name: str
    is_end: bool
    is_alone: bool
    """True for one that closes itself."""
    attributes: Mapping[str, str]

    def get(self, *names: str) -> str:
        return next((self.attributes[name] for name in names if self.attributes.get(name)), "")


def tags(text: str) -> Iterator[FoundTag]:
    """Every tag with a closing bracket, in order. Linear in the text."""
    at = 0
    while match := START.search(text, at):
        tag = _tag(text, match)
        if tag is None:
            at = match.end()
            continue
        yield tag
        at = tag.end


def _tag(text: str, match: re.Match[str]) -> FoundTag | None:
    attributes: dict[str, str] = {}
    at = match.end()
    limit = min(len(text), at + MAX_TAG_CHARS)
    while at < limit:
        while at < limit and text[at] in " \t\r\n":
            at += 1
        if text.startswith("/>", at):
            return FoundTag(match.start(), at + 2, match[2], bool(match[1]), True, attributes)
        if text.startswith(">", at):
            return FoundTag(match.start(), at + 1, match[2], bool(match[1]), False, attributes)
        if text.startswith("{", at):
            end = _braces(text, at, limit)
            if end is None:
                return None
            at = end
            continue
        name = ATTRIBUTE.match(text, at, limit)
        if name is None:
            return None
        at = name.end()
        if name[0].rstrip().endswith("="):
            value, at = _value(text, at, limit)
            if value is None:
                return None
            attributes.setdefault(name[1], value)
        else:
            attributes.setdefault(name[1], "")
    return None


def _value(text: str, at: int, limit: int) -> tuple[str | None, int]:
    mark = text[at : at + 1]
    if mark in ("'", '"', "`"):
        end = text.find(mark, at + 1, limit)
        return (text[at + 1 : end], end + 1) if end >= 0 else (None, at)
    if mark == "{":
        end_of = _braces(text, at, limit)
        return (None, at) if end_of is None else (_inner(text[at + 1 : end_of - 1]), end_of)
    end = at
    while end < limit and text[end] not in " \t\r\n>":
        end += 1
    value = text[at:end]
    # `<br class=x/>` closes itself, an address may end in a slash
    if value.endswith("/") and text.startswith(">", end):
        return value[:-1], end - 1
    return value, end


def _inner(code: str) -> str:
    """The text in a braced value: a string, or the path of a picture somewhere in it."""
    stripped = code.strip()
    if (
        len(stripped) > 1
        and stripped[0] == stripped[-1]
        and stripped[0] in "\"'`"
        and stripped.count(stripped[0]) == 2
    ):
        return stripped[1:-1]
    match = PATH.search(stripped)
    return match[1] if match else stripped


def _braces(text: str, at: int, limit: int) -> int | None:
    """Index behind the brace that closes the one at `at`."""
    depth = 0
    for place in range(at, limit):
        if text[place] == "{":
            depth += 1
        elif text[place] == "}":
            depth -= 1
            if depth == 0:
                return place + 1
    return None
