"""A leftover: what is wrong, where, and how often; what the modules of this package find."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from kb.content.fault_kinds import FaultKind
from kb.content.model import Problem
from kb.content.remarks.source import Source
from kb.content.remarks.visible_text import CODE, VisibleBlock

MAX_SHOWN_CHARS = 50
MOST_NAMES = 50
"""Told of one kind in one article; who mends them sees the next."""


@dataclass(frozen=True)
class Leftover:
    """Something on the page that its author did not mean."""

    kind: FaultKind
    shown: str
    """As it stands on the page, or as the message names it."""
    message: str
    """With a place `{shown}`."""
    remedy: str
    line: int = 0
    """Of the file; 0 when it is to be found by what is shown."""
    name: str = ""
    """Leftovers of one kind and name are told once an article; by what is shown without one."""
    may_be_escaped: bool = True
    """False for what is a fault with a backslash before it too."""


@dataclass(frozen=True)
class Proof:
    """An article as its author wrote it beside its page as readers see it."""

    source: Source
    blocks: tuple[VisibleBlock, ...]
    html: str


def problems(found: Iterable[Leftover], source: Source) -> Iterator[Problem]:
    """One problem for each name, at its first line, with how often it stands there."""
    by_name: dict[tuple[FaultKind, str], list[Leftover]] = {}
    for one in found:
        if one.may_be_escaped and not one.line and source.is_escaped(one.shown):
            continue
        by_name.setdefault((one.kind, one.name or one.shown), []).append(one)
    for first, *others in islice(by_name.values(), MOST_NAMES):
        line = first.line or source.line_of(first.shown)
        message = first.message.replace("{shown}", short(first.shown))
        message += f", {len(others) + 1} times" if others else ""
        path, line = source.article.place(line - source.article.body_line)
        yield Problem(path, line, message, first.remedy, first.kind)


def short(text: str) -> str:
    """`text` in one line, cut where a message would grow too long."""
    line = " ".join(text.replace(CODE, "`…`").split())
    return line if len(line) <= MAX_SHOWN_CHARS else f"{line[: MAX_SHOWN_CHARS - 1]}…"
