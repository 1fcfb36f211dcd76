"""The page of an article and that of its history."""

from __future__ import annotations

from flask import Flask, render_template
from flask.testing import FlaskClient

from kb.catalog import catalog_json
from kb.catalog.catalog import Catalog
from kb.config import Config
from kb.web.help.article.history import history_page
from kb.web.help.article.page import article_page
from tests.support.libraries.site_library import REFUND, RETIRED, VEGA, library
from tests.support.web.page_reader import REFUND_PAGE, read


def test_article_shows_what_a_reader_needs(client: FlaskClient) -> None:
    page = read(client, REFUND_PAGE)
    assert page.one("time")["datetime"] == "2026-11-02"
    assert "2 ноября 2026" in page.text
    assert len(page.all("a", href="#карта")) == 2  # folded on a phone, beside the text on a desk
    assert page.all("a", href="/ru/guides/vega-r2/first-setup")
    assert page.all("a", href="/ru/contact")
    crumbs = [link["href"] for link in page.all("a")][:12]
    assert {"/ru/", "/ru/faq/", "/ru/faq/returns/"} <= set(crumbs)
    assert page.all("a", href=f"http://localhost/a/{REFUND}")


def test_next_steps_come_before_what_is_related_and_only_once(client: FlaskClient) -> None:
    page = read(client, REFUND_PAGE)
    after = page.text.partition("Что сделать дальше")[2]
    steps, _, related = after.partition("Статьи по теме")
    assert "Спорные возвраты" in steps
    assert "Первая уборка Vega" in related
    assert "Спорные возвраты" not in related
    assert "Что сделать дальше" not in read(client, "/ru/guides/vega-r2/first-setup").text


def test_pictures_need_a_script_only_where_there_are_any(client: FlaskClient) -> None:
    def scripts(address: str) -> str:
        return " ".join(script.get("src", "") for script in read(client, address).all("script"))

    assert "pictures.js" in scripts(REFUND_PAGE)
    assert "pictures.js" not in scripts("/ru/guides/vega-r2/first-setup")


def test_a_translation_older_than_its_source_says_so(client: FlaskClient) -> None:
    page = read(client, "/en/faq/returns/refund-timing")
    assert "This article has a newer version: Russian, 2 November 2026" in page.text
    assert page.all("a", href=REFUND_PAGE, hreflang="ru")
    assert "более новая версия" not in read(client, REFUND_PAGE).text


def test_history_lists_the_days_and_is_not_indexed(client: FlaskClient) -> None:
    assert read(client, REFUND_PAGE).all("a", href=f"/ru/history/{REFUND}")
    page = read(client, f"/ru/history/{REFUND}")
    page.one("meta", name="robots", content="noindex")
    assert [one["datetime"] for one in page.all("time")] == ["2026-11-02", "2026-10-13"]
    assert page.all("a", href=REFUND_PAGE)
    assert "не показаны" not in page.text
    # One change says no more than the date: no link leads to its page
    assert not read(client, "/en/faq/returns/refund-timing").all("a", href=f"/en/history/{REFUND}")
    assert [one["datetime"] for one in read(client, f"/ru/history/{VEGA}").all("time")] == [
        "2026-11-02"
    ]
    assert client.get("/ru/history/zzzzz").status_code == 404
    assert client.get(f"/ru/history/{RETIRED}").status_code == 410


def test_history_leads_to_the_public_list_of_commits(app: Flask) -> None:
    config = Config(history_url="https://forge.example/kb/commits/main/articles/{path}")
    vega = library().page(VEGA, "en")
    assert vega
    with app.test_request_context("/en/"):
        shown = history_page(config, library(), vega, "en")
        assert article_page(config, library(), vega, "en").history_url == f"/en/history/{VEGA}"
        assert article_page(Config(), library(), vega, "en").history_url == ""
    assert shown.forge_url == (
        "https://forge.example/kb/commits/main/articles/en/guides/vega-r2/first-setup.md"
    )


def test_short_article_has_no_contents(client: FlaskClient) -> None:
    assert not read(client, "/ru/guides/vega-r2/first-setup").all("details")


def test_an_article_without_a_date_shows_none(app: Flask) -> None:
    vega = library().page(VEGA, "en")
    assert vega
    undated = vega.with_head(updated_at=None, changes=())
    with app.test_request_context("/en/"):
        page = article_page(Config(), library(), undated, "en")
        text = render_template("article.html", page=page)
        assert history_page(Config(), library(), undated, "en").days == ()
    assert "dateModified" not in str(page.nodes())
    assert "Updated" not in text
    assert "1970" not in text


def test_a_catalogue_keeps_an_unknown_date() -> None:
    vega = library().page(VEGA, "en")
    assert vega
    undated = vega.with_head(updated_at=None)
    catalogue = Catalog([undated], (), ("en",), frozenset())
    (read_again,) = catalog_json.from_json(catalog_json.to_json(catalogue)).all_pages
    assert read_again.updated_at is None
