"""Replies: what the site does with a query, by the code that answers readers and customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kb.catalog import reader_search
from kb.catalog.finder import ArticleResults, find
from kb.catalog.generation import Loaded
from kb.catalog.reader_search import PER_PAGE, SearchParams
from kb.languages.detection import written_in
from kb.suggestions.decision import Question, is_far_off, suggest
from kb.suggestions.reasons import DecisionReason
from search.ranking.confidence import Action
from search.ranking.options import SearchOptions
from search.text.analysis import clean

MOST_RANKED = 50
"""Articles of a ranking that a reply keeps."""


@dataclass(frozen=True)
class SiteReply:
    """The results page and the decision about a query, as far as readers see them."""

    ranking: tuple[str, ...]
    """Ids of articles, best first, at most MOST_RANKED; empty where the page says that it found
    nothing, whatever comes nearest."""
    action: Action
    reason: DecisionReason
    confidence: float
    shown: str
    """The words of the answer, or those that stand below the first result."""
    shown_article: str
    """Id of the article that these are taken from; "" where nothing is shown."""
    searched: str = ""
    """Text that was searched for instead; "" for the query itself."""

    def rank(self, article: str) -> int | None:
        """Place of an article, from 1; None where it is not found."""
        return self.ranking.index(article) + 1 if article in self.ranking else None

    @property
    def is_answered(self) -> bool:
        return self.action == "answer"

    def to_row(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> SiteReply:
        """Read what `to_row` gave; raises TypeError and KeyError for anything else."""
        return cls(**{**row, "ranking": tuple(row["ranking"])})


def ranking(loaded: Loaded, query: str, lang: str, languages: Sequence[str]) -> tuple[str, ...]:
    """The ranking of the reply alone, in half the time: nothing is quoted, nothing decided."""
    text = clean(query)
    spoken = written_in(text, languages, lang)
    options = SearchOptions(lang=spoken, limit=PER_PAGE, is_marked=False)
    return _shown_ranking(loaded, find(loaded, text, options), spoken)


def _shown_ranking(loaded: Loaded, found: ArticleResults, spoken: str) -> tuple[str, ...]:
    return () if is_far_off(loaded, found, spoken) else found.groups[:MOST_RANKED]


def ask(loaded: Loaded, query: str, lang: str, languages: Sequence[str]) -> SiteReply:
    """The reply to a query on pages in `lang`, of a site in `languages`; any text is valid."""
    text = clean(query)
    spoken = written_in(text, languages, lang)
    found = reader_search.find(loaded, SearchParams(spoken, text))
    suggestion = suggest(loaded, Question(text, spoken))
    article, shown = _first_words(found)
    if suggestion.answer and suggestion.results:
        article, shown = suggestion.results[0].found.page.id, suggestion.answer.text
    elif suggestion.findings is None:  # a person comes first: nothing is shown in a chat
        article, shown = "", ""
    return SiteReply(
        ranking=_shown_ranking(loaded, found, spoken),
        action=suggestion.decision.action,
        reason=suggestion.decision.reason,
        confidence=round(suggestion.decision.confidence, 4),
        shown=shown,
        shown_article=article,
        searched=found.repair.text if found.repair else "",
    )


def _first_words(found: ArticleResults) -> tuple[str, str]:
    """The first result's article and the words that stand below its title."""
    if not found.hits:
        return "", ""
    first = found.hits[0]
    return first.page.id, "".join(segment.text for segment in first.snippet)
