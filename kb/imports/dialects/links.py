"""Links and pictures of Markdown, found and given other addresses. Code is put aside before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kb.imports.html.inline import destination

DESTINATION = re.compile(
    r"\([ \t\n]{0,9}(?:<([^<>\n]{0,2000})>|((?:[^\s()<]|\([^\s()]{0,500}\)){0,2000}))"
    r"(?:[ \t\n]{1,9}(\"[^\"]{0,1000}\"|'[^']{0,1000}'|\([^()]{0,1000}\)))?"
    r"(?:[ \t]{1,9}=[\dx%*]{1,12})?[ \t\n]{0,9}\)"
)
SPACED = re.compile(
    r"\(([^()\n<>\"]{1,400}\.(?:md|mdx|png|jpe?g|gif|svg|webp)(?:#[^()\n]{0,200})?)\)",
    re.IGNORECASE,
)
"""An address with spaces in it, which is none for Markdown and one for people."""
DEFINITION = re.compile(
    r"^([ ]{0,3}\[(?!\^)[^\[\]\n]{1,300}\]:[ \t]{1,9})<?([^\s<>]{1,2000})>?([ \t][^\n]{0,500})?$",
    re.MULTILINE,
)
BARE = re.compile(r"(?<![\w(<\[\"'=/])<?(https?://[^\s<>()\[\]\"'`\ue000-\uf8ff]{1,2000})>?")
MARK = re.compile(r"\\.|\[|\]", re.DOTALL)
MAX_WORDS = 3_000


@dataclass(frozen=True)
class NewTarget:
    """The address a link gets; None leaves its words alone."""

    address: str | None
    words: str = ""
    """In place of an address that was its own text."""


Resolve = Callable[[str, bool], NewTarget]
"""Address and whether it is a picture's → the new one."""


@dataclass(frozen=True)
class FoundLink:
    """A link in a text: where it begins, its words, its address and where it ends."""

    start: int
    words_end: int
    end: int
    is_picture: bool
    address: str
    title: str


def rewritten(text: str, resolve: Resolve) -> str:
    """`text` with new addresses. Linear in the text."""
    text = _inline(text, resolve, 0)
    text = DEFINITION.sub(lambda match: _definition(match, resolve), text)
    return BARE.sub(lambda match: _bare(match, resolve), text) if "http" in text else text


def _inline(text: str, resolve: Resolve, depth: int) -> str:
    found: list[str] = []
    at = 0
    for link in links(text):
        if link.start < at:
            continue
        new = resolve(link.address, link.is_picture)
        opening = link.start + (2 if link.is_picture else 1)
        words = text[opening : link.words_end]
        if not link.is_picture and depth < 3:
            words = _inline(words, resolve, depth + 1)
        found.append(text[at : link.start])
        if new.address is None:
            found.append(words)
        else:
            title = f" {link.title}" if link.title else ""
            mark = "![" if link.is_picture and not new.words else "["
            found.append(f"{mark}{words.strip() or new.words}]({destination(new.address)}{title})")
        at = link.end
    return "".join((*found, text[at:]))


def links(text: str) -> Iterator[FoundLink]:
    """Outermost links and pictures, in order of their ends' outermost brackets."""
    opened: list[int] = []
    found: list[FoundLink] = []
    for match in MARK.finditer(text):
        if match[0] == "[":
            opened.append(match.start())
        elif match[0] == "]" and opened:
            start = opened.pop()
            if match.start() - start > MAX_WORDS:
                continue
            target = _target(text, match.end())
            if target is None:
                continue
            is_picture = start > 0 and text[start - 1] == "!"
            address, title, end = target
            link = FoundLink(start - is_picture, match.start(), end, is_picture, address, title)
            while found and found[-1].start > link.start:
                found.pop()  # inside of this one, and seen again with its words
            found.append(link)
    yield from found


def _target(text: str, at: int) -> tuple[str, str, int] | None:
    if text[at : at + 1] != "(":
        return None
    match = DESTINATION.match(text, at)
    if match:
        address = match[1] if match[1] is not None else match[2]
        return address, match[3] or "", match.end()
    spaced = SPACED.match(text, at)
    return (spaced[1].strip(), "", spaced.end()) if spaced else None


def _definition(match: re.Match[str], resolve: Resolve) -> str:
    new = resolve(match[2], False)
    if new.address is None:
        return match[0]
    return f"{match[1]}{destination(new.address)}{match[3] or ''}"


def _bare(match: re.Match[str], resolve: Resolve) -> str:
    address = match[1].rstrip(".,;:!?")
    rest = match[0][match[0].index(address) + len(address) :].removesuffix(">")
    new = resolve(address, False)
    if new.address is None or new.address == address or not new.words:
        return match[0]
    return f"[{new.words}]({destination(new.address)}){rest}"
