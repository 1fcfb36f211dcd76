"""A site with a channel for hand-offs, asked with a shop's key."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.accounts import api_keys
from tests.support.libraries import api_library
from tests.support.web.customer_requests import IDENTITY_SECRET, SECRET


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root: Path = tmp_path_factory.mktemp("customers")
    api_library.build(root)
    return root


@pytest.fixture(scope="module")
def app(built: Path) -> Iterator[Flask]:
    app = api_library.application(
        built,
        contact_email="help@example.com",
        webhook_url="https://desk.example.com/hook",
        webhook_secret=SECRET,
        identity_secret=IDENTITY_SECRET,
    )
    api_library.wait_for_encoder(app)
    yield app
    api_library.close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(autouse=True)
def new_keys_are_seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_keys, "AGAIN_S", 0.0)


@pytest.fixture
def session() -> str:
    """A visit of its own for each test."""
    return f"ses_{uuid.uuid4().hex}"
