"""Headings and their anchors."""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as etree

from markdown.treeprocessors import Treeprocessor

from kb.content.markdown.inline.escapes import visible_text
from search.text.characters.composition import spoken

MAX_ANCHOR_CHARS = 100
DASHES = re.compile(r"[\s_‐‑-]+")
ANCHOR = re.compile(r"[\w-]{1,100}")
OWN_ANCHOR = re.compile(
    r"(?<!\\)\{:?[ ]?#([^\s{}]{1,100})(?:[ ][^{}]{0,80})?\}$|\{/\*[ ]?#([^\s{}*]{1,100})[ ]?\*/\}$"
)
HEADING_TAGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def slugify(text: str) -> str:
    """Anchor of a heading: lower case, no punctuation or stress, spaces to hyphens, any script.

    "Когда придут деньги?" → "когда-придут-деньги". Empty text gives "section".
    """
    normal = spoken(unicodedata.normalize("NFKC", text[: 4 * MAX_ANCHOR_CHARS])).lower()
    kept = "".join(char for char in normal if _is_kept(char))
    return DASHES.sub("-", kept)[:MAX_ANCHOR_CHARS].strip("-") or "section"


def _is_kept(char: str) -> bool:
    return char in "-_‐" or char.isspace() or unicodedata.category(char)[0] in "LNM"


class Headings(Treeprocessor):
    """Give each heading its anchor. Level 1 is the article's title, so it becomes level 2.

    `## Words {#anchor}` names its own, as in most dialects of Markdown, also in the spellings of
    MkDocs (`{: #anchor }`) and Docusaurus (`{/* #anchor */}`); it is an `id` by now.
    """

    def run(self, root: etree.Element) -> None:
        used: set[str] = set()
        next_number: dict[str, int] = {}
        found = [element for element in root.iter() if element.tag in HEADING_TAGS]
        named = [(element, anchor) for element in found if (anchor := element.get("id"))]
        # A name that an author gave is permanent: no heading above it may take it.
        taken = {id(element) for element, _ in named}
        others = [element for element in found if id(element) not in taken]
        slugs = [*named, *((element, slugify(visible_text(element))) for element in others)]
        for element, slug in slugs:
            element.tag = "h2" if element.tag == "h1" else element.tag
            anchor, number = slug, next_number.get(slug, 2)
            while anchor in used:
                anchor, number = f"{slug}-{number}", number + 1
            next_number[slug] = number
            used.add(anchor)
            element.set("id", anchor)


def split_anchor(text: str) -> tuple[str, str]:
    """The words of a heading, and the anchor that it names at its end; "" without one."""
    named = OWN_ANCHOR.search(text, max(0, len(text) - 2 * MAX_ANCHOR_CHARS))
    if not named or not (words := text[: named.start()].rstrip(" \t")):
        return text, ""
    anchor = named[1] or named[2]
    return words, anchor if ANCHOR.fullmatch(anchor) else slugify(anchor)
