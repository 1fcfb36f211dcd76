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


MKDOCS = {
    "mkdocs.yml": (
        "site_url: https://x.example/docs/\nnav:\n  - Home: index.md\n"
        "  - Zeta:\n      - zeta/index.md\n      - zeta/one.md\n"
        "  - Alpha:\n      - alpha/two.md\n      - In depth:\n          - alpha/deep/three.md\n"
        "plugins:\n  - i18n:\n      docs_structure: suffix\n      languages:\n"
        "        - {locale: en, default: true}\n"
        "        - {locale: ru, nav_translations: {Zeta: Дзета, Alpha: Альфа}}\n"
    ),
    "docs/index.md": "# Home\n\nText.\n",
    "docs/index.ru.md": "# Дом\n\nТекст.\n",
    "docs/zeta/index.md": "# All about Zeta\n\nText.\n",
    "docs/zeta/one.md": "# One\n\nText.\n",
    "docs/zeta/one.ru.md": "# Один\n\nТекст.\n",
    "docs/alpha/two.md": "# Two\n\nText.\n",
    "docs/alpha/deep/three.md": "# Three\n\nText.\n",
    "docs/support.md": "# Support\n\nAsk us.\n",
}


def test_the_menu_of_mkdocs_names_and_orders_categories(importing: Importing) -> None:
    importing.run(MKDOCS)
    guides = of(importing, "categories.yml")["guides"]
    assert guides["zeta"]["title"] == {"en": "Zeta", "ru": "Дзета"}
    assert guides["alpha"]["title"]["en"] == "Alpha"
    by_order = sorted(guides, key=lambda name: guides[name]["order"])
    assert by_order == ["general", "zeta", "alpha", "deep"]


def test_pages_of_mkdocs_that_are_not_translated(importing: Importing) -> None:
    importing.run(MKDOCS)
    redirects = of(importing, "redirects.yml")
    assert redirects["/docs/ru/alpha/two/"] == redirects["/docs/alpha/two/"]
    assert redirects["/docs/ru/zeta/one/"] == redirects["/docs/zeta/one/"].replace("/en", "/ru")


def test_a_page_in_the_folder_of_pages_is_one_whatever_its_name(importing: Importing) -> None:
    importing.run(MKDOCS)
    assert "en/guides/general/support.md" in importing.paths


def test_a_link_that_leads_nowhere_leads_to_no_category(importing: Importing) -> None:
    page = "# A\n\n[No page](./none.md), [file](/files/a.pdf), [list](/category/none).\n"
    result = importing.run({"docusaurus.config.js": CONFIG, "docs/a.md": page})
    assert importing.text("en/guides/general/a.md") == "No page, file, list.\n"
    assert sum("lead nowhere" in it.kind for it in result.findings) == 3
