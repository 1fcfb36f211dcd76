"""The API over HTTP, on a small built site."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.errors import DatabaseUnavailable
from kb.feedback import votes
from search.ranking import calibration as calibration_module
from search.ranking.calibration import POLICY_VERSION
from search.ranking.confidence import Confidence
from tests.support import api_library
from tests.support.api_library import CARE, COURIER, REFUND, RETIRED, RUSSIAN_ONLY

V1 = "/api/v1"
ENDLESS = base64.urlsafe_b64encode(b"[1" + b"0" * 400 + b',"x"]').decode()
"""A cursor with a number that no float holds."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    root: Path = tmp_path_factory.mktemp("api")
    api_library.build(root)
    app = api_library.application(root, contact_email="help@example.com")
    api_library.wait_for_encoder(app)
    yield app
    api_library.close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def ids(document: dict[str, Any]) -> list[str]:
    return [entry["id"] for entry in document["data"]]


def get(client: FlaskClient, path: str, status: int = 200) -> Any:
    response = client.get(V1 + path)
    assert response.status_code == status, response.text
    return response.json


def ask(client: FlaskClient, status: int = 200, **body: Any) -> Any:
    response = client.post(V1 + "/suggest", json=body)
    assert response.status_code == status, response.text
    return response.json


DOCUMENTED = (
    *("api.", "suggest_api.", "feedback_api.", "handoff_api.", "widget_api.", "agent_api."),
    *("docs.", "operations."),
)


def test_every_route_is_documented(app: Flask) -> None:
    documented = (Path(__file__).parents[4] / "docs" / "api.md").read_text(encoding="utf-8")
    routes = {
        rule.rule.removeprefix(V1).replace("<article>", "{id}")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(DOCUMENTED) and rule.rule != "/problems/<slug>"
    }
    assert len(routes) > 8
    assert {route for route in routes if route not in documented} == set()


# --- search


def test_search_finds_the_article_with_its_passage(client: FlaskClient) -> None:
    found = get(client, "/search?q=refund+card")
    first = found["data"][0]
    assert first["id"] == f"art_{REFUND}"
    assert first["url"] == "http://localhost/en/faq/returns/refund-timing#card"
    assert first["passage"]["heading"] == "Refund to a card"
    assert {"t": "card", "m": True} in first["highlights"]
    assert first["category"] == {"id": "cat_faq-returns", "title": "Returns"}
    assert 0 <= first["score"] <= 1
    assert found["query"] == "refund card"
    assert found["mode"] == "hybrid"
    assert found["degraded"] is False
    assert found["page"]["limit"] == 10
    assert found["page"]["offset"] == 0
    assert found["search_id"].startswith("sch_")


def test_search_shows_exactly_the_documented_fields(client: FlaskClient) -> None:
    found = get(client, "/search?q=refund")
    assert set(found["data"][0]) == {
        *("id", "slug", "locale", "title", "url", "excerpt", "category", "section", "tags"),
        *("updated_at", "score", "passage", "highlights"),
    }


def test_highlights_are_segments_and_code_stays_text(client: FlaskClient) -> None:
    first = get(client, "/search?q=refunds+reach+the+card")["data"][0]
    text = "".join(segment["t"] for segment in first["highlights"])
    assert "<b>not bold</b>" in text


@pytest.mark.parametrize(
    "q", ["", "%20%20", "*", "[a TO z]", "field:x", "((((", "NOT NOT", "%00", "%F0"]
)
def test_any_text_is_a_valid_query(client: FlaskClient, q: str) -> None:
    get(client, f"/search?q={q}")
    get(client, f"/autocomplete?q={q}")


def test_without_a_query_nothing_is_found(client: FlaskClient) -> None:
    assert get(client, "/search")["data"] == []


def test_search_repairs_what_was_typed_unless_told_not_to(client: FlaskClient) -> None:
    asked = {"q": "jgkfnf", "locale": "ru"}
    body = client.get("/api/v1/search", query_string=asked).get_json()
    assert body["query"] == "jgkfnf"
    assert body["repair"] == {"query": "оплата", "kinds": ["layout"]}
    asked["verbatim"] = "true"
    assert client.get("/api/v1/search", query_string=asked).get_json()["repair"] is None


def test_search_filters_by_section_and_category(client: FlaskClient) -> None:
    assert ids(get(client, "/search?q=refund+courier&section=guides")) == ["art_r6b2t"]
    assert ids(get(client, "/search?q=courier&category=cat_faq-delivery")) == [f"art_{COURIER}"]
    assert ids(get(client, "/search?q=courier&category=delivery")) == [f"art_{COURIER}"]
    assert ids(get(client, "/search?q=courier&category=cat_faq-nothing")) == []


