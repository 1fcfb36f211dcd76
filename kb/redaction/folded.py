"""Folding of a text into the plain form that rules read, and its places in the text as typed.

Compatibility forms become ordinary ones, digits of all scripts ASCII, dashes, dots and spaces one
of each; marks, enclosures and characters nobody sees go, so й and ё read as и and е. What stands in
an address or a page as `%40` or `&#64;` is read too. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

_ENCODED = re.compile(
    r"((?:%(?:25){0,3}[0-9A-Fa-f]{2}){1,200})"
    r"|&(?:#\d{2,6}|#[xX][0-9A-Fa-f]{2,5}|commat|period|nbsp|plus|lowbar|hyphen);"
)
_PERCENT = re.compile(r"%(?:25){0,3}([0-9A-Fa-f]{2})")
_DOTS = "·•∙⋅・‧。｡…"
_DASHES = "\u2212\u02d7\u2043\u00ac"
_MOST_FORMS = 4
"""A character that stands for more others than that is no part of a number."""


@dataclass(frozen=True)
class FoldedText:
    """The plain form; its character n stands for `starts[n]` to `ends[n]` of the text as typed."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Place, in the text as typed, of characters `start` to `end` (not empty)."""
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> FoldedText:
    """The plain form of a text, in time proportional to its length."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end, typed in _units(text):
        plain = _plain(typed)
        if not plain and ends:
            ends[-1] = end  # an enclosure, or a mark, belongs to what it stands on
        for char in plain:
            chars.append(char)
            starts.append(start)
            ends.append(end)
    return FoldedText("".join(chars), tuple(starts), tuple(ends))


def _units(text: str) -> Iterator[tuple[int, int, str]]:
    """Places of characters with what they stand for, encoded ones decoded."""
    done = 0
    for match in _ENCODED.finditer(text):
        yield from _typed(text, done, match.start())
        yield from _percent(match) if match.group(1) else _entity(match)
        done = match.end()
    yield from _typed(text, done, len(text))


def _typed(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    return ((at, at + 1, text[at]) for at in range(start, end))


def _entity(match: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    yield match.start(), match.end(), unescape(match.group())


def _percent(match: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    units = list(_PERCENT.finditer(match.group()))
    data = bytes(int(unit.group(1), 16) for unit in units)
    try:
        decoded, encoding = data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        decoded, encoding = data.decode("latin-1"), "latin-1"
    at = 0
    for char in decoded:
        after = at + len(char.encode(encoding))
        yield match.start() + units[at].start(), match.start() + units[after - 1].end(), char
        at = after


@lru_cache(maxsize=8192)
def _plain(char: str) -> str:
    if char == "№":  # else it would read "No"
        return char
    if char in _DOTS:
        return "."
    category = unicodedata.category(char)
    if category == "Pd" or char in _DASHES:
        return "-"
    if category == "Zs" or char == "\t":
        return " "
    if char in "\n\r\v\f\x85\u2028\u2029":
        return "\n"
    if category == "Cc":
        return " "
    forms = unicodedata.normalize("NFKD", char)
    if len(forms) > _MOST_FORMS:
        return char
    return "".join(map(_plain_form, forms)).replace("\u2044", "/")


def _plain_form(char: str) -> str:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return ""
    digit = unicodedata.decimal(char, None)
    return char if digit is None else str(digit)
