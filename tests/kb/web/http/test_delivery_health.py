"""Delivery as operators see it: who delivers, what waits, which channel has stopped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.config import Config
from kb.database.engine import Database
from kb.database.tables import events
from kb.handoffs import signs_of_life
from kb.handoffs.channels.webhook.channel import new_secret
from kb.handoffs.delivery.ages import SYSTEM_CLOCK, DeliveryClock
from kb.handoffs.delivery.deliverer import SWEEP_AGAIN_S, Deliverer
from kb.handoffs.delivery.lane import FAILURES, Ways
from tests.support.channels.delivery_library import Clock
from tests.support.libraries import api_library, handoff_library
from tests.support.libraries.api_library import services_of
from tests.support.libraries.handoff_library import SEALER, RecordingChannel


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = api_library.application(
        tmp_path,
        webhook_url="https://desk.example.com/hook",
        webhook_secret=new_secret(),
    )
    yield app
    api_library.close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def db(app: Flask) -> Database:
    return services_of(app).database


def make(db: Database, number: int = 0, *, made_at: datetime) -> None:
    """A hand-off without anything to seal: the key of this site is another."""
    handoff_library.make(db, number, made_at=made_at, contact=None, consent=None)


def deliverer(
    db: Database,
    desk: RecordingChannel,
    mail: RecordingChannel | None = None,
    *,
    clock: DeliveryClock = SYSTEM_CLOCK,
) -> Deliverer:
    ways = Ways(desk, mail)
    return Deliverer(db, ways, SEALER, Config(), clock=clock, start=lambda work: work())


def reasons(client: FlaskClient) -> list[str]:
    return [one for one in client.get("/readyz").get_json()["reasons"] if "delivery" in one]


def figures(client: FlaskClient) -> dict[str, float]:
    lines = client.get("/metrics").text.splitlines()
    pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}


def test_without_a_worker_it_is_degraded(client: FlaskClient) -> None:
    assert client.get("/readyz").get_json()["status"] != "ready"
    (reason,) = reasons(client)
    assert "no worker has shown itself" in reason
    assert "kb worker" in reason
    assert figures(client)["otvet_delivery_worker_alive"] == 0


def test_without_a_channel_there_is_nothing_to_deliver(tmp_path: Path) -> None:
    app = api_library.application(tmp_path)
    try:
        assert reasons(app.test_client()) == []
    finally:
        api_library.close(app)


def test_a_worker_shows_that_it_lives(client: FlaskClient, db: Database) -> None:
    deliverer(db, RecordingChannel()).step()
    assert reasons(client) == []
    found = figures(client)
    assert found["otvet_delivery_worker_alive"] == 1
    seen = datetime.fromtimestamp(found["otvet_delivery_worker_seen_timestamp_seconds"], UTC)
    assert datetime.now(UTC) - seen < signs_of_life.ALIVE_FOR


def test_one_that_is_silent_is_told_with_the_time(client: FlaskClient, db: Database) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=2)
    signs_of_life.show(db, "elsewhere:1:1", (), now=long_ago)
    (reason,) = reasons(client)
    assert "for 7200 s" in reason or "for 7201 s" in reason
    assert figures(client)["otvet_delivery_worker_alive"] == 0


def test_a_channel_that_has_stopped_is_told(client: FlaskClient, db: Database) -> None:
    for number in range(FAILURES):
        make(db, number, made_at=datetime.now(UTC))
    worker = deliverer(db, RecordingChannel(fail=lambda _: "away"))
    worker.step()
    assert any(reason.startswith("delivery by webhook: has stopped") for reason in reasons(client))
    found = figures(client)
    assert found['otvet_channel_broken{channel="webhook"}'] == 1
    assert found['otvet_handoffs_waiting{channel="webhook"}'] == FAILURES
    assert found['otvet_handoffs_oldest_seconds{channel="webhook"}'] >= 0
    assert found['otvet_delivery_attempts_total{channel="webhook",outcome="failed"}'] == FAILURES


def test_late_ones_are_told_although_nobody_is_there_to_fail_them(
    client: FlaskClient, db: Database
) -> None:
    make(db, made_at=datetime.now(UTC) - timedelta(minutes=5))
    assert any("1 hand-offs have waited longer" in reason for reason in reasons(client))
    assert figures(client)['otvet_handoffs_oldest_seconds{channel="webhook"}'] >= 300


def test_time_to_delivery_is_a_histogram_by_channel(client: FlaskClient, db: Database) -> None:
    now = datetime.now(UTC)
    make(db, made_at=now)
    make(db, 1, made_at=now - timedelta(seconds=70))
    deliverer(db, RecordingChannel(), RecordingChannel("email")).step()
    found = figures(client)
    assert found['otvet_delivery_seconds_bucket{channel="webhook",le="60.0"}'] == 1
    assert found['otvet_delivery_seconds_bucket{channel="email",le="60.0"}'] == 0
    assert found['otvet_delivery_seconds_bucket{channel="email",le="75.0"}'] == 1
    assert found['otvet_delivery_seconds_count{channel="email"}'] == 1
    assert found['otvet_delivery_seconds_sum{channel="email"}'] >= 70
    assert found['otvet_handoffs_diverted_total{channel="webhook"}'] == 1


def test_what_could_not_be_deleted_is_told_until_it_is(client: FlaskClient, db: Database) -> None:
    clock = Clock()
    clock.now = datetime.now(UTC)
    worker = deliverer(db, RecordingChannel(), clock=clock.clock)
    db.transact(lambda connection: events.drop(connection))
    worker.sweep()
    worker.step()
    told = "retention: events could not be deleted in time; see the worker's log"
    assert told in client.get("/readyz").get_json()["reasons"]
    assert figures(client)["otvet_unswept"] == 1
    db.transact(lambda connection: events.create(connection))
    clock.advance(SWEEP_AGAIN_S)
    clock.now = datetime.now(UTC)
    worker.sweep()
    worker.step()
    assert told not in client.get("/readyz").get_json()["reasons"]
    assert figures(client)["otvet_unswept"] == 0
