"""A site to write on, with its repositories, for each test; people of every role."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.repositories import ANNA, LENA, RITA, Workplace
from tests.support.web import editor_library
from tests.support.web.editor_library import signed_in


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("editor")
    editor_library.prepare(folder)
    return folder


@pytest.fixture
def site(prepared: Path, tmp_path: Path) -> Iterator[tuple[Workplace, Flask]]:
    place, app = editor_library.copied(prepared, tmp_path)
    yield place, app
    editor_library.close(app)


@pytest.fixture
def place(site: tuple[Workplace, Flask]) -> Workplace:
    return site[0]


@pytest.fixture
def app(site: tuple[Workplace, Flask]) -> Flask:
    return site[1]


@pytest.fixture
def author(app: Flask) -> FlaskClient:
    return signed_in(app, ANNA)


@pytest.fixture
def reviewer(app: Flask) -> FlaskClient:
    return signed_in(app, RITA)


@pytest.fixture
def lead(app: Flask) -> FlaskClient:
    return signed_in(app, LENA)
