"""Can clients that are slow on purpose keep others from being served? Four servers compared.

    python -m bench.speed.half_open [--json FILE]

Some hundred sockets begin a request and never finish it (`header`, `body`) or never take the
response (`reader`), sending a byte every second. Meanwhile ten ordinary requests are made, each on
a new connection, with three seconds of patience. The application is a trivial one: this measures
servers.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import resource
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["header", "body", "reader"]

ROOT = Path(__file__).parents[2]
KINDS: tuple[Kind, ...] = ("header", "body", "reader")
COUNTS = (200, 600)
HEALTHY = 10
PATIENCE_S = 3.0
SPACING_S = 0.1
LARGE_BYTES = 256 * 1024

OPENINGS: dict[Kind, bytes] = {
    "header": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    "body": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000\r\n\r\n",
    "reader": b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n",
}

SERVERS: dict[str, tuple[str, ...]] = {
    "gunicorn sync": ("-m", "gunicorn", "-w", "2", "-b", "127.0.0.1:{port}"),
    "gunicorn gthread": (
        *("-m", "gunicorn", "-k", "gthread", "-w", "2", "--threads", "8"),
        *("-b", "127.0.0.1:{port}"),
    ),
    "waitress": ("-m", "waitress", "--threads=8", "--listen=127.0.0.1:{port}"),
    "otvet": (
        *("-m", "gunicorn", "-k", "kb.server.worker.EventLoopWorker", "-w", "2", "--threads", "8"),
        *("-b", "127.0.0.1:{port}"),
    ),
}


@dataclass(frozen=True)
class Outcome:
    """Outcome of ten ordinary requests. Latencies of those answered, None when none was."""

    server: str
    kind: Kind
    sockets: int
    served: int
    p50_ms: float | None
    max_ms: float | None


def application(environ: dict[str, object], start_response: Callable[..., object]) -> list[bytes]:
    body = b"x" * LARGE_BYTES if environ["PATH_INFO"] == "/large" else b"ok"
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the result here too")
    parser.add_argument("--server", action="append", choices=list(SERVERS), help="only this one")
    options = parser.parse_args(arguments)
    _raise_file_limit()
    outcomes = []
    for server in options.server or SERVERS:
        for kind in KINDS:
            for count in COUNTS:
                outcomes.append(measure(server, kind, count))
                print(row(outcomes[-1]), flush=True)
    if options.json:
        result = {
            "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            "python": platform.python_version(),
            "healthy_requests": HEALTHY,
            "outcomes": [asdict(outcome) for outcome in outcomes],
        }
        options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def measure(server: str, kind: Kind, count: int) -> Outcome:
    """Start the server, hold `count` slow sockets against it, ask ten times."""
    port = _free_port()
    process = _start(server, port)
    slow: list[socket.socket] = []
    done = threading.Event()
    try:
        _wait_until_up(port)
        slow = [_slow_socket(port, kind) for _ in range(count)]
        dripping = threading.Thread(target=_drip, args=(slow, kind, done))
        dripping.start()
        time.sleep(1.0)
        latencies = _ask(port)
        done.set()
        dripping.join()
    finally:
        done.set()
        for one in slow:
            one.close()
        _stop(process)
    return Outcome(
        server,
        kind,
        count,
        len(latencies),
        round(statistics.median(latencies), 1) if latencies else None,
        round(max(latencies), 1) if latencies else None,
    )


def row(outcome: Outcome) -> str:
    times = "-" if outcome.p50_ms is None else f"{outcome.p50_ms:.0f} / {outcome.max_ms:.0f} ms"
    return (
        f"{outcome.server:<18}{outcome.kind:<8}{outcome.sockets:>5}"
        f"{outcome.served:>5} of {HEALTHY}  {times}"
    )


def _start(server: str, port: int) -> subprocess.Popen[bytes]:
    arguments = [part.format(port=port) for part in SERVERS[server]]
    return subprocess.Popen(
        [sys.executable, *arguments, "bench.speed.half_open:application"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGQUIT if process.poll() is None else 0)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_until_up(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if _ask_once(port) is not None:
            return
        time.sleep(0.1)
    raise SystemExit("the server did not start")


def _slow_socket(port: int, kind: Kind) -> socket.socket:
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    one.settimeout(0.2)
    try:
        one.connect(("127.0.0.1", port))
        one.sendall(OPENINGS[kind])
    except OSError:
        pass  # a server that has given up accepting
    return one


def _drip(sockets: Iterable[socket.socket], kind: Kind, done: threading.Event) -> None:
    while not done.wait(1.0):
        for one in sockets:
            try:
                one.recv(1) if kind == "reader" else one.send(b"x")
            except OSError:
                continue


def _ask(port: int) -> list[float]:
    with ThreadPoolExecutor(HEALTHY) as pool:
        asked = []
        for _ in range(HEALTHY):
            asked.append(pool.submit(_ask_once, port))
            time.sleep(SPACING_S)
        answers = [one.result() for one in asked]
    return [answer for answer in answers if answer is not None]


def _ask_once(port: int) -> float | None:
    """Milliseconds until the answer, None without one."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    started = time.perf_counter()
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return (time.perf_counter() - started) * 1000


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _raise_file_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8192)), hard))


if __name__ == "__main__":
    main()
