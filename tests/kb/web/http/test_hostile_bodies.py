"""Every hostile body that the benchmark sends is answered, and with no fault of ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from bench.speed import hostile, hostile_bodies
from tests.support.libraries import api_library
from tests.support.libraries.api_library import customer
from tests.support.web.contact_form import MAIL


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    api_library.build(tmp_path, with_encoder=False)
    app = api_library.application(tmp_path, **MAIL)
    yield app
    api_library.close(app)


def test_every_hostile_body_is_answered(app: Flask) -> None:
    client, headers = app.test_client(), customer(app)
    [form] = hostile.FORM_TOKEN.findall(client.get("/en/contact").text)
    key = headers["Authorization"].removeprefix("Bearer ")
    statuses: Counter[int] = Counter()
    for number, sent in enumerate(hostile_bodies.requests(key, form)):
        own = {"Idempotency-Key": f"key-{number:08}", "Sec-Fetch-Site": "same-origin"}
        if sent.path.startswith("/api/"):
            own |= headers
        response = client.post(
            sent.path, data=sent.body, content_type=sent.content_type, headers=own
        )
        statuses[response.status_code] += 1
        assert response.status_code < 500, (sent.kind, sent.path)
    assert statuses[400] > 20
    assert sum(statuses.values()) > 200
