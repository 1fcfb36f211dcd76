"""Guessing passwords of staff is slow, and locks nobody else out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.web.auth import login_throttle
from tests.support.libraries import agent_library
from tests.support.libraries.agent_library import EMAIL, FORM, close, sign_in


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Flask]:
    """The same with limits."""
    app = agent_library.built(tmp_path, rate_limits=True)
    yield app
    close(app)


def test_a_client_has_ten_tries_in_a_quarter_of_an_hour(guarded: Flask) -> None:
    client = guarded.test_client()
    seen = [sign_in(client, email=f"x{n}@y.example").status_code for n in range(11)]
    assert seen == [403] * 10 + [429]
    assert 1 <= int(client.post("/agent/sign-in", headers=FORM).headers["Retry-After"]) <= 900
    assert client.get("/agent/sign-in").status_code == 200


def test_an_office_behind_one_address_signs_in_all_day(guarded: Flask) -> None:
    client = guarded.test_client()
    for _ in range(15):
        assert sign_in(client).status_code == 303
    stranger = guarded.test_client()
    seen = [sign_in(stranger, password="a wrong password").status_code for _ in range(10)]
    assert 429 in seen
    assert sign_in(client).status_code == 303


def from_address(number: int) -> dict[str, Any]:
    return {"environ_overrides": {"REMOTE_ADDR": f"198.51.{number // 250}.{number % 250}"}}


def test_wrong_passwords_for_one_account_make_waiting_longer(guarded: Flask) -> None:
    client = guarded.test_client()
    here = from_address(1)
    for _ in range(login_throttle.FREE_TRIES + 1):
        assert sign_in(client, password="a wrong password", **here).status_code == 403
    response = sign_in(client, **here)
    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= login_throttle.FIRST_WAIT_S
    assert sign_in(client, **from_address(2)).status_code == 303


def test_who_attacks_an_account_from_everywhere_does_not_lock_its_owner_out(
    guarded: Flask,
) -> None:
    owner = guarded.test_client()
    assert sign_in(owner, **from_address(1)).status_code == 303
    attacker = guarded.test_client()
    numbers = itertools.count(10)
    tries = [
        sign_in(attacker, password="a wrong password", **from_address(next(numbers))).status_code
        for _ in range(login_throttle.FREE_TRIES_OF_ALL + 3)
    ]
    assert tries.count(429) >= 2
    owner.post("/agent/sign-out", headers=FORM)
    assert sign_in(owner, **from_address(1)).status_code == 303
    # Somebody else's account is not touched, and a stranger waits for this one.
    assert sign_in(guarded.test_client(), **from_address(999)).status_code == 429


def test_waiting_doubles_up_to_a_quarter_of_an_hour() -> None:
    waits = [login_throttle.wait_after(tries, free=5) for tries in range(5, 20)]
    assert waits[:5] == [0, 15, 30, 60, 120]
    assert waits[-1] == login_throttle.MAX_WAIT_S == max(waits)
    assert login_throttle.wait_after(10**9, free=5) == login_throttle.MAX_WAIT_S


def test_a_known_browser_of_one_account_is_a_stranger_to_others(guarded: Flask) -> None:
    client = guarded.test_client()
    sign_in(client, **from_address(1))
    with guarded.test_request_context("/", headers={"Cookie": known_cookie(client)}):
        assert login_throttle._known_browser(EMAIL)
        assert not login_throttle._known_browser("boris@shop.example")
    with guarded.test_request_context("/", headers={"Cookie": "otvet_known=forged.x.y"}):
        assert not login_throttle._known_browser(EMAIL)


def known_cookie(client: FlaskClient) -> str:
    cookie = client.get_cookie("otvet_known")
    assert cookie is not None
    return f"otvet_known={cookie.value}"
