"""The really started server: supervision, slow and odd clients, what its processes load."""

from __future__ import annotations

import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import psutil
import pytest
from waitress import wasyncore
from waitress.task import ThreadedTaskDispatcher

from bench.server import reserved_port
from kb.accounts.api_keys import demo_key
from kb.server import connections
from kb.server import worker as worker_module
from kb.server.connections import REQUEST_DEADLINE_S, Server
from kb.server.worker import EventLoopWorker, adjustments
from tests.support import api_library
from tests.support.waiting import PATIENCE_S, wait_until

ROOT = Path(__file__).parents[3]
SECRET_KEY = "k" * 40
SHOP = f"Authorization: Bearer {demo_key(SECRET_KEY)}\r\nOrigin: {api_library.SHOP}\r\n".encode()
"""Headers of a page with a widget in it."""


class Running:
    """A server in a process of its own."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)

    def has_accepted(self, client: socket.socket) -> bool:
        """Whether a worker holds the other end of the connection."""
        return any(
            one.raddr and one.raddr[:2] == client.getsockname()
            for pid in self.workers()
            for one in psutil.Process(pid).net_connections("tcp4")
        )

    def is_listening(self) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.port)) == 0

    def workers(self) -> set[int]:
        beside = {"watch", "worker"}
        return {pid for pid, command in self._children().items() if not beside & set(command)}

    def companions(self, name: str) -> set[int]:
        return {pid for pid, command in self._children().items() if name in command}

    def _children(self) -> dict[int, list[str]]:
        """Pid → command of those that run; one that has just died is none of them."""
        found: dict[int, list[str]] = {}
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.Error):
                found[child.pid] = child.cmdline()
        return found

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(PATIENCE_S)


@contextmanager
def served(data_dir: Path, *options: str, **settings: str) -> Iterator[Running]:
    """`kb serve` over what was built below `data_dir`, until it answers."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    environ |= {"KB_DATA_DIR": str(data_dir), "KB_LANGUAGES": "en,ru", "KB_RATE_LIMITS": "0"}
    environ |= {"KB_DEMO": "1", "KB_SECRET_KEY": SECRET_KEY}
    environ |= settings
    with reserved_port() as port:
        with open(data_dir / "server.log", "wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "kb", "serve", "--port", str(port), *options],
                cwd=ROOT,
                env=environ,
                stdout=log,
                stderr=log,
            )
        running = Running(process, port)
        try:
            wait_until(lambda: answers(running))
            yield running
        finally:
            process.kill()
            process.wait()


def answers(running: Running) -> bool:
    assert running.process.poll() is None, "the server ended"
    try:
        return running.get("/healthz")[0] == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("serving")
    api_library.build(root)
    with served(root) as running:
        yield running


# --- supervision


def test_two_workers_serve_pages_and_search(running: Running) -> None:
    wait_until(lambda: len(running.workers()) == 2)
    assert running.get("/en/")[0] == 200
    status, body = running.get("/api/v1/search?q=refund")
    assert status == 200
    assert json.loads(body)["data"][0]["id"] == f"art_{api_library.REFUND}"


def test_counts_of_both_workers_are_added_up(running: Running) -> None:
    def total() -> float:
        for line in running.get("/metrics")[1].decode().splitlines():
            if line.startswith("otvet_requests_total{") and 'route="/robots.txt"' in line:
                return float(line.split()[-1])
        return 0.0

    before = total()
    for _ in range(30):
        running.get("/robots.txt")
    assert {total() for _ in range(6)} == {before + 30}


def test_a_killed_worker_is_replaced_while_the_other_serves(running: Running) -> None:
    before = running.workers()
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    assert all(running.get("/en/")[0] == 200 for _ in range(5))

    def is_replaced() -> bool:
        now = running.workers()
        return len(now) == 2 and victim not in now

    wait_until(is_replaced)


def test_replacing_all_workers_loses_no_request(tmp_path: Path) -> None:
    api_library.build(tmp_path)
    with served(tmp_path) as running:
        wait_until(lambda: len(running.workers()) == 2)
        before = running.workers()
        statuses: list[int] = []
        done = threading.Event()

        def ask() -> None:
            while not done.is_set():
                statuses.append(running.get("/en/")[0])

        asking = threading.Thread(target=ask)
        asking.start()
        running.process.send_signal(signal.SIGHUP)
        wait_until(lambda: len(running.workers()) == 2 and not before & running.workers())
        done.set()
        asking.join()
    assert len(statuses) > 5
    assert set(statuses) == {200}


def test_told_to_stop_it_finishes_what_was_begun_and_exits_with_0(tmp_path: Path) -> None:
    api_library.build(tmp_path)
    body = b'{"message": "refund to my card"}'
    head = (
        b"POST /api/v1/suggest HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        + SHOP
        + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body)
    )
    with served(tmp_path) as running, running.connect() as client:
        client.sendall(head + body[:10])
        wait_until(lambda: running.has_accepted(client))
        workers = running.workers()
        running.process.terminate()
        wait_until(lambda: not running.is_listening())
        client.sendall(body[10:])
        answer = client.makefile("rb").read()
        code = running.process.wait(PATIENCE_S)
        assert not any(map(is_alive, workers))
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"suggestion_id" in answer
    assert code == 0


