"""Articles that say nearly the same, by meaning: for authors, who may want one instead of two."""

from __future__ import annotations

from dataclasses import dataclass

from kb.catalog.catalog import ArticleVersion
from kb.catalog.finder import document_id
from kb.catalog.generation import Loaded
from search.generation.corpus import CorpusDocument
from search.semantic.neighbours import DocumentPassages, likeness

DUPLICATE_FROM = 0.75
"""Cosine of two articles' meanings from which they look like one. Origin: of the 3,300 pairs within
a language of the sample library two are above, the pages about pairing the same headphones with one
phone and with two, in both languages; an article and half of it in other words had 0.77."""
MOST = 5


@dataclass(frozen=True)
class NearDuplicate:
    """An article with its likeness: 1 for the same meaning."""

    page: ArticleVersion
    likeness: float


def near_duplicates(loaded: Loaded, page: ArticleVersion) -> tuple[NearDuplicate, ...]:
    """The articles in the language of `page` most like it, best first, at most MOST.

    None without vectors.
    """
    vectors = loaded.searcher.index.passage_vectors
    places = [_place(one) for one in loaded.searcher.corpus.documents if one.end > one.first]
    own = next((place for place in places if place.id == document_id(page)), None)
    if vectors is None or own is None:
        return ()
    found = []
    for place, value in zip(places, likeness(own, places, vectors), strict=True):
        other = loaded.catalog.page(place.group, place.lang)
        if other and value >= DUPLICATE_FROM and place.lang == page.lang and place is not own:
            found.append(NearDuplicate(other, float(value)))
    return tuple(sorted(found, key=lambda it: (-round(it.likeness, 3), it.page.id))[:MOST])


def _place(document: CorpusDocument) -> DocumentPassages:
    shelf = document.section, document.category
    rows = slice(document.first, document.end)
    return DocumentPassages(document.id, document.group, document.lang, shelf, rows)
