"""Callouts that are none: of unknown kinds, empty, or not closed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.content.fault_kinds import FaultKind
from kb.content.markdown.blocks.callouts import KINDS as NAMES
from kb.content.remarks.leftover import Leftover, Proof
from kb.content.remarks.source import Source

DIRECTIVE = re.compile(r":{2,}[ ]?\{?\.?(?P<name>[A-Za-z][\w-]{0,40})|:{3,}[ ]*$")
OPENING = re.compile(r"[ \t>]*+(?P<colons>:{3,}+)[ ]*+\{?\.?[A-Za-z]")
ENDING = re.compile(r"[ \t>]*+(?P<colons>:{3,}+)[ \t]*+$")
ALERT = re.compile(
    r"\[[ ]{0,2}![ ]{0,2}[A-Za-zА-Яа-яЁё][\w-]{0,40}(?:[ ]{0,2}\][+-]?|[ |:][^\[\]\n]{0,200}\]?)"
)
MARK = re.compile(r"(?:!!!|\?\?\?\+?)[ ]?(?P<name>[\w-]{1,40})(?:[ ]*\"[^\"\n]{0,200}\")?[ ]*$")
GLUED = re.compile(
    r"(?:!!!|\?\?\?\+?)[ ]{0,3}(?:note|info|tip|hint|important|warning|attention|caution|danger"
    r"|error|bug|example|question|quote|success|failure|abstract|summary|todo|details|faq"
    r"|важно|внимание|примечание|заметка|замечание|совет|подсказка|предупреждение|осторожно"
    r"|опасно|опасность|информация)\b.{0,200}",
    re.IGNORECASE,
)
"""A mark with its text in the same line."""
EMPTY_DETAILS = re.compile(r"<details[^<>]*>\s*<summary>([^<]{0,300})</summary>\s*</details>")
EMPTY = re.compile(
    r'<div class="callout callout-[a-z]+">\s*<p class="callout-title">([^<]{0,300})</p>\s*</div>'
)
QUOTED = re.compile(
    r"(?:[ \t]*>)+[ \t]*\[!(?P<name>\w{1,20})\][-+]?(?:[ \t]+(?P<words>\S.{0,500})?)?$"
)
QUOTE_MARK = re.compile(r"[ \t]*>")
BLOCK_START = re.compile(r"[ \t]*(?:[-*+#|`~<=!?:]|\d{1,9}[.)]|$)")
KINDS = "note, tip, important, warning, caution, danger"
RAW_DIRECTIVE = FaultKind.RAW_DIRECTIVE
ENDS = ":::"
"""Name of a line that ends a directive; told where none begins."""
EMPTY_REMEDY = "Put its text below it, indented by four spaces"


def leftovers(proof: Proof) -> Iterator[Leftover]:
    found = [one for block in proof.blocks for line in block.lines for one in _in_line(line)]
    has_names = any(one.kind == RAW_DIRECTIVE and one.name != ENDS for one in found)
    yield from (one for one in found if not (has_names and one.name == ENDS))
    yield from _unclosed(proof)
    yield from _odd(proof.source)
    if match := EMPTY.search(proof.html) or EMPTY_DETAILS.search(proof.html):
        message = "the callout `{shown}` has no text"
        line = _line_of_empty(proof.source)
        yield Leftover(FaultKind.UNCLOSED_CALLOUT, match[1], message, EMPTY_REMEDY, line)


def _in_line(line: str) -> Iterator[Leftover]:
    if match := DIRECTIVE.match(line):
        name = match["name"]
        remedy = f"Use one of {KINDS}, or write it in Markdown" if name else "Remove it"
        if name or len(line) == len(match[0]):
            message = "readers see `{shown}` as text"
            yield Leftover(RAW_DIRECTIVE, match[0], message, remedy, name=name or ENDS)
    elif match := ALERT.match(line):
        remedy = f"Alone on its line after `> `, one of {KINDS}"
        message = "readers see `{shown}` as text"
        yield Leftover(FaultKind.RAW_CALLOUT, match[0], message, remedy, may_be_escaped=False)
    elif match := MARK.match(line):
        message = "readers see `{shown}` as text"
        remedy = "Leave a blank line above it, and indent its text by four spaces"
        yield Leftover(FaultKind.RAW_CALLOUT, match[0], message, remedy)
    elif match := GLUED.match(line):
        message = "readers see `{shown}` as text"
        remedy = "Write `!!! note` alone, and the text below it, indented by four spaces"
        yield Leftover(FaultKind.RAW_CALLOUT, match[0], message, remedy)


def _odd(source: Source) -> Iterator[Leftover]:
    """Callouts whose text stands beside the mark, or below it without the mark of quotes."""
    lines = source.prose
    for number, (line, below) in enumerate(zip(lines, [*lines[1:], ""], strict=True)):
        quoted = QUOTED.match(line)
        if not quoted or quoted["name"].lower() not in NAMES or QUOTE_MARK.match(below):
            continue
        if not quoted["words"] and BLOCK_START.match(below):
            continue
        message = "GitHub shows `{shown}` as text, for its words stand beside it"
        remedy = "Put them on a line of their own, with `> ` before them"
        if not quoted["words"]:
            message = "the text below `{shown}` has no `> ` before it"
            remedy = "Write `> ` there: some programs leave it out of the callout"
        shown = f"[!{quoted['name']}]"
        yield Leftover(FaultKind.ODD_CALLOUT, shown, message, remedy, source.file_line(number))


def _unclosed(proof: Proof) -> Iterator[Leftover]:
    """Directives by colons without a line of colons that ends them."""
    opened: list[tuple[int, int, str]] = []
    for number, line in enumerate(proof.source.prose):
        if ending := ENDING.match(line):
            while opened and opened[-1][0] > len(ending["colons"]):
                yield _not_closed(proof, *opened.pop()[1:])
            if opened:
                opened.pop()
        elif opening := OPENING.match(line):
            opened.append((len(opening["colons"]), number, line.strip()))
    for _, number, text in opened:
        yield _not_closed(proof, number, text)


def _not_closed(proof: Proof, number: int, text: str) -> Leftover:
    colons = text[: len(text) - len(text.lstrip(":"))]
    return Leftover(
        FaultKind.UNCLOSED_CALLOUT,
        text,
        "`{shown}` is not closed",
        f"Write a line `{colons}` below its text",
        proof.source.file_line(number),
        name=f"{number}",
    )


def _line_of_empty(source: Source) -> int:
    """Line of the file with the first mark below which nothing is indented; 0 without one."""
    mark = None
    for number, line in enumerate(source.prose):
        if mark is not None and line.strip():
            indent = len(line) - len(line.lstrip())
            if indent < mark[1] + 2:
                return source.file_line(mark[0])
            mark = None
        if MARK.match(line.strip()):
            mark = number, len(line) - len(line.lstrip())
    return source.file_line(mark[0]) if mark else 0
