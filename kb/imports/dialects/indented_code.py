"""Code by its indent below a callout, of which it would become a part here."""

from __future__ import annotations

from collections.abc import Sequence

from kb.imports.dialects.masks import CodeMasks


def code_below(lines: Sequence[str], at: int, head: str, masks: CodeMasks) -> tuple[list[str], int]:
    """The code that begins at `at`, as a fence, and the line behind it; `head` is the line that
    opened the callout."""
    start = at
    while start < len(lines) and not lines[start].strip():
        start += 1
    margin = _indent(head)
    end = last = start
    while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) >= margin + 4):
        last = end + 1 if lines[end].strip() else last
        end += 1
    if last == start:
        return [], at
    code = "\n".join(expanded(line)[margin + 4 :] for line in lines[start:last])
    return ["", " " * margin + masks.keep_fence("", masks.unmask(code)), ""], last


def expanded(line: str) -> str:
    """A line with spaces for the tabs that it begins with."""
    stripped = line.lstrip(" \t")
    return line[: len(line) - len(stripped)].expandtabs(4) + stripped


def _indent(line: str) -> int:
    spaced = expanded(line)
    return len(spaced) - len(spaced.lstrip(" "))
