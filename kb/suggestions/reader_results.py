"""A reader's search with what is decided about it: an answer, what comes near, other words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.catalog import finder, reader_search
from kb.catalog.finder import ArticleResults, CompletionHit
from kb.catalog.generation import Loaded
from kb.catalog.reader_search import MAX_RESULTS, SearchParams
from kb.suggestions.decision import answer_for_reader, is_far_off, person_needed
from kb.suggestions.reasons import DecisionReason
from search.model import Quotation


@dataclass(frozen=True)
class ReaderResults:
    """One page of results. When it `is_far`, its hits are only what comes closest."""

    found: ArticleResults
    lang: str
    """What was searched in: the language of the words where they tell, else that of the page."""
    person_first: DecisionReason | None
    """The reason for which a person comes before all hits; then there is no answer."""
    is_far: bool
    section_counts: Mapping[str, int]
    """Those of the search without filters."""
    nearest: tuple[CompletionHit, ...]
    """Titles with similar words, when there are no hits at all."""
    answer: Quotation | None
    """Taken from the first hit."""
    alternative: str
    """A likelier spelling of what has been searched for as it stands."""
    better_language: str
    """A language of the site whose articles fit better."""

    @property
    def total(self) -> int:
        """Results that can be paged through."""
        return 0 if self.is_far else min(self.found.total, MAX_RESULTS)

    @property
    def is_capped(self) -> bool:
        return not self.is_far and self.found.total > MAX_RESULTS

    @property
    def unfiltered_count(self) -> int:
        """Results without filters; 0 when it is not known to be better."""
        if self.is_far and self.found.hits:
            return 0
        return min(sum(self.section_counts.values()), MAX_RESULTS)


def reader_results(
    loaded: Loaded, asked: SearchParams, found: ArticleResults, languages: Sequence[str]
) -> ReaderResults:
    """Decide what to tell of `found`, a page of results for `asked`, on a site in `languages`."""
    return ReaderResults(
        found=found,
        lang=asked.lang,
        person_first=person_needed(loaded, asked.text),
        is_far=asked.is_first_page and is_far_off(loaded, found, asked.lang),
        section_counts=reader_search.section_counts(loaded, asked, found),
        nearest=() if found.hits else finder.complete(loaded, asked.text, lang=asked.lang),
        answer=_answer(loaded, asked, found),
        alternative=reader_search.alternative(loaded, asked, found),
        better_language=reader_search.better_language(loaded, asked, found, languages),
    )


def _answer(loaded: Loaded, asked: SearchParams, found: ArticleResults) -> Quotation | None:
    """Only above the whole list: behind filters or on later pages a reader looks for more."""
    if not asked.is_first_page or asked.section or asked.product:
        return None
    return answer_for_reader(loaded, found, asked.lang)
