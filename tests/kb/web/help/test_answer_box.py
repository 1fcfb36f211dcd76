"""The answer above the results: shown when confidence allows, a quotation with its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.libraries import api_library, block_library
from tests.support.libraries.block_library import ADDRESS, PLACE, QUESTIONS, TOO_LONG
from tests.support.likelihood import make_likely

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
    make_likely(monkeypatch, 0.9, 0.95)
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
    assert 'cite="/en/guides/vega-r2/error-codes' in box
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
    make_likely(monkeypatch, 0.5, 0.95)
    assert BOX not in client.get("/en/search?q=refund card").text


# What is quoted is laid out as what it is


LAID_OUT = {
    "steps": "<p>On the robot:</p> <ol start='2'><li>Hold &lt;Home&gt; &amp; wait.</li>"
    "<li>Type:<span>yes</span><span>or no</span></li></ol>",
    "list": "<p>Inside lie:</p> <ul><li>Robot</li><li>Dock</li></ul>",
    "table": "<table><thead><tr><th>Colour</th><th>Meaning</th></tr></thead>"
    "<tbody><tr><td>violet</td><td>lost</td></tr></tbody></table></div> "
    f"<p lang='en' dir='auto'><a href='{ADDRESS}#lights'>3 more in the article</a></p>",
    "callout": "<div><p>Long fringes</p><p>They get caught.</p><p>Roll them up.</p></div>",
    "definition": "<dl><dt>Turbo</dt><dd><p>Full suction.</p></dd></dl>",
    "code": "<p>Send this command:</p> <pre><code>vega\n  --all</code></pre>",
    "paragraph": "<p>Keep it dry and cool.</p>",
}


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = block_library.application(tmp_path_factory.mktemp("guide"))
    yield app
    api_library.close(app)


def skeleton(html: str) -> str:
    """Tags without what only styles need, and without the space between them."""
    bare = re.sub(r' (class|role|tabindex|aria-label)="[^"]*"', "", html).replace('"', "'")
    return re.sub(r">\s+<", "><", bare).replace("</p><", "</p> <").strip()


@pytest.mark.parametrize("kind", QUESTIONS)
def test_every_kind_is_laid_out_as_what_it_is(
    guide: Flask, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    make_likely(monkeypatch, 0.9, 0.95)
    page = guide.test_client().get(f"/en/search?q={QUESTIONS[kind]}").text
    box = page[page.index(BOX) :].partition("</section>")[0]
    heading, _ = PLACE[kind]
    assert f'<p class="quoted-heading">{heading}</p>' in box
    assert skeleton(LAID_OUT[kind]) in skeleton(box)
    assert f'<a href="{ADDRESS}' in box


def test_what_is_too_long_to_quote_has_no_box(
    guide: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_likely(monkeypatch, 0.9, 0.95)
    page = guide.test_client().get(f"/en/search?q={TOO_LONG}").text
    assert BOX not in page
    assert f"{ADDRESS}#tuning" in page
