"""Starts the real server for measurements and stops it again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from kb.accounts.api_keys import demo_key

SECRET_KEY = "a key of benchmarks and tests alone"
START_TIMEOUT_S = 180.0
STOP_TIMEOUT_S = 60.0
READY_ANSWERS = 8
"""Ready answers in a row that are taken for readiness of every worker."""


@dataclass(frozen=True)
class Server:
    """A running `kb serve`; `ready_s` is the time from its start to the first ready answer."""

    url: str
    pid: int
    ready_s: float

    @property
    def customer(self) -> dict[str, str]:
        """Headers of a page with a widget in it."""
        return {"Authorization": f"Bearer {demo_key(SECRET_KEY)}", "Origin": self.url}

    def pids(self) -> list[int]:
        """The process and its children, all generations of them."""
        found, queue = [], [self.pid]
        while queue:
            pid = queue.pop()
            found.append(pid)
            children = Path(f"/proc/{pid}/task/{pid}/children")
            queue += [int(child) for child in children.read_text().split()]
        return found

    def worker_pids(self) -> list[int]:
        """Processes that answer requests."""
        companions = ("watch", "worker")
        return [pid for pid in self.pids() if not _command(pid).rstrip().endswith(companions)][1:]


@contextmanager
def running(settings: Mapping[str, str], *, watch: bool = False) -> Iterator[Server]:
    """Run `kb serve` with `settings`; the folder must hold a generation unless it watches."""
    with reserved_port() as port:
        yield from _run(port, settings, watch=watch)


def _run(port: int, settings: Mapping[str, str], *, watch: bool) -> Iterator[Server]:
    command = [sys.executable, "-m", "kb", "serve", "--port", str(port)]
    fixed = {"KB_RATE_LIMITS": "0", "KB_DEMO": "1", "KB_SECRET_KEY": SECRET_KEY}
    environ = {**os.environ, **fixed, **settings}
    started = time.monotonic()
    process = subprocess.Popen(
        command + (["--watch"] if watch else []),
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        yield Server(url, process.pid, _wait_until_ready(url, process) - started)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=STOP_TIMEOUT_S)


def memory_mb(pid: int) -> dict[str, float]:
    """Resident and proportional set size of a process; the latter shares out shared pages."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    rows = dict(line.split(":", 1) for line in rollup.splitlines()[1:])
    return {name.lower(): int(rows[name].split()[0]) / 1024 for name in ("Rss", "Pss")}


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> float:
    """Time at which the server answered that it is ready, and did so from then on."""
    deadline = time.monotonic() + START_TIMEOUT_S
    in_a_row, since = 0, 0.0
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            is_ready = requests.get(f"{url}/readyz", timeout=1).json()["status"] == "ready"
            in_a_row = in_a_row + 1 if is_ready else 0
            since = time.monotonic() if in_a_row <= 1 else since
            if in_a_row == READY_ANSWERS:
                return since
        except requests.RequestException:
            pass
        time.sleep(0.02)
    raise TimeoutError("the server did not become ready")


@contextmanager
def reserved_port() -> Iterator[int]:
    """A port that the system gives to nobody meanwhile.

    Who asks for it by its number and reuses addresses, as servers do, can listen on it.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield int(holder.getsockname()[1])
