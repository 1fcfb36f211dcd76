"""Lists of HTML in the cells of a Markdown table, whose rows are one line each."""

from __future__ import annotations

import re

TAG = re.compile(r"[ \t]{0,9}<(/?)(ul|ol|li)(?:[ \t][^<>\n]{0,300})?>[ \t]{0,9}", re.IGNORECASE)
CELL_START = re.compile(r"(^|(?<!\\)\|)[ \t]{0,9}<br>")
MARK = "• "


def lists_in_rows(text: str) -> str:
    """`text` whose rows of tables have an item of a list behind each line break."""
    if "<li" not in text.lower():
        return text
    return "\n".join(_row(line) if _is_row(line) else line for line in text.split("\n"))


def _is_row(line: str) -> bool:
    bare = line.lstrip(" \t>")
    return "|" in bare and not bare.startswith("<") and "<li" in bare.lower()


def _row(line: str) -> str:
    numbers: list[int] = []
    """Of the lists that are open: the last number of each, negative for bullets."""

    def written(match: re.Match[str]) -> str:
        is_end, name = bool(match[1]), match[2].lower()
        if name == "li":
            return "" if is_end else f"<br>{_mark(numbers)}"
        if not is_end:
            numbers.append(0 if name == "ol" else -1)
        elif numbers:
            numbers.pop()
        return "" if numbers or not is_end else " "

    return CELL_START.sub(r"\1 ", TAG.sub(written, line)).rstrip()


def _mark(numbers: list[int]) -> str:
    if not numbers or numbers[-1] < 0:
        return MARK
    numbers[-1] += 1
    return f"{numbers[-1]}. "
