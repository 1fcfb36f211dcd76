"""Attribute lists of kramdown, Python-Markdown and Goldmark: `{: #id .class width="50%" }`.

Anchors stay, classes that say callout become one, all else goes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from kb.imports.anchor_signs import anchor_sign
from kb.imports.callout_kinds import NamedCallout, named
from kb.imports.dialects.marks.quotes import unquoted
from kb.imports.dialects.signs import Directive, DirectiveSigns

MAX_BLOCK = 200
"""Lines above a note's attributes that may be its text."""
ALONE = re.compile(
    r"^([ \t]{0,60}(?:>[ \t]{0,4}){0,3})\{(?::[ \t]{0,9}([^{}\n]{0,300})"
    r"|[ ]{0,4}([.#][\w-][^{}\n]{0,300}))"
    r"\}[ \t]{0,20}$",
    re.MULTILINE,
)
"""A line of attributes and nothing else: for the block above it, or the one below."""
BEHIND = re.compile(
    r"(?<=[)\]*_`\ue001>])\{:?[ \t]{0,9}(?:[.#:][^{}\n]{0,300}|[a-z-]{1,30}=[^{}\n]{0,300})\}"
)
"""Right behind a picture, a link, a word in italics, code."""
AT_LINE_END = re.compile(r"[ \t]{1,9}\{:[ \t]{0,9}[^{}\n]{0,300}\}[ \t]{0,20}$", re.MULTILINE)
"""Behind the words of an item or a cell."""
END_OF_HEADING = re.compile(
    r"^(#{1,6}[ \t][^\n]{0,2000}?)[ \t]{0,20}\{:?([^{}\n]{0,300})\}[ \t#]{0,20}$", re.MULTILINE
)
OWN_ID = re.compile(r"(?:^|\s)#([\w.:-]{1,100})")
DOTS = re.compile(r"[.:]+")
HEADING = re.compile(r"[ ]{0,3}#{1,6}(?:[ \t]|$)")
UNDERLINE = re.compile(r"[ ]{0,3}(?:={1,200}|-{1,200})[ \t]{0,20}")


def attributes(text: str) -> str:
    """`text` without attribute lists within lines; ids are anchors."""
    if "{" not in text:
        return text
    text = END_OF_HEADING.sub(_heading, text)
    text = BEHIND.sub(_with_anchor, text)
    return AT_LINE_END.sub(_with_anchor, text)


def _heading(match: re.Match[str]) -> str:
    inner = match[2].strip()
    own = OWN_ID.search(inner)
    if own:
        return f"{match[1]} {{#{_name(own[1])}}}"
    return match[1] if inner.startswith((".", ":")) or "=" in inner else match[0]


def _with_anchor(match: re.Match[str]) -> str:
    own = OWN_ID.search(match[0].strip(" \t{:}"))
    return anchor_sign(own[1]) if own else ""


def _name(written: str) -> str:
    return DOTS.sub("-", written).strip("-") or "a"


def block_attributes(
    text: str, signs: DirectiveSigns, known: Mapping[str, NamedCallout] | None = None
) -> str:
    """`text` whose lines of attributes became callouts or anchors of the blocks beside them.

    `known` are classes that the source's own settings call callouts.
    """
    if "{" not in text:
        return text
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        match = ALONE.fullmatch(lines[at]) if "{" in lines[at] and len(lines[at]) < 500 else None
        if match is None:
            at += 1
            continue
        lines[at] = match[1].rstrip() if ">" in match[1] else ""
        written = (match[2] or match[3] or "").strip()
        own = OWN_ID.search(written)
        is_inside = 0 < at < len(lines) - 1 and lines[at - 1].strip() and lines[at + 1].strip()
        if is_inside and not own and not _kind_of(written, known or {}):
            del lines[at]  # between items, which stay beside each other
            continue
        if own:
            at += _name_block(lines, at, own[1])
        if match[2] is not None and ">" not in match[1]:
            at = max(at, _note_beside(lines, at, match[1], written, signs, known or {}))
        at += 1
    return "\n".join(lines)


def _note_beside(
    lines: list[str],
    at: int,
    lead: str,
    written: str,
    signs: DirectiveSigns,
    known: Mapping[str, NamedCallout],
) -> int:
    """Make a callout of the block beside a line whose classes say so; the line to go on from."""
    kind = _kind_of(written, known)
    start, end = _block_beside(lines, at) if kind else (at, at)
    if not kind or start >= end:
        return at
    block = [unquoted(line) for line in lines[start:end]]
    title = ""
    if any(word.endswith("-title") for word in written.split()):
        title, block = block[0].strip(), block[1:]
    first = signs.sign(Directive("callout", "{:", title.strip("*# "), kind))
    lines[start:end] = ["", lead + first, *block, lead + signs.close("{:"), ""]
    return start


def _kind_of(written: str, known: Mapping[str, NamedCallout]) -> NamedCallout | None:
    """The callout that classes say."""
    classes = [word[1:].removesuffix("-title") for word in written.split() if word[:1] == "."]
    return named(*classes) or next((known[one] for one in classes if one in known), None)


def _block_beside(lines: list[str], at: int) -> tuple[int, int]:
    """The paragraph or quote that stands right above a line, else the one right below it."""
    start = _start_above(lines, at)
    if start < at and not HEADING.match(lines[start]):
        return start, at
    end = at + 1
    while end < len(lines) and lines[end].strip() and not ALONE.fullmatch(lines[end][:500]):
        end += 1
    return (at + 1, end) if end > at + 1 else (start, at)


def _start_above(lines: list[str], at: int) -> int:
    start = at
    while start > max(0, at - MAX_BLOCK) and lines[start - 1].strip():
        start -= 1
    return start


def _name_block(lines: list[str], at: int, name: str) -> int:
    """Give the block right above a line an anchor, else the one below; lines that came to."""
    above = lines[at - 1] if at else ""
    if HEADING.match(above):
        lines[at - 1] = above if above.rstrip().endswith("}") else f"{above} {{#{_name(name)}}}"
        return 0
    if above.strip() and UNDERLINE.fullmatch(above[:250]) and at > 1 and lines[at - 2].strip():
        lines[at - 2] = f"{lines[at - 2].rstrip()} {{#{_name(name)}}}"
        return 0
    start = _start_above(lines, at)
    if start == at:
        lines[at] = anchor_sign(name)
        return 0
    first = lines[start]
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    lines.insert(start, indent + anchor_sign(name))
    return 1
