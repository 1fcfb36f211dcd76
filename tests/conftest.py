"""Fixtures that more than one module uses."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from werkzeug.test import Client

from tests.support.patience import PATIENCE_S

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from werkzeug.datastructures import Headers

pytest_plugins = [
    "tests.support.fixtures.browser_fixture",
    "tests.support.fixtures.campaigns",
    "tests.support.fixtures.encoder_fixture",
    "tests.support.fixtures.postgres_fixture",
    "tests.support.fixtures.sample_fixture",
]

# Machines are shared: how long an example takes says nothing.
settings.register_profile(
    "otvet", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("otvet")


@pytest.fixture(scope="session", autouse=True)
def _logged_suggestions() -> Iterator[None]:
    """A reply waits for its row in the log, however slow the disk is: tests read it then."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kb.web.conversation.suggest.LOG_WAIT_S", PATIENCE_S)
        yield


@pytest.fixture(scope="session", autouse=True)
def _patient_writers() -> Iterator[None]:
    """Threads that write to SQLite at once wait for their turn, however slow the disk is.

    PostgreSQL has as long for an operation, but in tests of a server that breaks, which take the
    product's own deadline again.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kb.database.engine.TURN_PATIENCE_S", PATIENCE_S)
        patch.setattr("kb.database.engine.DEADLINE_S", PATIENCE_S)
        yield


@pytest.fixture(scope="session", autouse=True)
def _patient_browser() -> None:
    """Let what a page is to show take a while; where no browser is used, nothing is loaded."""
    if playwright := sys.modules.get("playwright.sync_api"):
        playwright.expect.set_options(timeout=60_000)


@pytest.fixture(scope="session", autouse=True)
def _whole_responses() -> Iterator[None]:
    """Every test client reads responses to their end and closes them, as a server does.

    Else a file that is sent stays open until the garbage collector comes to it, and its warning
    fails whichever test runs then.
    """
    run = Client.run_wsgi_app

    def run_whole(
        client: Client, environ: WSGIEnvironment, buffered: bool = False
    ) -> tuple[Iterable[bytes], str, Headers]:
        return run(client, environ, buffered=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "run_wsgi_app", run_whole)
        yield
