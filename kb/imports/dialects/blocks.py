"""Parts of a text by their signs: callouts and folded text as we write them, tabs as headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from kb.imports.callout_kinds import outside_github, title_of
from kb.imports.dialects.indented_code import code_below, expanded
from kb.imports.dialects.masks import CodeMasks
from kb.imports.dialects.signs import OPEN as SIGN_OPEN
from kb.imports.dialects.signs import Directive, DirectiveSigns

HEADING = re.compile(r"(#{1,6})[ \t]")
ITEM = re.compile(r"([ \t]{0,40})([-*+][ \t]{1,9})(.{0,500})")
TAB = re.compile(r"([ \t]{0,40})={3}[!+]?[ \t]{1,9}([\"'])(.{1,300})\2[ \t]{0,99}")
ADMONITION = re.compile(
    r"([ \t]{0,40})(!!!|\?\?\?\+?)[ \t]{0,9}([\w -]{0,100})(?:[ \t]{0,9}\"(.{0,300})\")?[ \t]{0,99}"
)
MARKER = re.compile(r"(?:[-*+]|\d{1,9}[.)])[ ]{1,4}(?=\S)")
BARE_MARKER = re.compile(r"[ ]{0,40}(?:[-*+]|\d{1,9}[.)])[ ]{0,9}")
MAX_DEPTH = 12
MAX_OPEN = 100
"""Beginnings among which an end looks for its own."""


class BlockArranger:
    """Arranges the lines of one page."""

    def __init__(self, signs: DirectiveSigns, masks: CodeMasks, lang: str = "en") -> None:
        self._lang = lang
        self._signs = signs
        self._masks = masks
        self.unclosed: Counter[str] = Counter()
        self._level = 1

    def arranged(self, text: str) -> str:
        self._level = 1
        lines = text.split("\n")
        return "\n".join(_single_blanks(_joined_items(self._lines(lines, 0, is_inner=False))))

    def _lines(self, lines: Sequence[str], depth: int, *, is_inner: bool) -> list[str]:
        if depth > MAX_DEPTH:
            return list(lines)
        ends = self._ends(lines)
        found: list[str] = []
        at = 0
        while at < len(lines):
            line = lines[at]
            directive = self._signs.of(line)
            if directive is not None:
                end = ends.get(at)
                if directive.kind == "close" or end is None:
                    at += 1
                    continue
                found += self._part(directive, line, lines[at + 1 : end], depth, is_inner=is_inner)
                at = end + 1
                if directive.kind in ("callout", "details"):
                    code, at = code_below(lines, at, line, self._masks)
                    found += code
            elif line.lstrip(" \t").startswith(">"):
                end = _end_of_quote(lines, at)
                found += self._quoted(lines[at:end], depth)
                at = end
            elif match := self._by_indent(line):
                end = _end_of_indented(lines, at, len(match[1].expandtabs(4)))
                found += self._indented(match, lines[at + 1 : end], depth, is_inner=is_inner)
                at = end
            else:
                if heading := HEADING.match(line):
                    self._level = len(heading[1])
                found.append(line)
                at += 1
        return found

    def _ends(self, lines: Sequence[str]) -> dict[int, int]:
        """Line of a beginning → line of its end."""
        ends: dict[int, int] = {}
        opened: list[tuple[int, Directive]] = []
        for at, line in enumerate(lines):
            directive = self._signs.of(line)
            if directive is None:
                continue
            if directive.kind != "close":
                opened.append((at, directive))
                continue
            near = range(len(opened) - 1, max(-1, len(opened) - 1 - MAX_OPEN), -1)
            place = next((it for it in near if _closes(directive, opened[it][1])), None)
            if place is not None:
                for start, _ in opened[place:]:
                    ends[start] = at
                del opened[place:]
        blank = len(lines)
        blanks = {}
        for at in range(len(lines) - 1, -1, -1):
            blank = blank if lines[at].strip() else at
            blanks[at] = blank
        for start, directive in opened:
            self.unclosed[directive.name] += 1
            has_text = directive.kind in ("callout", "details")
            ends.setdefault(start, blanks.get(start + 1, len(lines)) if has_text else start)
        return ends

    def _part(
        self, directive: Directive, line: str, inner: Sequence[str], depth: int, *, is_inner: bool
    ) -> list[str]:
        indent = line[: len(line) - len(line.lstrip(" \t"))].expandtabs(4)
        if directive.kind in ("callout", "details"):
            return self._callout(
                directive, indent, self._lines(_dedented(inner), depth + 1, is_inner=True)
            )
        if directive.kind == "tab":
            return [
                "",
                *self._label(directive.title, indent, is_inner=is_inner),
                "",
                *self._below_label(inner, indent, depth, is_inner),
                "",
            ]
        if directive.kind == "list-tabs":
            return self._list_tabs(inner, indent, depth, is_inner=is_inner)
        level = self._level
        found = self._lines(inner, depth + 1, is_inner=is_inner)
        self._level = level
        return ["", *found, ""]

    def _below_label(
        self, inner: Sequence[str], indent: str, depth: int, is_inner: bool
    ) -> list[str]:
        level = self._level
        self._level = min(6, level + 1)
        found = self._lines(_dedented(inner), depth + 1, is_inner=is_inner)
        self._level = level
        return [f"{indent}{line}" if line else "" for line in found]

    def _quoted(self, lines: Sequence[str], depth: int) -> list[str]:
        """Lines of a quote, with the parts that stand in it."""
        if not any(SIGN_OPEN in line for line in lines):
            return list(lines)
        first = lines[0]
        indent = first[: len(first) - len(first.lstrip(" \t"))]
        inner = [line.lstrip(" \t").removeprefix(">").removeprefix(" ") for line in lines]
        arranged = _single_blanks(self._lines(inner, depth + 1, is_inner=True))
        return [
            f"{indent}> {line}".rstrip() if not line else f"{indent}> {line}" for line in arranged
        ]

    def _label(self, title: str, indent: str, *, is_inner: bool) -> list[str]:
        if not title:
            return []
        if indent or is_inner:
            return [f"{indent}**{title}**"]
        return [f"{'#' * max(2, min(6, self._level + 1))} {title}"]

    def _callout(self, directive: Directive, indent: str, inner: Sequence[str]) -> list[str]:
        mark = "!!!" if directive.kind == "callout" else "???"
        kind = directive.callout if directive.kind == "callout" else "note"
        title = " ".join(directive.title.replace('"', "'").split())
        title = title or title_of(directive.word, self._lang)
        head = f'{indent}{mark} {kind} "{title}"' if title else f"{indent}{mark} {kind}"
        body = _single_blanks(inner)
        if not any(line.strip() for line in body):
            return []
        return ["", head, *(f"{indent}    {line}" if line.strip() else "" for line in body), ""]

    def _list_tabs(
        self, inner: Sequence[str], indent: str, depth: int, *, is_inner: bool
    ) -> list[str]:
        """Items of a list, each the label of a tab with its text below."""
        found: list[str] = []
        items: list[tuple[str, list[str]]] = []
        for line in _dedented(inner):
            match = ITEM.fullmatch(line[:600])
            if match and not match[1]:
                items.append((match[3], []))
            elif items:
                items[-1][1].append(line)
        for title, below in items:
            found += [
                "",
                *self._label(title.strip("* "), indent, is_inner=is_inner),
                "",
                *self._below_label(below, indent, depth, is_inner),
            ]
        return [*found, ""]

    def _by_indent(self, line: str) -> re.Match[str] | None:
        """Match of a line whose part is what stands below it, indented."""
        start = line.lstrip(" \t")[:3]
        if start == "===":
            return TAB.fullmatch(line[:500])
        return ADMONITION.fullmatch(line[:500]) if start in ("!!!", "???") else None

    def _indented(
        self, match: re.Match[str], below: Sequence[str], depth: int, *, is_inner: bool
    ) -> list[str]:
        indent = match[1].expandtabs(4)
        if match.re is TAB:
            return [
                "",
                *self._label(match[3], indent, is_inner=is_inner),
                "",
                *self._below_label(below, indent, depth, is_inner),
                "",
            ]
        word = (match[3].split() or ["note"])[0]
        words = title_of(word, self._lang) if match[4] is None else match[4]
        title = f' "{words}"' if words or match[4] is not None else ""
        head = f"{indent}{match[2]} {outside_github(word) or word}{title}"
        inner = self._lines(_dedented(below), depth + 1, is_inner=True)
        return ["", head, *(f"{indent}    {line}" if line.strip() else "" for line in inner), ""]


def flush_left(text: str) -> str:
    """`text` of MDX, where no line is code by its indent: lines stand at the margin, or at the
    text of the item that they belong to."""
    items: list[tuple[int, int]] = []  # where an item began in the source, where its text begins
    found: list[str] = []
    for line in text.split("\n"):
        spaced = expanded(line)
        bare = spaced.lstrip(" ")
        indent = len(spaced) - len(bare)
        marker = MARKER.match(bare) or BARE_MARKER.fullmatch(bare)
        # An item less than two spaces deeper than another one stands beside it
        slack = 2 if marker else 1
        while bare and items and indent < items[-1][0] + slack:
            items.pop()
        margin = items[-1][1] if items else 0
        found.append(" " * margin + bare if bare else "")
        if marker:
            items.append((indent, margin + max(2, len(marker[0]))))
    return "\n".join(found)


def _joined_items(lines: Sequence[str]) -> list[str]:
    """`lines` in which no item begins with an empty line: what stands below is its text."""
    found: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if BARE_MARKER.fullmatch(line):
            below = at
            while below < len(lines) and not lines[below].strip():
                below += 1
            deep = len(line) - len(line.lstrip(" "))
            if below < len(lines) and len(lines[below]) - len(lines[below].lstrip(" ")) > deep:
                line = f"{line.rstrip()} {lines[below].lstrip(' ')}"
                at = below + 1
        found.append(line)
    return found


def _closes(end: Directive, start: Directive) -> bool:
    return end.name == start.name and start.width <= end.width


def _end_of_quote(lines: Sequence[str], at: int) -> int:
    end = at
    while end < len(lines) and lines[end].lstrip(" \t").startswith(">"):
        end += 1
    return end


def _end_of_indented(lines: Sequence[str], at: int, indent: int) -> int:
    """Index behind the lines that stand deeper than `indent`, by two spaces at least."""
    end = at + 1
    last = at
    while end < len(lines):
        line = lines[end].expandtabs(4)
        if line.strip():
            if len(line) - len(line.lstrip(" ")) < indent + 2:
                break
            last = end
        end += 1
    return last + 1


def _dedented(lines: Sequence[str]) -> list[str]:
    """`lines` without the spaces that all of them begin with."""
    spaced = [expanded(line) for line in lines]
    deep = [len(line) - len(line.lstrip(" ")) for line in spaced if line.strip()]
    cut = min(deep, default=0)
    return [line[cut:] if line.strip() else "" for line in spaced]


def _single_blanks(lines: Sequence[str]) -> list[str]:
    """`lines` without blank ones at the ends, and with one where there were several."""
    found: list[str] = []
    for line in lines:
        if line.strip() or (found and found[-1].strip()):
            found.append(line if line.strip() else "")
    while found and not found[-1]:
        found.pop()
    return found
