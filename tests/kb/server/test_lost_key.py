"""Workers, as processes, that lack the key of a hand-off: it waits, and arrives whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kb.config import Config
from kb.database.engine import Database
from kb.handoffs import backlog, handoffs, signs_of_life
from kb.handoffs.channels.webhook.channel import new_secret
from kb.handoffs.encryption import Sealer
from kb.secret_key import SecretKeys, key_file, load_secret_key
from tests.support.libraries.handoff_library import NOW, PLACE, wanted
from tests.support.libraries.server_library import ROOT
from tests.support.patience import PATIENCE_S, wait_until


@dataclass
class Desk:
    """A help desk: what it was sent."""

    url: str = ""
    got: list[Any] = field(default_factory=list)


@pytest.fixture
def desk() -> Iterator[Desk]:
    found = Desk()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing to the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def worker(config: Config, desk: Desk) -> Iterator[subprocess.Popen[str]]:
    """`kb worker` with the settings of a site whose key lies in its data folder."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "kb", "worker"],
        cwd=ROOT,
        env=environ
        | {
            "KB_DATA_DIR": str(config.data_dir),
            "KB_WEBHOOK_URL": desk.url,
            "KB_WEBHOOK_SECRET": new_secret(),
            "KB_ALLOWED_NETWORKS": "127.0.0.0/8",
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE_S)


def is_delivering(database: Database) -> bool:
    return signs_of_life.read(database, now=datetime.now(UTC)).is_alive


def test_a_hand_off_waits_for_its_key_and_arrives_whole(tmp_path: Path, desk: Desk) -> None:
    config = Config(data_dir=tmp_path / "var")
    keys = SecretKeys(load_secret_key(config))
    database = Database.from_url(config.effective_database_url)
    database.migrate()
    made = handoffs.make(database, wanted(), replace(PLACE, sealer=Sealer(keys)), now=NOW)
    kept = key_file(config).rename(tmp_path / "backup")

    with worker(config, desk) as process:
        assert process.wait(PATIENCE_S) == 2
        assert process.stderr
        assert "the secret key is not the one" in process.stderr.read()
    assert desk.got == []
    assert not is_delivering(database)  # which /readyz and /metrics say
    assert [one.id for one in backlog.unfinished(database)] == [made.id]

    kept.rename(key_file(config))
    with worker(config, desk):
        wait_until(lambda: desk.got)
        wait_until(lambda: not backlog.unfinished(database))
        assert is_delivering(database)
    assert not is_delivering(database)
    database.close()
    (event,) = desk.got
    assert event["data"]["contact"]["email"] == "anna@example.org"
    assert event["data"]["message"] == made.packet.message
