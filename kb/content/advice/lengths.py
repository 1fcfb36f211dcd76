"""Sentences and sections that are too long to read. Code and tables are not read word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.content.advice.page import ReadPage
from kb.content.fault_kinds import FaultKind
from kb.content.remarks.leftover import Leftover
from kb.content.remarks.visible_text import CODE
from search.text.html_text import HEADING_TAGS
from search.text.layout import split_sentences

MAX_SENTENCE_WORDS = 40
"""Guides to plain language ask for 20 to 25 at most, as that of gov.uk."""
MAX_SECTION_WORDS = 400
"""Two minutes of reading without a place to rest; far more than is ever quoted of it."""
LEAST_WORDS_AN_ITEM = 4
"""Fewer between two commas on average, and the sentence is an enumeration: it is looked through."""
NOT_PROSE = frozenset({"td", "th", "pre", "caption", "figcaption"})
BREAKS = HEADING_TAGS | {"summary"}
"""Tags at which a new section begins."""
WORD = re.compile(rf"(?:[^\W_]++(?:[-’'][^\W_]++)*|{CODE})")
END = re.compile(r"\n[ \t]*+\n|;|:\s")
"""Ends what is read in one breath, beside the end of a sentence."""
SENTENCE_REMEDY = "Make two or more of it, or a list"
SECTION_REMEDY = "Divide it by headings, or move a part to another article"


@dataclass(frozen=True)
class ReadSection:
    """Texts below a heading, "" for what stands before the first."""

    heading: str
    texts: list[str]


def leftovers(page: ReadPage) -> Iterator[Leftover]:
    """Each sentence and each section that is too long."""
    for number, section in enumerate(_sections(page)):
        words = sum(map(_words, section.texts))
        if words > MAX_SECTION_WORDS:
            which = "the section `{shown}`" if section.heading else "the beginning"
            message = f"{which} has {words} words without a heading"
            remedy, kind = SECTION_REMEDY, FaultKind.LONG_SECTION
            yield Leftover(kind, section.heading, message, remedy, name=str(number))
        for text in section.texts:
            yield from _sentences(text)


def _sections(page: ReadPage) -> Iterator[ReadSection]:
    section = ReadSection("", [])
    for block in page.visible:
        if block.tag in BREAKS:
            yield section
            section = ReadSection(block.text, [])
        elif block.tag not in NOT_PROSE:
            section.texts.append(block.text)
    yield section


def _sentences(text: str) -> Iterator[Leftover]:
    if _words(text) <= MAX_SENTENCE_WORDS:
        return
    for sentence in (one for part in END.split(text) for one in split_sentences(part)):
        words = _words(sentence)
        if words > MAX_SENTENCE_WORDS and words >= LEAST_WORDS_AN_ITEM * sentence.count(","):
            message = f"a sentence of {words} words, `{{shown}}`"
            shown = sentence.strip()
            yield Leftover(FaultKind.LONG_SENTENCE, shown, message, SENTENCE_REMEDY)


def _words(text: str) -> int:
    return sum(1 for _ in WORD.finditer(text))
