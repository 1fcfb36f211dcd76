"""The folder of articles with all files that belong to it: read, and checked against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kb.content import checks, products, synonyms, topics_file
from kb.content.addresses import redirects
from kb.content.advice.review import Review
from kb.content.library import ArticleCache, load
from kb.content.model import Library, Problem
from kb.content.shared_text import glossary_file


@dataclass(frozen=True)
class Examination:
    """Articles as far as they could be read, and all problems and remarks of authors' files."""

    library: Library
    found: frozenset[Problem]


def examined(
    root: Path, languages: Sequence[str], today: date, cache: ArticleCache | None = None
) -> Examination:
    """Everything wrong with what authors keep below `root`; the first language is the one they
    write in first. Raises OSError."""
    library = load(root, languages=languages, cache=cache)
    goods, of_products = products.read(root, languages)
    library, misnamed = products.assigned(library, goods)
    _, of_synonyms = synonyms.read(root, languages)
    _, of_terms = glossary_file.read(root, library, languages)
    _, of_topics = topics_file.read(root, languages)
    listed = redirects.read(root, library, goods.entries, languages)
    around = checks.LinkTargets(goods.entries, listed.entries, languages)
    found = {*checks.check(library, root, around, review=Review(today, languages[0]))}
    found.update(checks.remarks(library, languages[0]))
    found.update(of_products, misnamed, of_synonyms, of_terms, of_topics, listed.problems)
    return Examination(library, frozenset(found))
