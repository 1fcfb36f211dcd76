"""Keys of a site change: what customers entrust to it is never sealed with a wrong one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from kb.errors import BadConfig
from kb.handoffs import canary, rotation
from kb.handoffs.encryption import Sealer
from kb.secret_key import SecretKeys
from tests.support.libraries import api_library
from tests.support.libraries.api_library import services_of
from tests.support.web.customer_requests import SECRET, V1, hand_off, stored

FIRST, SECOND = "k" * 40, "n" * 40


@contextmanager
def site(root: Path, key: str, *, previous: str = "") -> Iterator[Flask]:
    app = api_library.application(
        root,
        secret_key=key,
        secret_key_previous=previous,
        webhook_url="https://desk.example/hook",
        webhook_secret=SECRET,
    )
    try:
        yield app
    finally:
        api_library.close(app)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    api_library.build(tmp_path, with_encoder=False)
    return tmp_path


def test_with_a_key_that_is_not_the_database_s_nothing_is_served(root: Path) -> None:
    with site(root, FIRST):
        pass
    with (
        pytest.raises(BadConfig, match="not the one this database is sealed with"),
        site(root, SECOND),
    ):
        pass


def test_once_another_key_has_taken_over_nothing_is_taken_in_with_the_first(root: Path) -> None:
    with site(root, FIRST) as app:
        client = app.test_client()
        made = hand_off(client)
        other = Sealer(SecretKeys(SECOND, previous=FIRST))
        rotation.reseal(services_of(app).database, other)
        assert hand_off(client, 503)["code"] == "unavailable"
        status = {"id": made["id"], "status_token": made["status_token"]}
        assert client.post(f"{V1}/handoffs/status", json=status).get_json()["status"] == "queued"
        document = client.get("/readyz").get_json()
        assert f"secret key: {canary.WRONG_KEY}" in document["reasons"]


def test_pages_that_are_open_while_a_key_takes_over_go_on(root: Path) -> None:
    with site(root, FIRST) as app:
        made = hand_off(app.test_client())
    with site(root, SECOND, previous=FIRST) as app:
        status = {"id": made["id"], "status_token": made["status_token"]}
        assert app.test_client().post(f"{V1}/handoffs/status", json=status).status_code == 200
        contact = stored(app, made["id"]).packet.contact
        assert contact
        assert contact.email == "anna@example.org"
