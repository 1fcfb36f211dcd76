"""Slow, idle and too many clients: they keep nobody waiting, and are cut off in time."""

from __future__ import annotations

import http.client
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest
from waitress import wasyncore
from waitress.task import ThreadedTaskDispatcher

from kb.server import connections
from kb.server import worker as worker_module
from kb.server.connections import REQUEST_DEADLINE_S, Server
from kb.server.worker import EventLoopWorker, adjustments
from tests.support.libraries.server_library import Running, raw
from tests.support.patience import PATIENCE_S, wait_until


@pytest.mark.parametrize(
    "opening",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        b"POST /api/v1/suggest HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{",
        b"",
    ],
    ids=["header", "body", "silence"],
)
def test_hundreds_of_slow_clients_keep_nobody_waiting(running: Running, opening: bytes) -> None:
    slow = [running.connect() for _ in range(300)]
    try:
        for one in slow:
            one.sendall(opening)
        assert running.get("/en/faq/")[0] == 200
        # Who had to wait for them would wait until they are cut off.
        assert not all(map(is_closed, slow))
        assert {running.get("/en/faq/")[0] for _ in range(9)} == {200}
    finally:
        for one in slow:
            one.close()


class TrivialSite:
    """Answers at once, but what is slow only while `gate` is open."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Semaphore(0)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., object]
    ) -> list[bytes]:
        path = environ["PATH_INFO"]
        if "slow" in path or "suggest" in path:
            self.entered.release()
            self.gate.wait(PATIENCE_S)
        body = b"x" * 8_000_000 if path == "/large" else b"ok"
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]


@pytest.fixture
def site() -> TrivialSite:
    return TrivialSite()


@pytest.fixture
def server(site: TrivialSite) -> Iterator[Server]:
    """An event loop in a thread with two others, serving `site`."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)  # a large answer has to wait
    sockets: dict[int, Any] = {}
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(2)
    settings = adjustments(listener, threads=2)
    settings.channel_timeout = 60
    server = Server(
        site,
        sockets,
        True,
        listener,
        dispatcher=dispatcher,
        adj=settings,
        sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
        bind_socket=False,
    )
    done = threading.Event()

    def run() -> None:
        while not done.is_set():
            wasyncore.loop(0.05, use_poll=True, map=sockets, count=1)

    thread = threading.Thread(target=run)
    thread.start()
    yield server
    site.gate.set()
    done.set()
    thread.join()
    dispatcher.shutdown()
    wasyncore.close_all(sockets)


@pytest.fixture
def loop(server: Server) -> int:
    """The port of `server`."""
    return int(cast(Any, server).effective_port)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines that clients are to miss."""
    monkeypatch.setattr(connections, "REQUEST_DEADLINE_S", 0.3)
    monkeypatch.setattr(connections, "RESPONSE_DEADLINE_S", 0.3)


def is_closed(one: socket.socket) -> bool:
    """True when the other side has closed; what it sent is thrown away."""
    readable, _, _ = select.select([one], [], [], 0)
    if not readable:
        return False
    try:
        return one.recv(65536) == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize(
    "opening",
    [
        b"GET / HTTP/1.1\r\nX-Slow: ",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n",
    ],
    ids=["header", "body"],
)
def test_a_request_that_drips_is_cut_off(hurried: None, loop: int, opening: bytes) -> None:
    with socket.create_connection(("127.0.0.1", loop)) as client:
        client.sendall(opening)

        def is_cut() -> bool:
            try:
                client.sendall(b"x")
            except OSError:
                return True
            return is_closed(client)

        wait_until(is_cut, timeout_s=REQUEST_DEADLINE_S / 2)


def test_a_response_that_is_not_taken_is_cut_off(hurried: None, server: Server, loop: int) -> None:
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", loop))
        client.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        wait_until(lambda: server.finished)
        wait_until(lambda: not server.active_channels)
        received = 0
        client.settimeout(PATIENCE_S)
        try:
            while chunk := client.recv(1 << 20):
                received += len(chunk)
        except ConnectionError:
            pass
    assert received < 8_000_000


def test_a_keep_alive_connection_within_its_time_is_kept(
    server: Server, loop: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between requests the deadlines of a request and of a response do not count."""
    passed_s = 0.0
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + passed_s, time=time.time)
    monkeypatch.setattr(connections, "time", clock)
    connection = http.client.HTTPConnection("127.0.0.1", loop, timeout=PATIENCE_S)
    connection.connect()
    own = connection.sock
    for _ in range(3):
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"ok"
        passed_s += 10 * connections.RESPONSE_DEADLINE_S
        server.maintenance(time.time())
    assert connection.sock is own, "it was not made anew"
    connection.close()


