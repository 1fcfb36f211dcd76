"""Pairs to learn from: what a library says of itself as queries, its passages as answers.

A title, heading, question or sentence is the query, the passage it stands over the answer. The
query's words are hidden from the passage as often as not, or the encoder would only learn to
compare words.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from search.model import Document
from search.text.passages import split


@dataclass(frozen=True)
class LibraryPassage:
    """A passage with the headings above it, outermost first."""

    headings: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class LibraryArticle:
    """One language version of an article; `group` joins the versions, `subject` a library's part.

    `questions` are short texts that the article answers beside its title.
    """

    group: str
    lang: str
    subject: str
    title: str
    questions: tuple[str, ...]
    passages: tuple[LibraryPassage, ...]


@dataclass(frozen=True)
class Pair:
    """A query and the passage that answers it."""

    query: str
    passage: str
    group: str


_Drawn = tuple[str, tuple[str, ...], str]
"""A query, the headings shown above the passage, and its text."""

TITLE_SHARE, HEADING_SHARE = 0.4, 0.65
"""Of pairs: titles and questions up to the first, headings up to the second, then sentences."""
OTHER_LANGUAGE_SHARE = 0.4
"""Of titles whose article has other languages: asked in one, answered in another."""
HIDDEN_SHARE = 0.5
"""Of pairs whose query is hidden from the passage."""
CHATTY_SHARE = 0.2
SLOPPY_SHARE = 0.35
MIN_PASSAGE_WORDS = 8
MIN_SENTENCE_WORDS, MAX_SENTENCE_WORDS = 4, 30
CHATTY = {
    "ru": (
        "здравствуйте, подскажите пожалуйста, {}",
        "добрый день! {} спасибо",
        "не могу разобраться: {}",
        "у меня вопрос, {}, как быть?",
        "{} помогите",
    ),
    "en": (
        "hi, {} thanks",
        "hello, could you help me? {}",
        "I have a problem: {}",
        "i can't figure it out, {}, what should i do?",
        "{} please help",
    ),
}
"""Beginnings and ends of messages to a support team."""
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n")


class Sampler:
    """Draws batches of pairs; every batch is of one subject, its groups all different."""

    def __init__(self, articles: Sequence[LibraryArticle], *, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311  # draws examples, keeps no secret
        self._by_subject: dict[str, dict[str, list[LibraryArticle]]] = {}
        for article in articles:
            groups = self._by_subject.setdefault(article.subject, {})
            groups.setdefault(article.group, []).append(article)
        self._subjects = sorted(self._by_subject)
        # A small library counts for more than its share, or the largest would drown all others.
        self._weights = [len(self._by_subject[subject]) ** 0.5 for subject in self._subjects]

    def batch(self, size: int) -> list[Pair]:
        """At most `size` pairs: fewer where a subject has fewer articles."""
        (subject,) = self._chance.choices(self._subjects, self._weights)
        groups = self._by_subject[subject]
        names = self._chance.sample(sorted(groups), min(2 * size, len(groups)))
        pairs = (self._pair(groups[name]) for name in names)
        return [pair for pair in pairs if pair is not None][:size]

    def _pair(self, versions: Sequence[LibraryArticle]) -> Pair | None:
        """A pair of one article, or None where what was drawn says too little."""
        asked = self._chance.choice(versions)
        if not asked.passages:
            return None
        kind = self._chance.random()
        passage = self._chance.choice(asked.passages)
        if kind < TITLE_SHARE:
            found: _Drawn | None = self._title_pair(asked, versions, passage)
        elif kind < HEADING_SHARE and passage.headings:
            found = self._heading_pair(asked, passage)
        else:
            found = self._sentence_pair(asked, passage)
        if found is None:
            return None
        query, above, text = found
        if len(text.split()) < MIN_PASSAGE_WORDS or not query.strip():
            return None
        whole = f"{' › '.join(above)}\n{text}" if above else text
        return Pair(self._as_typed(query, asked.lang), whole, asked.group)

    def _title_pair(
        self, asked: LibraryArticle, versions: Sequence[LibraryArticle], passage: LibraryPassage
    ) -> _Drawn:
        chance, answered = self._chance, asked
        query = chance.choice((asked.title, asked.title, *asked.questions))
        others = [version for version in versions if version.lang != asked.lang]
        if others and chance.random() < OTHER_LANGUAGE_SHARE:
            answered = chance.choice(others)
            passage = chance.choice(answered.passages) if answered.passages else passage
        is_hidden = chance.random() < HIDDEN_SHARE
        above = passage.headings if is_hidden else (answered.title, *passage.headings)
        return query, above, passage.text

    def _heading_pair(self, asked: LibraryArticle, passage: LibraryPassage) -> _Drawn:
        query = passage.headings[-1]
        if self._chance.random() < 0.5:
            query = f"{asked.title} {query}"
        above = () if self._chance.random() < HIDDEN_SHARE else (asked.title,)
        return query, above, passage.text

    def _sentence_pair(self, asked: LibraryArticle, passage: LibraryPassage) -> _Drawn | None:
        sentences = [s for s in _SENTENCE_END.split(passage.text) if _is_sentence(s)]
        if len(sentences) < 3:
            return None
        sentence = self._chance.choice(sentences)
        text = passage.text.replace(sentence, " ", 1)
        query = self._part(sentence)
        is_hidden = self._chance.random() < HIDDEN_SHARE
        return query, () if is_hidden else (asked.title, *passage.headings), text

    def _part(self, sentence: str) -> str:
        """The sentence, or some words of it in a row."""
        words = sentence.split()
        if len(words) <= 6 or self._chance.random() < 0.5:
            return sentence
        first = self._chance.randrange(len(words) - 4)
        return " ".join(words[first : first + self._chance.randint(4, 12)])

    def _as_typed(self, query: str, lang: str) -> str:
        """The way readers write: small letters, no final stop, a word of greeting."""
        if self._chance.random() < SLOPPY_SHARE:
            query = query.lower().rstrip("?.! ")
        if lang in CHATTY and self._chance.random() < CHATTY_SHARE:
            query = self._chance.choice(CHATTY[lang]).format(query)
        return query


def library_article(document: Document, *, subject: str = "site") -> LibraryArticle:
    """A document as training sees it."""
    found = split(document)
    return LibraryArticle(
        group=document.group,
        lang=document.lang,
        subject=subject,
        title=document.title,
        questions=document.questions,
        passages=tuple(LibraryPassage(one.headings, one.text) for one in found),
    )


def split_off(
    articles: Sequence[LibraryArticle], *, every: int
) -> tuple[list[LibraryArticle], list[LibraryArticle]]:
    """Articles to learn from, and those held out: one group in `every`, drawn by hash."""
    learnt: list[LibraryArticle] = []
    held: list[LibraryArticle] = []
    for article in articles:
        digest = hashlib.sha256(article.group.encode("utf-8", "replace")).digest()
        (held if digest[0] % every == 0 else learnt).append(article)
    return learnt, held


def _is_sentence(text: str) -> bool:
    return MIN_SENTENCE_WORDS <= len(text.split()) <= MAX_SENTENCE_WORDS
