"""Fuzzing over HTTP: Schemathesis holds the API against its contract, and every route gets requests
of any kind. On SQLite, on PostgreSQL, and on a real server whose workers must stay the same.

Schemathesis is imported where it is used: it takes seconds, also of tests that only collect.
"""

from __future__ import annotations

import http.client
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from bench.server import SECRET_KEY, Server, running
from bench.torture.report import Tally, main
from bench.torture.web.any_request import AnyRequest, requests_to, routes, send
from tests.support.fixtures.postgres_fixture import PostgresServer
from tests.support.libraries import api_library

if TYPE_CHECKING:
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine.recorder import ScenarioRecorder
    from schemathesis.specs.openapi.schemas import OpenApiSchema

EXAMPLES = 40
"""Of each route in one round, per kind of test."""
CONTRACT = "/openapi.json"
DESK = {
    "contact_email": "help@example.com",
    "webhook_url": "https://desk.example.com/hook",
    "webhook_secret": "whsec_" + "A" * 40,
}
"""Settings with which hand-offs are taken; nobody delivers them."""

Send = Callable[[AnyRequest], int]


def configuration(
    *, examples: int, seed: int, headers: Mapping[str, str] | None = None
) -> SchemathesisConfig:
    """All checks of Schemathesis. What the contract cannot express is said here.

    `headers` are those of a page whose key is good.
    """
    from schemathesis.config import SchemathesisConfig

    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            # In process nobody would unpack what came compressed.
            "headers": {"Accept-Encoding": "identity", **(headers or {})},
            # Its version 4.32 cannot ask this of an application in process; that a key is needed
            # is shown by tests/kb/web/api/customers/test_handoffs.py.
            "checks": {"ignored_auth": {"enabled": False}},
            "generation": {
                "max-examples": examples,
                "database": "none",
                "no-shrink": True,
                # NUL in a body is refused, wherever it stands; requests of any kind send it.
                "allow-x00": False,
            },
            "operations": [
                {  # a made-up cursor is text like a real one
                    "include-operation-id": "listArticles",
                    "checks": {
                        "positive_data_acceptance": {"expected-statuses": ["2xx", "404", "422"]}
                    },
                },
                {  # a contact needs consent, and an e-mail address has a form
                    "include-operation-id": "makeHandoff",
                    "checks": {
                        "positive_data_acceptance": {"expected-statuses": ["2xx", "401", "422"]}
                    },
                },
                {  # an article that the suggestion did not show
                    "include-operation-id": "giveFeedback",
                    "checks": {
                        "positive_data_acceptance": {"expected-statuses": ["2xx", "401", "422"]}
                    },
                },
            ],
        }
    )


def hold_against_contract(tally: Tally, schema: OpenApiSchema, name: str) -> None:
    """Run all phases of Schemathesis; every failed check is a failure."""
    from schemathesis.engine import events, from_schema

    for event in from_schema(schema).execute():
        match event:
            case events.ScenarioFinished():
                tally.trials += len(event.recorder.interactions)
                for failure in _failures(event.recorder):
                    tally.fail(f"{name}: {event.label or event.phase.value}: {failure}")
            case events.NonFatalError():
                tally.fail(f"{name}: {event.label}: {event.value!r}")
            case events.FatalError():
                tally.fail(f"{name}: {event.exception!r}")
            case _:
                pass
    tally.counts[f"{name}: contract"] += 1


def send_anything(
    tally: Tally,
    app: Flask,
    send_one: Send,
    name: str,
    *,
    examples: int,
    seed: int,
    only: Collection[str] = (),
) -> None:
    """Send requests of any kind to every route of `app`, or to some endpoints `only`.

    An answer of 5xx is a failure.
    """
    for rule in routes(app):
        if only and rule.endpoint not in only:
            continue

        @seeded(seed)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        @given(requests_to(rule))
        def check(request: AnyRequest) -> None:
            tally.trials += 1
            status = send_one(request)
            tally.counts[f"{status // 100}xx"] += 1
            assert status < 500, f"{request} → {status}"

        try:
            check()
        except Exception as error:  # noqa: BLE001 – whatever comes out is what we look for
            tally.fail(f"{name}: {rule.rule}: {_told(error)}")


