"""Small marks of other dialects: comments, attributes, highlights, wiki links, kramdown's notes."""

from __future__ import annotations

import re

from kb.imports.callout_kinds import named
from kb.imports.dialects.signs import Directive, DirectiveSigns
from kb.imports.html.inline import destination

MAX_BLOCK = 200
"""Lines above a note's attributes that may be its text."""
COMMENT_MARKS = (("<!--", "-->"), ("{/*", "*/}"), ("{# ", "#}"))
OBSIDIAN = "%%"
KRAMDOWN = re.compile(r"^([ \t]{0,60})\{:[ \t]{0,9}([^{}\n]{0,300})\}[ \t]{0,20}$", re.MULTILINE)
ATTRIBUTES = re.compile(
    r"(?<=[)\]*_`\ue001>])\{:?[ \t]{0,9}(?:[.#:][^{}\n]{0,300}|[a-z-]{1,30}=[^{}\n]{0,300})\}"
)
ATTRIBUTE_LINE = re.compile(r"^[ \t>]{0,60}\{[.#][\w-][^{}\n]{0,300}\}[ \t]{0,20}$", re.MULTILINE)
END_OF_HEADING = re.compile(
    r"^(#{1,6}[ \t][^\n]{0,2000}?)[ \t]{0,20}\{:?([^{}\n]{0,300})\}[ \t#]{0,20}$", re.MULTILINE
)
OWN_ID = re.compile(r"#([\w.-]{1,100})")
BLOCK_ID = re.compile(r"[ \t]{1,9}\^[A-Za-z0-9-]{1,40}[ \t]{0,9}$", re.MULTILINE)
HIGHLIGHT = re.compile(r"==(?![=\s])([^=\n]{1,500}?)(?<![\s])==")
WIKI = re.compile(r"(!?)\[\[([^\[\]|\n]{1,300})(?:\\?\|([^\[\]\n]{0,300}))?\]\]")
TOC = re.compile(
    r"^[ \t]{0,9}(?:\[\[?_?toc_?\]\]?|\{:toc\}|\$\{toc\}|\[toc\]|\\tableofcontents|<!-- to"
    r"c -->)[ \t]{0,9}$",
    re.IGNORECASE | re.MULTILINE,
)
KRAMDOWN_TOC = re.compile(
    r"^[ \t]{0,3}(?:[*+-]|1\.)[ \t]{1,4}[^\n]{0,200}\n[ \t]{0,3}\{:[ \t]{0,4}toc[^{}\n]{0,"
    r"100}\}[ \t]{0,9}$",
    re.MULTILINE | re.IGNORECASE,
)
QUOTED = re.compile(
    r"^([ \t]{0,40}(?:[-*+][ \t]{1,4}|\d{1,9}[.)][ \t]{1,4})?)>[ \t]{0,9}\\?\[!([A-Za-z-]{"
    r"1,30})(?:\|[^\[\]\n]{0,60})?\\?\]([+-]?)[ \t]{0,9}([^\n]{0,300})$"
)
PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|avif|bmp)$", re.IGNORECASE)
SIZE = re.compile(r"\d{1,5}(?:x\d{1,5})?")
EMOJI = re.compile(
    r"(?<![\w:]):(?:material|fontawesome|octicons|simple)-[a-z0-9-]{1,80}:(?:\{[^{}\n]{0,200}\})?"
)
BUTTON = re.compile(r"\{[ ]{0,4}\.md-button[^{}\n]{0,200}\}")
KEYS = re.compile(r"\+\+([a-z0-9\"+-]{1,60})\+\+")


def without_comments(text: str) -> str:
    """`text` without what no reader ever saw."""
    for start, end in COMMENT_MARKS:
        text = _cut(text, start, end)
    return text


def _cut(text: str, start: str, end: str) -> str:
    if start not in text:
        return text
    found: list[str] = []
    at = 0
    while (opened := text.find(start, at)) >= 0 and (
        closed := text.find(end, opened + len(start))
    ) >= 0:
        found.append(text[at:opened])
        at = closed + len(end)
    return "".join((*found, text[at:]))


def of_obsidian(text: str) -> str:
    """`text` without comments and names of blocks."""
    text = _cut(text, OBSIDIAN, OBSIDIAN)
    return BLOCK_ID.sub("", text)


def attributes(text: str) -> str:
    """`text` without attribute lists; the id of a heading stays."""
    text = KRAMDOWN_TOC.sub("", text)
    text = END_OF_HEADING.sub(_heading, text)
    text = BUTTON.sub("", text)
    text = ATTRIBUTE_LINE.sub("", ATTRIBUTES.sub("", text))
    text = TOC.sub("", text)
    text = EMOJI.sub("", text)
    return KEYS.sub(_keys, text) if "++" in text else text


