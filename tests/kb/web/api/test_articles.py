"""Articles over HTTP: one, lists, related ones."""

from __future__ import annotations

import base64

import pytest
from flask.testing import FlaskClient

from kb.errors import DatabaseUnavailable
from kb.feedback import votes
from tests.support.libraries.api_library import CARE, COURIER, REFUND, RETIRED, RUSSIAN_ONLY
from tests.support.web.api_requests import V1, get, ids

ENDLESS = base64.urlsafe_b64encode(b"[1" + b"0" * 400 + b',"x"]').decode()
"""A cursor with a number that no float holds."""


@pytest.mark.parametrize("name", [f"art_{REFUND}", REFUND, "refund-timing"])
def test_an_article_is_found_by_id_and_slug(client: FlaskClient, name: str) -> None:
    found = get(client, f"/articles/{name}")
    assert found["id"] == f"art_{REFUND}"
    assert found["format"] == "html"
    assert '<h2 id="card">' in found["content"]
    assert found["translations"] == ["en", "ru"]
    assert found["votes"] == {"up": 0, "down": 0}


def test_an_article_shows_exactly_the_documented_fields(client: FlaskClient) -> None:
    assert set(get(client, f"/articles/{REFUND}")) == {
        *("id", "slug", "locale", "title", "url", "excerpt", "category", "section", "tags"),
        *("updated_at", "votes", "format", "content", "translations"),
    }


def test_an_article_comes_as_markdown_with_absolute_links(client: FlaskClient) -> None:
    content = get(client, f"/articles/{REFUND}?format=markdown")["content"]
    assert "## Refund to a card" in content
    assert "in **3 to 10** days" in content
    assert "[delivery](http://localhost/en/faq/delivery/courier)" in content
    assert "- Visa & co\n- Mir" in content
    assert "```\n<b>not bold</b>\n```" in content


def test_an_article_comes_as_text(client: FlaskClient) -> None:
    content = get(client, f"/articles/{REFUND}?format=text")["content"]
    assert "Refunds reach the card in 3 to 10 days. See delivery." in content
    assert "**" not in content
    assert "<h2" not in content


def test_an_article_comes_in_the_asked_language_or_the_one_it_has(client: FlaskClient) -> None:
    assert get(client, f"/articles/{REFUND}?locale=ru")["title"] == "Когда вернутся деньги"
    assert get(client, f"/articles/{RUSSIAN_ONLY}?locale=en")["locale"] == "ru"


def test_a_former_slug_leads_to_the_present_address(client: FlaskClient) -> None:
    response = client.get(V1 + "/articles/money-back?format=text&locale=en&x=1")
    assert response.status_code == 301
    assert response.location == f"{V1}/articles/art_{REFUND}?locale=en&format=text"
    assert client.get(response.location).status_code == 200


def test_a_removed_article_is_gone_and_an_unknown_one_not_found(client: FlaskClient) -> None:
    assert get(client, f"/articles/art_{RETIRED}", status=410)["code"] == "article_removed"
    assert get(client, f"/articles/{RETIRED}", status=410)["code"] == "article_removed"
    assert get(client, "/articles/art_nope0", status=404)["code"] == "not_found"
    assert get(client, "/articles/art_nope0/related", status=404)["code"] == "not_found"


def test_articles_are_cached_and_revalidated(client: FlaskClient) -> None:
    first = client.get(V1 + f"/articles/{REFUND}")
    assert first.headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=600"
    again = client.get(V1 + f"/articles/{REFUND}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    other = client.get(V1 + f"/articles/{REFUND}?format=text")
    assert other.headers["ETag"] != first.headers["ETag"]


def test_articles_are_listed_latest_first_window_by_window(client: FlaskClient) -> None:
    seen: list[str] = []
    cursor = ""
    for _ in range(10):
        page = get(client, f"/articles?limit=2{cursor}")
        assert page["page"]["total"] == 4
        seen += ids(page)
        if page["page"]["next_cursor"] is None:
            break
        cursor = f"&cursor={page['page']['next_cursor']}"
    assert seen == [f"art_{COURIER}", f"art_{CARE}", f"art_{REFUND}", "art_r6b2t"]


def test_the_list_is_of_one_language(client: FlaskClient) -> None:
    assert f"art_{RUSSIAN_ONLY}" not in ids(get(client, "/articles"))
    assert f"art_{RUSSIAN_ONLY}" in ids(get(client, "/articles?locale=ru"))


def test_the_list_can_be_restricted(client: FlaskClient) -> None:
    assert ids(get(client, "/articles?updated_since=2026-11-03T00:00:00Z")) == [f"art_{COURIER}"]
    assert ids(get(client, "/articles?category=cat_guides-vega-r2")) == ["art_r6b2t"]
    assert ids(get(client, "/articles?section=guides")) == ["art_r6b2t"]


@pytest.mark.parametrize(
    "query",
    [
        *("cursor=x", "cursor=WzFd", "cursor=%00", "cursor=IA", f"cursor={ENDLESS}", "limit=101"),
        *("updated_since=yesterday", "updated_since=1700000000", "updated_since=2026-11-02"),
        "updated_since=2026-11-02T09:14:00",
    ],
)
def test_the_list_refuses_what_it_did_not_give(client: FlaskClient, query: str) -> None:
    assert get(client, f"/articles?{query}", status=422)["code"] == "validation_failed"


def test_related_articles_begin_with_those_the_author_named(client: FlaskClient) -> None:
    assert ids(get(client, f"/articles/{REFUND}/related")) == [
        f"art_{COURIER}",
        f"art_{CARE}",
        f"art_{RUSSIAN_ONLY}",
    ]
    assert len(get(client, f"/articles/{REFUND}/related?limit=1")["data"]) == 1


def test_votes_are_null_while_the_database_is_away(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise DatabaseUnavailable("down")

    monkeypatch.setattr(votes, "tallies", fail)
    assert get(client, f"/articles/{REFUND}")["votes"] is None
    assert get(client, "/articles")["data"][0]["votes"] is None
    assert get(client, "/search?q=refund")["data"]
