"""The source of an article with its code blanked out, to find again what its page shows.

Only looks for lines: the meaning of Markdown is `kb.content.markdown`'s.
"""

from __future__ import annotations

import html as html_entities
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kb.content.model import Article

FENCE = re.compile(
    r"(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*(?P<mark>`{3,}+|~{3,}+)(?P<info>[^`\n]*+)$"
)
CLOSING = re.compile(r"[ \t>]*+(?P<mark>`{3,}+|~{3,}+)[ \t]*+$")
BACKTICKS = re.compile(r"`+")
ATOM = re.compile(r"[^\s*_~`\[\]\\<>()!]+")
"""Run of characters that stand in the source as they are shown."""
MARKS = r"[\s*_~`\[\]\\<>()!]{0,20}"
MOST_ATOMS = 4
MAX_ATOM_CHARS = 40
ESCAPED = re.compile(
    r"\\[!-/:-@\[-`{-~]|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)
MARK = re.compile(r"[!-/:-@\[-`{-~]")
SPACE = re.compile(r"\s")
MOST_COMPARED_CHARS = 40
MOST_PLACES = 50


@dataclass(frozen=True)
class OpenFence:
    """A fence that is not closed where its author meant to."""

    line: int
    """From 0, of the body."""
    text: str


@dataclass(frozen=True)
class ReadMarks:
    """A text as Markdown reads it, and at which of its characters the source has an escape."""

    text: str
    escapes: bytes
    """A byte for each character of `text`, 1 for an escaped mark; none where there are none."""

    @classmethod
    def of(cls, source: str) -> ReadMarks:
        parts: list[str] = []
        flags = bytearray()
        at = 0
        for match in ESCAPED.finditer(source):
            plain = source[at : match.start()]
            is_entity = match[0].startswith("&")
            char = html_entities.unescape(match[0]) if is_entity else match[0][1:]
            flag = b"\1" if MARK.fullmatch(char) else b"\0"
            parts += (plain, char)
            flags += bytes(len(plain)) + flag * len(char)
            at = match.end()
        flags += bytes(len(source) - at)
        kept = bytes(flags) if 1 in flags else b""
        return cls(SPACE.sub(" ", "".join(parts) + source[at:]), kept)

    def is_escaped(self, shown: str) -> bool:
        """True if what is shown stands in the source, and everywhere with an escape."""
        beginning = SPACE.sub(" ", shown[:MOST_COMPARED_CHARS])
        if not self.escapes or not beginning:
            return False
        at = self.text.find(beginning)
        places = 0
        while at >= 0 and places < MOST_PLACES:
            if not any(self.escapes[at : at + len(beginning)]):
                return False
            places += 1
            at = self.text.find(beginning, at + 1)
        return places > 0


@dataclass(frozen=True)
class Source:
    """The body of an article; lines are counted from 0 within it."""

    article: Article

    @cached_property
    def lines(self) -> list[str]:
        return self.article.body.split("\n")

    @cached_property
    def prose(self) -> list[str]:
        """The lines with code blanked, each as long as it was."""
        return _prose(self._fenced[0])

    @property
    def open_fences(self) -> list[OpenFence]:
        return self._fenced[1]

    @cached_property
    def _fenced(self) -> tuple[list[str], list[OpenFence]]:
        return _without_fences(self.lines)

    @cached_property
    def _prose_text(self) -> str:
        return "\n".join(self.prose)

    @cached_property
    def _read(self) -> ReadMarks:
        return ReadMarks.of(self._prose_text)

    def file_line(self, number: int) -> int:
        """Line of the file, from 1."""
        return self.article.body_line + number

    def is_escaped(self, shown: str) -> bool:
        """True for marks that the author kept from being marks, by backslashes or entities."""
        return self._read.is_escaped(shown)

    def line_of(self, shown: str) -> int:
        """Line of the file in which `shown` stands first; that of the body if nowhere."""
        at = self._prose_text.find(shown)
        if at < 0:
            atoms = [re.escape(it[:MAX_ATOM_CHARS]) for it in ATOM.findall(shown[:400])]
            found = re.search(MARKS.join(atoms[:MOST_ATOMS]), self._prose_text) if atoms else None
            at = found.start() if found else 0
        return self.file_line(self._prose_text.count("\n", 0, at))


def prose_of(lines: list[str]) -> list[str]:
    """The lines with code and comments blanked, each as long as it was."""
    return _prose(_without_fences(lines)[0])


def _prose(without_fences: list[str]) -> list[str]:
    return _without_spans(_without_comments(without_fences))


def _without_fences(lines: list[str]) -> tuple[list[str], list[OpenFence]]:
    """The lines with fenced code blanked, and the fences that stay open too long."""
    kept: list[str] = []
    open_too_long: dict[int, OpenFence] = {}
    opened, mark = OpenFence(0, ""), ""
    for number, line in enumerate(lines):
        fence = FENCE.match(line)
        kept.append(" " * len(line) if mark or fence else line)
        if not mark and fence:
            mark, opened = fence["mark"], OpenFence(number, line.strip())
        elif fence and fence["mark"] == mark and fence["info"].strip():
            # Opens code of its own within code: the fence before lacks its end
            open_too_long.setdefault(opened.line, opened)
        elif mark and _closes(line, mark):
            mark = ""
    if mark:
        open_too_long.setdefault(opened.line, opened)
    return kept, list(open_too_long.values())


def _closes(line: str, mark: str) -> bool:
    closing = CLOSING.match(line)
    return bool(closing and closing["mark"][0] == mark[0] and len(closing["mark"]) >= len(mark))


def _without_comments(lines: list[str]) -> list[str]:
    """The lines with HTML comments blanked; one that is not closed stays."""
    text = "\n".join(lines)
    parts: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        parts += (text[at:start], _blank(text[start : end + 3]))
        at = end + 3
    return ("".join(parts) + text[at:]).split("\n")


def _without_spans(lines: list[str]) -> list[str]:
    """The lines with code spans blanked, paragraph by paragraph."""
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        paragraphs[-1].append(line)
        if not line.strip():
            paragraphs.append([])
    blanked = ("\n".join(_blanked_spans("\n".join(it))) for it in paragraphs if it)
    return "\n".join(blanked).split("\n")


def _blanked_spans(text: str) -> Iterator[str]:
    """Parts of a paragraph, those between backtick runs of one length blanked. Linear."""
    runs = list(BACKTICKS.finditer(text))
    partner = _partners([len(run[0]) for run in runs])
    parts: list[str] = []
    at = number = 0
    while number < len(runs):
        other = partner[number]
        if other is None:
            number += 1
            continue
        parts += (
            text[at : runs[number].start()],
            _blank(text[runs[number].start() : runs[other].end()]),
        )
        at, number = runs[other].end(), other + 1
    yield "".join(parts) + text[at:]


def _partners(lengths: list[int]) -> list[int | None]:
    """For each run of backticks the next one of its length."""
    later: dict[int, int] = {}
    found: list[int | None] = [None] * len(lengths)
    for number in range(len(lengths) - 1, -1, -1):
        found[number] = later.get(lengths[number])
        later[lengths[number]] = number
    return found


def _blank(text: str) -> str:
    return "".join("\n" if char == "\n" else " " for char in text)
