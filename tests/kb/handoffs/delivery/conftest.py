"""A database, clocks that only go when told to, and a worker whose attempts end at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from kb.config import Config
from kb.database.engine import Database
from kb.handoffs.delivery.deliverer import Deliverer
from kb.handoffs.delivery.lane import Ways
from kb.handoffs.encryption import Sealer
from tests.support.channels.delivery_library import Clock, StartDeliverer
from tests.support.libraries.handoff_library import SEALER, RecordingChannel


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def start(db: Database, clock: Clock) -> StartDeliverer:
    def made(
        primary: RecordingChannel | None = None,
        fallback: RecordingChannel | None = None,
        sealer: Sealer = SEALER,
        begin: Callable[[Callable[[], None]], None] = lambda work: work(),
    ) -> Deliverer:
        ways = Ways(primary, fallback)
        return Deliverer(db, ways, sealer, Config(), clock=clock.clock, start=begin)

    return made
