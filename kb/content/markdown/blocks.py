"""Blocks and lists that touch each other, as in CommonMark: where one ends and another begins."""

from __future__ import annotations

import re

QUOTE = r"(?:[ ]*+>)*+[ ]*+"
RULE_OR_HEADING = r"(?:#{1,6}[ ]|\*[ ]*\*[ ]*\*[ *]*$|_[ ]*_[ ]*_[ _]*$|-[ ]+-[ ]+-[ -]*$)"

RULE = re.compile(r"[ *_-]*$")
STARTS_LIST = re.compile(r"[ ]*(?:[-*+]|1\.)[ ]+\S")
LIST_ITEM = re.compile(r"[ ]*(?:[-*+]|\d+\.)[ ]+\S")
NOT_A_PARAGRAPH = re.compile(r"[ ]*(?:[#>|:]|!!!|\?\?\?|\x02|$)")
ALONE = re.compile(rf"[ ]{{0,3}}{RULE_OR_HEADING}")
UNDERLINE = re.compile(r"[ ]{0,3}(?:=+|-+)[ ]*$")
DEFINITION = re.compile(r"[ ]{0,3}:[ ]")


def begins_block(line: str, before: str, *, is_in_list: bool) -> bool:
    """True when `line` begins a block of its own though `before`, right above, is not empty.

    As in CommonMark: a list may follow a paragraph, headings and rules stand alone. A term may
    follow the definition of another.
    """
    if not before.strip():
        return False
    if ALONE.match(line) or ALONE.match(before) or UNDERLINE.match(before):
        return True
    if DEFINITION.match(before) and line[:1] not in (" ", ":", ""):
        return True
    if is_in_list or not STARTS_LIST.match(line) or RULE.match(line):
        return False
    return not NOT_A_PARAGRAPH.match(before) and _indent(line) == _indent(before)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
