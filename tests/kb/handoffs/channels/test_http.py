"""Requests to operators' addresses: only where they may go, only as long as they may take."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from ipaddress import ip_address
from pathlib import Path

import pytest

from kb.deadlines import time_limit
from kb.handoffs.channels.connections import lookup, networks
from kb.handoffs.channels.http import MAX_ANSWER_BYTES, HttpClient, refusal
from kb.handoffs.channels.model import DeliveryFailed
from tests.support.channels.hook_requests import fails, post
from tests.support.libraries.channel_library import (
    STALL_S,
    Certificates,
    Request,
    Stall,
    answering,
    local_client,
    local_server,
    scripted,
)
from tests.support.patience import PATIENCE_S

FAST_S = 0.5
"""Enough to connect in, however busy the machine is; a tenth of how long servers stall."""
FAST_TLS_S = 1.0
"""The same with a handshake."""


# Where a request goes


def test_the_checked_address_is_the_one_connected_to() -> None:
    """A name server that gives another answer the second time is not asked a second time."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    with local_server(answering()) as server:
        client = local_client(allowed=networks(["127.0.0.1/32"]), resolve=rebinding)
        assert post(client, server.url()).is_success
        assert asked == ["desk.test"]
        assert "needs https" in fails(client, server.url())
    assert server.connections == 1