def _heading(match: re.Match[str]) -> str:
    own = OWN_ID.search(match[2])
    is_list = own is not None or match[2].strip().startswith((".", "#", ":")) or "=" in match[2]
    return (
        match[0]
        if not is_list
        else f"{match[1]} {{#{own[1].replace('.', '-')}}}"
        if own
        else match[1]
    )


def _keys(match: re.Match[str]) -> str:
    names = [name.strip('"') for name in match[1].split("+") if name.strip('"')]
    return "+".join(
        f"<kbd>{name.capitalize() if len(name) > 1 else name.upper()}</kbd>" for name in names
    )


def highlights(text: str) -> str:
    return HIGHLIGHT.sub(r"<mark>\1</mark>", text) if "==" in text else text


def wiki_links(text: str) -> str:
    """`[[Page#Heading|words]]` as links, to be found by name."""
    return WIKI.sub(_wiki, text) if "[[" in text else text


def _wiki(match: re.Match[str]) -> str:
    target = match[2].strip().rstrip("\\")
    words = (match[3] or "").strip()
    name, _, heading = target.partition("#")
    if match[1] and PICTURE.search(name):
        alt = "" if SIZE.fullmatch(words) else words
        return f"![{alt}](<wiki:{name}>)"
    shown = words or (
        f"{name} — {heading.lstrip('^')}" if heading and name else name or heading.lstrip("^")
    )
    anchor = f"#{heading}" if heading and not heading.startswith("^") else ""
    return f"[{shown}]({destination(f'wiki:{name}{anchor}')})"


def kramdown_notes(text: str, signs: DirectiveSigns) -> str:
    """`{: .note }` above or below a paragraph or quote as a callout; other attributes go."""
    if "{:" not in text:
        return text
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        match = KRAMDOWN.fullmatch(lines[at])
        if match is None:
            at += 1
            continue
        classes = [word[1:] for word in match[2].split() if word.startswith(".")]
        kind = named(*(one.removesuffix("-title") for one in classes))
        lines[at] = ""
        if kind:
            start, end = _block_beside(lines, at)
            if start < end:
                block = [_unquoted(line) for line in lines[start:end]]
                title = ""
                if any(one.endswith("-title") for one in classes):
                    title, block = block[0].strip(), block[1:]
                first = signs.sign(Directive("callout", "{:", title.strip("*# "), kind))
                lines[start:end] = ["", match[1] + first, *block, match[1] + signs.close("{:"), ""]
                at = max(at, start)
        at += 1
    return "\n".join(lines)


def _block_beside(lines: list[str], at: int) -> tuple[int, int]:
    """The paragraph or quote right below a line, else the one above it."""
    end = at + 1
    while end < len(lines) and lines[end].strip() and not KRAMDOWN.fullmatch(lines[end]):
        end += 1
    if end > at + 1:
        return at + 1, end
    start = at
    while start > max(0, at - MAX_BLOCK) and lines[start - 1].strip():
        start -= 1
    return start, at


def _unquoted(line: str) -> str:
    stripped = line.lstrip(" ")
    return stripped[1:].removeprefix(" ") if stripped.startswith(">") else line


def quoted_callouts(text: str, signs: DirectiveSigns) -> str:
    """`> [!note] Title` of GitHub and Obsidian as directives, inner ones too."""
    if "[!" not in text:
        return text
    lines = text.split("\n")
    found: list[str] = []
    at = 0
    while at < len(lines):
        match = QUOTED.fullmatch(lines[at]) if len(lines[at]) < 500 else None
        kind = named(match[2]) if match else None
        if match is None or kind is None:
            found.append(lines[at])
            at += 1
            continue
        end = at + 1
        while end < len(lines) and lines[end].lstrip(" \t").startswith(">"):
            end += 1
        below = "".join(char if char == "\t" else " " for char in match[1])
        inner = quoted_callouts("\n".join(_unquoted(it) for it in lines[at + 1 : end]), signs)
        what = "details" if match[3] == "-" else "callout"
        title = match[4].strip()
        # Words right behind GitHub's mark are text; Obsidian's are a title
        sign = signs.sign(
            Directive("details" if what == "details" else "callout", ">", title, kind)
        )
        found += [
            match[1] + sign,
            *(f"{below}{it}" if it else "" for it in inner.split("\n")),
            below + signs.close(">"),
        ]
        at = end
    return "\n".join(found)
