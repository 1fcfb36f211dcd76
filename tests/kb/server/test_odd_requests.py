"""Requests that no client should send: refused, and the connection closed."""

from __future__ import annotations

import json

import pytest

from tests.support.libraries.server_library import SHOP, Running, raw

HOST = b"Host: localhost\r\n"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"y" * 20_000 + b"\r\n\r\n", 431),
        (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + HOST + b"A: b\r\n" * 5_000 + b"\r\n", 431),
        (
            b"POST / HTTP/1.1\r\n"
            + HOST
            + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"0\r\n\r\n",
            400,
        ),
        (
            b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            400,
        ),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: -5\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\n" + HOST + b"A: b\nC: d\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + b" folded\r\n\x00: x\r\n\r\n", 400),
        (b"NONSENSE\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 999999999\r\n\r\n", 413),
    ],
)
def test_odd_requests_are_refused_and_the_connection_closed(
    running: Running, request_: bytes, status: int
) -> None:
    assert raw(running.port, request_).startswith(b"HTTP/1.%c %d " % (0x31, status)) or raw(
        running.port, request_
    ).startswith(b"HTTP/1.0 %d " % status)
    assert running.get("/healthz")[0] == 200


def test_even_what_the_application_never_sees_is_a_problem_for_the_api(running: Running) -> None:
    head = b"POST /api/v1/suggest HTTP/1.1\r\n" + HOST + b"Content-Length: 999999999\r\n\r\n"
    head_part, _, body = raw(running.port, head).partition(b"\r\n\r\n")
    assert b"application/problem+json" in head_part
    assert json.loads(body)["code"] == "body_too_large"


def test_chunked_bodies_are_bounded_too(running: Running) -> None:
    chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    head = (
        b"POST /api/v1/suggest HTTP/1.1\r\n" + HOST + SHOP + b"Content-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    answer = raw(running.port, head + chunk * 2 + b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"body_too_large" in answer
