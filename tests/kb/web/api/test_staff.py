"""`GET /api/v1/agent/search`: who may ask, what is told, and what is never shared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.accounts import api_keys, staff
from kb.accounts.api_keys import KeyKind
from tests.support.libraries import agent_library
from tests.support.libraries.agent_library import (
    COURIER,
    EMAIL,
    HANDOFF,
    NOW,
    PASSWORD,
    REFUND,
    SECRET,
    close,
    services_of,
    sign_in,
)

SEARCH = "/api/v1/agent/search"
PAGE = "https://shop.example"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = agent_library.built(tmp_path_factory.mktemp("agent-api"))
    yield app
    close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def made(app: Flask, kind: KeyKind, *scopes: str) -> dict[str, str]:
    """Headers with a new key."""
    origins = [PAGE] if kind == "pk" else []
    database = services_of(app).database
    _, text = api_keys.create(
        database, kind=kind, site="desk", origins=origins, scopes=scopes, now=NOW
    )
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture(scope="module")
def key(app: Flask) -> dict[str, str]:
    return made(app, "sk", "agent.search")


def ask(client: FlaskClient, headers: dict[str, str], **query: Any) -> Any:
    response = client.get(SEARCH, headers=headers, query_string={"q": "возврат денег"} | query)
    assert response.status_code == 200, response.text
    return response.get_json()


def of(answer: Any, article_id: str) -> Any:
    return next(one for one in answer["data"] if one["article"]["id"] == f"art_{article_id}")


# --- who may ask


def code(response: Any) -> tuple[int, str]:
    return response.status_code, response.get_json()["code"]


def test_without_credentials_nothing_is_told(client: FlaskClient) -> None:
    response = client.get(SEARCH, query_string={"q": "возврат"})
    assert code(response) == (401, "key_missing")
    assert response.headers["Cache-Control"] == "no-store"
    assert "zyx" not in response.text


def test_keys_need_the_scope_and_no_page_may_use_them(
    app: Flask, client: FlaskClient, key: dict[str, str]
) -> None:
    for headers, expected in (
        ({"Authorization": "Bearer sk_nobody"}, (401, "key_invalid")),
        ({"Authorization": "Basic eDp5"}, (401, "key_missing")),
        (made(app, "sk", "suggest"), (403, "scope_missing")),
        (made(app, "pk") | {"Origin": PAGE}, (403, "scope_missing")),
        (key | {"Origin": PAGE}, (403, "secret_key_in_browser")),
    ):
        assert code(client.get(f"{SEARCH}?q=x", headers=headers)) == expected
    assert client.get(f"{SEARCH}?q=x", headers=key).status_code == 200


def test_a_signed_in_agent_may_ask_until_the_session_ends(app: Flask) -> None:
    client = app.test_client()
    sign_in(client)
    assert ask(client, {})["data"]
    account = next(one for one in staff.accounts(services_of(app).database) if one.email == EMAIL)
    staff.end_sessions(services_of(app).database, account.id)
    assert code(client.get(SEARCH)) == (401, "key_missing")


def test_a_wrong_key_is_refused_even_beside_a_session(client: FlaskClient) -> None:
    sign_in(client, email=EMAIL, password=PASSWORD)
    headers = {"Authorization": "Bearer sk_nobody"}
    assert code(client.get(SEARCH, headers=headers)) == (401, "key_invalid")


@pytest.mark.parametrize("origin", [PAGE, "http://localhost", "null", "https://evil.example"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_no_page_of_another_origin_reads_answers(
    client: FlaskClient, origin: str, method: str
) -> None:
    sign_in(client)
    response = client.open(f"{SEARCH}?q=x", method=method, headers={"Origin": origin})
    assert not [name for name in dict(response.headers) if name.startswith("Access-Control")]
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in response.headers["Cache-Control"] or method == "OPTIONS"


# --- what is told


def test_the_answer_has_the_shape_of_the_contract(client: FlaskClient, key: dict[str, str]) -> None:
    answer = ask(client, key, q="возврат на карту", locale="ru")
    assert answer.keys() == {
        *("query", "locale", "locale_detected", "data", "page", "degraded", "took_ms"),
    }
    assert (answer["locale"], answer["locale_detected"]) == ("ru", False)
    assert answer["query"] == "возврат на карту"
    assert answer["page"] == {"limit": 10, "offset": 0, "total": len(answer["data"])}
    found = of(answer, REFUND)
    link = f"http://localhost/a/{REFUND}/ru#%D0%B2%D0%BE%D0%B7%D0%B2%D1%80%D0%B0%D1%82-%D0%BD%D0%B0-%D0%BA%D0%B0%D1%80%D1%82%D1%83"
    assert found == {
        "article": {
            "id": f"art_{REFUND}",
            "title": "Когда вернутся деньги",
            "locale": "ru",
            "visibility": "public",
            "status": "published",
            "url": "http://localhost/ru/faq/returns/refund#возврат-на-карту",
            "updated_at": found["article"]["updated_at"],
        },
        "score": found["score"],
        "passage": {
            "heading": "Возврат на карту",
            "anchor": "возврат-на-карту",
            "text": "Банк зачисляет деньги до десяти дней.",
        },
        "highlights": found["highlights"],
        "insert": {
            "text": f"Возврат на карту\nБанк зачисляет деньги до десяти дней.\n\n{link}",
            "markdown": f"[Когда вернутся деньги]({link})",
        },
        "already_shown": False,
    }
    assert 0 <= found["score"] <= 1
    assert {frozenset(one) for one in found["highlights"]} == {frozenset(("t", "m"))}


def test_without_a_locale_links_leave_the_language_to_the_customer(
    client: FlaskClient, key: dict[str, str]
) -> None:
    found = of(ask(client, key), REFUND)
    assert f"(http://localhost/a/{REFUND}#" in found["insert"]["markdown"]


def test_a_question_is_searched_in_its_own_language(
    client: FlaskClient, key: dict[str, str]
) -> None:
    answer = ask(client, key, q="когда вернутся деньги на карту", locale="en")
    assert (answer["locale"], answer["locale_detected"]) == ("ru", True)
    found = of(answer, REFUND)
    assert found["article"]["locale"] == "ru"
    assert f"/a/{REFUND}/ru" in found["insert"]["text"]


def test_internal_articles_have_nothing_to_insert(client: FlaskClient, key: dict[str, str]) -> None:
    found = of(ask(client, key), SECRET)
    assert found["insert"] is None
    assert found["article"]["visibility"] == "internal"
    assert found["article"]["url"].startswith(f"http://localhost/agent/a/{SECRET}?reader=ru")


@pytest.mark.parametrize(
    ("visibility", "expected"),
    [("all", {"public", "internal"}), ("public", {"public"}), ("internal", {"internal"})],
)
def test_one_kind_can_be_asked_for(
    client: FlaskClient, key: dict[str, str], visibility: str, expected: set[str]
) -> None:
    answer = ask(client, key, visibility=visibility)
    assert {one["article"]["visibility"] for one in answer["data"]} == expected
    assert answer["page"]["total"] == len(answer["data"])


def test_what_the_customer_has_seen_is_marked(client: FlaskClient, key: dict[str, str]) -> None:
    answer = ask(client, key, handoff_id=HANDOFF)
    shown = {one["article"]["id"] for one in answer["data"] if one["already_shown"]}
    assert f"art_{REFUND}" in shown
    assert shown <= {f"art_{REFUND}", f"art_{COURIER}"}
    for unknown in ("ho_none", "", "x" * 900, "\0"):
        assert not any(one["already_shown"] for one in ask(client, key, handoff_id=unknown)["data"])


def test_windows_of_the_ranking_join_up(client: FlaskClient, key: dict[str, str]) -> None:
    whole = [one["article"]["id"] for one in ask(client, key, limit=20)["data"]]
    parts = [ask(client, key, limit=1, offset=number)["data"] for number in range(len(whole))]
    assert [one["article"]["id"] for part in parts for one in part] == whole


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=21", "limit=x", "offset=-1", "offset=201", "visibility=draft"),
        *("visibility=", "locale=de"),
    ],
)
def test_wrong_parameters_are_named(client: FlaskClient, key: dict[str, str], query: str) -> None:
    response = client.get(f"{SEARCH}?q=x&{query}", headers=key)
    assert code(response) == (422, "validation_failed")
    assert response.get_json()["errors"][0]["pointer"] == f"/{query.partition('=')[0]}"


@pytest.mark.parametrize("text", ["", "  ", "*", '"', "x" * 5000, "<b>", "\0\ud7ff", "%"])
def test_any_text_can_be_asked(client: FlaskClient, key: dict[str, str], text: str) -> None:
    assert json.dumps(ask(client, key, q=text))


def test_answers_are_kept_by_nobody(client: FlaskClient, key: dict[str, str]) -> None:
    response = client.get(f"{SEARCH}?q=x", headers=key)
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    assert "Set-Cookie" not in response.headers


def test_the_limit_is_that_of_the_contract(tmp_path_factory: pytest.TempPathFactory) -> None:
    app = agent_library.built(tmp_path_factory.mktemp("limited"), rate_limits=True)
    try:
        response = app.test_client().get(SEARCH)
        assert '"agent";q=600;w=60' in response.headers["RateLimit-Policy"]
    finally:
        close(app)


# --- nobody else

ROUTES = (
    "/ru/search?q={q}",
    "/ru/search?q={q}&section=faq&category=returns",
    "/api/v1/search?q={q}&locale=ru",
    "/api/v1/autocomplete?q={q}&locale=ru",
    "/api/v1/articles?limit=100&locale=ru",
    "/api/v1/articles/{id}",
    "/api/v1/articles/art_{id}?format=markdown",
    "/api/v1/articles/exceptions",
    "/api/v1/articles/{id}/related",
    "/api/v1/categories?locale=ru",
    "/api/v1/agent/search?q={q}",
    "/api/v1/agent/search?q={q}&visibility=internal",
    "/a/{id}",
    "/a/{id}/ru",
    "/agent?q={q}",
    "/agent?q={q}&part=results",
    "/agent/a/{id}",
    "/agent/sign-in?next=/agent/a/{id}",
    "/ru/faq/returns/",
    "/ru/faq/returns/exceptions",
    "/ru/",
    "/media/internal.json",
    "/static/internal.json",
    "/openapi.json",
    "/readyz",
    "/metrics",
)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("text", ["Спорный возврат", "старший смены", "zyxsecret", SECRET])
def test_without_credentials_no_route_tells_of_internal_articles(
    app: Flask, route: str, text: str
) -> None:
    services_of(app).staff_loaded()  # what staff read is open in this process
    client = app.test_client()
    asked = route.format(q=text, id=SECRET)
    response = client.get(asked, headers={"Accept-Language": "ru"})
    assert response.status_code < 500
    body = response.text
    for word in ("Спорный возврат денег", "старший смены, код", "zyxsecret"):
        assert word == text or word not in body, asked
    assert "кто-решает" not in body
