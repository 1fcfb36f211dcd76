"""Languages in which imported articles were written first."""

from __future__ import annotations

import json

import pytest
import yaml

from kb.content.library import load
from kb.content.translations import original
from tests.kb.imports.test_exports import INTERCOM
from tests.kb.imports.test_zendesk import ZENDESK
from tests.support.imports import LANGUAGES, Importing, SourceTexts

CONFIG = "module.exports = {i18n: {defaultLocale: 'en', locales: ['en', 'ru']}};"
PAGE = "# Title\n\nText of the page.\n"
TREES = [
    {f"{name}.json": json.dumps(value) for name, value in ZENDESK.items()},
    {"articles.json": json.dumps(INTERCOM)},
    {
        "docusaurus.config.js": CONFIG,
        "docs/a.md": PAGE,
        "i18n/ru/docusaurus-plugin-content-docs/current/a.md": PAGE,
    },
    {
        "mkdocs.yml": "site_name: X\nplugins:\n  - i18n:\n      languages:\n"
        "        - {locale: en, default: true}\n        - {locale: ru}\n",
        "docs/a.md": PAGE,
        "docs/a.ru.md": PAGE,
    },
]


@pytest.mark.parametrize("files", TREES, ids=["zendesk", "intercom", "docusaurus", "mkdocs"])
def test_translations_name_their_source(importing: Importing, files: SourceTexts) -> None:
    importing.run(files)
    library = load(importing.root, languages=LANGUAGES)
    ids = {it.id for it in library.articles if it.lang == "ru"}
    for one in ids:
        versions = [it for it in library.articles if it.id == one]
        first = original(versions, LANGUAGES[0])
        assert first is not None
        assert first.lang == "en"
        assert {it.lang: it.source for it in versions} == {"en": "", "ru": "en"}
    assert ids


def test_no_source_where_the_first_language_is_it_or_it_is_not_here(importing: Importing) -> None:
    files = {"mkdocs.yml": "theme: {language: ru}\n", "docs/a.md": PAGE, "docs/a.en.md": PAGE}
    importing.run({**files, "docs/b.en.md": PAGE})
    assert not any("source:" in importing.article(path) for path in importing.paths)


def test_a_category_of_drafts_has_a_description_without_their_titles(importing: Importing) -> None:
    files = {"secret/a.md": "---\ntitle: New prices\ndraft: true\n---\nText.\n", "b/b.md": "# B\n"}
    result = importing.run(files)
    categories = yaml.safe_load((importing.root / "categories.yml").read_text("utf-8"))
    description = categories["guides"]["secret"]["description"]
    assert set(description) == {"ru", "en"}
    assert "prices" not in str(description)
    assert not any("description" in finding.message for finding in result.findings)
