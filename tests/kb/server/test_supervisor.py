"""Supervision by the really started server: workers, companions, replacing and stopping them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil

from kb.database.engine import Database
from kb.handoffs import canary
from kb.handoffs.encryption import Sealer
from kb.secret_key import SecretKeys
from tests.support.libraries import api_library
from tests.support.libraries.server_library import ROOT, SECRET_KEY, SHOP, Running, served
from tests.support.patience import PATIENCE_S, wait_until


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
        wait_until(lambda: len(statuses) > 5)
        done.set()
        asking.join()
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


def test_a_worker_that_cannot_start_takes_no_other_with_it(tmp_path: Path) -> None:
    """The database is sealed with another key meanwhile: no new process may work on it."""
    api_library.build(tmp_path)

    def logged(text: str) -> int:
        return (tmp_path / "server.log").read_text("utf-8").count(text)

    with served(tmp_path) as running:
        wait_until(lambda: logged("encoder loaded") == 2)
        victim, survivor = sorted(running.workers())
        seal(tmp_path, "another key" * 4)
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: logged("a new worker cannot start") > 1)
        assert running.get("/en/")[0] == 200
        assert survivor in running.workers()
        seal(tmp_path, SECRET_KEY)
        running.process.send_signal(signal.SIGHUP)
        wait_until(lambda: survivor not in running.workers() and len(running.workers()) == 2)
        assert running.get("/en/")[0] == 200
        assert running.stop() == 0


def seal(data_dir: Path, key: str) -> None:
    database = Database.from_url(f"sqlite:///{data_dir / 'otvet.sqlite'}")
    database.transact(lambda connection: canary.replace(connection, Sealer(SecretKeys(key))))
    database.close()
