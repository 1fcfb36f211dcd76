"""Directives of all dialects in one form: signs on lines of their own, that `blocks` arranges."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from kb.imports.anchor_signs import ANCHOR_OPEN
from kb.imports.callout_kinds import NamedCallout
from kb.imports.model import ImportFinding

SignKind = Literal["callout", "details", "tabs", "tab", "list-tabs", "close"]

OPEN, CLOSE = "\ue002", "\ue003"
DIRECTIVE = re.compile(f"{OPEN}(\\d{{1,9}}){CLOSE}")
STRAY = re.compile("[\ue002-\ue005]")
LEAD = re.compile(r"[ \t>]{0,200}(?:(?:[-+*]|\d{1,9}[.)])[ \t]{1,9}){0,3}")


@dataclass(frozen=True)
class Directive:
    """The beginning or the end of a part of the text."""

    kind: SignKind
    name: str
    """By which its end is known."""
    title: str = ""
    callout: NamedCallout = "note"
    width: int = 0
    """Of marks whose number says which end is theirs: colons."""
    word: str = ""
    """The source's name of the callout, which is its title where it has no other."""


class DirectiveSigns:
    """Directives of one page; and what could not be translated."""

    def __init__(self) -> None:
        self.directives: list[Directive] = []
        self.unknown: Counter[str] = Counter()
        """Names of components that were taken out."""
        self.expressions: Counter[str] = Counter()
        """Expressions that only a program has values for."""
        self.findings: list[ImportFinding] = []

    def sign(self, directive: Directive) -> str:
        self.directives.append(directive)
        return f"{OPEN}{len(self.directives) - 1}{CLOSE}"

    def close(self, name: str, *, width: int = 0) -> str:
        return self.sign(Directive("close", name, width=width))

    def on_own_lines(self, text: str) -> str:
        """`text` in which each sign stands on a line of its own, as deep as its line was."""
        if OPEN not in text:
            return text
        lines: list[str] = []
        for line in text.split("\n"):
            if OPEN not in line:
                lines.append(line)
                continue
            lines += _parted(line)
        return "\n".join(lines)

    def without(self, text: str) -> str:
        """`text` without signs that stood where none can."""
        return (
            STRAY.sub("", DIRECTIVE.sub("", text)) if OPEN in text or ANCHOR_OPEN in text else text
        )

    def of(self, line: str) -> Directive | None:
        """The directive that a line is."""
        match = DIRECTIVE.fullmatch(line.strip(" \t"))
        return self.directives[int(match[1])] if match else None


def _parted(line: str) -> list[str]:
    lead = LEAD.match(line)
    prefix = lead[0] if lead else ""
    below = "".join(char if char in ">\t" else " " for char in prefix)
    parts: list[str] = []
    at = len(prefix)
    for match in DIRECTIVE.finditer(line):
        if text := line[at : match.start()].strip():
            parts.append(text)
        parts.append(match[0])
        at = match.end()
    if text := line[at:].strip():
        parts.append(text)
    first = prefix if parts and not DIRECTIVE.fullmatch(parts[0]) else below
    marked = [prefix.rstrip()] if first != prefix and prefix.strip() else []
    return [
        *marked,
        *(f"{first if not at and not marked else below}{part}" for at, part in enumerate(parts)),
    ]