def test_no_other_part_resolves_names(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def only_addresses(host: str, *args: object, **settings: object) -> object:
        ip_address(host)
        return real(host, *args, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", only_addresses)
    with local_server(answering()) as server:
        assert post(local_client(), server.url()).is_success


def test_without_tls_only_to_allowed_networks() -> None:
    client = HttpClient(resolve=lambda host, port: ["8.8.8.8"])
    assert "needs https" in fails(client, "http://desk.test/?key=s3cret")


def test_the_request_is_what_it_should_be() -> None:
    with local_server(answering(b'{"ok": true}')) as server:
        answer = post(local_client(), server.url())
    (request,) = server.requests
    assert answer.json() == {"ok": True}
    assert (request.method, request.path, request.body) == ("POST", "/hook?key=s3cret", b'{"a": 1}')
    assert request.headers.get_all("host") == [f"desk.test:{server.port}"]
    assert request.headers.get_all("content-type") == ["application/json"]
    assert request.headers.get_all("accept-encoding") == ["identity"]
    assert request.headers.get_all("user-agent") == ["Otvet"]


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.upper(), "http://127.0.0.1:9")
    with local_server(answering()) as server:
        assert post(local_client(), server.url()).is_success


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_failures(status: int) -> None:
    with (
        local_server(answering()) as inner,
        local_server(answering(status=status, headers=[f"Location: {inner.url()}"])) as server,
    ):
        answer = post(local_client(), server.url())
    assert not answer.is_success
    assert "redirects are not followed" in str(refusal(answer, "desk.test"))
    assert not inner.requests


def test_the_next_address_is_tried_when_one_takes_no_connection() -> None:
    with local_server(answering()) as server:
        client = local_client(resolve=lambda host, port: ["127.0.0.2", "127.0.0.1"])
        assert post(client, server.url()).is_success


def test_nobody_listens() -> None:
    with closing(socket.socket()) as deaf:
        deaf.bind(("127.0.0.1", 0))  # the port is nobody else's meanwhile
        url = f"http://desk.test:{deaf.getsockname()[1]}/hook?key=s3cret"
        assert fails(local_client(), url) == "desk.test cannot be connected to"


def test_a_name_without_address() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    assert fails(local_client(resolve=unknown), "https://desk.test/") == (
        "the name desk.test has no address"
    )
    assert "no address" in fails(local_client(resolve=lambda *_: []), "https://desk.test/")


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nb", "ы\u2028"])
def test_headers_cannot_be_broken(value: str) -> None:
    with (
        local_server(answering()) as server,
        pytest.raises(DeliveryFailed, match="header is malformed"),
    ):
        local_client().post(server.url(), b"", headers={"api_access_token": value})
    assert not server.requests


STALLS: dict[str, Callable[[], Stall]] = {
    "silent": Stall,
    "status": lambda: Stall(b"", b"H"),
    "headers": lambda: Stall(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
    "continue": lambda: Stall(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": lambda: Stall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x"),
    "endless": lambda: Stall(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
    "chunks": lambda: Stall(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"
    ),
}


# How long it takes


@pytest.mark.parametrize("is_secure", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("stall", STALLS)
def test_a_slow_answer_ends_with_the_time(stall: str, is_secure: bool, tmp_path: Path) -> None:
    made = Certificates(tmp_path)
    tls = made.server_context("desk.test") if is_secure else None
    limit_s = FAST_TLS_S if is_secure else FAST_S
    client = local_client(timeout_s=limit_s, tls=made.client_context())
    stalling = STALLS[stall]()
    with local_server(lambda connected, request: stalling(connected), tls=tls) as server:
        assert fails(client, server.url()) == "desk.test did not answer in time"
        assert stalling.was_left()


def test_a_handshake_that_is_never_finished_ends_with_the_time() -> None:
    stalling = Stall()
    with scripted(stalling) as port:
        url = f"https://desk.test:{port}/"
        assert fails(local_client(connect_timeout_s=0.3), url)
        assert stalling.was_left()


def test_a_server_that_does_not_read_ends_with_the_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://desk.test:{silent.getsockname()[1]}/"
        ending = threading.Timer(STALL_S, silent.close)  # breaks the connection off
        ending.start()
        with pytest.raises(DeliveryFailed, match="in time"):
            local_client(timeout_s=FAST_S).post(url, b"x" * 10_000_000, headers={})
        assert silent.fileno() != -1, "it was closed first"
        ending.cancel()
        ending.join()


def test_a_resolver_that_hangs_ends_with_the_time() -> None:
    released = threading.Event()

    def hanging(host: str, port: int) -> list[str]:
        released.wait(PATIENCE_S)
        return ["127.0.0.1"]

    reason = fails(local_client(resolve=hanging, connect_timeout_s=0.2), "https://desk.test/")
    assert not released.is_set()
    released.set()
    assert reason == "the name desk.test was not resolved in time"


def test_a_nearer_limit_holds() -> None:
    stalling = Stall()
    with local_server(lambda connected, request: stalling(connected)) as server:
        with time_limit(FAST_S):
            assert "in time" in fails(local_client(), server.url())
        assert stalling.was_left()


def test_the_limits_as_shipped() -> None:
    client = HttpClient()
    assert (client.timeout_s, client.connect_timeout_s) == (15, 5)


# What comes back


def test_a_huge_answer_is_read_only_so_far() -> None:
    sent = 0
    is_broken_off = threading.Event()

    def pour(connected: socket.socket, request: Request) -> None:
        nonlocal sent
        connected.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with suppress(OSError):
            for _ in range(2000):
                connected.sendall(b"x" * 65536)
                sent += 65536
        is_broken_off.set()

    with local_server(pour) as server:
        answer = post(local_client(), server.url())
        assert is_broken_off.wait(PATIENCE_S)
    assert answer.is_success
    assert (len(answer.body), answer.is_cut, answer.json()) == (MAX_ANSWER_BYTES, True, None)
    assert sent < 20_000_000  # what the buffers of the system took


def test_nothing_is_decompressed() -> None:
    with local_server(answering(b"\x1f\x8b\x08", headers=["Content-Encoding: gzip"])) as server:
        answer = post(local_client(), server.url())
    assert (answer.body, answer.json()) == (b"\x1f\x8b\x08", None)


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[" * 60_000, b"1" * 60_000])
def test_what_is_not_json_is_nothing(body: bytes) -> None:
    with local_server(answering(body)) as server:
        assert post(local_client(), server.url()).json() is None


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 99999999999 OK\r\n\r\n",
    ],
)
def test_a_broken_answer_is_a_failure(sent: bytes) -> None:
    def answer(connected: socket.socket, request: Request) -> None:
        connected.sendall(sent)

    with local_server(answer) as server:
        assert fails(local_client(), server.url()) == "desk.test broke off the connection"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("99999999999999999999", 3600),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 3600),
        ("Mon, 03 Nov 2025 10:00:00 GMT", 0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("Mon, 99 Foo 2026 99:99:99 GMT", None),
        ("٣", None),
    ],
)
def test_retry_after_is_honoured_within_bounds(value: str, seconds: float | None) -> None:
    sent = answering(status=503, headers=[f"Retry-After: {value}"])
    with local_server(sent) as server:
        failure = refusal(post(local_client(), server.url()), "desk.test")
    assert failure.retry_after_s == seconds
    assert str(failure) == "desk.test answered 503"


# TLS


def test_a_certificate_is_checked_against_the_name(tmp_path: Path) -> None:
    """Though the connection is made to an address."""
    made = Certificates(tmp_path)
    names: list[str | None] = []
    context = made.server_context("desk.test")
    context.sni_callback = lambda connected, name, context: names.append(name)
    client = local_client(tls=made.client_context())
    with local_server(answering(), tls=context) as server:
        assert post(client, server.url()).is_success
        assert post(client, server.url(host="DESK.test.")).is_success
        assert fails(client, server.url(host="other.test")) == "other.test has no valid certificate"
        assert fails(client, server.url(host="127.0.0.1"))
    assert names[:3] == ["desk.test", "desk.test", "other.test"]
    assert len(server.requests) == 2


def test_a_certificate_for_an_address(tmp_path: Path) -> None:
    made = Certificates(tmp_path)
    client = local_client(tls=made.client_context(), resolve=lookup)
    with local_server(answering(), tls=made.server_context("127.0.0.1")) as server:
        assert post(client, server.url(host="127.0.0.1")).is_success


def test_an_expired_certificate_is_refused(tmp_path: Path) -> None:
    made = Certificates(tmp_path)
    client = local_client(tls=made.client_context())
    with local_server(answering(), tls=made.server_context("desk.test", days=-1)) as server:
        assert fails(client, server.url()) == "desk.test has no valid certificate"
    assert not server.requests


def test_an_unknown_authority_is_refused_even_in_allowed_networks(tmp_path: Path) -> None:
    made = Certificates(tmp_path)
    with local_server(answering(), tls=made.server_context("desk.test")) as server:
        assert fails(local_client(), server.url()) == "desk.test has no valid certificate"
    assert not server.requests


def test_a_server_without_tls_is_refused(tmp_path: Path) -> None:
    with local_server(answering()) as server:
        url = server.url().replace("http:", "https:")
        assert fails(local_client(connect_timeout_s=0.5), url)
