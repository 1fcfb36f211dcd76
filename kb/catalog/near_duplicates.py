"""Articles that say nearly the same, by meaning: for authors, who may want one instead of two."""

from __future__ import annotations

from dataclasses import dataclass

from kb.catalog.catalog import ArticleVersion
from kb.catalog.finder import document_id
from kb.catalog.generation import Loaded
from search.generation.corpus import CorpusDocument
from search.semantic.neighbours import DocumentPassages, alike_to

MOST = 5


@dataclass(frozen=True)
class NearDuplicate:
    """An article with its likeness: 1 for the same meaning."""

    page: ArticleVersion
    likeness: float


def near_duplicates(loaded: Loaded, page: ArticleVersion) -> tuple[NearDuplicate, ...]:
    """The articles in the language of `page` that say the same, likest first, at most MOST.

    The rule is that of `kb check --search`.

    None without vectors.
    """
    vectors = loaded.searcher.index.passage_vectors
    places = [_place(one) for one in loaded.searcher.corpus.documents if one.end > one.first]
    own = next((place for place in places if place.id == document_id(page)), None)
    if vectors is None or own is None:
        return ()
    alike = alike_to(own, places, vectors)
    found = ((loaded.catalog.page(it.group, it.lang), value) for it, value in alike)
    return tuple(NearDuplicate(other, value) for other, value in found if other)[:MOST]


def _place(document: CorpusDocument) -> DocumentPassages:
    shelf = document.section, document.category
    rows = slice(document.first, document.end)
    return DocumentPassages(document.id, document.group, document.lang, shelf, rows)
