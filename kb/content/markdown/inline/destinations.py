"""Addresses, titles and labels of links, wherever they are written: in a text or a definition."""

from __future__ import annotations

import re
from typing import NamedTuple

from kb.content.markdown.inline.characters import decoded

MAX_LABEL_CHARS = 999
MAX_NESTED_PARENTHESES = 32

_IN_ANGLES = re.compile(r"<((?:[^<>\n\\]|\\.)*)>")
_PIECE = re.compile(r"(?:[^\\()\x00-\x20\x7f]|\\[!-/:-@\[-`{-~]|\\)+|[()]")
_TITLE = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'|\(((?:[^()\\]|\\.)*)\)", re.DOTALL)
_SPACE = re.compile(r"[ \t]*+(?:\n[ \t]*+)?")
_LABEL = re.compile(rf"\[((?:[^\[\]\\]|\\.){{0,{MAX_LABEL_CHARS}}})\]", re.DOTALL)


class LinkTarget(NamedTuple):
    """Address and title of a link, and the position behind it."""

    address: str
    title: str
    end: int


def inline_target(text: str, at: int) -> LinkTarget | None:
    """Target that `(address "title")` names, from its opening parenthesis on."""
    if text[at : at + 1] != "(":
        return None
    destination = destination_at(text, space_end(text, at + 1))
    if destination is None:
        return None
    address, address_end = destination
    after = space_end(text, address_end)
    title, end = "", after
    if after > address_end and (found := title_at(text, after)):
        title, end = found[0], space_end(text, found[1])
    return LinkTarget(address, title, end + 1) if text[end : end + 1] == ")" else None


def destination_at(text: str, at: int) -> tuple[str, int] | None:
    """The address at `at` and where it ends; it may be empty. None where none can stand."""
    if text[at : at + 1] == "<":
        match = _IN_ANGLES.match(text, at)
        return (decoded(match[1]), match.end()) if match else None
    end, depth = at, 0
    while piece := _PIECE.match(text, end):
        depth += {"(": 1, ")": -1}.get(piece[0], 0)
        if depth < 0:
            break
        if depth > MAX_NESTED_PARENTHESES:
            return None
        end = piece.end()
    return (decoded(text[at:end]), end) if depth <= 0 else None


def title_at(text: str, at: int) -> tuple[str, int] | None:
    """The title at `at`, in quotes of any kind, and where it ends."""
    match = _TITLE.match(text, at)
    return (decoded(match[match.lastindex or 0]), match.end()) if match else None


def label_at(text: str, at: int) -> tuple[str, int] | None:
    """The label in brackets at `at` as it is written, and where it ends; it may be empty."""
    match = _LABEL.match(text, at)
    return (match[1], match.end()) if match else None


def space_end(text: str, at: int) -> int:
    """End of the spaces, with at most one line break, that begin at `at`."""
    match = _SPACE.match(text, at)
    return match.end() if match else at