def test_search_filters_by_language(client: FlaskClient) -> None:
    both = get(client, "/search?q=refund+card&locale=ru")
    assert {row["locale"] for row in both["data"]} == {"ru", "en"}
    only = get(client, "/search?q=refund+card&locale=ru&language=en")
    assert {row["locale"] for row in only["data"]} == {"en"}
    assert get(client, "/search?q=refund&language=xx")["data"] == []


def test_search_pages_by_offset(client: FlaskClient) -> None:
    whole = ids(get(client, "/search?q=refund+courier+item"))
    window = get(client, "/search?q=refund+courier+item&limit=2&offset=1")
    assert len(whole) > 3
    assert ids(window) == whole[1:3]
    assert window["page"] == {"limit": 2, "offset": 1, "total": len(whole)}


def test_search_prefers_the_readers_language(client: FlaskClient) -> None:
    first = get(client, "/search?q=доставка+курьером&locale=ru-RU")["data"][0]
    assert (first["id"], first["locale"]) == (f"art_{COURIER}", "ru")
    assert first["url"].startswith("http://localhost/ru/")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=21", "/limit"),
        ("limit=0", "/limit"),
        ("limit=ten", "/limit"),
        ("limit=1_0", "/limit"),
        ("limit=", "/limit"),
        ("offset=201", "/offset"),
        ("offset=-1", "/offset"),
        ("mode=magic", "/mode"),
        ("section=admin", "/section"),
        ("locale=de", "/locale"),
    ],
)
def test_a_wrong_parameter_is_named(client: FlaskClient, query: str, pointer: str) -> None:
    problem = get(client, f"/search?q=x&{query}", status=422)
    assert problem["code"] == "validation_failed"
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


def test_the_first_of_repeated_parameters_counts_and_unknown_ones_do_not(
    client: FlaskClient,
) -> None:
    found = get(client, "/search?q=refund&q=courier&limit=1&limit=20&colour=red&lIMIT=7")
    assert found["query"] == "refund"
    assert found["page"]["limit"] == 1


def test_what_somebody_looked_for_is_in_no_shared_cache(client: FlaskClient) -> None:
    for path in ("/search?q=refund", "/autocomplete?q=ref"):
        assert client.get(V1 + path).headers["Cache-Control"] == "private, max-age=60"


# --- autocomplete


def test_autocomplete_offers_titles_and_headings(client: FlaskClient) -> None:
    data = get(client, "/autocomplete?q=refu")["data"]
    assert {entry["kind"] for entry in data} == {"title", "heading"}
    assert all(set(entry) == {"text", "url", "kind", "title", "locale"} for entry in data)
    first = data[0]
    assert any(segment["m"] for segment in first["text"])
    assert first["url"].startswith("http://localhost/en/faq/returns/refund-timing")
    assert len(get(client, "/autocomplete?q=refu&limit=1")["data"]) == 1


def test_addresses_are_those_of_the_public_url(tmp_path: Path) -> None:
    api_library.build(tmp_path)
    app = api_library.application(tmp_path, public_url="https://help.example.com")
    try:
        data = app.test_client().get(V1 + "/autocomplete?q=refu").get_json()["data"]
    finally:
        api_library.close(app)
    assert data[0]["url"].startswith("https://help.example.com/en/")


# --- articles


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


# --- site and categories


def test_the_site_tells_its_languages(client: FlaskClient) -> None:
    site = get(client, "/site")
    assert site["locales"] == ["en", "ru"]
    assert site["default_locale"] == "en"
    assert site["contact"] == {"email": "help@example.com"}


def test_categories_are_a_tree_in_the_asked_language(client: FlaskClient) -> None:
    tree = get(client, "/categories?locale=ru")["data"]
    assert [section["id"] for section in tree] == ["sec_faq", "sec_guides"]
    returns = next(c for c in tree[0]["categories"] if c["slug"] == "returns")
    assert returns["id"] == "cat_faq-returns"
    assert returns["title"] == "Возврат"
    assert returns["articles"] == 3
    assert returns["url"] == "http://localhost/ru/faq/returns/"


# --- suggest