def test_idle_connections_do_not_delay_the_stop(tmp_path: Path) -> None:
    api_library.build(tmp_path)
    with served(tmp_path) as running:
        idle = [running.connect() for _ in range(5)]
        wait_until(lambda: all(map(running.has_accepted, idle)))
        workers = running.workers()
        assert running.stop() == 0
        assert not any(map(is_alive, workers))
        # Closed in order: a worker that is killed after its grace leaves no such line.
        log = (tmp_path / "server.log").read_text("utf-8")
        assert all(f"Worker exiting (pid: {pid})" in log for pid in workers)
        for one in idle:
            one.close()


def test_a_bad_setting_is_one_line_and_an_exit_code(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kb", "serve"],
        cwd=ROOT,
        env=os.environ | {"KB_DATA_DIR": str(tmp_path), "KB_WORKERS": "none"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 2
    assert "KB_WORKERS" in done.stderr
    assert "Traceback" not in done.stderr


def test_hand_offs_are_delivered_by_a_process_that_is_kept_running(tmp_path: Path) -> None:
    api_library.build(tmp_path)
    with served(tmp_path) as running:
        wait_until(lambda: len(running.companions("worker")) == 1)
        first = running.companions("worker")
        os.kill(first.copy().pop(), signal.SIGKILL)
        wait_until(lambda: running.companions("worker") - first)
        second = running.companions("worker")
        assert running.stop() == 0
    assert not any(map(is_alive, second))


def test_hand_offs_may_be_delivered_elsewhere(tmp_path: Path) -> None:
    api_library.build(tmp_path)
    with served(tmp_path, KB_EMBEDDED_WORKER="0") as running:
        before = running.workers()
        os.kill(min(before), signal.SIGKILL)
        # The supervisor starts what is missing, its companions after the servers.
        wait_until(lambda: running.workers() - before)
        assert running.companions("worker") == set()


def test_the_watcher_runs_beside_the_workers_and_ends_with_them(tmp_path: Path) -> None:
    article = tmp_path / "articles/en/faq/returns/refund.md"
    article.parent.mkdir(parents=True)
    article.write_text(
        "---\nid: k2m7p\ntitle: When the refund arrives\nsummary: In ten days.\n---\n\nText.\n",
        encoding="utf-8",
    )
    (tmp_path / "articles/categories.yml").write_text(
        "faq:\n  returns:\n    icon: return\n    order: 10\n    title: {en: Returns}\n"
        "    description: {en: All of it}\n",
        encoding="utf-8",
    )
    settings = {
        "KB_ARTICLES_DIR": str(tmp_path / "articles"),
        "KB_ENCODER": "none",
        "KB_LANGUAGES": "en",
    }
    with served(tmp_path, "--watch", **settings) as running:
        wait_until(lambda: len(running.companions("watch")) == 1)
        first = running.companions("watch")
        os.kill(min(first), signal.SIGKILL)
        wait_until(lambda: running.companions("watch") - first)
        second = running.companions("watch")
        assert running.stop() == 0
        assert not any(map(psutil.pid_exists, first | second))


def test_nobody_survives_a_killed_supervisor(tmp_path: Path) -> None:
    api_library.build(tmp_path)
    with served(tmp_path) as running:
        workers = running.workers()
        assert workers
        running.process.kill()
        running.process.wait()
        wait_until(lambda: not any(map(is_alive, workers)))


def is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


# --- slow clients


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
    """Whether the other side has closed; what it sent is thrown away."""
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


# --- odd requests


def raw(port: int, request: bytes) -> bytes:
    """All that comes back, until the connection is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as client:
        client.sendall(request)
        received = b""
        with suppress(ConnectionError):
            while chunk := client.recv(65536):
                received += chunk
        return received


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


# --- what a serving process loads

ASK_EVERYTHING = """
import json, os, sys
connections = []
sys.addaudithook(
    lambda event, args: connections.append(repr(args[1])) if event == "socket.connect" else None
)
from app import create_app
app = create_app()
client = app.test_client()
from kb.web.services import EXTENSION
library = app.extensions[EXTENSION].library
library._fence.wait_until_ready(60)
paths = ["/en/", "/en/search?q=refund", "/en/faq/returns/refund-timing", "/api/v1/search?q=refund",
         "/api/v1/autocomplete?q=ref", "/api/v1/articles/k2m7p?format=markdown", "/readyz"]
statuses = [client.get(path).status_code for path in paths]
from kb.accounts.api_keys import demo_key
shop = {"Origin": "http://localhost:1", "Authorization": "Bearer " + demo_key(app.secret_key)}
body = {"message": "refund card"}
statuses.append(client.post("/api/v1/suggest", json=body, headers=shop).status_code)
print(json.dumps({"statuses": statuses, "modules": sorted(sys.modules), "to": connections}))
"""


@pytest.fixture(scope="module")
def serving_process(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a process that answered everything has loaded and connected to."""
    root = tmp_path_factory.mktemp("modules")
    api_library.build(root)
    done = subprocess.run(
        [sys.executable, "-c", ASK_EVERYTHING],
        cwd=ROOT,
        env=os.environ | {"KB_DATA_DIR": str(root), "KB_LANGUAGES": "en,ru", "KB_DEMO": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=2 * PATIENCE_S,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert set(found["statuses"]) == {200}
    return found


@pytest.mark.parametrize(
    "module",
    [
        *("torch", "transformers", "sentence_transformers", "whoosh", "markdown", "onnx"),
        *("watchfiles", "mcp", "mcp_types", "uvicorn", "starlette", "opentelemetry"),
    ],
)
def test_serving_does_not_load_what_other_commands_need(
    serving_process: dict[str, Any], module: str
) -> None:
    assert module not in serving_process["modules"]


def test_serving_connects_to_nobody(serving_process: dict[str, Any]) -> None:
    assert serving_process["to"] == []
