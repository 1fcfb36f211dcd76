"""An article whose text is decomposed, stressed and hyphenated: found, shown and linked as any."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.support.libraries import agent_library

ADDRESS = "/ru/faq/returns/castle"
BODY = """Йод — это не е\u0308ж. Старый за\u0301мок закрыва\u00adется сам[^1].

## Второй за\u0301мок

См. [ниже](#второй-замок) и [йод](#йод-и-ёж).

## Йод и ёж

Жидкий йод и ёж.

[^1]: Сам.
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    root = tmp_path_factory.mktemp("unseen")
    articles = {
        "ru/faq/returns/castle": ("c5h8w", "Дверно\u0301й за\u00adмок", "published", BODY),
        "ru/faq/returns/other": ("d5h8w", "Другое", "published", "Здесь ничего нет."),
    }
    agent_library.write_articles(root / "articles", articles)
    for path in (root / "articles").rglob("*.md"):
        path.write_text(unicodedata.normalize("NFD", path.read_text("utf-8")), "utf-8")
    app = agent_library.built_from(root)
    yield app.test_client()
    agent_library.close(app)


@pytest.mark.parametrize(
    "query", ["йод", "и\u0306од", "замок", "за\u0301мок", "за\u00adмок", "закрывается", "дверной"]
)
def test_it_is_found_and_marked(client: FlaskClient, query: str) -> None:
    html = client.get("/ru/search", query_string={"q": query}).text
    assert f'href="{ADDRESS}' in html
    assert "Другое" not in html
    assert "<mark>" in html


def test_its_title_is_found_exactly_and_completed(client: FlaskClient) -> None:
    html = client.get("/ru/search", query_string={"q": "дверной замок"}).text
    assert "<mark>Дверно\u0301й</mark> <mark>за\u00adмок</mark>" in html
    found = client.get("/api/v1/autocomplete?q=дверной зам&locale=ru").get_json()
    marked = [(part["t"], part["m"]) for part in found["data"][0]["text"]]
    assert marked == [("Дверно\u0301й", True), (" ", False), ("за\u00adм", True), ("ок", False)]


def test_it_is_shown_composed_with_stable_anchors(client: FlaskClient) -> None:
    html = client.get(ADDRESS).text
    assert "Йод — это не ёж. Старый за\u0301мок закрыва\u00adется" in html
    assert unicodedata.is_normalized("NFC", html)
    assert '<h2 id="второй-замок">' in html
    assert '<h2 id="йод-и-ёж">' in html
