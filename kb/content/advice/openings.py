"""Openings of sections that lean on their heading: «Она гаснет…», "This happens when…".

A section is quoted alone, and read by whoever came to it by a link. What leans and what only looks
like it is told by the records in `search.text.languages`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from kb.content.advice.page import ReadPage
from kb.content.fault_kinds import FaultKind
from kb.content.remarks.leftover import Leftover
from search.text.languages import records
from search.text.layout import split_sentences
from search.text.words import fold

REMEDY = "Name its subject again: sections are quoted alone"
OPENING_CHARS = 400
LONGEST_ANAPHOR = 3
WORD = re.compile(r"[^\W_]+")


def leftovers(page: ReadPage) -> Iterator[Leftover]:
    """The first sentence of each section, where it is a paragraph."""
    before: str | None = None
    for block in page.blocks:
        is_first, before = block.anchor != before, block.anchor
        if not is_first or block.kind != "paragraph" or block.lead:
            continue
        opening = block.parts[0][:OPENING_CHARS]
        sentence = next(islice(iter(split_sentences(opening)), 1), "")
        if leans(sentence, page.article.lang):
            message = "`{shown}` leans on the heading"
            yield Leftover(FaultKind.LEANING_OPENING, _beginning(sentence), message, REMEDY)


def leans(sentence: str, lang: str) -> bool:
    """True when a sentence in `lang` begins with words that stand for something said before."""
    language = records().get(lang)
    if language is None:
        return False
    folded = fold(sentence)
    words = [match.group() for match in islice(WORD.finditer(folded), LONGEST_ANAPHOR)]
    if not any(" ".join(words[:n]) in language.anaphors for n in range(1, len(words) + 1)):
        return False
    return not (language.stands_alone and re.match(language.stands_alone, folded))


def _beginning(sentence: str) -> str:
    return " ".join(sentence.split()[:5])
