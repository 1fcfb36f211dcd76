"""Suggestions over HTTP: the contract of the request and the reply."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from search.ranking.calibration import POLICY_VERSION
from search.ranking.confidence import default_model
from tests.support.libraries.api_library import COURIER, REFUND
from tests.support.likelihood import make_likely
from tests.support.web.api_requests import V1


def ask(client: FlaskClient, status: int = 200, **body: Any) -> Any:
    response = client.post(V1 + "/suggest", json=body)
    assert response.status_code == status, response.text
    return response.json


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
    model = default_model(0.1).bases["hybrid"]
    assert found["decision"]["thresholds"] == {
        "answer": min(1.0, model.answer_from),
        "offer": model.offer_from,
    }
    assert found["handoff"]["available"] is True
    assert (found["handoff"]["channel"], found["handoff"]["email"]) == ("email", "help@example.com")


def test_suggest_shows_exactly_the_documented_fields(client: FlaskClient) -> None:
    found = ask(client, message="refund card")
    assert set(found) == {
        *("suggestion_id", "decision", "answer", "results", "handoff"),
        *("locale", "locale_detected", "notice"),
        *("interaction_token", "expires_at", "took_ms", "index_version"),
    }
    assert set(found["results"][0]) == {"rank", "article", "confidence", "passage", "highlights"}


def test_the_answer_is_copied_from_the_passage(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_likely(monkeypatch, 0.9, 0.95)
    found = ask(client, message="refunds reach the card in how many days")
    assert found["decision"]["action"] == "answer"
    answer = found["answer"]
    assert answer["type"] == "extractive"
    assert answer["article_id"] == found["results"][0]["article"]["id"]
    assert found["results"][0]["passage"]["text"] in answer["text"]


def test_a_greeting_is_not_searched_for(client: FlaskClient) -> None:
    found = ask(client, message="Hello!", locale="en")
    assert found["decision"]["action"] == "handoff"
    assert found["decision"]["reason"] == "greeting"
    assert (found["results"], found["answer"]) == ([], None)


@pytest.mark.parametrize(
    ("message", "locale", "begins"),
    [
        ("the charger gave me a shock", "en", "If somebody"),
        ("заряжаю, а из розетки идёт дым", "en", "Если кто-то"),
        ("мой аккумулятор вздулся", "ru", "Если кто-то"),
    ],
)
def test_a_danger_has_a_line_on_safety_in_its_own_language(
    client: FlaskClient, message: str, locale: str, begins: str
) -> None:
    found = ask(client, message=message, locale=locale)
    assert (found["decision"]["action"], found["decision"]["reason"]) == ("handoff", "safety")
    assert found["notice"].startswith(begins)
    assert found["answer"] is None


@pytest.mark.parametrize(
    ("message", "locale", "expected"),
    [
        ("как вернуть деньги на карту", "en", ("ru", True)),
        ("how do I get my money back", "ru", ("en", True)),
        ("how do I get my money back", "en", ("en", False)),
        ("refund card", "ru", ("ru", False)),
    ],
)
def test_the_language_of_the_message_counts(
    client: FlaskClient, message: str, locale: str, expected: tuple[str, bool]
) -> None:
    found = ask(client, message=message, locale=locale)
    assert (found["locale"], found["locale_detected"]) == expected
    assert found["notice"] is None


def test_a_message_in_a_language_of_the_site_is_supported(client: FlaskClient) -> None:
    found = ask(client, message="когда вернутся деньги на карту", locale="de")
    assert found["locale"] == "ru"
    assert found["decision"]["reason"] != "unsupported_locale"


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
