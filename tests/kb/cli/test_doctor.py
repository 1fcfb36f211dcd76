"""`kb doctor`: a line each, good or with a remedy; nothing is changed by looking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, text, update

from kb.cli.doctor.checks import CHECKS
from kb.cli.main import main
from kb.config import Config
from kb.database.engine import Database
from kb.database.tables import deliveries
from kb.database.tables import handoffs as handoffs_table
from kb.handoffs import handoffs, signs_of_life
from kb.handoffs.encryption import Sealer
from kb.secret_key import SecretKeys, key_file, load_secret_key
from tests.support.libraries import api_library
from tests.support.libraries.handoff_library import NOW, PLACE, wanted

FIRST, SECOND = "k" * 40, "n" * 40


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    database.migrate()
    handoffs.make(database, wanted(), replace(PLACE, sealer=Sealer(SecretKeys(FIRST))), now=NOW)
    database.transact(lambda connection: connection.execute(delete(deliveries)))  # nothing waits
    yield database
    database.close()


def lines(root: Path, url: str = "", **settings: str) -> tuple[int, list[str]]:
    """Exit code and lines of a site in `root`; those of `url` where a database is named."""
    (root / "articles").mkdir(exist_ok=True)
    environ = {"KB_ARTICLES_DIR": str(root / "articles"), "KB_DATA_DIR": str(root / "var")}
    if url:
        environ["KB_DATABASE_URL"] = url
    result = CliRunner().invoke(main, ["doctor"], env=environ | settings)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output.splitlines()


def line(found: list[str], subject: str) -> str:
    """The worst line on a subject."""
    own = [one for one in found if f"  {subject}: " in one]
    return next((one for one in own if one.startswith("BAD ")), own[-1])


def faults(found: list[str]) -> set[str]:
    """Subjects of which something is bad."""
    return {one.split()[1].rstrip(":") for one in found if one.startswith("BAD ")}


def test_before_the_first_start_all_is_good_and_nothing_is_made(tmp_path: Path) -> None:
    code, found = lines(tmp_path)
    assert (code, faults(found)) == (0, set())
    assert "good  index: none yet → run `kb build`" in line(found, "index")
    subjects = dict.fromkeys(one.split()[1].rstrip(":") for one in found)
    assert list(subjects) == [
        "settings",
        "folders",
        "permissions",
        "disk",
        "index",
        "database",
        "hand-offs",
        "channels",
        "delivery",
        "key",
        "content",
        "clock",
    ]
    assert not (tmp_path / "var").exists()


def test_every_check_reports(tmp_path: Path) -> None:
    config = Config(articles_dir=tmp_path, data_dir=tmp_path / "var")
    assert all(list(check(config)) for check in CHECKS)


def test_a_site_that_works_is_good(tmp_path: Path, db: Database, database_url: str) -> None:
    api_library.build(tmp_path / "var")
    code, found = lines(tmp_path, database_url, KB_SECRET_KEY=FIRST)
    assert (code, faults(found)) == (0, set())
    assert line(found, "key") == "good  key: opens all that is sealed: 1 hand-offs"


def test_bad_settings_are_told_one_by_one(tmp_path: Path) -> None:
    code, found = lines(tmp_path, KB_WORKERS="0", KB_LOG_FORMAT="xml")
    assert code == 2
    assert len(found) == 2
    assert found[0].startswith("BAD   settings: KB_WORKERS must be at least 1 → ")


def test_channels_that_lack_a_setting_are_told(tmp_path: Path) -> None:
    code, found = lines(tmp_path, KB_HANDOFF_CHANNEL="webhook")
    assert (code, found[0][:14]) == (2, "BAD   settings")


def test_missing_and_useless_folders_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    gone = str(tmp_path / "gone")
    code, found = lines(tmp_path, KB_ARTICLES_DIR=gone, KB_DATA_DIR=str(tmp_path / "file" / "var"))
    assert code == 1
    assert f"no folder of articles at {gone} → set KB_ARTICLES_DIR" in found[1]
    assert "is a file, and data should lie there → " in found[2]


def test_a_database_that_does_not_answer_is_told(tmp_path: Path) -> None:
    code, found = lines(tmp_path, "postgresql://127.0.0.1:1/otvet", KB_SECRET_KEY=FIRST)
    assert code == 1
    assert line(found, "database").startswith("BAD   database: ")
    assert "not yet held against the database" in line(found, "key")


def test_a_wrong_key_is_told(tmp_path: Path, db: Database, database_url: str) -> None:
    code, found = lines(tmp_path, database_url, KB_SECRET_KEY=SECOND)
    assert code == 1
    assert "not the one that the database is sealed with → give the right key" in line(found, "key")


def test_a_missing_key_is_told_and_not_made(
    tmp_path: Path, db: Database, database_url: str
) -> None:
    code, found = lines(tmp_path, database_url)
    assert code == 1
    assert "BAD   key: there is none, and the database is sealed with one → " in line(found, "key")
    assert not (tmp_path / "var").exists()


def test_what_no_key_opens_is_counted(tmp_path: Path, db: Database, database_url: str) -> None:
    damaged = update(handoffs_table).values(sealed="gAAAAA")
    db.transact(lambda connection: connection.execute(damaged))
    code, found = lines(tmp_path, database_url, KB_SECRET_KEY=FIRST)
    assert (code, "BAD   key: 1 hand-offs" in line(found, "key")) == (1, True)


def test_a_rotation_under_way_is_told(tmp_path: Path, db: Database, database_url: str) -> None:
    both = {"KB_SECRET_KEY": SECOND, "KB_SECRET_KEY_PREVIOUS": FIRST}
    _, found = lines(tmp_path, database_url, **both)
    assert faults(found) == set()
    assert "with the one before: 1 → `kb secret rotate` ends the rotation" in line(found, "key")


def test_a_key_that_others_can_write_or_read_is_told(tmp_path: Path) -> None:
    config = Config(data_dir=tmp_path / "var")
    load_secret_key(config)
    key_file(config).chmod(0o622)
    code, found = lines(tmp_path)
    assert (code, "others" in line(found, "key")) == (1, True)
    key_file(config).chmod(0o644)
    code, found = lines(tmp_path)
    assert (code, "chmod 600" in line(found, "key")) == (1, True)


def test_an_empty_database_is_left_empty(tmp_path: Path, database_url: str) -> None:
    database = Database.from_url(database_url)
    database.ping()
    _, found = lines(tmp_path, database_url, KB_SECRET_KEY=FIRST)
    assert faults(found) == set()
    with pytest.raises(Exception, match="alembic_version"), database.read() as connection:
        connection.execute(text("SELECT * FROM alembic_version"))
    database.close()


def test_a_key_that_makes_many_handoffs_is_told_and_nothing_is_bad(
    tmp_path: Path, db: Database, database_url: str
) -> None:
    key = {"KB_SECRET_KEY": FIRST}
    _, found = lines(tmp_path, database_url, **key)
    assert line(found, "hand-offs").startswith("good  hand-offs: ")
    place = replace(PLACE, sealer=Sealer(SecretKeys(FIRST)))
    for number in (1, 2):
        handoffs.make(db, wanted(number), place, now=datetime.now(UTC))
    signs_of_life.show(db, "me", (), now=datetime.now(UTC))
    _, found = lines(tmp_path, database_url, **key, KB_HANDOFF_BUDGET="1")
    assert faults(found) == set()
    assert "2 hand-offs in an hour with key" in line(found, "hand-offs")
    assert "revoke the key" in line(found, "hand-offs")


def test_a_missing_or_damaged_index_is_told(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    assert "BAD   index: there is none" in line(lines(tmp_path)[1], "index")
    api_library.build(tmp_path / "var")
    assert "is whole; built" in line(lines(tmp_path)[1], "index")
    catalog = next((tmp_path / "var").rglob("catalog.json"))
    catalog.chmod(0o600)
    catalog.write_bytes(catalog.read_bytes()[:-1])
    _, found = lines(tmp_path)
    assert faults(found) == {"index"}
    assert "→ run `kb build`" in line(found, "index")


def test_files_that_others_reach_are_told(tmp_path: Path) -> None:
    root = tmp_path / "var"
    api_library.build(root)
    database = Database.from_url(f"sqlite:///{root / 'otvet.sqlite'}")
    database.migrate()
    assert faults(lines(tmp_path)[1]) == set()
    (root / "otvet.sqlite").chmod(0o644)
    assert "run `chmod 600" in line(lines(tmp_path)[1], "permissions")
    (root / "otvet.sqlite").chmod(0o600)
    root.chmod(0o777)
    assert "run `chmod go-w" in line(lines(tmp_path)[1], "permissions")
    root.chmod(0o755)
    database.close()


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.database.disk.used_share", lambda _: 0.97)
    assert line(lines(tmp_path)[1], "disk").startswith("BAD   disk: 97% used where ")


def test_a_clock_that_was_set_back_is_told(tmp_path: Path, db: Database, database_url: str) -> None:
    def clock() -> str:
        return line(lines(tmp_path, database_url, KB_SECRET_KEY=FIRST)[1], "clock")

    assert clock().startswith("good  clock: ")
    later = update(handoffs_table).values(created_at=datetime.now(UTC) + timedelta(hours=2))
    db.transact(lambda connection: connection.execute(later))
    assert clock().startswith("BAD   clock: a hand-off was made 1:59:")
    assert "timedatectl" in clock()


def test_what_was_received_by_nobody_and_a_missing_worker_are_told(
    tmp_path: Path, db: Database, database_url: str
) -> None:
    mail = {"KB_SMTP_URL": "smtp://127.0.0.1:9", "KB_MAIL_FROM": "help@shop.example"}
    mail |= {"KB_HANDOFF_EMAIL": "desk@shop.example", "KB_SECRET_KEY": FIRST}
    _, found = lines(tmp_path, database_url, **mail)
    assert "no worker has shown itself; start it (`kb worker`)" in line(found, "delivery")
    signs_of_life.show(db, "me", (), now=datetime.now(UTC))
    _, found = lines(tmp_path, database_url, **mail)
    assert line(found, "delivery").startswith("good  delivery: nothing waits too long")
    failed = update(handoffs_table).values(status="failed", created_at=datetime.now(UTC))
    db.transact(lambda connection: connection.execute(failed))
    _, found = lines(tmp_path, database_url, **mail)
    assert "1 hand-offs were received by nobody" in line(found, "delivery")
    assert "`kb handoffs retry --all`" in line(found, "delivery")
