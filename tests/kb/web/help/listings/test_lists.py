"""Lists of articles: home and categories."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from kb.catalog.catalog import Catalog
from kb.config import Config
from kb.web.help.listings.home import home_page
from tests.support.libraries.site_library import DAY
from tests.support.libraries.site_library import page as article
from tests.support.web.page_reader import read


def test_home_has_two_doors_and_questions_that_work(client: FlaskClient) -> None:
    page = read(client, "/ru/")
    assert "Перед покупкой" in page.text
    assert "Вы уже купили" in page.text
    assert "21\u00a0статью" in page.text
    assert "Пусто" not in page.text
    examples = [link["href"] for link in page.all("a", rel="nofollow")]
    assert len(examples) == 2
    for address in examples:
        assert read(client, address).all("ol", class_="hits")


def test_what_changed_last_is_listed_first(app: Flask) -> None:
    pages = [
        article(f"new{number:02d}", "ru", f"faq/returns/{number}", str(number), order=number)
        for number in range(9)
    ]
    pages[1] = pages[1].with_head(updated_at=DAY + timedelta(days=1))
    with app.test_request_context("/ru/"):
        home = home_page(Config(), Catalog(pages, (), ("ru", "en")), "ru")
    assert [link.title for link in home.start] == ["0", "1", "2", "3", "4", "5"]
    assert [item.link.title for item in home.recent] == ["1", "6", "7", "8", "0", "2"]


def test_long_category_has_a_filter_and_short_one_has_not(client: FlaskClient) -> None:
    assert read(client, "/ru/faq/payment/").all("input", id="filter")
    assert not read(client, "/ru/faq/returns/").all("input", id="filter")


def test_category_names_the_language_of_foreign_articles(client: FlaskClient) -> None:
    page = read(client, "/en/faq/returns/")
    assert page.one("a", href="/en/faq/returns/disputes")["lang"] == "ru"
    assert "So far only in another language" in page.text
