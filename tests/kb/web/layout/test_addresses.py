"""Addresses of pages: those made without Flask are those of the routes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, url_for

from kb import addresses
from tests.support.libraries.site_library import REFUND, application, close, page

ARTICLE = page(REFUND, "ru", "faq/returns/refund-timing", "Когда вернутся деньги")
PLACE = {"section": "faq", "category": "returns"}
STAFF = {"article_id": REFUND, "reader": "ru"}
ANCHOR = "возврат/на-карту!"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = application(tmp_path_factory.mktemp("site"))
    yield app
    close(app)


@pytest.mark.parametrize(
    ("made", "endpoint", "values"),
    [
        (addresses.home_path("en"), "site.home", {"lang": "en"}),
        (addresses.section_path("faq", "en"), "site.section", {"lang": "en", "section": "faq"}),
        (addresses.category_path(**PLACE, lang="en"), "site.category", {"lang": "en", **PLACE}),
        (
            addresses.article_path(ARTICLE, "en"),
            "site.article",
            {"lang": "en", **PLACE, "slug": "refund-timing"},
        ),
        (addresses.products_path("en"), "site.products", {"lang": "en"}),
        (
            addresses.product_path("vega-r2", "en"),
            "site.product",
            {"lang": "en", "product": "vega-r2"},
        ),
        (addresses.contact_path("en"), "contact.form", {"lang": "en"}),
        (addresses.permanent_path(REFUND), "site.permalink", {"article_id": REFUND}),
        (
            addresses.permanent_path(REFUND, "en"),
            "permalinks.in_language",
            {"article_id": REFUND, "lang": "en"},
        ),
        (addresses.staff_article_path(REFUND, "ru"), "agent.article", STAFF),
        (
            addresses.staff_article_path(REFUND, "ru", "en", ANCHOR),
            "agent.article",
            {**STAFF, "lang": "en", "_anchor": ANCHOR},
        ),
    ],
)
def test_paths_are_those_of_the_routes(
    app: Flask, made: str, endpoint: str, values: dict[str, str]
) -> None:
    with app.test_request_context():
        assert made == url_for(endpoint, **values)  # type: ignore[arg-type]  # takes any value


def test_a_site_below_a_path_of_another_is_not_served(app: Flask) -> None:
    """Links inside articles are made when they are built, for the root of a host."""
    client = app.test_client()
    refused = client.get("/en/", environ_overrides={"SCRIPT_NAME": "/help"})
    assert (refused.status_code, refused.mimetype) == (400, "text/plain")


def test_a_prefix_that_a_proxy_names_changes_no_address(app: Flask) -> None:
    headers = {"X-Forwarded-Prefix": "/help", "Script-Name": "/help", "X-Script-Name": "/help"}
    client = app.test_client()
    assert client.get("/en/", headers=headers).data == client.get("/en/").data
