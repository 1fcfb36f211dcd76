"""Requests that the application never sees are counted, and told without a line each."""

from __future__ import annotations

import logging

import pytest

from kb.server.refusals import LOG_EVERY_S, Refusals
from tests.support.libraries.server_library import Running, raw


class Clock:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_refusals_are_counted_at_once_and_told_in_sums(caplog: pytest.LogCaptureFixture) -> None:
    counted: list[tuple[str, int]] = []
    clock = Clock()
    refusals = Refusals(lambda *one: counted.append(one), clock=clock)
    with caplog.at_level(logging.WARNING):
        for _ in range(1000):
            refusals.add("/api/v1/suggest", 503)
        assert len(counted) == 1000
        assert len(caplog.records) == 1  # the first one
        clock.now += LOG_EVERY_S
        refusals.tell()
        refusals.tell()
    assert [record.getMessage().split()[0] for record in caplog.records] == ["1", "999"]
    assert caplog.records[1].__dict__["routes"] == [
        {"route": "/api/v1/suggest", "status": 503, "count": 999}
    ]


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        (b"/api/v1/suggest", "/api/v1/suggest", 413),
        (b"/en/search?q=secret", "/<language:lang>/search", 413),
        (b"/no/such/secret/page", "-", 413),
    ],
)
def test_what_the_server_refuses_is_a_metric_by_route(
    running: Running, path: bytes, route: str, status: int
) -> None:
    def count() -> float:
        label = f'otvet_refusals_total{{route="{route}",status="{status}"}}'
        lines = running.get("/metrics")[1].decode().splitlines()
        return next((float(x.rsplit(" ", 1)[1]) for x in lines if x.startswith(label)), 0.0)

    before = count()
    head = b"POST " + path + b" HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n"
    raw(running.port, head)
    assert count() == before + 1
    assert b"secret" not in running.get("/metrics")[1]
