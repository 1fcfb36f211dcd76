"""The language of the pages for staff: chosen once, kept by the session, sent along by scripts."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.libraries.agent_library import FORM
from tests.support.repositories import ANNA, ARTICLE
from tests.support.web.article_form import opened, sent
from tests.support.web.editor_library import PASSWORD

PAGES = (
    "/staff/articles",
    "/staff/articles/new",
    f"/staff/articles/edit/{ARTICLE}",
    f"/staff/articles/review/{ARTICLE}",
    f"/staff/articles/history/{ARTICLE}",
    f"/staff/articles/place/{ARTICLE}",
    "/agent",
    "/agent/handoffs",
)


def lang_of(page: str) -> str:
    found = re.search(r'<html lang="([^"]*)"', page)
    return found[1] if found else ""


@pytest.mark.parametrize(("browser", "chosen"), [("en-US,en;q=0.9", "ru"), ("ru", "en")])
def test_a_language_that_was_chosen_stays(author: FlaskClient, browser: str, chosen: str) -> None:
    author.environ_base["HTTP_ACCEPT_LANGUAGE"] = browser
    assert lang_of(author.get("/staff/articles").text) == browser[:2]
    author.get(f"/staff/articles?lang={chosen}")
    assert [lang_of(author.get(page).text) for page in PAGES] == [chosen] * len(PAGES)
    missing = author.get("/staff/articles/edit/en/faq/none/none")
    assert (missing.status_code, lang_of(missing.text)) == (404, chosen)
    assert lang_of(author.get("/agent/a/none").text) == chosen
    assert lang_of(author.get("/staff/articles?lang=xx").text) == chosen


def test_scripts_ask_in_the_language_of_their_page(author: FlaskClient) -> None:
    page = author.get(f"/staff/articles/edit/{ARTICLE}?lang=en").text
    found = re.search(r'data-proof-url="([^"]*)"', page)
    assert found
    author.get("/staff/articles?lang=ru")  # in another tab
    fields = opened(author, ARTICLE) | {"body": "See [it](gone.md).\n"}
    answer = author.post(
        found[1],
        data=fields,
        content_type="multipart/form-data",
        headers=FORM | {"Accept": "application/json"},
    )
    assert "does not exist" in answer.get_json()["problemsPart"]
    assert lang_of(author.get("/staff/articles").text) == "ru"
    saved = sent(author, ARTICLE, fields, as_json=True)
    assert "Сохранено" in saved.get_json()["notice"]


def test_a_language_survives_signing_in_and_out(app: Flask) -> None:
    client = app.test_client()
    form = {"email": ANNA.email, "password": PASSWORD, "lang": "ru"}
    response = client.post("/agent/sign-in", data=form, headers=FORM)
    assert response.location == "/staff/articles"
    assert lang_of(client.get("/staff/articles").text) == "ru"
    out = client.post("/agent/sign-out", headers=FORM)
    assert lang_of(client.get(out.location).text) == "ru"


def test_strangers_get_no_cookie_for_a_language(app: Flask) -> None:
    assert "Set-Cookie" not in app.test_client().get("/agent/sign-in?lang=ru").headers
