"""`kb backup`, `kb restore`, `kb db copy`: a site comes back with its key, and moves."""

from __future__ import annotations

import gzip
import os
import resource
import stat
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from kb.cli.main import main
from kb.config import Config
from kb.database.copies import backup_file
from kb.database.engine import Database
from kb.handoffs import handoffs, signs_of_life
from kb.handoffs.encryption import Sealer
from kb.secret_key import SecretKeys, key_file, load_secret_key, replace_made_key
from kb.server import supervisor
from tests.support.filled_database import all_rows
from tests.support.libraries.handoff_library import ANNA, NOW, PLACE, wanted
from tests.support.libraries.server_library import ROOT
from tests.support.vote_rows import add_vote, count_votes

OTHER = "o" * 40
HANDOFF = f"ho_{0:016x}"


@pytest.fixture
def site(tmp_path: Path) -> Config:
    """The settings of a site with a hand-off, its key in its data folder."""
    config = Config(data_dir=tmp_path / "var")
    sealer = Sealer(SecretKeys(load_secret_key(config)))
    with_database(config, lambda db: handoffs.make(db, wanted(), place(sealer), now=NOW))
    return config


def place(sealer: Sealer) -> handoffs.SiteContext:
    return replace(PLACE, sealer=sealer)


def with_database(
    config: Config, work: Callable[[Database], object] | None = None
) -> dict[str, list[str]]:
    """Migrate, work, and tell all rows."""
    database = Database.from_url(config.effective_database_url)
    database.migrate()
    if work:
        work(database)
    found = all_rows(database)
    database.close()
    return found


def run(config: Config, *arguments: object, **settings: str) -> tuple[int, str]:
    environ = {"KB_DATA_DIR": str(config.data_dir), "KB_DATABASE_URL": config.database_url}
    result = CliRunner().invoke(main, [str(one) for one in arguments], env=environ | settings)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_a_site_comes_back_with_its_key(site: Config, tmp_path: Path) -> None:
    kept, key = tmp_path / "kept", tmp_path / "key"
    code, output = run(site, "backup", kept, "--key", key)
    assert (code, f"The secret key is not in it, but in {key}: keep a copy" in output) == (0, True)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    new = Config(data_dir=tmp_path / "new", secret_key=key.read_text())
    code, output = run(new, "restore", kept, KB_SECRET_KEY_FILE=str(key))
    assert (code, output) == (0, "3 rows have been restored\n")
    database = Database.from_url(new.effective_database_url)
    found = handoffs.find(database, HANDOFF, place(Sealer(SecretKeys(new.secret_key))))
    database.close()
    assert found
    assert found.packet.contact == ANNA


def test_where_the_key_is_is_told(site: Config, tmp_path: Path) -> None:
    output = run(site, "backup", tmp_path / "kept")[1]
    assert f"not in it, but in {key_file(site)}: keep a copy of that apart" in output
    assert "for without it contacts cannot be read" in output
    own = load_secret_key(site)
    output = run(site, "backup", tmp_path / "kept", KB_SECRET_KEY=own)[1]
    assert "not in it, but the value of KB_SECRET_KEY: keep" in output
    key_file(site).unlink()
    assert "not in it, and the one that the da" in run(site, "backup", tmp_path / "kept")[1]


def test_a_key_that_was_asked_for_and_is_not_here_is_a_failure(
    site: Config, tmp_path: Path
) -> None:
    own = load_secret_key(site)
    key_file(site).unlink()
    for settings in ({}, {"KB_SECRET_KEY": OTHER}):
        ask = ("backup", tmp_path / "kept", "--key", tmp_path / "key")
        code, output = run(site, *ask, **settings)
        assert (code, "The secret key was not saved: the one that the" in output) == (1, True)
    assert not (tmp_path / "key").exists()
    assert run(site, *ask, KB_SECRET_KEY=own)[0] == 0


def test_the_key_is_never_in_the_backup(site: Config, tmp_path: Path) -> None:
    import gzip

    kept = tmp_path / "kept"
    assert run(site, "backup", kept, "--key", kept)[0] == 2
    assert run(site, "backup", kept)[0] == 0
    assert load_secret_key(site).encode() not in gzip.decompress(kept.read_bytes())


def test_during_a_rotation_both_keys_are_kept(site: Config, tmp_path: Path) -> None:
    first = load_secret_key(site)
    replace_made_key(site)
    assert run(site, "backup", tmp_path / "kept", "--key", tmp_path / "key")[0] == 0
    assert (tmp_path / "key").read_text() == load_secret_key(site)
    assert (tmp_path / "key.previous").read_text() == first


