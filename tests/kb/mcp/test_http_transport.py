"""The program over HTTP: hosts, bodies, limits, idle connections."""

from __future__ import annotations

import json
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp import Client
from mcp.types import CallToolResult

from bench.server import reserved_port
from kb.mcp import http_guard, http_transport
from kb.mcp import server as mcp_server
from kb.mcp.tools import Tools
from tests.support.libraries import mcp_library
from tests.support.libraries.mcp_site import (
    BASE,
    check_every_tool,
    config,
    every_tool,
    program,
    running,
)
from tests.support.patience import PATIENCE_S, wait_until


@pytest.fixture(scope="module")
def address(built: Path) -> Iterator[str]:
    """A server of its own process, behind one proxy; must end well."""
    asked = program(built, KB_TRUSTED_PROXIES="1")
    with (
        reserved_port() as port,
        running(asked, "--http", "--port", str(port)) as process,
    ):
        wait_until(lambda: is_listening(port) or process.poll() is not None)
        assert process.poll() is None
        yield f"http://127.0.0.1:{port}/mcp"
        process.terminate()
        told, log = process.communicate(timeout=PATIENCE_S)
    assert (told, process.returncode) == ("", 0)
    assert "generation_loaded" in log
    assert "canary" not in log


def is_listening(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_client_at_the_address_can_ask_everything(address: str, mode: str) -> None:
    async def main() -> dict[str, CallToolResult]:
        async with Client(address, mode=mode) as client:
            return await every_tool(client)

    check_every_tool(mcp_library.run(main))


LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


def post(address: str, body: object = LIST, **headers: str) -> httpx2.Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {"accept": "application/json", "content-type": "application/json"} | given
    return httpx2.post(address, content=sent, headers=fields, timeout=PATIENCE_S)


def test_the_site_and_this_machine_are_the_hosts_answered(address: str) -> None:
    assert post(address).status_code == 200
    assert post(address, host="help.example.com").status_code == 200
    assert post(address, host="localhost:1", origin="http://localhost:1").status_code == 200
    assert post(address, host="help.example.com", origin=BASE).status_code == 200
    assert post(address, host="canary.example.org").status_code == 421
    assert post(address, host="help.example.com.canary.org").status_code == 421
    assert post(address, origin="https://canary.example.org").status_code == 403
    assert post(address, origin="null").status_code == 403
    assert "access-control-allow-origin" not in post(address, origin=BASE).headers


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b" " * (http_transport.MAX_BODY_BYTES + 1), 413),
        (b"{canary", 400),
        (b"[" * 30_000, 400),
        (b"[]", 400),
        (b"\xff\xfe", 400),
        (b'{"jsonrpc":"2.0","id":1,"method":"canary"}', 200),
    ],
    ids=["large", "no JSON", "deep", "batch", "no text", "unknown method"],
)
def test_bodies_that_are_no_question_are_refused(address: str, body: bytes, status: int) -> None:
    response = post(address, body)
    assert response.status_code == status
    assert status != 200 or "error" in response.json()


def test_a_body_without_a_length_is_bounded_too(address: str) -> None:
    pieces = (b" " * 8192 for _ in range(http_transport.MAX_BODY_BYTES // 8192 + 2))
    fields = {"accept": "application/json", "content-type": "application/json"}
    refused = httpx2.post(address, content=pieces, headers=fields, timeout=PATIENCE_S)
    assert refused.status_code == 413


@pytest.mark.parametrize("text", ["canary\0", "\ud800canary", "🙂" * 500, "<s>", "a" * 512])
def test_any_text_is_answered(address: str, text: str) -> None:
    for name, argument in (("search", "query"), ("suggest", "message")):
        params = {"name": name, "arguments": {argument: text}}
        response = post(address, {**LIST, "method": "tools/call", "params": params})
        assert response.status_code == (400 if "\ud800" in text else 200)


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "OPTIONS"])
def test_there_are_no_streams_and_no_sessions(address: str, method: str) -> None:
    response = httpx2.request(method, address, timeout=PATIENCE_S)
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert "mcp-session-id" not in post(address).headers


def test_one_client_cannot_ask_without_end_and_others_do_not_notice(address: str) -> None:
    told = "198.51.100.1, 203.0.113.9"  # the proxy's own word is the last
    with httpx2.Client(headers={"x-forwarded-for": told}, timeout=PATIENCE_S) as client:
        statuses = [client.post(address).status_code for _ in range(http_guard.PER_MINUTE + 1)]
        last = client.post(address)
    assert set(statuses[:-1]) == {400}
    assert (statuses[-1], last.status_code) == (429, 429)
    assert 1 <= int(last.headers["retry-after"]) <= 60
    assert post(address, x_forwarded_for="203.0.113.9, 198.51.100.1").status_code == 200


def test_many_addresses_of_one_network_are_no_way_around() -> None:
    """Of eight IPv6 /64 in a /48, four at most ask as much as they may."""
    statuses: Counter[int] = Counter()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        statuses[200] += 1

    async def send(message: Any) -> None:
        statuses[message.get("status", 0)] += 1

    guard = http_guard.Guard(app, trusted_proxies=0, per_minute=10, exchange_s=PATIENCE_S)

    async def ask() -> None:
        for number in range(80):
            client = (f"2001:db8:a:{number % 8}00::1", 1)
            scope = {"type": "http", "method": "POST", "client": client, "headers": []}
            await guard(scope, None, send)  # type: ignore[arg-type]  # nothing is received

    anyio.run(ask)
    assert (statuses[200], statuses[429]) == (40, 40)


@contextmanager
def in_process(built: Path, tools: Tools) -> Iterator[int]:
    """A server in a thread of this process; gives its port."""
    settings = config(built)
    app = http_transport.http_app(settings, mcp_server.make_server(settings, tools))
    with reserved_port() as port:
        server = http_transport.http_server(app, host="127.0.0.1", port=port)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            wait_until(lambda: server.started)
            yield port
        finally:
            server.should_exit = True
            thread.join()


def test_connections_that_ask_nothing_are_closed(
    built: Path, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    monkeypatch.setattr(http_transport, "HEAD_DEADLINE_S", 0.2)
    with in_process(built, tools) as port:
        assert rest_of(port, b"") == b""
        assert rest_of(port, head) == b""
        asked = head + b"Accept: application/json\r\nContent-Length: 2\r\n\r\n{}"
        assert rest_of(port, asked + head).startswith(b"HTTP/1.1 400")
    monkeypatch.setattr(http_guard, "EXCHANGE_S", 0.3)
    with in_process(built, tools) as port:
        assert rest_of(port, head + b"Content-Length: 9\r\n\r\n{").startswith(b"HTTP/1.1 408")


def rest_of(port: int, sent: bytes) -> bytes:
    """All that comes until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as one:
        one.sendall(sent)
        found = b""
        while piece := one.recv(65536):
            found += piece
        return found


def test_who_asks_is_told_by_trusted_proxies_alone() -> None:
    forwarded = [(b"x-forwarded-for", b"10.0.0.1, 198.51.100.1"), (b"x-forwarded-for", b"::1")]
    scope = {"client": ("203.0.113.9", 1), "headers": forwarded}
    assert http_guard.client(scope, 0) == "203.0.113.9"
    assert http_guard.client(scope, 1) == "::1"
    assert http_guard.client(scope, 2) == "198.51.100.1"
    assert http_guard.client(scope, 4) == "203.0.113.9"
    assert http_guard.client({"client": None, "headers": forwarded}, 0) == ""
