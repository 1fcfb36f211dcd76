"""The API over HTTP: site, categories, other origins, without parts."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from tests.support.libraries import api_library
from tests.support.libraries.api_library import REFUND
from tests.support.web.api_requests import V1, get

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