def test_a_process_whose_threads_all_hang_stops_its_heartbeat(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    worker: Any = EventLoopWorker.__new__(EventLoopWorker)
    server = SimpleNamespace(finished=0)
    worker._servers, worker._dispatcher = [server], SimpleNamespace(queue=["waiting"])
    worker._watch_from(clock[0])
    clock[0] += worker_module.STUCK_AFTER_S - 1
    assert not worker._is_stuck()
    clock[0] += 2
    assert worker._is_stuck()
    server.finished += 1
    assert not worker._is_stuck()
    worker._dispatcher.queue.clear()
    clock[0] += 1000
    assert not worker._is_stuck()


@contextmanager
def clients(port: int, requests: Sequence[bytes]) -> Iterator[list[socket.socket]]:
    """Connections with a request on each."""
    with ExitStack() as stack:
        made = []
        for request in requests:
            one = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
            made.append(stack.enter_context(one))
            one.sendall(request)
        yield made


def answered(waiting: Sequence[socket.socket]) -> list[socket.socket]:
    return select.select(waiting, [], [], 0)[0]


def rest(client: socket.socket) -> bytes:
    with client.makefile("rb") as file:
        return file.read()


TAIL = b" HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("path", [b"/slow", b"/api/v1/slow"])
def test_too_many_at_once_are_turned_away_early_and_it_recovers(
    site: TrivialSite, loop: int, path: bytes
) -> None:
    request = b"GET " + path + TAIL
    may_wait = 2 * connections.QUEUE_PER_THREAD
    site.gate.clear()
    with clients(loop, [request] * 2) as served:
        for _ in served:  # both threads are taken
            assert site.entered.acquire(timeout=PATIENCE_S)
        with clients(loop, [request] * 58) as crowd:
            wait_until(lambda: len(answered(crowd)) == 58 - may_wait)
            refused = [rest(client) for client in answered(crowd)]
            assert not answered(served)
            site.gate.set()
            statuses = [rest(client)[:13] for client in (*served, *crowd)]
    assert all(b" 503 " in answer[:13] for answer in refused)
    assert all(b"Retry-After: 2" in answer for answer in refused)
    assert sum(b" 200 " in status for status in statuses) == 2 + may_wait
    assert raw(loop, b"GET /" + TAIL).endswith(b"ok")


def test_suggestions_that_would_be_late_are_turned_away_and_pages_are_not(
    site: TrivialSite, server: Server, loop: int
) -> None:
    """The third and fourth a thread has to wait for are refused at once; other requests wait."""
    request = b"POST /api/v1/suggest" + TAIL
    may_wait = 2 * connections.COSTLY_PER_THREAD
    site.gate.clear()
    with clients(loop, [request] * 2) as served:
        for _ in served:  # both threads are taken
            assert site.entered.acquire(timeout=PATIENCE_S)
        with clients(loop, [request] * 10) as crowd:
            wait_until(lambda: len(answered(crowd)) == 10 - may_wait)
            refused = [rest(client) for client in answered(crowd)]
            with clients(loop, [b"GET /slow" + TAIL]) as (page,):
                wait_until(lambda: len(server.task_dispatcher.queue) == may_wait + 1)
                site.gate.set()
                assert b" 200 " in rest(page)[:13]
    assert all(b" 503 " in answer[:13] for answer in refused)
    assert all(b"search_unavailable" in answer for answer in refused)
    assert all(b"Retry-After" in answer for answer in refused)