def test_suggest_needs_only_a_message(client: FlaskClient) -> None:
    found = ask(client, message="when does the refund reach my card")
    assert found["suggestion_id"].startswith("sug_")
    assert found["results"][0]["article"]["id"] == f"art_{REFUND}"
    assert [result["rank"] for result in found["results"]] == [1, 2, 3]
    assert found["results"][0]["article"]["path"] == ["Questions and answers", "Returns"]
    assert found["decision"]["policy"] == {
        "version": POLICY_VERSION,
        "calibration": "default",
        "labels": 0,
        "degraded": False,
        "stage": "hybrid",
    }
    assert found["decision"]["thresholds"] == {"answer": 0.76, "offer": 0.45}
    assert found["handoff"]["available"] is True
    assert (found["handoff"]["channel"], found["handoff"]["email"]) == ("email", "help@example.com")


def test_suggest_shows_exactly_the_documented_fields(client: FlaskClient) -> None:
    found = ask(client, message="refund card")
    assert set(found) == {
        *("suggestion_id", "decision", "answer", "results", "handoff"),
        *("interaction_token", "expires_at", "took_ms", "index_version"),
    }
    assert set(found["results"][0]) == {"rank", "article", "confidence", "passage", "highlights"}


def test_the_answer_is_copied_from_the_passage(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration_module, "confidence", lambda *_: Confidence(0.9, 0.95))
    found = ask(client, message="refunds reach the card in how many days")
    assert found["decision"]["action"] == "answer"
    answer = found["answer"]
    assert answer["type"] == "extractive"
    assert answer["article_id"] == found["results"][0]["article"]["id"]
    assert answer["text"] in found["results"][0]["passage"]["text"]


def test_a_greeting_is_not_searched_for(client: FlaskClient) -> None:
    found = ask(client, message="Hello!", locale="en")
    assert found["decision"]["action"] == "handoff"
    assert found["decision"]["reason"] == "greeting"
    assert (found["results"], found["answer"]) == ([], None)


def test_suggest_takes_the_whole_contract_and_ignores_more(client: FlaskClient) -> None:
    found = ask(
        client,
        message="and the courier?",
        locale="en-GB",
        session_id="ses_b1d0c6f2a94e",
        history=[{"author": "user", "text": "delivery"}, {"author": "bot", "text": "lidar"}],
        context={
            "page_url": "https://shop.example.com/orders/17?token=x",
            "page_title": "Order",
            "attributes": {"plan": "pro", "orders": 3, "vip": True, "none": None},
        },
        filters={"categories": ["cat_faq-delivery"], "tags": []},
        exclude_articles=["art_1A9Z", f"art_{REFUND}"],
        limit=1,
        include=["passage"],
        store=False,
        tomorrow={"a": 1},
    )
    assert [r["article"]["id"] for r in found["results"]] == [f"art_{COURIER}"]


def test_null_means_absent(client: FlaskClient) -> None:
    ask(client, message="refund", locale=None, history=None, context=None, filters=None, limit=None)
    assert ask(client, 422, message=None)["errors"][0]["code"] == "required"


def test_passages_can_be_left_out(client: FlaskClient) -> None:
    assert ask(client, message="refund", include=[])["results"][0]["passage"] is None


def test_a_foreign_locale_is_served_with_a_reason(client: FlaskClient) -> None:
    assert ask(client, message="refund card", locale="de")["decision"]["reason"] == (
        "unsupported_locale"
    )


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/message", "required"),
        ({"message": ""}, "/message", "too_short"),
        ({"message": "x" * 2001}, "/message", "too_long"),
        ({"message": 17}, "/message", "wrong_type"),
        ({"message": "x", "limit": 0}, "/limit", "out_of_range"),
        ({"message": "x", "limit": 6}, "/limit", "out_of_range"),
        ({"message": "x", "limit": "3"}, "/limit", "wrong_type"),
        ({"message": "x", "limit": True}, "/limit", "wrong_type"),
        ({"message": "x", "limit": 2.5}, "/limit", "wrong_type"),
        ({"message": "x", "store": "no"}, "/store", "wrong_type"),
        (
            {"message": "x", "history": [{"author": "user", "text": "y"}] * 11},
            "/history",
            "too_long",
        ),
        ({"message": "x", "history": [{"text": 1}]}, "/history/0/author", "required"),
        ({"message": "x", "history": "hello"}, "/history", "wrong_type"),
        ({"message": "x", "filters": {"tags": [1]}}, "/filters/tags/0", "wrong_type"),
        (
            {"message": "x", "context": {"attributes": {"a": {"b": 1}}}},
            "/context/attributes",
            "invalid_value",
        ),
        (
            {"message": "x", "context": {"attributes": {"a": "y" * 4097}}},
            "/context/attributes",
            "invalid_value",
        ),
        (
            {"message": "x", "context": {"attributes": {str(n): n for n in range(21)}}},
            "/context/attributes",
            "too_long",
        ),
        ([], "", "wrong_type"),
        ("text", "", "wrong_type"),
    ],
)
def test_a_wrong_field_is_named(client: FlaskClient, body: Any, pointer: str, code: str) -> None:
    response = client.post(V1 + "/suggest", json=body)
    assert response.status_code == 422
    error = response.get_json()["errors"][0]
    assert (error["pointer"], error["code"]) == (pointer, code)


