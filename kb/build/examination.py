"""Checks everything that authors keep, as `kb check` does, for the authors' bar of `--dev`."""

from __future__ import annotations

from kb.catalog.check_report import ArticleState, CheckReport
from kb.config import Config
from kb.content import checks, products, synonyms, topics_file
from kb.content.addresses import redirects
from kb.content.library import ArticleCache
from kb.content.library import load as load_library
from kb.content.shared_text import glossary_file


def examine(config: Config, cache: ArticleCache | None = None) -> CheckReport:
    """All problems and remarks of the articles. Raises OSError."""
    root, languages = config.articles_dir, config.languages
    library = load_library(root, languages=languages, cache=cache)
    found_products, of_products = products.read(root, languages)
    library, misnamed = products.assigned(library, found_products)
    _, of_synonyms = synonyms.read(root, languages)
    _, of_terms = glossary_file.read(root, library, languages)
    _, of_topics = topics_file.read(root, languages)
    listed = redirects.read(root, library, found_products.entries, languages)
    around = checks.LinkTargets(found_products.entries, listed.entries, languages)
    found = {*checks.check(library, root, around)}
    found.update(checks.remarks(library, config.default_language))
    found.update(of_products, misnamed, of_synonyms, of_terms, of_topics, listed.problems)
    return CheckReport(
        problems=tuple(sorted(one for one in found if one.severity == "problem")),
        remarks=tuple(sorted(one for one in found if one.severity == "remark")),
        articles={
            article.path: ArticleState(article.status, article.key_lines)
            for article in library.articles
        },
    )
