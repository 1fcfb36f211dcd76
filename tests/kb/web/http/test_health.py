"""Alive, ready, counted: what operators and their tools see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.web.http.metrics import Metrics
from search.semantic.encoder_guard import EncoderState
from tests.support.libraries import api_library

TOKEN = "a-token-of-the-operator-in-32-bytes"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    root: Path = tmp_path_factory.mktemp("operations")
    api_library.build(root)
    app = api_library.application(root, metrics_token=TOKEN)
    api_library.wait_for_encoder(app)
    yield app
    api_library.close(app)


@pytest.fixture(autouse=True)
def _roomy_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.database.disk.used_share", lambda _: 0.5)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


FROM_OUTSIDE = {"REMOTE_ADDR": "203.0.113.9"}


def test_healthz_asks_nothing_but_the_process(tmp_path: Path) -> None:
    app = api_library.application(tmp_path)
    try:
        response = app.test_client().get("/healthz")
    finally:
        api_library.close(app)
    assert (response.status_code, response.text) == (200, "ok\n")
    assert response.headers["Cache-Control"] == "no-store"


def test_ready_with_all_parts(client: FlaskClient) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    document = response.get_json()
    assert document["status"] == "ready"
    assert document["reasons"] == []
    assert document["generation"]


def test_not_ready_without_an_index(tmp_path: Path) -> None:
    app = api_library.application(tmp_path)
    try:
        response = app.test_client().get("/readyz")
    finally:
        api_library.close(app)
    assert response.status_code == 503
    assert response.get_json()["status"] == "unavailable"
    assert "kb build" in response.get_json()["reasons"][0]


def test_degraded_without_an_encoder(tmp_path: Path) -> None:
    api_library.build(tmp_path, with_encoder=False)
    app = api_library.application(tmp_path)
    try:
        response = app.test_client().get("/readyz")
    finally:
        api_library.close(app)
    assert response.status_code == 200
    assert response.get_json()["status"] == "degraded"
    assert any("without an encoder" in reason for reason in response.get_json()["reasons"])


def test_without_a_database_the_site_reads_and_says_so(tmp_path: Path) -> None:
    api_library.build(tmp_path)
    nowhere = "postgresql://nobody@127.0.0.1:9/none"
    app = api_library.application(tmp_path, database_url=nowhere)
    client = app.test_client()
    try:
        ready = client.get("/readyz")
        pages = [
            client.get(path).status_code
            for path in ("/en/", "/en/faq/returns/refund-timing", "/en/search?q=refund")
        ]
        answers = client.post("/api/v1/suggest", json={"message": "refund"}).status_code
        vote = client.post(
            f"/en/vote/{api_library.REFUND}",
            data={"value": "yes"},
            headers={"Origin": "http://localhost"},
        )
        counts = client.get("/metrics").text
    finally:
        api_library.close(app)
    assert ready.status_code == 200
    assert any(reason.startswith("database:") for reason in ready.get_json()["reasons"])
    assert pages == [200, 200, 200]
    assert answers == 200
    assert vote.status_code == 503
    assert "otvet_database_up 0.0" in counts


def test_a_full_disk_is_told(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.database.disk.used_share", lambda _: 0.93)
    document = client.get("/readyz").get_json()
    assert document["status"] == "degraded"
    assert document["reasons"][0].startswith("disk: 93%")


def test_reasons_are_for_operators_only(client: FlaskClient) -> None:
    assert client.get("/readyz", environ_overrides=FROM_OUTSIDE).get_json() == {"status": "ready"}


@pytest.mark.parametrize(
    ("address", "headers", "is_shown"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("203.0.113.9", {}, False),
        ("203.0.113.9", {"Authorization": f"Bearer {TOKEN}"}, True),
        ("203.0.113.9", {"Authorization": f"Bearer {TOKEN}x"}, False),
        ("203.0.113.9", {"Authorization": "Bearer "}, False),
        ("203.0.113.9", {"Authorization": "Bearer ключ"}, False),
        ("203.0.113.9", {"X-Forwarded-For": "127.0.0.1"}, False),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, False),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, False),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.9"}, False),
        ("127.0.0.1", {"X-Real-IP": "203.0.113.9"}, False),
        ("", {}, False),
    ],
)
def test_metrics_are_shown_to_operators_only(
    client: FlaskClient, address: str, headers: dict[str, str], is_shown: bool
) -> None:
    encoded = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    response = client.get("/metrics", headers=encoded, environ_overrides={"REMOTE_ADDR": address})
    assert response.status_code == (200 if is_shown else 404)
    assert ("otvet_ready" in response.text) is is_shown


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
@pytest.mark.parametrize(
    ("address", "headers", "is_shown"),
    [
        ("10.0.0.2", {"X-Forwarded-For": "127.0.0.1"}, False),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, False),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, False),
        ("127.0.0.1", {}, False),
        ("127.0.0.1", {"Authorization": f"Bearer {TOKEN}"}, True),
    ],
)
def test_behind_a_proxy_only_the_token_counts(
    tmp_path: Path, path: str, address: str, headers: dict[str, str], is_shown: bool
) -> None:
    """A proxy on this machine may forget to say that it speaks for somebody else."""
    app = api_library.application(tmp_path, trusted_proxies=1, metrics_token=TOKEN)
    try:
        response = app.test_client().get(
            path, headers=headers, environ_overrides={"REMOTE_ADDR": address}
        )
    finally:
        api_library.close(app)
    is_told = "reasons" in response.text or "otvet_ready" in response.text
    assert is_told is is_shown


def test_without_a_token_no_token_fits(tmp_path: Path) -> None:
    app = api_library.application(tmp_path)
    try:
        response = app.test_client().get(
            "/metrics", headers={"Authorization": "Bearer "}, environ_overrides=FROM_OUTSIDE
        )
    finally:
        api_library.close(app)
    assert response.status_code == 404


def test_requests_searches_and_suggestions_are_counted(client: FlaskClient) -> None:
    client.get("/api/v1/search?q=canary-query")
    client.post("/api/v1/suggest", json={"message": "canary-query refund"})
    client.get("/api/v1/articles/canary-query")
    counts = client.get("/metrics").text
    assert 'otvet_requests_total{method="GET",route="/api/v1/search",status="200"} 1.0' in counts
    assert 'route="/api/v1/articles/<article>",status="404"' in counts
    assert 'otvet_request_duration_seconds_count{route="/api/v1/search"} 1.0' in counts
    assert 'otvet_searches_total{degraded="false",kind="api"} 1.0' in counts
    assert 'otvet_searches_total{degraded="false",kind="suggest"} 1.0' in counts
    assert "otvet_suggestions_total{action=" in counts
    assert 'otvet_encoder_events_total{event="calls"}' in counts
    assert "otvet_generation_info{generation=" in counts
    assert "otvet_pages 7.0" in counts
    assert "otvet_votes_up 0.0" in counts
    assert "canary" not in counts


def test_methods_that_clients_make_up_make_no_new_series(client: FlaskClient) -> None:
    client.open("/en/", method="CANARY")
    assert "CANARY" not in client.get("/metrics").text


def test_counts_of_a_new_encoder_are_added_to_the_old_ones() -> None:
    metrics = Metrics()
    metrics.follow_encoder(EncoderState(calls=5))
    metrics.follow_encoder(EncoderState(calls=7))
    metrics.follow_encoder(EncoderState(calls=2, busy_s=0.5))
    assert b'otvet_encoder_events_total{event="calls"} 9.0' in metrics.render()
    assert b"otvet_encoder_busy_seconds_total 0.5" in metrics.render()


def test_what_is_refused_is_counted_by_its_reason(client: FlaskClient) -> None:
    def counts() -> dict[str, float]:
        lines = re.findall(
            r'otvet_problems_total\{code="(\w+)"\} (\S+)', client.get("/metrics").text
        )
        return {code: float(count) for code, count in lines}

    before = counts()
    client.post("/api/v1/suggest", json={"message": ""})
    client.post("/api/v1/suggest", data="{", content_type="application/json")
    client.get("/en/canary-page")
    grown = {code: count - before.get(code, 0.0) for code, count in counts().items()}
    assert {code for code, count in grown.items() if count} == {
        "validation_failed",
        "malformed_json",
        "not_found",
    }


def test_the_age_of_what_is_served_is_told(client: FlaskClient) -> None:
    """The generation of these tests was built at one time, long ago."""
    line = re.search(r"\notvet_generation_age_seconds (\S+)", client.get("/metrics").text)
    assert line
    built = datetime.now(UTC) - timedelta(seconds=float(line[1]))
    assert abs(built - datetime(2026, 11, 22, 9, tzinfo=UTC)) < timedelta(minutes=5)