def test_another_key_is_not_replaced(site: Config, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(OTHER)
    code, output = run(site, "backup", tmp_path / "kept", "--key", tmp_path / "key")
    assert (code, "holds another; name another file" in output) == (1, True)
    assert (tmp_path / "key").read_text() == OTHER
    assert run(site, "backup", tmp_path / "kept", "--key", tmp_path / "no" / "key")[0] == 1


def test_a_key_that_does_not_open_what_is_restored_is_told(site: Config, tmp_path: Path) -> None:
    run(site, "backup", tmp_path / "kept")
    new = Config(data_dir=tmp_path / "new")
    for settings, fault in (
        ({}, "There is no secret key here: put the one that the backup is sealed with into"),
        ({"KB_SECRET_KEY": OTHER}, "is not the one that the backup is sealed with"),
    ):
        code, output = run(new, "restore", tmp_path / "kept", "--replace", **settings)
        assert (code, fault in output) == (0, True)
    assert not key_file(new).exists()


def test_data_is_replaced_on_request_only(site: Config, tmp_path: Path) -> None:
    run(site, "backup", tmp_path / "kept")
    before = with_database(site)
    with_database(site, lambda db: db.transact(add_vote))
    code, output = run(site, "restore", tmp_path / "kept")
    assert (code, "holds data already" in output, "--replace" in output) == (1, True, True)
    assert run(site, "restore", tmp_path / "kept", "--replace")[0] == 0
    assert with_database(site) == before


def test_after_an_upgrade_the_former_version_comes_back(site: Config, tmp_path: Path) -> None:
    run(site, "backup", tmp_path / "kept")
    before = with_database(site)
    database = Database.from_url(site.effective_database_url)
    with database.write() as connection:  # where a worker tells that it lives has another form, too
        connection.execute(text("ALTER TABLE delivery_workers RENAME seen_at TO last_seen"))
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    code, output = run(site, "restore", tmp_path / "kept")
    assert (code, "newer version (9999)" in output, "--replace" in output) == (1, True, True)
    code, output = run(site, "restore", tmp_path / "kept", "--replace")
    assert (code, output.splitlines()) == (
        0,
        [
            "3 rows have been restored",
            f"The database of the newer version is kept as {site.data_dir / 'otvet.sqlite.newer'}",
        ],
    )
    assert with_database(site) == before


def test_nothing_is_restored_under_a_worker(site: Config, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert run(site, "backup", kept)[0] == 0
    now = datetime.now(UTC)
    with_database(site, lambda database: signs_of_life.show(database, "me", (), now=now))
    code, told = run(site, "restore", kept, "--replace")
    assert (code, told.startswith("A worker is at work on this database: stop")) == (1, True)
    with_database(site, lambda database: signs_of_life.forget(database, "me"))
    assert run(site, "restore", kept, "--replace")[0] == 0


def test_a_full_disk_leaves_the_former_backup(site: Config, tmp_path: Path) -> None:
    """Processes may not write files beyond a few KB, which fails as a full disk does."""
    kept = tmp_path / "kept"
    assert run(site, "backup", kept)[0] == 0
    before = kept.read_bytes()
    database = Database.from_url(site.effective_database_url)
    with database.write() as connection:
        for number in range(300):
            add_vote(connection, number)
    with database.read():  # keeps what SQLite has beside its file
        done = subprocess.run(
            [sys.executable, "-m", "kb", "backup", kept],
            cwd=ROOT,
            env={**os.environ, "KB_DATA_DIR": str(site.data_dir)},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024)),
            capture_output=True,
            text=True,
        )
    database.close()
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{kept} cannot be written: File too large\n"
    assert kept.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept", "var"]


def test_the_database_moves(site: Config, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'other.sqlite'}"
    code, output = run(site, "db", "copy", "--to", url)
    assert (code, "3 rows have been copied and compared" in output) == (0, True)
    assert with_database(Config(data_dir=site.data_dir, database_url=url)) == with_database(site)
    code, output = run(site, "db", "copy", "--to", url)
    assert (code, "holds data already" in output) == (1, True)


@pytest.mark.parametrize("command", [("backup", "kept"), ("db", "copy", "--to", "sqlite:////x/y")])
def test_before_the_first_start_nothing_is_made(tmp_path: Path, command: tuple[str, ...]) -> None:
    config = Config(data_dir=tmp_path / "var")
    code, output = run(config, *command)
    assert (code, "There is no database of Otvet at" in output) == (2, True)
    assert not config.data_dir.exists()


def test_a_database_left_behind_is_told(
    site: Config, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By `kb serve` and `kb doctor`, until the new one holds something."""
    served: list[object] = []
    monkeypatch.setattr(supervisor, "serve", lambda *_, **__: served.append(1))
    moved = site.model_copy(update={"database_url": database_url})
    sentence = f"the database of KB_DATABASE_URL is empty, and {site.data_dir / 'otvet.sqlite'}"
    code, output = run(moved, "serve")
    assert (code, output.count("\n"), sentence in output) == (0, 1, True)
    assert sentence in run(moved, "doctor")[1]
    with_database(moved)  # started: its tables are there
    assert sentence in run(moved, "serve")[1]
    assert run(site, "db", "copy", "--to", database_url)[0] == 0
    assert run(moved, "serve") == (0, "")
    assert sentence not in run(moved, "doctor")[1]
    assert len(served) == 3


def test_a_site_that_was_never_moved_is_told_nothing(
    site: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "serve", lambda *_, **__: None)
    assert run(site, "serve") == (0, "")
    assert with_database(site, lambda db: count_votes(db))


@pytest.mark.parametrize("content", [b"[" * 100_000, b"", b"{}\n"], ids=["deep", "empty", "other"])
def test_a_file_that_is_no_backup_is_told(site: Config, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "kept").write_bytes(gzip.compress(content))
    told = f"{tmp_path / 'kept'} is not a backup of Otvet, or is cut short or damaged\n"
    assert run(site, "restore", tmp_path / "kept") == (1, told)


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_pipe_is_not_waited_for(site: Config, tmp_path: Path, command: str) -> None:
    os.mkfifo(tmp_path / "kept")
    code, output = run(site, command, tmp_path / "kept")
    assert (code, output.count("\n")) == (1, 1)


def test_a_line_without_end_is_not_held_in_memory(
    site: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_file, "MAX_LINE_BYTES", 1000)
    (tmp_path / "kept").write_bytes(gzip.compress(b" " * 10_000_000))
    run(site, "restore", tmp_path / "kept")  # imports
    tracemalloc.start()
    code, _ = run(site, "restore", tmp_path / "kept")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert code == 1
    assert most < 5_000_000
