"""Categories that hold nothing published: their titles stand in no output and in no file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from kb.catalog import catalog_json
from kb.catalog.catalog import Catalog
from kb.content.model import Category
from tests.support.libraries import agent_library, mcp_library
from tests.support.libraries.agent_library import FORM, services_of
from tests.support.libraries.leak_requests import tool_asks
from tests.support.libraries.site_library import page

CANARY = "zyxplans"
OUTPUTS = (
    *("/en/", "/ru/", "/en/faq", "/en/faq/returns", "/en/faq/plans", "/en/faq/returns/refund"),
    *(
        "/en/search?q=refund",
        "/en/search?q=plans",
        "/en/search?category=plans&section=faq&q=refund",
    ),
    *("/en/instant?q=ref", "/en/products", "/en/contact", "/en/nothing-here", "/en/faq/rumours"),
    *("/en/changes.atom", "/sitemap.xml", "/llms.txt", "/llms-full.txt", "/a/k2m7p.md"),
    *("/en/opensearch.xml", "/robots.txt", "/openapi.json", "/api/docs", "/metrics", "/readyz"),
    *("/api/v1/categories", "/api/v1/categories?locale=en", "/api/v1/site", "/api/v1/articles"),
    *("/api/v1/articles?category=plans", "/api/v1/articles/art_k2m7p", "/api/v1/search?q=plans"),
    *("/api/v1/search?q=refund&category=plans", "/api/v1/autocomplete?q=pla"),
    *("/en/og/home.png", "/en/og/faq/plans.png", "/en/faq/returns/refund/history", "/demo/shop"),
    *("/widget/v1.js", "/agent/sign-in"),
)
"""Each place where a category could be named."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Below the articles of `agent_library`, a category of a draft alone, of an internal article
    alone, of nothing."""
    root: Path = tmp_path_factory.mktemp("categories")
    articles = {
        **agent_library.ARTICLES,
        "en/faq/plans/launch": ("p4l6n", "Launch", "draft", "Soon."),
        "en/faq/rumours/denial": ("r4m6r", "Denial", "internal", "Never."),
    }
    agent_library.write_articles(root / "articles", articles)
    _name_categories(root / "articles")
    app = agent_library.built_from(root, languages=("en", "ru"), demo=True)
    yield app
    agent_library.close(app)


def _name_categories(root: Path) -> None:
    lines = ["faq:"]
    for slug in ("returns", "plans", "rumours", "nothing"):
        title = "Returns" if slug == "returns" else f"{CANARY} {slug}"
        texts = f'{{en: "{title}", ru: "{title}"}}'
        lines += [f"  {slug}:", "    icon: tag", "    order: 1"]
        lines += [f"    title: {texts}", f"    description: {texts}"]
    (root / "categories.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize("address", OUTPUTS)
def test_no_output_names_them(app: Flask, address: str) -> None:
    response = app.test_client().get(address)
    assert response.status_code != 500
    assert CANARY not in response.get_data().decode(errors="replace")


@pytest.mark.parametrize("slug", ["plans", "rumours", "nothing"])
def test_they_answer_like_one_that_never_was(app: Flask, slug: str) -> None:
    client = app.test_client()
    for pattern in ("/en/faq/{}", "/api/v1/articles?category={}", "/api/v1/search?category={}"):
        found, other = client.get(pattern.format(slug)), client.get(pattern.format("neverwas"))
        assert found.status_code == other.status_code
        if found.is_json:
            changing = dict.fromkeys(("took_ms", "search_id"))
            assert (found.get_json() | changing) == (other.get_json() | changing)


def test_no_file_of_the_public_generation_names_them(app: Flask) -> None:
    folder = services_of(app).config.index_dir
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "catalog.json" for path in files)
    assert [path.name for path in files if CANARY.encode() in path.read_bytes()] == []


def test_staff_find_the_one_that_holds_an_internal_article(app: Flask) -> None:
    client = app.test_client()
    agent_library.sign_in(client)
    text = client.get("/agent?q=denial&lang=en", headers=FORM).text
    assert f"{CANARY} rumours" in text
    assert f"{CANARY} plans" not in text


def test_generations_of_before_are_read_without_them() -> None:
    empty = Category("faq", "plans", "tag", 1, {"en": CANARY}, {"en": CANARY})
    full = Category("faq", "returns", "tag", 1, {"en": "Returns"}, {"en": ""})
    catalog = Catalog([page("k2m7p", "en", "faq/returns/a", "A")], [full, empty], ("en",))
    assert catalog.categories == (full,)
    assert catalog.category("faq", "plans") is None
    assert CANARY.encode() not in catalog_json.to_json(catalog)


def test_tools_for_ai_agents_do_not_name_them(app: Flask) -> None:
    config = services_of(app).config
    told = list(mcp_library.crawl(config, tool_asks))
    assert len(told) > 100
    assert not [ask for ask, text in told if CANARY in text]


def test_the_canary_is_seen_where_it_may_be(app: Flask) -> None:
    """The oracle's own proof: a title of this kind is on the pages once something is published."""
    assert "Returns" in app.test_client().get("/en/").text
