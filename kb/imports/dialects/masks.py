"""Code put aside while the text around it is changed: each fence and span becomes a sign.

A fence is one line then, so that it moves with what stands around it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

OPEN, CLOSE = "\ue000", "\ue001"
PRIVATE = re.compile("[\ue000-\uf8ff]")
SIGN = re.compile(f"{OPEN}(\\d{{1,9}}){CLOSE}")
FENCE = re.compile(
    r"(?P<prefix>[ \t>]{0,200}(?:(?:[-+*]|\d{1,9}[.)])[ \t]{1,9}){0,9})(?P<ticks>`{3,200}|~{3,"
    r"200})(?P<info>.{0,2000})"
)
TICKS = re.compile(r"`+")
BLANK = re.compile(r"(\n[ \t]*\n)")
LANGUAGE = re.compile(r"\{?[ ]{0,9}[.#]?([A-Za-z][\w+#-]{0,30})")
CODE_TITLE = re.compile(r"\b(?:title|filename|name)=(\"[^\"]{1,200}\"|'[^']{1,200}')")
HIGHLIGHT = re.compile(
    r"[ \t>]{0,100}(?://|#|/\*|<!--|--|%|\{/\*)[ ]{0,9}highlight-(?:next-line|start|end)"
    r"[ ]{0,9}(?:\*/\}?|-->)?[ \t]{0,9}"
)
"""A comment that only tells Docusaurus which lines to colour."""
DIAGRAMS = frozenset({"mermaid", "plantuml", "puml", "graphviz", "dot", "d2", "goat"})
ESCAPES = {
    "jekyll": (re.compile(r"\{%-?[ ]{0,4}(?:end)?raw[ ]{0,4}-?%\}"), ""),
    "mkdocs": (re.compile(r"(\(\d{1,2}\))!(?=[ \t]{0,9}(?:-->|\*/|$))"), r"\1"),
    "hugo": (re.compile(r"(?<=\{\{[<%])/\*|\*/(?=[>%]\}\})"), ""),
}
"""Marks by which templates are shown in code, and no reader saw."""


@dataclass(frozen=True)
class MaskedFence:
    """Lines of code without what stands before them, and the first line of their fence."""

    ticks: str
    language: str
    title: str
    lines: tuple[str, ...]


class CodeMasks:
    """Signs of one page, its includes too, and what they stand for."""

    def __init__(self, source: str = "") -> None:
        """`source` is the system whose escapes code may have."""
        self._escapes = ESCAPES.get(source)
        self._kept: list[MaskedFence | str] = []
        self.diagrams = 0

    def mask(self, text: str) -> str:
        """`text` with signs in place of its code."""
        return self.mask_spans(self.mask_fences(text))

    def mask_fences(self, text: str) -> str:
        lines = text.split("\n")
        found: list[str] = []
        at = 0
        while at < len(lines):
            fence = FENCE.fullmatch(lines[at]) if len(lines[at]) < 2_500 else None
            if fence is None or ("`" in fence["info"] and fence["ticks"][0] == "`"):
                found.append(lines[at])
                at += 1
                continue
            end = _closing(lines, at, fence["ticks"])
            found.append(fence["prefix"] + self._keep(self._fence(fence, lines[at + 1 : end])))
            at = end + 1
        return "\n".join(found)

    def mask_spans(self, text: str) -> str:
        return "".join(
            part if at % 2 else self._spans(part) for at, part in enumerate(BLANK.split(text))
        )

    def unmask(self, text: str) -> str:
        """`text` with its code, as deep as the signs stand now."""
        lines = []
        for line in text.split("\n"):
            match = SIGN.search(line)
            kept = self._kept[int(match[1])] if match else ""
            if match and isinstance(kept, MaskedFence):
                lines += _restored(kept, line[: match.start()])
                if rest := line[match.end() :].strip():
                    lines.append(self._with_spans(rest))
            else:
                lines.append(self._with_spans(line))
        return "\n".join(lines)

    def is_fence(self, line: str) -> bool:
        """True for a line that is code as a whole."""
        return self.fence(line) is not None

    def fence(self, line: str) -> MaskedFence | None:
        """The code that a line is as a whole."""
        match = SIGN.search(line)
        kept = self._kept[int(match[1])] if match else None
        return kept if isinstance(kept, MaskedFence) else None

    def kept(self, match: re.Match[str]) -> str:
        """The code that a sign within a line stands for; "" for lines of it."""
        kept = self._kept[int(match[1])]
        return kept if isinstance(kept, str) else ""

    def keep(self, code: str) -> str:
        """A sign for a piece of text that nothing may change."""
        return self._keep(code)

    def keep_fence(self, language: str, code: str) -> str:
        """A sign for code that was no fence in the source."""
        ticks = "```"
        while ticks in code:
            ticks += "`"
        return self._keep(MaskedFence(ticks, language, "", tuple(code.strip("\n").split("\n"))))

    def _keep(self, kept: MaskedFence | str) -> str:
        self._kept.append(kept)
        return f"{OPEN}{len(self._kept) - 1}{CLOSE}"

    def _with_spans(self, line: str) -> str:
        def code(match: re.Match[str]) -> str:
            kept = self._kept[int(match[1])]
            words = kept if isinstance(kept, str) else f"`{' '.join(kept.lines)}`"
            # What was put aside within it before, by an earlier sign
            return SIGN.sub(code, words) if OPEN in words else words

        return SIGN.sub(code, line)

    def _fence(self, fence: re.Match[str], lines: list[str]) -> MaskedFence:
        info = fence["info"].strip()
        match = LANGUAGE.match(info)
        language = match[1] if match and "=" not in info[: match.end() + 1] else ""
        title = CODE_TITLE.search(info)
        self.diagrams += language.lower() in DIAGRAMS
        if self._escapes:
            pattern, shown = self._escapes
            lines = [pattern.sub(shown, it) for it in lines if pattern.sub("", it) or not it]
        lines = [line for line in lines if not HIGHLIGHT.fullmatch(line[:200])]
        inner = tuple(_dedented(line, fence["prefix"]) for line in lines)
        return MaskedFence(fence["ticks"], language, title[1][1:-1] if title else "", inner)

    def _spans(self, text: str) -> str:
        runs = list(TICKS.finditer(text))
        if not runs:
            return text
        later: dict[int, list[int]] = {}
        for at in range(len(runs) - 1, -1, -1):
            later.setdefault(len(runs[at][0]), []).append(at)
        found: list[str] = []
        done = at = 0
        while at < len(runs):
            start = runs[at].start()
            ends = later[len(runs[at][0])]
            while ends and ends[-1] <= at:
                ends.pop()
            if not ends or _is_escaped(text, start):
                at += 1
                continue
            end = ends.pop()
            found += [text[done:start], self._keep(text[start : runs[end].end()])]
            done, at = runs[end].end(), end + 1
        return "".join((*found, text[done:]))


def without_signs(text: str) -> str:
    """`text` without characters that our signs are made of."""
    return PRIVATE.sub("", text)


def _is_escaped(text: str, at: int) -> bool:
    before = text[max(0, at - 20) : at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _closing(lines: list[str], at: int, ticks: str) -> int:
    """Index of the line that closes a fence; behind the last line for none."""
    for end in range(at + 1, len(lines)):
        stripped = lines[end].strip(" \t>")
        if len(stripped) >= len(ticks) and not stripped.strip(ticks[0]):
            return end
    return len(lines)


def _dedented(line: str, prefix: str) -> str:
    """A line of code without the quote marks and spaces before its fence."""
    at = 0
    line = line.expandtabs(4) if line.startswith("\t") and prefix else line
    while at < len(prefix) and at < len(line) and line[at] in " >":
        at += 1
    return line[at:]


def _restored(fence: MaskedFence, prefix: str) -> list[str]:
    below = "".join(char if char in ">\t" else " " for char in prefix)
    title = [f"{prefix}`{fence.title}`:", below.rstrip()] if fence.title else []
    first = below if title else prefix
    code = [f"{below}{line}".rstrip() if not line else f"{below}{line}" for line in fence.lines]
    return [*title, f"{first}{fence.ticks}{fence.language}", *code, f"{below}{fence.ticks}"]
