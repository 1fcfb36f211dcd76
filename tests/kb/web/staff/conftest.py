"""A site with internal articles; a stranger and an agent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import StrictUndefined

from tests.support.libraries import agent_library
from tests.support.libraries.agent_library import close, sign_in


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = agent_library.built(tmp_path_factory.mktemp("agent"))
    app.jinja_env.undefined = StrictUndefined
    yield app
    close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody who is not signed in."""
    return app.test_client()


@pytest.fixture
def agent(client: FlaskClient) -> FlaskClient:
    assert sign_in(client).status_code == 303
    return client
