"""A data folder without room: nothing more can be written, and readers notice nothing.

No disk is filled: processes may not write files beyond a few KB, which fails as a full disk does
where room is asked for. With real file systems, tmpfs and ext4, `docs/operations.md` tells how to
see it.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from kb.web.http.counter_files import FOLDER, KINDS, ROOM_BYTES
from tests.support.libraries import api_library
from tests.support.libraries.server_library import Running, served
from tests.support.patience import wait_until

MOST_BYTES = 16 * 1024
"""Enough for heartbeats, too little for counters and databases."""

COUNT = """
import resource, signal, sys
if sys.argv[1] == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
from kb.web.http.metrics import Metrics
metrics = Metrics()
for number in range(300):
    metrics.observe_request("GET", f"/{number % 30}", 200, 0.01)
sys.stdout.write(metrics.render().decode())
"""


def counted(folder: Path, state: str) -> str:
    """Exposition of a process that counts 300 requests."""
    done = subprocess.run(
        [sys.executable, "-c", COUNT, state],
        env={**os.environ, FOLDER: str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def requests(exposition: str) -> float:
    return sum(
        float(line.split()[-1])
        for line in exposition.splitlines()
        if line.startswith("otvet_requests_total{")
    )


def test_counters_have_their_room_before_they_count(tmp_path: Path) -> None:
    """A sparse file would end its process when it finds no room later."""
    told = counted(tmp_path, "roomy")
    assert requests(told) == 300
    assert "otvet_counters_shared 1.0" in told
    files = sorted(tmp_path.iterdir())
    assert [file.name.split("_")[0] for file in files] == sorted(KINDS)
    for file in files:
        assert file.stat().st_size == ROOM_BYTES
        assert file.stat().st_blocks * 512 >= ROOM_BYTES


def test_without_room_a_process_counts_in_memory(tmp_path: Path) -> None:
    told = counted(tmp_path, "full")
    assert requests(told) == 300
    assert "otvet_counters_shared 0.0" in told
    assert list(tmp_path.iterdir()) == []


def limit(running: Running, most: int) -> None:
    """Let the server and its workers write no files beyond `most` bytes."""
    for pid in (running.process.pid, *running.workers()):
        _, hard = psutil.Process(pid).rlimit(psutil.RLIMIT_FSIZE)
        psutil.Process(pid).rlimit(psutil.RLIMIT_FSIZE, (most, hard))


def assert_readers_notice_nothing(running: Running) -> None:
    assert running.get("/en/")[0] == 200
    assert running.get("/en/search?q=refund")[0] == 200
    status, body = running.get("/api/v1/search?q=refund")
    assert status == 200
    assert json.loads(body)["data"]
    assert running.get("/readyz")[0] == 200


def test_workers_replaced_on_a_full_disk_serve(tmp_path: Path) -> None:
    api_library.build(tmp_path)
    with served(tmp_path) as running:
        wait_until(lambda: len(running.workers()) == 2)
        before = running.workers()
        limit(running, MOST_BYTES)
        assert_readers_notice_nothing(running)
        running.process.send_signal(signal.SIGHUP)
        wait_until(lambda: len(running.workers()) == 2 and not before & running.workers())
        for _ in range(4):
            assert_readers_notice_nothing(running)
        assert "otvet_counters_shared 0.0" in running.get("/metrics")[1].decode()
        limit(running, resource.RLIM_INFINITY)
        assert_readers_notice_nothing(running)


def test_a_file_without_room_yet_spoils_no_others_counts(tmp_path: Path) -> None:
    """As a process leaves it for a moment that starts while the disk is full."""
    (tmp_path / "counter_1.db").touch()
    (tmp_path / "histogram_1.db").write_bytes(b"\0" * 3)
    exposition = counted(tmp_path, "room")
    assert requests(exposition) == 300
    assert "otvet_counters_shared 1.0" in exposition
