"""A language is added by settings, a catalogue and a folder: German, and Arabic from the right."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po
from flask import Flask
from flask.testing import FlaskClient

from kb.branding import translations
from kb.cli.check import site_check
from kb.content.library import load as load_library
from kb.web.layout import locale
from search.text import analysis
from tests.support.libraries import third_language_library as library
from tests.support.libraries.api_library import customer
from tests.support.libraries.third_language_library import REFUND

ARTICLE = "/de/faq/returns/refund-timing"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("languages")
    library.write(folder)
    return folder


@pytest.fixture(scope="module")
def app(root: Path) -> Iterator[Flask]:
    app = library.application(root, demo=True, contact_email="help@example.com")
    yield app
    library.close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def text(client: FlaskClient, path: str, **headers: str) -> str:
    response = client.get(path, headers=headers)
    assert response.status_code == 200, path
    return response.text


def test_home_speaks_the_language_and_offers_the_others(client: FlaskClient) -> None:
    page = text(client, "/de/")
    assert '<html lang="de" dir="ltr"' in page
    assert "Wie können wir helfen?" in page
    assert ">Rückgabe</span>" in page
    for code, name in (("ru", "Русский"), ("en", "English"), ("ar", "العربية")):
        assert f'hreflang="{code}" lang="{code}">' in page
        assert name in page


def test_category_is_named_by_the_folder_of_the_language(client: FlaskClient) -> None:
    page = text(client, "/de/faq/returns/")
    assert "<h1>Rückgabe</h1>" in page
    assert "Wie Sie etwas zurückschicken." in page
    assert "Wann die Rückzahlung ankommt" in page


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("faq:\n  returns:\n    titel: Rückgabe\n", "unknown key `titel`"),
        ("faq:\n  returns: Rückgabe\n", "`returns` has no title"),
        (f"faq:\n  returns:\n    title: {'x' * 90}\n", "90 characters"),
        ("- faq\n", "a"),
    ],
    ids=["key", "text", "long", "list"],
)
def test_fault_in_a_languages_own_categories_is_named(
    tmp_path: Path, text: str, fault: str
) -> None:
    library.write(tmp_path)
    path = tmp_path / "articles" / "de" / "categories.yml"
    path.write_text(text, encoding="utf-8")
    found = load_library(tmp_path / "articles", languages=("ru", "en", "de", "ar"))
    assert [it.path for it in found.problems if fault in it.message and "de/" in it.path]
    assert len(found.articles) == 5
    assert found.categories[0].titles["de"] == "Возврат"


def test_article_has_its_date_and_plurals(client: FlaskClient) -> None:
    page = text(client, ARTICLE)
    assert "Aktualisiert am" in page
    assert "1 Minute<" in page
    assert '<article class="article" lang="de" dir="ltr"' in page


def test_a_missing_translation_says_so_in_the_readers_language(client: FlaskClient) -> None:
    page = text(client, "/de/guides/vega/first-run")
    assert "Noch nicht übersetzt. Sprache: Russisch." in page
    assert 'name="robots" content="noindex"' in page
    arabic = text(client, "/ar/guides/vega/first-run")
    assert '<article class="article" lang="ru" dir="ltr"' in arabic
    assert '<html lang="ar" dir="rtl">' in arabic


@pytest.mark.parametrize(
    ("lang", "query"),
    [("de", "rücksendung"), ("de", "Haus Bank"), ("de", "pakete"), ("ar", "طلب")],
)
def test_search_finds_other_forms_of_a_word(client: FlaskClient, lang: str, query: str) -> None:
    found = client.get("/api/v1/search", query_string={"q": query, "locale": lang}).get_json()
    assert [(row["id"], row["locale"]) for row in found["data"]] == [(f"art_{REFUND}", lang)]
    page = client.get(f"/{lang}/search", query_string={"q": query}).text
    assert "<mark>" in page


def test_words_of_one_language_find_articles_of_another(client: FlaskClient) -> None:
    """A German reader who types an English word still gets the article, in German."""
    found = client.get("/api/v1/search?q=refunds+arrive&locale=de").get_json()
    assert [row["locale"] for row in found["data"]] == ["de"]


def test_suggest_finds_in_the_language(app: Flask, client: FlaskClient) -> None:
    reply = client.post(
        "/api/v1/suggest",
        json={"message": "Wann kommt die Rückzahlung für die Rücksendung?", "locale": "de"},
        headers=customer(app),
    ).get_json()
    assert [row["article"]["locale"] for row in reply["results"]] == ["de"]


def test_completions_are_of_the_language(client: FlaskClient) -> None:
    rows = client.get("/api/v1/autocomplete?q=Wann&locale=de").get_json()["data"]
    assert [row["url"] for row in rows] == [f"https://help.example.com{ARTICLE}"]


@pytest.mark.parametrize(
    ("accepted", "place"),
    [("de-AT,de;q=0.9", "/de/"), ("ar", "/ar/"), ("fr, de;q=0.5", "/de/"), ("fr", "/ru/")],
)
def test_permanent_link_follows_the_reader(client: FlaskClient, accepted: str, place: str) -> None:
    response = client.get(f"/a/{REFUND}", headers={"Accept-Language": accepted})
    assert response.headers["Location"] == f"{place}faq/returns/refund-timing"


def test_sitemap_and_page_name_every_translation(client: FlaskClient) -> None:
    sitemap = text(client, "/sitemap.xml")
    page = text(client, ARTICLE)
    for code in ("ru", "en", "de", "ar"):
        address = f"https://help.example.com/{code}/faq/returns/refund-timing"
        assert f"<loc>{address}</loc>" in sitemap
        assert f'hreflang="{code}" href="{address}"' in sitemap
        assert f'<link rel="alternate" hreflang="{code}" href="{address}">' in page
    assert "help.example.com/de/guides/vega/first-run" not in sitemap


def test_feed_is_in_the_language(client: FlaskClient) -> None:
    feed = text(client, "/de/changes.atom")
    assert 'xml:lang="de"' in feed
    assert "Änderungen: Nordvolt" in feed
    assert "Wann die Rückzahlung ankommt" in feed
    assert "When the refund" not in feed


def test_texts_without_translation_are_in_english_and_counted(
    root: Path, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    assert "Still stuck?" in text(app.test_client(), "/de/")
    remarks = " ".join(map(str, site_check.check(library.config(root))))
    assert "`kb translations de`" in remarks
    assert "readers of `ru`" not in remarks
    with caplog.at_level(logging.WARNING):
        locale.set_up(Flask("test"), library.config(root))
    assert "`kb translations de` lists them" in caplog.text


def test_complete_catalogue_leaves_nothing_in_english(tmp_path: Path) -> None:
    path = tmp_path / "site" / "translations" / "de" / translations.PLACE
    path.parent.mkdir(parents=True)
    empty = read_po(BytesIO(translations.read(tmp_path).to_translate("de").encode()), locale="de")
    for message in empty:
        if message.id:
            message.string = message.id
    with path.open("wb") as file:
        write_po(file, empty)
    found = translations.read(tmp_path / "site")
    assert found.problems == ()
    assert found.missing("de") == ()
    assert len(found.missing("fr")) == len(list(empty)) - 1 > 150


@pytest.mark.parametrize(
    ("code", "expected"), [("ru", "ltr"), ("de", "ltr"), ("ar", "rtl"), ("he", "rtl")]
)
def test_direction_is_that_of_the_language(code: str, expected: str) -> None:
    assert locale.direction(code) == expected


@pytest.mark.parametrize(
    ("lang", "forms", "term"),
    [
        ("de", ("Häuser", "Haus", "Hauses"), "haus"),
        ("fr", ("livraisons", "livraison"), "livraison"),
        ("pt-br", ("devoluções", "devolução"), "devoluçã"),
        ("ar", ("الطلبات", "الطلب", "طلب"), "طلب"),
        ("ru", ("деньги", "денег"), "деньг"),
        ("ar", ("orders", "order"), "order"),
        ("xx", ("orders", "order"), "order"),
    ],
)
def test_forms_of_a_word_are_one_term(lang: str, forms: tuple[str, ...], term: str) -> None:
    found = {analysis.terms(form, lang)[0] for form in forms}
    assert len(found) == 1
    if lang != "pt-br":
        assert found == {term}


def test_russian_and_english_are_stemmed_as_without_a_language() -> None:
    for words in ("деньги за возврат", "deliveries of orders", "Vega R2 E-05"):
        assert analysis.terms(words, "ru") == analysis.terms(words, "en") == analysis.terms(words)
