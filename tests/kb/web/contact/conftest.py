"""A site that takes messages by mail, and how likely its articles answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.libraries import api_library
from tests.support.likelihood import make_likely
from tests.support.web.contact_form import MAIL


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root: Path = tmp_path_factory.mktemp("contact")
    api_library.build(root, with_encoder=False)
    return root


@pytest.fixture(scope="module")
def app(built: Path) -> Iterator[Flask]:
    app = api_library.application(built, **MAIL)
    yield app
    api_library.close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(autouse=True)
def likely(monkeypatch: pytest.MonkeyPatch) -> Callable[[float, float], None]:
    """Likelihood that the top article and the list answer; an offer unless a test says else."""

    def become(top: float, listed: float) -> None:
        make_likely(monkeypatch, top, listed)

    become(0.5, 0.9)
    return become
