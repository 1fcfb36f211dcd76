"""Document → passages, the parts that are retrieved. Pure.

A passage never crosses a heading, so that a hit links to the right section; long sections are cut
between blocks (paragraphs, list items, table rows), and blocks between sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from search.model import Document, Passage
from search.text.characters.composition import spoken
from search.text.html_text import sections

TARGET_WORDS = 180
"""Words of a passage. Origin: the size used in the trials that chose the encoder; at about 2
tokens a Russian word it stays well under the encoder's 512 tokens with title and headings."""
MIN_TAIL_WORDS = 40
"""A shorter rest of a section joins the passage before it."""

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


def split(document: Document) -> tuple[Passage, ...]:
    """Passages in reading order; at least one, and the first starts with the summary.

    The page shows the summary above the text, so that every passage is visible text.
    """
    found: list[Passage] = []

    def add(anchor: str, headings: tuple[str, ...], text: str) -> None:
        found.append(Passage(document.id, len(found), anchor, headings, text))

    lead_blocks = [document.summary] if document.summary else []
    for section in sections(document.html):
        blocks = [block.text for block in section.blocks if block.text.strip()]
        if not section.anchor:
            blocks = lead_blocks + blocks
            lead_blocks = []
        elif lead_blocks:
            add("", (), document.summary)
            lead_blocks = []
        for text in windows(blocks):
            add(section.anchor, section.headings, text)
    if not found:
        add("", (), document.summary or document.title)
    return tuple(found)


def embedding_text(title: str, passage: Passage) -> str:
    """Text that the encoder reads: title and heading path give the passage its context."""
    path = " › ".join((title, *passage.headings))
    return spoken(f"{path}\n{passage.text}")


def label_texts(document: Document) -> tuple[str, ...]:
    """Short texts that name what the document answers, each with a vector of its own."""
    return tuple(dict.fromkeys(map(spoken, (document.title, *document.questions))))


def windows(blocks: Sequence[str]) -> Iterator[str]:
    """Join blocks into texts of about TARGET_WORDS."""
    window: list[str] = []
    pieces = [piece for block in blocks for piece in _pieces(block)]
    remaining = sum(map(_word_count, pieces))
    size = 0
    for piece in pieces:
        words = _word_count(piece)
        if window and size + words > TARGET_WORDS and remaining >= MIN_TAIL_WORDS:
            yield "\n".join(window)
            window, size = [], 0
        window.append(piece)
        size += words
        remaining -= words
    if window:
        yield "\n".join(window)


def _pieces(block: str) -> Iterator[str]:
    """A block as it is, or cut between sentences, or at last between words."""
    if _word_count(block) <= TARGET_WORDS:
        yield block
        return
    for sentence in _SENTENCE_END.split(block):
        words = sentence.split()
        if len(words) <= TARGET_WORDS:
            yield sentence
        else:
            for start in range(0, len(words), TARGET_WORDS):
                yield " ".join(words[start : start + TARGET_WORDS])


def _word_count(text: str) -> int:
    return len(text.split())
