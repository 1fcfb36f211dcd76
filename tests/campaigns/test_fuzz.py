"""The fuzzing of `python -m bench.torture fuzz` once round: nothing ends in 5xx, and the API keeps
to its contract whatever is sent."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, request

from bench.torture.report import Tally
from bench.torture.web.any_request import AnyRequest, routes
from bench.torture.web.fuzz import (
    CONTRACT,
    DESK,
    EXAMPLES,
    configuration,
    hold_against_contract,
    in_process,
    send_anything,
)
from tests.support.fixtures.campaigns import Campaign
from tests.support.fixtures.postgres_fixture import PostgresServer
from tests.support.libraries import api_library

KEYED = ("/api/v1/suggest", "/api/v1/handoffs")
"""What a page with a good key may ask."""
SEED = 20261122


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    yield from application(tmp_path_factory.mktemp("fuzz"))


@pytest.fixture(scope="module")
def postgres_app(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer
) -> Iterator[Flask]:
    url = postgres_server.new_database()
    yield from application(tmp_path_factory.mktemp("fuzz"), database_url=url)
    postgres_server.drop_database(url)


def application(root: Path, **settings: Any) -> Iterator[Flask]:
    api_library.build(root)
    app = api_library.application(root, **DESK, **settings)
    api_library.wait_for_encoder(app)
    yield app
    api_library.close(app)


@pytest.fixture
def tally() -> Tally:
    return Tally(seconds=0, most_failures=sys.maxsize)


def contract(app: Flask, *, examples: int) -> Any:
    from schemathesis import openapi

    config = configuration(examples=examples, seed=SEED, headers=api_library.customer(app))
    return openapi.from_wsgi(CONTRACT, app, config=config)


@pytest.mark.campaign
def test_the_api_keeps_to_its_contract(app: Flask, tally: Tally, campaign: Campaign) -> None:
    examples = campaign.size(2, whole=EXAMPLES)
    everything = contract(app, examples=examples)
    some = campaign.some([path for path in everything.raw_schema["paths"] if path not in KEYED], 4)
    hold_against_contract(tally, everything.include(path=[*KEYED, *some]), "sqlite")
    assert tally.failures == []
    assert tally.trials > 20 * examples
    made = app.test_client().get("/metrics").text
    # With a good key: hand-offs were made, suggestions decided.
    assert re.search(r'otvet_handoffs_total\{.*channel="webhook"', made)
    assert re.search(r'otvet_suggestions_total\{action="(answer|offer|handoff)"', made)


@pytest.mark.campaign
def test_any_request_to_any_route_is_answered(app: Flask, tally: Tally, campaign: Campaign) -> None:
    examples = campaign.size(4, whole=EXAMPLES)
    send_anything(tally, app, in_process(app), "sqlite", examples=examples, seed=SEED)
    assert tally.failures == []
    assert tally.trials >= examples * len(routes(app))
    assert tally.counts["2xx"] > 4 * examples


@pytest.mark.campaign
@pytest.mark.postgres
def test_any_request_that_asks_the_database_is_answered(
    postgres_app: Flask, tally: Tally, campaign: Campaign
) -> None:
    examples = campaign.size(10, whole=EXAMPLES)
    send_anything(
        tally,
        postgres_app,
        in_process(postgres_app),
        "postgresql",
        examples=examples,
        seed=SEED,
        only=("site.vote", "site.article", "api.article", "api.articles"),
    )
    assert tally.failures == []
    assert tally.trials >= 4 * examples


# --- the instruments themselves


@pytest.fixture
def broken_app(tmp_path: Path) -> Iterator[Flask]:
    """It adds a field to some answers, and breaks on one letter in the query."""
    api_library.build(tmp_path, with_encoder=False)
    app = api_library.application(tmp_path)

    @app.after_request
    def spoil(response: Response) -> Response:
        if request.path == "/api/v1/site":
            response.set_data(b'{"name": 1}')
        if "e" in request.query_string.decode("latin-1"):
            raise ZeroDivisionError
        return response

    yield app
    api_library.close(app)


def test_a_wrong_answer_is_seen(broken_app: Flask, tally: Tally) -> None:
    some = contract(broken_app, examples=1).include(path=["/api/v1/site", "/api/v1/categories"])
    hold_against_contract(tally, some, "broken")
    assert any("response_schema_conformance" in failure for failure in tally.failures)
    assert any("ZeroDivisionError" in failure for failure in tally.failures)


def test_an_exception_and_a_5xx_are_seen(broken_app: Flask, tally: Tally) -> None:
    def refuse(_: AnyRequest) -> int:
        return 500

    for send in (in_process(broken_app), refuse):
        send_anything(tally, broken_app, send, "x", examples=20, seed=SEED, only=("api.search",))
    assert len(tally.failures) == 2
    assert "ZeroDivisionError" in tally.failures[0]
    assert "→ 500" in tally.failures[1]
