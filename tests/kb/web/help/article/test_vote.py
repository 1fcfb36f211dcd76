"""Votes over HTTP: given, changed, withdrawn, refused."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kb.errors import DatabaseUnavailable
from kb.feedback import votes
from kb.feedback.votes import tally
from kb.web.services import EXTENSION
from tests.support.libraries.site_library import REFUND
from tests.support.web.page_reader import REFUND_PAGE, Reader, read

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def vote(client: FlaskClient, **form: str) -> TestResponse:
    return client.post(f"/ru/vote/{REFUND}", data=form, headers=SAME_ORIGIN)


def test_vote_leads_back_and_stays_visible(client: FlaskClient) -> None:
    response = vote(client, value="yes")
    assert (response.status_code, response.headers["Location"]) == (303, f"{REFUND_PAGE}#helpful")
    page = client.get(REFUND_PAGE)
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in page.headers
    assert Reader(page).one("button", **{"aria-pressed": "true"})["value"] == "yes"


def test_own_vote_is_not_shown_to_others(app: Flask, client: FlaskClient) -> None:
    vote(client, value="yes")
    other = app.test_client().get(REFUND_PAGE)
    assert other.headers["Cache-Control"] == "public, max-age=60"
    assert "Cookie" in other.headers["Vary"]
    assert not Reader(other).all("button", **{"aria-pressed": "true"})


def test_vote_can_be_changed_explained_and_withdrawn(app: Flask, client: FlaskClient) -> None:
    before = tally(app.extensions[EXTENSION].database, REFUND)
    vote(client, value="yes")
    vote(client, value="no")
    assert read(client, REFUND_PAGE).all("textarea", name="comment")
    vote(client, value="no", reason="unclear", comment="Какой банк?")
    page = read(client, REFUND_PAGE)
    assert page.one("input", type="radio", value="unclear", checked="")
    assert "Какой банк?" in page.text
    assert tally(app.extensions[EXTENSION].database, REFUND).down == before.down + 1
    vote(client, value="withdraw")
    assert not read(client, REFUND_PAGE).all("button", **{"aria-pressed": "true"})
    assert tally(app.extensions[EXTENSION].database, REFUND) == before


def test_script_gets_json_for_the_same_vote(client: FlaskClient) -> None:
    headers = SAME_ORIGIN | {"Accept": "application/json"}
    response = client.post(f"/ru/vote/{REFUND}", data={"value": "no"}, headers=headers)
    assert response.get_json() == {"vote": "no"}
    assert response.headers["Cache-Control"] == "private, no-store"


def test_comment_that_is_too_long_is_kept_for_shortening(client: FlaskClient) -> None:
    response = vote(client, value="no", reason="other", comment="я" * 1001)
    assert response.status_code == 400
    page = Reader(response)
    assert "я" * 1001 in page.text
    assert page.one("input", type="radio", value="other", checked="")
    assert "1000" in page.text
    assert not read(client, REFUND_PAGE).all("button", **{"aria-pressed": "true"})


def test_comment_of_full_length_with_line_ends_fits(client: FlaskClient) -> None:
    # Browsers count a line end as one character and send two.
    comment = "\r\n".join(["я" * 99] * 10)
    assert vote(client, value="no", comment=comment).status_code == 303


@pytest.mark.parametrize(
    "form",
    [{}, {"value": "maybe"}, {"value": "no", "reason": "x"}, {"value": "no", "comment": "\x00"}],
)
def test_broken_vote_is_refused_and_not_stored(
    app: Flask, client: FlaskClient, form: dict[str, str]
) -> None:
    before = tally(app.extensions[EXTENSION].database, REFUND)
    response = vote(client, **form)
    assert response.status_code == 400
    assert "Set-Cookie" not in response.headers
    assert tally(app.extensions[EXTENSION].database, REFUND) == before


def test_vote_from_another_site_changes_nothing(app: Flask, client: FlaskClient) -> None:
    before = tally(app.extensions[EXTENSION].database, REFUND)
    response = client.post(
        f"/ru/vote/{REFUND}", data={"value": "no"}, headers={"Origin": "https://evil.example"}
    )
    assert response.status_code == 403
    assert "Запрос не принят" in Reader(response).text
    assert tally(app.extensions[EXTENSION].database, REFUND) == before


def test_vote_on_unknown_article_is_not_found(client: FlaskClient) -> None:
    response = client.post("/ru/vote/qqqqq", data={"value": "yes"}, headers=SAME_ORIGIN)
    assert response.status_code == 404


def test_get_does_not_vote(client: FlaskClient) -> None:
    assert client.get(f"/ru/vote/{REFUND}?value=yes").status_code == 405


def test_without_database_articles_are_read_and_votes_refused(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    vote(client, value="yes")

    def away(*_: object, **__: object) -> None:
        raise DatabaseUnavailable("away")

    monkeypatch.setattr(votes, "vote_of", away)
    monkeypatch.setattr(votes, "record", away)
    page = client.get(REFUND_PAGE)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-store"
    refused = vote(client, value="no")
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
