"""Lines before they are parsed: code is put aside, comments go, blocks that touch are parted.

Lines have limits here; those of inline text are in `kb.content.markdown.bounds`.
"""

from __future__ import annotations

import re

from markdown.preprocessors import Preprocessor

from kb.content.markdown.blocks import LIST_ITEM, QUOTE, RULE, RULE_OR_HEADING, begins_block
from kb.content.markdown.bounds import (
    DELIMITER,
    MAX_CELLS,
    MAX_COUNTED_LINES,
    MAX_DELIMITERS,
    MAX_LINE_CHARS,
    MAX_LINES,
    MAX_NESTED,
    TOO_MANY_DELIMITERS,
    MarkupRefused,
)
from kb.content.markdown.fences import FENCE, closes_comment, code_html, fence_end, skip_comment

START_MARKS = re.compile(r"(?:[ ]*(?:>|[-*+][ ]|\d{1,9}[.)][ ]))*[ ]*")
MARK = re.compile(r">|[-*+]|\d{1,9}[.)]")
MAX_RULE_CHARS = 200
WIDE_GAP = re.compile(rf"[ ]{{{4 * MAX_NESTED},}}")
COUNTED = re.compile(rf"{QUOTE}(?:{RULE_OR_HEADING}|=+[ ]*$|-+[ ]*$|:[ ]|\[\^)")


class Lines(Preprocessor):
    """Stash fenced code, drop comments, part blocks that touch each other, hold the line limits."""

    def run(self, lines: list[str]) -> list[str]:
        if len(lines) > MAX_LINES + 2:  # Python-Markdown adds two empty lines
            raise MarkupRefused(f"has more than {MAX_LINES:,} lines")
        last_comment_end = max((i for i, line in enumerate(lines) if "-->" in line), default=-1)
        out: list[str] = []
        at, is_in_list = 0, False
        while at < len(lines):
            line = lines[at]
            if fence := FENCE.match(line):
                end = fence_end(lines, at, fence)
                code = self.md.htmlStash.store(code_html(fence, lines[at + 1 : end]))
                empty = fence["prefix"].rstrip(" ")
                out += [empty, _bounded(fence["prefix"]) + code, empty]
                at = end + 1
            elif line.lstrip().startswith("<!--") and closes_comment(lines, at, last_comment_end):
                at = skip_comment(lines, at)
            else:
                if out and begins_block(line, out[-1], is_in_list=is_in_list):
                    out.append("")
                is_in_list = bool(line.strip()) and (is_in_list or bool(LIST_ITEM.match(line)))
                out.append(_bounded(line))
                at += 1
        _require_few_marks(out)
        return out


def _bounded(line: str) -> str:
    """`line` with its indent cut to the deepest one read; raises MarkupRefused."""
    if len(line) > MAX_LINE_CHARS:
        raise MarkupRefused(f"has a line of more than {MAX_LINE_CHARS:,} characters")
    start = START_MARKS.match(line)
    marks = start[0] if start else ""
    is_rule = len(line) <= MAX_RULE_CHARS and RULE.match(line)
    if not is_rule and len(MARK.findall(marks)) > MAX_NESTED:
        raise MarkupRefused(f"has a line with more than {MAX_NESTED} list or quote marks")
    return WIDE_GAP.sub(" " * 4 * MAX_NESTED, marks) + line[len(marks) :]


def _require_few_marks(lines: list[str]) -> None:
    """Raise MarkupRefused when the text as a whole would take too long."""
    if sum(len(DELIMITER.findall(line)) for line in lines) > MAX_DELIMITERS:
        raise MarkupRefused(TOO_MANY_DELIMITERS)
    if sum(line.count("|") for line in lines) > 2 * MAX_CELLS:
        raise MarkupRefused(f"has tables of more than {MAX_CELLS:,} cells")
    if sum(bool(COUNTED.match(line)) for line in lines) > MAX_COUNTED_LINES:
        raise MarkupRefused(f"has more than {MAX_COUNTED_LINES:,} headings, rules or footnotes")
