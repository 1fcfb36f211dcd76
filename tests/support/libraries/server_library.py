"""The really started server, in a process of its own."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from bench.server import reserved_port
from kb.accounts.api_keys import demo_key
from tests.support.libraries import api_library
from tests.support.patience import PATIENCE_S, wait_until

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
        """True when a worker holds the other end of the connection."""
        return any(
            one.raddr and one.raddr[:2] == client.getsockname()
            for pid in self.workers()
            for one in psutil.Process(pid).net_connections("tcp4")
        )

    def is_listening(self) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.port)) == 0

    def workers(self) -> set[int]:
        beside = {"watch", "worker", "workbench"}
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


def raw(port: int, request: bytes) -> bytes:
    """All that comes back, until the connection is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as client:
        client.sendall(request)
        received = b""
        with suppress(ConnectionError):
            while chunk := client.recv(65536):
                received += chunk
        return received
