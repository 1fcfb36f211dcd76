"""Search and completions over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.support.libraries import api_library
from tests.support.libraries.api_library import COURIER, REFUND
from tests.support.web.api_requests import V1, get, ids


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
    assert set(found) == {
        *("data", "page", "query", "locale", "locale_detected", "repair", "mode", "degraded"),
        *("took_ms", "search_id", "index_version"),
    }
    assert set(found["data"][0]) == {
        *("id", "slug", "locale", "title", "url", "excerpt", "category", "section", "tags"),
        *("updated_at", "score", "passage", "highlights"),
    }


def test_highlights_are_segments_and_code_stays_text(client: FlaskClient) -> None:
    first = get(client, "/search?q=not+bold")["data"][0]
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


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=когда вернутся деньги на карту&locale=en", ("ru", True)),
        ("q=when does the money come back&locale=ru", ("en", True)),
        ("q=refund card&locale=en", ("en", False)),
        ("q=деньги на карту&locale=ru", ("ru", False)),
        ("q=&locale=ru", ("ru", False)),
    ],
)
def test_words_are_searched_in_their_own_language(
    client: FlaskClient, query: str, expected: tuple[str, bool]
) -> None:
    found = get(client, f"/search?{query}")
    assert (found["locale"], found["locale_detected"]) == expected
    assert {row["locale"] for row in found["data"][:1]} <= {expected[0]}


def test_a_language_to_filter_by_is_searched_whatever_the_words(client: FlaskClient) -> None:
    found = get(client, "/search?q=деньги на карту&locale=en&language=en")
    assert (found["locale"], found["locale_detected"]) == ("en", False)
    assert {row["locale"] for row in found["data"]} <= {"en"}


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