def _told(error: Exception) -> str:
    """One line, with the request that Hypothesis found to be enough."""
    return " ".join([repr(error), *getattr(error, "__notes__", ())])


def in_process(app: Flask) -> Send:
    return lambda request: send(app, request)


def campaign(tally: Tally, seed: int, folder: Path) -> None:
    with ExitStack() as stack:
        postgres = PostgresServer()
        postgres.start()
        stack.callback(postgres.stop)
        sqlite_app = stack.enter_context(_application(folder / "sqlite"))
        postgres_app = stack.enter_context(
            _application(folder / "postgres", database_url=postgres.new_database())
        )
        server = stack.enter_context(_server(folder / "server", postgres.new_database()))
        targets = (
            ("sqlite", _of_app(sqlite_app), in_process(sqlite_app)),
            ("postgresql", _of_app(postgres_app), in_process(postgres_app)),
            ("server", _of_server(server), _over_http(server)),
        )
        workers = server.worker_pids()
        number = 0
        while tally.goes_on():
            name, load, send_one = targets[number % len(targets)]
            number += 1
            headers = server.customer if name == "server" else api_library.customer(sqlite_app)
            contract = load(configuration(examples=EXAMPLES, seed=seed + number, headers=headers))
            hold_against_contract(tally, contract, name)
            send_anything(tally, sqlite_app, send_one, name, examples=EXAMPLES, seed=seed + number)
            if server.worker_pids() != workers:
                tally.fail(f"{name}: workers {workers} became {server.worker_pids()}")
                workers = server.worker_pids()


Load: TypeAlias = "Callable[[SchemathesisConfig], OpenApiSchema]"


def _of_app(app: Flask) -> Load:
    from schemathesis import openapi

    return lambda config: openapi.from_wsgi(CONTRACT, app, config=config)


def _of_server(server: Server) -> Load:
    from schemathesis import openapi

    return lambda config: openapi.from_url(server.url + CONTRACT, config=config)


@contextmanager
def _application(folder: Path, **changed: str) -> Iterator[Flask]:
    api_library.build(folder)
    app = api_library.application(folder, secret_key=SECRET_KEY, **DESK, **changed)
    api_library.wait_for_encoder(app)
    try:
        yield app
    finally:
        api_library.close(app)


@contextmanager
def _server(folder: Path, database_url: str) -> Iterator[Server]:
    api_library.build(folder)
    with running(
        {
            "KB_DATA_DIR": str(folder),
            "KB_DATABASE_URL": database_url,
            "KB_LANGUAGES": "en,ru",
            "KB_EMBEDDED_WORKER": "0",  # nothing is to be delivered to the desk below
            **{f"KB_{name.upper()}": value for name, value in DESK.items()},
        }
    ) as server:
        yield server


def _over_http(server: Server) -> Send:
    """A sender that changes nothing on the way; a connection cut without an answer raises."""
    address = urlsplit(server.url).netloc

    def send_one(request: AnyRequest) -> int:
        with closing(http.client.HTTPConnection(address, timeout=30)) as connection:
            connection.putrequest(request.method, request.target, skip_accept_encoding=True)
            connection.putheader("Content-Length", str(len(request.body)))
            for name, value in request.headers:
                connection.putheader(name, value.encode("latin-1"))
            connection.endheaders(request.body)
            return connection.getresponse().status

    return send_one


def _failures(recorder: ScenarioRecorder) -> Iterator[str]:
    for case_id, checks in recorder.checks.items():
        for node in checks:
            if node.failure_info is None:
                continue
            failure = node.failure_info.failure
            sent = recorder.interactions[case_id].request
            request = f"{sent.method} {sent.uri} {sent.body!r}"
            yield " ".join(f"{node.name}: {failure.title}: {failure.message} ({request})".split())


if __name__ == "__main__":
    sys.exit(main("fuzz", campaign))
