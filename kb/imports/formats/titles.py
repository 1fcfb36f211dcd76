"""Titles where front matter has none: the first heading, or the name of a file."""

from __future__ import annotations

import re

from kb.imports.formats.layout import without_number

HEADING = re.compile(r" {0,3}#{1,6}[ \t]{1,20}(\S.{0,400})")
UNDERLINE = re.compile(r" {0,3}=+[ \t]*")
FENCE = re.compile(r" {0,3}(`{3,200}|~{3,200})(.{0,500})")
CLOSING = re.compile(r"[ \t]{1,20}#{1,40}$")
BRACES = re.compile(r"\{heading\(|\)\[id=[\w.-]{1,100}[^\]\n]{0,100}\]\}")
MARKS = re.compile(r"[ ]?\{:?[ ]{0,4}[#.][^{}]{0,200}\}|[*`]{1,3}|\\(?=[\W_])")
LINK = re.compile(r"!?\[([^\[\]]{0,300})\](?:\([^()]{0,500}\)|\[[^\[\]]{0,100}\])?")
TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>")
MAX_LINES = 400


def first_heading(body: str, *, is_top_only: bool = False) -> str:
    """Words of the first heading of the first level; those of another when it begins the text,
    unless `is_top_only`."""
    lines = body.split("\n", MAX_LINES)[:MAX_LINES]
    fence = ""
    has_text = False
    for at, line in enumerate(lines):
        line = line[:500]
        fence, was = _open_fence(line, fence), fence
        if fence or was or not line.strip():
            continue
        if match := HEADING.match(line):
            level = len(line.lstrip().split(None, 1)[0])
            if level == 1 or not (has_text or is_top_only):
                return plain_words(CLOSING.sub("", match[1]))
        elif at + 1 < len(lines) and UNDERLINE.fullmatch(lines[at + 1][:200]):
            return plain_words(line)
        elif not line.startswith(("import ", "export ", "<!--", "{%", "{{", ":::", "[TOC]")):
            has_text = True
    return ""


def _open_fence(line: str, opened: str) -> str:
    """The signs of the fence in which the next line stands; "" for none."""
    match = FENCE.fullmatch(line)
    if match is None:
        return opened
    if not opened:
        return match[1]
    closes = match[1].startswith(opened) and not match[2].strip()
    return "" if closes else opened


def plain_words(markdown: str) -> str:
    """Words of a line of Markdown without its marks."""
    text = LINK.sub(r"\1", BRACES.sub("", markdown))
    text = TAG.sub("", text)
    return " ".join(MARKS.sub("", text).split())


def humanised(name: str) -> str:
    """A title made of the name of a file or folder."""
    words = without_number(name)
    if " " not in words:
        words = words.replace("-", " ").replace("_", " ")
    words = " ".join(words.split())
    return words[:1].upper() + words[1:] if words else name
