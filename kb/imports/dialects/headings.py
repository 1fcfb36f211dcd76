"""Headings of an imported text: the title goes, levels begin at two, anchors are known."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.content.sanitize import slugify
from kb.imports.dialects.masks import SIGN, CodeMasks
from kb.imports.dialects.signs import ANCHOR_CLOSE, ANCHOR_OPEN
from kb.imports.formats.titles import plain_words

ATX = re.compile(
    r"([ ]{0,3})(#{1,6})(?:[ \t]{1,20}(\S[^\n]{0,2000}?))?(?:[ \t]{1,20}#{1,40})?[ \t]{0,20}"
)
SETEXT = re.compile(r"[ ]{0,3}(={1,200}|-{2,200})[ \t]{0,20}")
OWN = re.compile(r"[ ]{0,9}\{#([\w-]{1,100})\}[ ]{0,9}$")


@dataclass(frozen=True)
class PageHeading:
    """A heading: its words, and the anchor that it has on our page."""

    words: str
    anchor: str


NAMED = re.compile(f"{ANCHOR_OPEN}([^{ANCHOR_CLOSE}\n]{{1,100}}){ANCHOR_CLOSE}")


def arranged(text: str, title: str, *, has_title: bool = True) -> tuple[str, frozenset[str]]:
    """`text` without its title as a heading, other headings one level lower if any was of the
    first; and the anchors that the title had.

    With `has_title` a first heading of the first level is taken for the title, whatever it says.
    """
    lines = _anchored(_atx(text.split("\n")))
    tops: list[str] = [slugify(plain_words(title))]
    first = next((at for at, line in enumerate(lines) if line.strip()), None)
    places = [at for at, line in enumerate(lines) if _level(line) == 1]
    if places and (_is_title(lines[places[0]], title) or (has_title and places[0] == first)):
        tops += _own_anchors(lines[places[0]])
        lines[places[0]] = ""
        places = places[1:]
    elif first is not None and _level(lines[first]) and _is_title(lines[first], title):
        tops += _own_anchors(lines[first])
        lines[first] = ""
    if places:
        lines = [f"#{line}" if 0 < _level(line) < 6 else line for line in lines]
    return "\n".join(_without_empty(lines)), frozenset(tops)


def _own_anchors(line: str) -> list[str]:
    match = OWN.search(line)
    return [slugify(plain_words(OWN.sub("", line.lstrip("# ")))), *([match[1]] if match else [])]


def _anchored(lines: list[str]) -> list[str]:
    """`lines` whose headings have the anchors that stood right above them or in them."""
    found: list[str] = []
    waiting = ""
    for line in lines:
        if ANCHOR_OPEN in line:
            names = NAMED.findall(line)
            line = NAMED.sub("", line).rstrip()
            waiting = names[0] if names and (not line.strip() or _level(line)) else ""
            if not line.strip():
                continue
        if waiting and _level(line):
            line = line if OWN.search(line) else f"{line} {{#{waiting}}}"
            waiting = ""
        elif line.strip():
            waiting = ""
        found.append(line)
    return found


def _atx(lines: list[str]) -> list[str]:
    """`lines` with headings by number signs only, from the start of their lines."""
    found: list[str] = []
    for line in lines:
        underline = SETEXT.fullmatch(line) if found and len(line) < 250 else None
        if underline and _may_be_underlined(found):
            level = "#" if underline[1][0] == "=" else "##"
            found[-1] = f"{level} {found[-1].strip()}"
            continue
        match = (
            ATX.fullmatch(line) if line.lstrip(" ").startswith("#") and len(line) < 2_100 else None
        )
        found.append(
            f"{match[2]} {match[3]}"
            if match and match[3]
            else ""
            if match and not match[3]
            else line
        )
    return found


def _may_be_underlined(lines: list[str]) -> bool:
    last = lines[-1]
    is_alone = len(lines) < 2 or not lines[-2].strip() or lines[-2].startswith("#")
    return (
        is_alone
        and bool(last.strip())
        and not last.startswith(("    ", "#", ">", "|", "- ", "* ", "+ ", "<", "\ue000"))
        and "|" not in last
    )


def _level(line: str) -> int:
    marks = len(line) - len(line.lstrip("#"))
    return marks if 0 < marks <= 6 and line[marks : marks + 1] == " " else 0


def _is_title(line: str, title: str) -> bool:
    words = OWN.sub("", line.lstrip("# "))
    return _loose(plain_words(words)) == _loose(plain_words(title))


def _loose(words: str) -> str:
    return "".join(char for char in words.lower() if char.isalnum())


def _without_empty(lines: list[str]) -> list[str]:
    """`lines` without blank ones at their start."""
    at = next((it for it, line in enumerate(lines) if line.strip()), len(lines))
    return lines[at:]


def headings_of(markdown: str) -> tuple[PageHeading, ...]:
    """Headings of a translated text with the anchors that our pages give them."""
    masks = CodeMasks()
    found: list[PageHeading] = []
    used: set[str] = set()
    next_number: dict[str, int] = {}
    own = [OWN.search(line) for line in masks.mask_fences(markdown).split("\n") if _level(line)]
    named = {match[1] for match in own if match}
    for line in masks.mask_fences(markdown).split("\n"):
        if not _level(line):
            continue
        match = OWN.search(line)
        words = SIGN.sub("", OWN.sub("", line.lstrip("# "))) if match else line.lstrip("# ")
        plain = plain_words(words)
        anchor = match[1] if match else slugify(plain)
        number, unique = next_number.get(anchor, 2), anchor
        while unique in used or (not match and unique in named):
            unique, number = f"{anchor}-{number}", number + 1
        next_number[anchor] = number
        used.add(unique)
        found.append(PageHeading(plain, unique))
    return tuple(found)
