"""The answer above the results: shown when confidence allows, a quotation with its source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.libraries import api_library
from tests.support.likelihoods import fix_confidence

BOX = 'class="answer-box"'


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    root: Path = tmp_path_factory.mktemp("answers")
    api_library.build(root)
    app = api_library.application(root)
    api_library.wait_for_encoder(app)
    yield app
    api_library.close(app)


@pytest.fixture
def client(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    fix_confidence(monkeypatch, 0.9, 0.95)
    return app.test_client()


def test_it_quotes_the_article_and_leads_to_the_section(client: FlaskClient) -> None:
    page = client.get("/en/search?q=refunds reach the card in how many days").text
    box = page[page.index(BOX) :].partition("</section>")[0]
    assert "Refunds reach the card in 3 to 10 days." in box
    assert 'href="/en/faq/returns/refund-timing#card"' in box
    assert "When the refund arrives" in box
    assert page.index(BOX) < page.index('class="hits"')


def test_a_passage_in_another_language_says_so(client: FlaskClient) -> None:
    page = client.get("/ru/search?q=Error codes of Vega R2").text
    box = page[page.index(BOX) :].partition("</section>")[0]
    assert '<blockquote cite="/en/guides/vega-r2/error-codes' in box
    assert 'lang="en"' in box


@pytest.mark.parametrize(
    "path",
    [
        "/en/search?q=refund&section=faq",  # behind a filter
        "/en/search?q=refund, or I will take you to court",  # for a person
        "/en/search?q=",
    ],
)
def test_sometimes_the_list_is_all(client: FlaskClient, path: str) -> None:
    assert BOX not in client.get(path).text


def test_without_confidence_there_is_none(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fix_confidence(monkeypatch, 0.5, 0.95)
    assert BOX not in client.get("/en/search?q=refund card").text
