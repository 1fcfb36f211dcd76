"""Starts that cannot work under a plain gunicorn: a sentence, no traceback.

Those of `kb serve` are among the commands of `tests/kb/cli/test_faults.py`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from gunicorn.errors import AppImportError  # type: ignore[import-untyped]  # ships no types
from sqlalchemy import text

from app import create_app
from kb.config import Config
from kb.database.engine import Database
from kb.handoffs import canary
from kb.handoffs.encryption import Sealer
from kb.secret_key import SecretKeys
from tests.support.libraries.server_library import ROOT
from tests.support.patience import PATIENCE_S

COMMAND = ("gunicorn", "-w", "1", "-b", "127.0.0.1:0", "app:create_app()")
APP_LOAD_ERROR = 4
"""Gunicorn's exit code for an application that cannot be loaded."""

FAULTS = {
    "setting": ({"KB_WORKERS": "0"}, "KB_WORKERS must be at least 1"),
    "channel": ({"KB_HANDOFF_CHANNEL": "webhook"}, "KB_WEBHOOK_URL and KB_WEBHOOK_SECRET must"),
    "kind": ({"KB_DATABASE_URL": "mysql://db/otvet"}, "KB_DATABASE_URL names mysql"),
    "option": ({"KB_DATABASE_URL": "postgresql://localhost/db?colour=red"}, "invalid connection"),
    "key": ({"KB_SECRET_KEY": "o" * 40}, "the secret key is not the one this database"),
    "folder": ({"KB_DATA_DIR": "/dev/null/var"}, "no secret key can be made in KB_DATA_DIR"),
    "version": ({}, "tables of a newer version (9999)"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_start_that_cannot_work_is_told_to_gunicorn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """It prints the message of this error of its own alone, and does not try again."""
    sentence = FAULTS[name][1]
    for variable, value in environ(tmp_path, name).items():
        monkeypatch.setenv(variable, value)
    with pytest.raises(AppImportError) as raised:
        create_app()
    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)


def test_gunicorn_ends_with_that_sentence(tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-m", *COMMAND],
        cwd=ROOT,
        env=os.environ | environ(tmp_path, "key"),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert made.returncode == APP_LOAD_ERROR
    assert made.stderr.count(FAULTS["key"][1]) == 1
    assert "Traceback" not in made.stdout + made.stderr


SINCE_THE_CHECKS = """
import threading, time
import app
from kb.cli.main import main
from kb.errors import BadConfig

def fail(*_):
    threading.Thread(target=time.sleep, args=(600,)).start()  # as libraries leave them
    raise BadConfig("KB_LANGUAGES has changed")

app._joined = fail
main(["serve", "--port", "0"])
"""


def test_a_setting_that_only_workers_refuse_ends_the_server(tmp_path: Path) -> None:
    """At once, however many of them tell of it, and whatever threads they have begun."""
    made = subprocess.run(
        [sys.executable, "-c", SINCE_THE_CHECKS],
        cwd=ROOT,
        env=os.environ | {"KB_DATA_DIR": str(tmp_path / "var"), "KB_EMBEDDED_WORKER": "0"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert made.returncode == 2
    assert "Bad setting: KB_LANGUAGES has changed" in made.stderr.splitlines()
    assert "Traceback" not in made.stdout + made.stderr


def environ(folder: Path, name: str) -> dict[str, str]:
    """The settings of a site with a fault."""
    return {"KB_DATA_DIR": _site(folder, is_newer=name == "version")} | FAULTS[name][0]


def _site(folder: Path, *, is_newer: bool) -> str:
    """A data folder with a database that is sealed, its key not beside it."""
    config = Config(data_dir=folder / "var")
    database = Database.from_url(config.effective_database_url)
    database.migrate()
    sealer = Sealer(SecretKeys("k" * 40))
    if is_newer:
        newer = text("UPDATE alembic_version SET version_num = '9999'")
        database.transact(lambda connection: connection.execute(newer))
    else:
        database.transact(lambda connection: canary.require(connection, sealer))
    database.close()
    return str(config.data_dir)