def test_limits_of_the_contract_are_inclusive(client: FlaskClient) -> None:
    ask(client, message="x" * 2000, limit=5, history=[{"author": "user", "text": "y"}] * 10)
    ask(client, message="x", context={"attributes": {str(n): n for n in range(20)}})


def test_a_problem_repeats_nothing_of_what_was_sent(client: FlaskClient) -> None:
    response = client.post(V1 + "/suggest", json={"message": "canary" * 400, "limit": "canary"})
    assert "canary" not in response.text


def test_suggest_is_never_kept(client: FlaskClient) -> None:
    response = client.post(V1 + "/suggest", json={"message": "refund"})
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


# --- other origins


def test_everybody_may_read_what_is_public(client: FlaskClient) -> None:
    for path in ("/search?q=x", f"/articles/{REFUND}", "/site", "/nope"):
        headers = client.get(V1 + path, headers={"Origin": "https://shop.example.com"}).headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in headers
        assert "X-Request-Id" in headers["Access-Control-Expose-Headers"]


def test_pages_have_no_such_permission(client: FlaskClient) -> None:
    headers = client.get("/en/", headers={"Origin": "https://shop.example.com"}).headers
    assert "Access-Control-Allow-Origin" not in headers


def test_a_problem_can_be_read_by_the_page_that_may_ask(client: FlaskClient) -> None:
    response = client.post(V1 + "/suggest", json={})
    assert response.status_code == 422
    assert response.headers["Access-Control-Allow-Origin"] == api_library.SHOP


# --- without parts


def test_without_an_encoder_answers_are_marked(tmp_path: Path) -> None:
    api_library.build(tmp_path)
    app = api_library.application(tmp_path)
    library = api_library.services_of(app).library
    try:
        api_library.wait_for_encoder(app)
        assert library._fence is not None
        library._fence.close()
        client = app.test_client()
        found = client.get(V1 + "/search?q=refund")
        suggested = client.post(V1 + "/suggest", json={"message": "refund card"}).get_json()
    finally:
        api_library.close(app)
    assert found.get_json()["degraded"] is True
    assert found.get_json()["mode"] == "lexical"
    assert found.headers["Cache-Control"] == "no-store"
    assert suggested["decision"]["policy"]["degraded"] is True
    assert suggested["results"][0]["article"]["id"] == f"art_{REFUND}"


def test_without_an_index_search_is_unavailable_until_there_is_one(tmp_path: Path) -> None:
    app = api_library.application(tmp_path)
    client = app.test_client()
    try:
        for response in (
            client.get(V1 + "/search?q=x"),
            client.get(V1 + "/articles"),
            client.post(V1 + "/suggest", json={"message": "x"}),
        ):
            assert response.status_code == 503
            assert response.get_json()["code"] == "search_unavailable"
            assert int(response.headers["Retry-After"]) > 0
            assert response.headers["Cache-Control"] == "no-store"
        api_library.build(tmp_path)
        api_library.services_of(app).library.refresh()
        assert client.get(V1 + "/search?q=refund").status_code == 200
    finally:
        api_library.close(app)


def test_limits_trip_over_http_whatever_the_spelling(tmp_path: Path) -> None:
    api_library.build(tmp_path)
    app = api_library.application(tmp_path, rate_limits=True)
    client = app.test_client()
    try:
        spellings = ("/api/v1/search", "/api/v1/%73earch", "/api//v1/search")
        for number in range(60):
            path = f"{spellings[number % 3]}?q=x"
            forged = {"X-Forwarded-For": f"10.0.0.{number}"}
            assert client.get(path, headers=forged, follow_redirects=True).status_code == 200
        refused = client.get(V1 + "/search?q=x", headers={"X-Forwarded-For": "10.9.9.9"})
    finally:
        api_library.close(app)
    assert refused.status_code == 429
    document = refused.get_json()
    assert document["code"] == "rate_limited"
    assert document["violated-policies"] == ["search"]
    assert document["type"] == "https://iana.org/assignments/http-problem-types#quota-exceeded"
    assert int(refused.headers["Retry-After"]) > 0
    assert "Retry-After" in refused.headers["Access-Control-Expose-Headers"]
