"""Marks of Markdown that the page shows as text, and code that nothing closes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.content.fault_kinds import FaultKind
from kb.content.remarks.leftover import Leftover, Proof
from kb.content.remarks.visible_text import CODE

STRUCK = re.compile(r"(?<!~)~~(?!~)[^~\n]{1,300}~~(?!~)")
SIGNS = re.compile(
    r"(?<![\w+{])\+\+[a-zA-Z][\w+ -]{0,60}\+\+(?![\w+])|(?<=\w)\^[\w+-]{1,10}\^(?!\w)"
    r"|(?<!\|)\|\|(?=[^\s|])[^|\n]{1,200}(?<=[^\s|])\|\|(?!\|)"
)
"""Keys, raised figures and hidden words of other programs."""
STRONG = re.compile(r"(?<![*\w])\*\*[^*\n]{1,300}\*\*|\*\*[^*\n]{1,300}\*\*(?![*\w])")
FOREIGN = re.compile(r"%%[^%\n]{1,300}%%|(?<![=\w{])==[^=\s][^=\n]{0,200}==(?![=\w])")
OPEN_CODE = re.compile(r"(?<![\w`])`(?=[^\s`'])[^`'\n]{1,300}$")
STRAY = re.compile(r"[^\W_]\*\*(?![*\w])|(?<![*\w])\*\*[^\W_]")
HEADING = re.compile(r"#{2,6}[^\W\d_]|#{7,}[ ]?\S|#{1,6}[ ]{1,3}[^\W_]")
ALONE = re.compile(r"#[^\W\d_][\w-]{0,40}[ ][^#\n]{0,78}[^#\n.!?…;:,]$")
"""A line by itself that has more than a word, or it would be a tag."""


SPACE_REMEDY = "Put a space after #"


def leftovers(proof: Proof) -> Iterator[Leftover]:
    message = "readers see `{shown}` as text"
    # A line that begins with asterisks explains those behind words
    has_notes = any(line.startswith("*") for block in proof.blocks for line in block.lines)
    for block in proof.blocks:
        if not has_notes and not STRONG.search(block.text) and (stray := STRAY.search(block.text)):
            around = block.text[max(0, stray.start() - 20) : stray.end() + 20]
            yield Leftover(
                FaultKind.RAW_MARK, around, message, "Close it with ** too, or remove it", name="**"
            )
        for match in FOREIGN.finditer(block.text):
            remedy = "Write **strong**, a comment as <!-- … -->, or put it into code"
            yield Leftover(FaultKind.RAW_MARK, match[0], message, remedy, name=match[0][:2])
        for match in (*STRUCK.finditer(block.text), *SIGNS.finditer(block.text)):
            remedy = "No space within the waves" if match[0][0] == "~" else "Remove the marks"
            yield Leftover(FaultKind.RAW_MARK, match[0], message, remedy, name=match[0][:2])
        for match in STRONG.finditer(block.text):
            remedy = "No space within the asterisks, no letter beside them"
            if match[0].strip(f"* {CODE}"):
                yield Leftover(FaultKind.RAW_MARK, match[0], message, remedy, name="**")
        for line in block.lines:
            if line.count("`") % 2 and (opened := OPEN_CODE.search(line)):
                open_code = "the code {shown} is not closed"
                remedy = "Close it with ` too, or remove the mark"
                yield Leftover(FaultKind.RAW_MARK, opened[0], open_code, remedy, name="`")
            if HEADING.match(line) and block.tag in ("p", "li", "dd", ""):
                yield Leftover(FaultKind.RAW_MARK, line, message, _of_hashes(line), name="#")
        if ALONE.match(block.text) and block.tag == "p":
            yield Leftover(FaultKind.RAW_MARK, block.text, message, SPACE_REMEDY, name="#")
    for fence in proof.source.open_fences:
        number = proof.source.file_line(fence.line)
        remedy = "Write a line with the same marks alone below the code"
        message = "the code that {shown} opens is not closed"
        yield Leftover(
            FaultKind.UNCLOSED_FENCE, fence.text, message, remedy, number, name=f"{number}"
        )


def _of_hashes(line: str) -> str:
    marks = len(line) - len(line.lstrip("#"))
    if marks > 6:
        return "Write six # at most"
    return (
        "A heading has a line of its own, from its beginning"
        if line[marks] == " "
        else SPACE_REMEDY
    )
