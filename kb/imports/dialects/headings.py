"""Headings of an imported text: the title goes, levels begin at two, anchors are known."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.content.sanitize import slugify
from kb.imports.anchor_signs import ANCHOR_CLOSE, ANCHOR_OPEN
from kb.imports.dialects.masks import SIGN, CodeMasks
from kb.imports.formats.titles import plain_words

ATX = re.compile(
    r"([ ]{0,3})(#{1,6})(?:[ \t]{1,20}(\S[^\n]{0,2000}?))?(?:[ \t]{1,20}#{1,40})?[ \t]{0,20}"
)
SETEXT = re.compile(r"[ ]{0,3}(={1,200}|-{2,200})[ \t]{0,20}")
OWN = re.compile(r"[ ]{0,9}(?<!\\)\{#([\w-]{1,100})\}[ ]{0,9}$")


@dataclass(frozen=True)
class PageHeading:
    """A heading: its words, and the anchor that it has on our page."""

    words: str
    anchor: str


NAMED = re.compile(f"{ANCHOR_OPEN}([^{ANCHOR_CLOSE}\n]{{1,100}}){ANCHOR_CLOSE}")


LEAD_OF_TEXT = re.compile(r"[ \t>]{0,80}(?:(?:[-*+]|\d{1,9}[.)])[ \t]{1,4}(?:\[[ xX]\][ ])?)?")
PLACE = re.compile(r'<a id="([\w-]{1,100})"></a>')


@dataclass(frozen=True)
class ArrangedText:
    """A text below its title."""

    text: str
    tops: frozenset[str]
    """Anchors that the title had."""
    left_out: str = ""
    """Words of a heading that stood as the title and says something else."""


def arranged(text: str, title: str, *, has_title: bool = True) -> ArrangedText:
    """`text` without its title as a heading, other headings one level lower if any was of the
    first.

    With `has_title` a first heading of the first level is taken for the title, whatever it says.
    """
    lines = _anchored(_atx(text.split("\n")))
    tops: list[str] = [slugify(plain_words(title))]
    first = next((at for at, line in enumerate(lines) if line.strip()), None)
    places = [at for at, line in enumerate(lines) if _level(line) == 1]
    left_out = ""
    if places and (_is_title(lines[places[0]], title) or (has_title and places[0] == first)):
        tops += _own_anchors(lines[places[0]])
        if not _is_title(lines[places[0]], title):
            left_out = plain_words(OWN.sub("", lines[places[0]].lstrip("# ")))
        lines[places[0]] = ""
        places = places[1:]
    elif first is not None and _level(lines[first]) and _is_title(lines[first], title):
        tops += _own_anchors(lines[first])
        lines[first] = ""
    if places:
        lines = [f"#{line}" if 0 < _level(line) < 6 else line for line in lines]
    return ArrangedText("\n".join(_without_empty(lines)), frozenset(tops), left_out)


def _own_anchors(line: str) -> list[str]:
    match = OWN.search(line)
    return [
        *PLACE.findall(line),
        slugify(plain_words(OWN.sub("", line.lstrip("# ")))),
        *([match[1]] if match else []),
    ]


def _anchored(lines: list[str]) -> list[str]:
    """`lines` with every anchor where links find it: at its heading, or within the text."""
    found: list[str] = []
    waiting: list[str] = []
    indent = ""
    for line in lines:
        names = NAMED.findall(line) if ANCHOR_OPEN in line else []
        bare = NAMED.sub("", line).rstrip() if names else line
        if names and not bare.strip(" \t>"):
            indent = bare if not waiting else indent
            waiting += names
        elif _level(bare):
            found.append(_named_heading(bare, [*waiting, *names]))
            waiting = []
        elif not waiting or not bare.strip():
            found.append(NAMED.sub(_place, line))
        else:
            found += _with_places(NAMED.sub(_place, line), waiting, indent)
            waiting = []
    return [*found, *(indent + "".join(map(_place_of, waiting)) for _ in waiting[:1])]


def _place_of(name: str) -> str:
    return f'<a id="{name}"></a>'


def _place(match: re.Match[str]) -> str:
    return _place_of(match[1])


def _named_heading(line: str, names: list[str]) -> str:
    """A heading with its own anchor; more of them stand in it as places."""
    own = OWN.search(line)
    words = OWN.sub("", line) if own else line
    kept = list(dict.fromkeys([*([own[1]] if own else []), *names]))
    places = "".join(map(_place_of, kept[1:]))
    return f"{words.rstrip()}{places} {{#{kept[0]}}}" if kept else line


def _with_places(line: str, names: list[str], indent: str) -> list[str]:
    """A line that begins with places: in its text, or right above where it is none."""
    places = "".join(map(_place_of, names))
    lead = LEAD_OF_TEXT.match(line)
    if lead and line[lead.end() : lead.end() + 1] not in ("", *"#|!:<\ue000\ue002="):
        return [f"{lead[0]}{places}{line[lead.end() :]}"]
    return [indent + places, "", line]


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
    """Headings of a translated text with the anchors that our pages give them; places besides."""
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
    places = dict.fromkeys(PLACE.findall(masks.mask(markdown)))
    return (*found, *(PageHeading("", place) for place in places if place not in used))
