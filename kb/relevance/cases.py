"""Cases: questions with what must become of them, where they are written, and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from kb.content.model import Article, Headed, Library

CaseKind = Literal["test", "question", "former", "title"]
"""`former`: a question that its article no longer names."""
FIRST = 3
"""Articles of a result in which one counts as found; nobody looks much further."""


@dataclass(frozen=True)
class Expectation:
    """Everything that one test demands; what is empty is not demanded."""

    must_find: tuple[str, ...] = ()
    """Ids of articles, each among the first FIRST."""
    must_not_find: tuple[str, ...] = ()
    must_answer: tuple[str, ...] = ()
    """Words, each held by the words that are shown as the answer."""
    must_hand_off: str = ""
    """A reason, ANY_REASON for whatever reason."""


ANY_REASON = "yes"


@dataclass(frozen=True)
class RelevanceCase:
    """A query of a reader whose pages are in `lang`, and what is expected of it."""

    kind: CaseKind
    query: str
    lang: str
    article: str
    """Id of the article that it is a question of; "" for a test that names none to be found."""
    path: str
    """The file it is written in, relative to the folder of articles."""
    line: int
    expectation: Expectation = Expectation()

    @property
    def key(self) -> tuple[str, str]:
        """Everything that an answer depends on."""
        return self.lang, self.query

    @property
    def articles(self) -> frozenset[str]:
        """Ids of the articles it is about."""
        asked = self.expectation
        named = (self.article, *asked.must_find, *asked.must_not_find)
        return frozenset(filter(None, named))


def own_questions(library: Library) -> Iterator[RelevanceCase]:
    """The `questions` of every published article, as tests that it is found by them."""
    for article in library.articles:
        if article.status == "published":
            for number, query in enumerate(article.questions):
                yield _own("question", query, article, _line(article, number))


def own_titles(library: Library) -> Iterator[RelevanceCase]:
    """The title of every published article, as a test that it is found by it."""
    for article in library.articles:
        if article.status == "published":
            yield _own("title", article.title, article, article.key_lines.get("title", 1))


def former_questions(
    pages: Iterable[Headed], library: Library, known: Iterable[RelevanceCase]
) -> Iterator[RelevanceCase]:
    """Questions that served `pages` have and no article names any more: readers go on asking.

    Of articles that are still published.
    """
    asked = {case.key for case in known}
    published = {(it.id, it.lang): it for it in library.articles if it.status == "published"}
    for page in pages:
        article = published.get((page.id, page.lang))
        for query in page.questions if article else ():
            if article and (page.lang, query) not in asked:
                yield _own("former", query, article, _line(article))


def _line(article: Article, number: int = 0) -> int:
    """Line of one of the `questions`; of the title in an article without any."""
    lines = article.key_lines
    own = lines.get(f"questions/{number}", lines.get("questions", 0))
    return own or lines.get("title", 1)


def _own(kind: CaseKind, query: str, article: Article, line: int) -> RelevanceCase:
    return RelevanceCase(
        kind,
        query,
        article.lang,
        article.id,
        article.path,
        line,
        Expectation(must_find=(article.id,)),
    )
