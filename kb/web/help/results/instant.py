"""The list under the search box while somebody types: the best articles, some completions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.catalog.finder import ArticleResults, CompletionHit
from kb.catalog.reader_search import SearchParams
from kb.web.help.results.items import ResultItem, result_item
from kb.web.help.results.params import page_of_results
from kb.web.layout.locale import name_in
from search.model import Segment

MAX_CHARS = 200
"""Read of what is being typed: a longer text costs more and is no question to be guessed."""
MAX_HITS = 4
MAX_COMPLETIONS = 2
LEAST_SCORE = 0.05
"""Relative to the first hit: after a code that one article has, the others only resemble it."""
READ_COMPLETIONS = 8
"""Completions to choose from: many lead to articles that are hits already."""
ICONS = {"title": "book", "heading": "list", "question": "search"}


@dataclass(frozen=True)
class CompletionItem:
    """A title, heading or question; `title` names the article that it is taken from."""

    text: tuple[Segment, ...]
    url: str
    icon: str
    title: str
    lang: str
    lang_name: str


@dataclass(frozen=True)
class InstantList:
    """The list under the search box while somebody types; no page of its own."""

    query: str
    searched: str
    """What was searched for instead, "" when that is `query`."""
    shown_in: str
    """Name of the language of the words, searched in for that reason; "" for the page's."""
    results: tuple[ResultItem, ...]
    completions: tuple[CompletionItem, ...]
    has_completions_first: bool
    """True while it is not clear which word is being typed."""
    all_url: str
    """The page of results for `query`."""


def instant_list(
    asked: SearchParams,
    findings: ArticleResults,
    completions: Sequence[CompletionHit],
    *,
    spoken: str,
    is_far: bool,
) -> InstantList:
    """The list for what was searched in the language `spoken`.

    With `is_far` the hits are not worth showing before the search was even finished.
    """
    near = [] if is_far else [hit for hit in findings.hits if hit.score >= LEAST_SCORE]
    hits = near[:MAX_HITS]
    chosen = list(_others(completions, {hit.url for hit in hits}, {hit.page.title for hit in hits}))
    return InstantList(
        query=findings.query,
        searched=findings.repair.text if findings.repair and hits else "",
        shown_in=name_in(spoken, asked.lang) if spoken != asked.lang and (hits or chosen) else "",
        results=tuple(result_item(found, asked.lang) for found in hits),
        completions=tuple(_completion(one, asked.lang) for one in chosen[:MAX_COMPLETIONS]),
        has_completions_first=findings.is_guess,
        all_url=page_of_results(asked, 1),
    )


def _others(
    completions: Sequence[CompletionHit], urls: set[str], titles: set[str]
) -> Iterator[CompletionHit]:
    """Completions that lead elsewhere than the hits."""
    for one in completions:
        if one.url not in urls and not (one.kind == "title" and one.title in titles):
            yield one


def _completion(found: CompletionHit, lang: str) -> CompletionItem:
    is_foreign = found.lang != lang
    return CompletionItem(
        text=found.text,
        url=found.url,
        icon=ICONS[found.kind],
        title="" if found.kind == "title" else found.title,
        lang=found.lang if is_foreign else "",
        lang_name=name_in(found.lang, lang) if is_foreign else "",
    )
