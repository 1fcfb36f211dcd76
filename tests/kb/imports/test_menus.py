"""Menus of other systems: labels in every language, order, and the pages that listed a folder."""

from __future__ import annotations

from typing import Any

import yaml

from tests.support.imports import Importing

CONFIG = (
    "export default { url: 'https://x.example', baseUrl: '/kb/',"
    " i18n: {defaultLocale: 'en', locales: ['en', 'ru']},"
    " presets: [['classic', {docs: {routeBasePath: '/'}}]] };"
)
CURRENT = "i18n/ru/docusaurus-plugin-content-docs/current"
DOCUSAURUS = {
    "docusaurus.config.js": CONFIG,
    "docs/start/_category_.json": (
        '{"label": "Getting started!", "link": {"type": "generated-index"}}'
    ),
    "docs/start/one.md": "# One\n\nSee [all](/category/getting-started).\n",
    "docs/pay/_category_.yml": (
        "label: How to pay\nlink:\n  type: generated-index\n  slug: /paying\n"
    ),
    "docs/pay/two.md": "# Two\n\nText.\n",
    "docs/more/three.md": "# Three\n\nText.\n",
    f"{CURRENT}/start/one.md": "# Один\n\nТекст.\n",
    f"{CURRENT}/more/three.md": "# Три\n\nТекст.\n",
    f"{CURRENT}.json": (
        '{"version.label": {"message": "Дальше"},'
        ' "sidebar.docs.category.Getting started!": {"message": "Начало"},'
        ' "sidebar.docs.category.Getting started!.link.generated-index.title": {"message": "Нет"},'
        ' "sidebar.docs.category.How to pay": {"message": "Оплата"}}'
    ),
}


def of(importing: Importing, name: str) -> dict[str, Any]:
    found = yaml.safe_load((importing.root / name).read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def test_labels_of_docusaurus_in_further_languages(importing: Importing) -> None:
    importing.run(DOCUSAURUS)
    guides = of(importing, "categories.yml")["guides"]
    assert guides["start"]["title"] == {"en": "Getting started!", "ru": "Начало"}
    assert guides["pay"]["title"]["en"] == "How to pay"


def test_only_titles_that_nobody_wrote_are_told(importing: Importing) -> None:
    result = importing.run(DOCUSAURUS)
    told = [it.message for it in result.findings if "names of folders" in it.kind]
    assert told == ["guides/more: «More»"]


def test_generated_lists_of_docusaurus(importing: Importing) -> None:
    importing.run(DOCUSAURUS)
    redirects = of(importing, "redirects.yml")
    assert redirects["/kb/category/getting-started"] == "guides/start"
    assert redirects["/kb/ru/category/getting-started"] == "guides/start"
    assert redirects["/kb/paying"] == "guides/pay"
    assert "[all](./)" in importing.text("en/guides/start/one.md")


def test_pages_that_are_not_translated_answer_in_every_locale(importing: Importing) -> None:
    importing.run(DOCUSAURUS)
    redirects = of(importing, "redirects.yml")
    assert redirects["/kb/ru/pay/two"] == redirects["/kb/pay/two"]
    assert redirects["/kb/ru/start/one"] == redirects["/kb/start/one"].replace("/en", "/ru")
