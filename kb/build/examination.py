"""Checks everything that authors keep: for `kb check`, and for the authors' bar of `--dev`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from kb.catalog.check_report import ArticleState, CheckReport
from kb.config import Config
from kb.content import checks, products, synonyms, topics_file
from kb.content.addresses import redirects
from kb.content.advice.review import Review
from kb.content.library import ArticleCache
from kb.content.library import load as load_library
from kb.content.model import Library, Problem
from kb.content.shared_text import glossary_file


@dataclass(frozen=True)
class Examination:
    """Articles as far as they could be read, and all problems and remarks of authors' files."""

    library: Library
    found: frozenset[Problem]


def examined(
    config: Config, root: Path, today: date, cache: ArticleCache | None = None
) -> Examination:
    """Everything wrong with what authors keep below `root`. Raises OSError."""
    languages = config.languages
    library = load_library(root, languages=languages, cache=cache)
    goods, of_products = products.read(root, languages)
    library, misnamed = products.assigned(library, goods)
    _, of_synonyms = synonyms.read(root, languages)
    _, of_terms = glossary_file.read(root, library, languages)
    _, of_topics = topics_file.read(root, languages)
    listed = redirects.read(root, library, goods.entries, languages)
    around = checks.LinkTargets(goods.entries, listed.entries, languages)
    review = Review(today, config.default_language)
    found = {*checks.check(library, root, around, review=review)}
    found.update(checks.remarks(library, config.default_language))
    found.update(of_products, misnamed, of_synonyms, of_terms, of_topics, listed.problems)
    return Examination(library, frozenset(found))


def examine(config: Config, cache: ArticleCache | None = None) -> CheckReport:
    """All problems and remarks of the articles, as the bar keeps them. Raises OSError."""
    made = examined(config, config.articles_dir, datetime.now(UTC).date(), cache)
    return CheckReport(
        problems=tuple(sorted(one for one in made.found if one.severity == "problem")),
        remarks=tuple(sorted(one for one in made.found if one.severity == "remark")),
        articles={
            article.path: ArticleState(article.status, article.key_lines)
            for article in made.library.articles
        },
    )
