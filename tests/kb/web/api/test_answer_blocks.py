"""Blocks of an answer over HTTP: each is laid out as what it is in the article."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.libraries import api_library, block_library
from tests.support.libraries.block_library import ADDRESS, PLACE, QUESTIONS, TOO_LONG
from tests.support.likelihood import make_likely
from tests.support.web.customer_requests import suggest

BLOCKS: dict[str, dict[str, Any]] = {
    "steps": {
        "lead": "On the robot:",
        "start": 2,
        "items": ["Hold <Home> & wait.", "Type:\nyes\n\tor no"],
    },
    "list": {"lead": "Inside lie:", "items": ["Robot", "Dock"], "left_out": 0},
    "table": {
        "lead": "",
        "head": ["Colour", "Meaning"],
        "rows": [["violet", "lost"]],
        "left_out": 3,
    },
    "callout": {
        "lead": "",
        "title": "Long fringes",
        "tone": "careful",
        "text": "They get caught.\nRoll them up.",
    },
    "definition": {"title": "Turbo", "text": "Full suction."},
    "code": {"lead": "Send this command:", "text": "vega\n  --all"},
    "paragraph": {"text": "Keep it dry and cool."},
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    root: Path = tmp_path_factory.mktemp("blocks")
    app = block_library.application(root)
    yield app
    api_library.close(app)


@pytest.fixture
def client(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    make_likely(monkeypatch, 0.9, 0.95)
    return app.test_client()


@pytest.mark.parametrize("kind", QUESTIONS)
def test_every_kind_is_laid_out_as_what_it_is(client: FlaskClient, kind: str) -> None:
    heading, anchor = PLACE[kind]
    answer = suggest(client, message=QUESTIONS[kind], locale="en")["answer"]
    expected = {"kind": kind, "heading": heading, "anchor": anchor} | BLOCKS[kind]
    assert expected in answer["blocks"]
    assert answer["kind"] == ("steps" if kind == "steps" else "text")
    first = answer["blocks"][0]["anchor"]
    assert answer["anchor"] == first
    assert answer["url"].endswith(f"{ADDRESS}#{first}" if first else ADDRESS)


def test_the_text_joins_what_the_blocks_hold(client: FlaskClient) -> None:
    answer = suggest(client, message=QUESTIONS["steps"], locale="en")["answer"]
    assert answer["text"] == "On the robot:\nHold <Home> & wait.\nType:\nyes\nor no"


def test_too_many_steps_are_offered_and_not_cut(client: FlaskClient) -> None:
    found = suggest(client, message=TOO_LONG, locale="en")
    assert (found["decision"]["action"], found["answer"]) == ("offer", None)
    assert f"{ADDRESS}#tuning" in found["results"][0]["article"]["url"]


def test_the_contract_tells_kinds_apart(client: FlaskClient) -> None:
    schemas = client.get("/openapi.json").get_json()["components"]["schemas"]
    items = schemas["Answer"]["properties"]["blocks"]["items"]
    assert items["discriminator"]["propertyName"] == "kind"
    assert set(items["discriminator"]["mapping"]) == set(BLOCKS)
    for kind, reference in items["discriminator"]["mapping"].items():
        schema = schemas[reference.rpartition("/")[2]]
        assert set(schema["required"]) == {"kind", "heading", "anchor", *BLOCKS[kind]}
