"""Permission to use which route of the editor: one row for each.

A route without a row fails, so that somebody decides about it.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.accounts.roles import ROLES, Role
from kb.drafts.model import Author
from tests.support.libraries.agent_library import FORM
from tests.support.repositories import ANNA, ARTICLE, LENA, RITA
from tests.support.web.article_form import opened, sent
from tests.support.web.editor_library import AGENT, signed_in

LEAST: Mapping[tuple[str, str], Role] = {
    ("articles.listed", "GET"): "author",
    ("articles.edit", "GET"): "author",
    ("articles.save", "POST"): "author",
    ("articles.try_text", "POST"): "author",
    ("articles.new", "GET"): "author",
    ("articles.start", "POST"): "author",
    ("articles.place", "GET"): "author",
    ("articles.put", "POST"): "author",
    ("articles.review", "GET"): "author",
    ("articles.take_step", "POST"): "author",
    ("articles.history", "GET"): "author",
    ("articles.restore", "POST"): "author",
    ("articles.picture", "GET"): "author",
    ("articles.add_picture", "POST"): "author",
    ("articles.pull", "POST"): "author",
    ("articles.push", "POST"): "reviewer",
}
STEPS: Mapping[str, Role] = {
    "ask": "author",
    "discard": "author",
    "publish": "reviewer",
    "send_back": "reviewer",
}
PEOPLE: Mapping[str, Author] = {"agent": AGENT, "author": ANNA, "reviewer": RITA, "lead": LENA}


def routes(app: Flask) -> dict[tuple[str, str], str]:
    """Endpoint and method → an address of it."""
    given = {"change_id": ARTICLE, "name": "box.png"}
    addresses = app.url_map.bind("localhost")
    return {
        (rule.endpoint, method): addresses.build(
            rule.endpoint, {name: given[name] for name in rule.arguments}, method=method
        )
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("articles.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_has_a_row(app: Flask) -> None:
    assert set(routes(app)) == set(LEAST)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reaches_its_routes_and_no_other(app: Flask, role: Role) -> None:
    client = signed_in(app, PEOPLE[role])
    for (endpoint, method), address in routes(app).items():
        status = client.open(address, method=method, data={}, headers=FORM).status_code
        is_open = ROLES.index(role) >= ROLES.index(LEAST[endpoint, method])
        assert (status != 403) == is_open, (endpoint, method, status)
        assert status < 500, (endpoint, method, status)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("taken", STEPS)
def test_a_role_takes_its_steps_and_no_other(
    app: Flask, author: FlaskClient, role: Role, taken: str
) -> None:
    fields = opened(author, ARTICLE)
    sent(author, ARTICLE, fields | {"body": "Changed.\n"})
    base = opened(author, ARTICLE)["base"]
    response = signed_in(app, PEOPLE[role]).post(
        f"/staff/articles/step/{ARTICLE}", data={"do": taken, "revision": base}, headers=FORM
    )
    is_open = ROLES.index(role) >= ROLES.index(STEPS[taken])
    assert response.status_code == (303 if is_open else 403)


def test_strangers_reach_nothing(app: Flask) -> None:
    client = app.test_client()
    for (endpoint, method), address in routes(app).items():
        response = client.open(address, method=method, data={}, headers=FORM)
        assert response.status_code in (303, 401), (endpoint, method)
        if response.status_code == 303:
            assert response.location.startswith("/agent/sign-in"), endpoint
