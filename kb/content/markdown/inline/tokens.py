"""The tokens of a text, in order: pieces of text, finished elements, where others open and close.

Runs of `*`, `_` and `~` are tokens too: what they open and close is known when all is read.
"""

from __future__ import annotations

import xml.etree.ElementTree as etree
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextToken:
    """Text as it is shown; a literal one is what an author escaped, so that it means nothing."""

    text: str
    is_literal: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """Start of an element that holds what follows; without a tag it leaves no trace."""

    tag: str | None
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Close:
    """End of the element opened last."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A finished element, and its words where only text can stand."""

    element: etree.Element
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Bare:
    """An address written as it is; a link, unless it stands in one."""

    text: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Raw:
    """A tag put aside as `placeholder`, of an element that may be a link's."""

    placeholder: str
    tag: str
    is_end: bool


class DelimiterRun:
    """Some `*`, `_` or `~` in a row: what is left of them, and what they close and open."""

    __slots__ = (
        "can_close", "can_open", "character", "closes", "count", "length", "next", "opens",
        "previous",
    )  # fmt: skip

    def __init__(self, character: str, length: int, *, can_open: bool, can_close: bool) -> None:
        self.character = character
        self.length = self.count = length
        self.can_open = can_open
        self.can_close = can_close
        self.closes: list[str] = []
        """Tags, the innermost first."""
        self.opens: list[str] = []
        """Tags, the innermost first."""
        self.previous: DelimiterRun | None = None
        self.next: DelimiterRun | None = None


Token = TextToken | Open | Close | Leaf | Bare | Raw | DelimiterRun


def plain_text(tokens: Iterable[Token]) -> str:
    """Words of some tokens, as for the alternative text of a picture."""
    return "".join(map(_words, tokens))


def _words(token: Token) -> str:
    if isinstance(token, TextToken | Bare):
        return token.text
    if isinstance(token, DelimiterRun):
        return token.character * token.count
    return token.alt if isinstance(token, Leaf) else ""
