"""`kb handoffs`: one shown, tried again, sent again."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.accounts import openings
from kb.cli.main import main
from kb.database.engine import Database
from kb.handoffs import outbox, outcomes
from kb.handoffs.channels.model import Delivered
from tests.support.channels.delivery_library import status
from tests.support.libraries.handoff_library import ANNA, NOW, make

FIRST = f"ho_{0:016x}"
KEY = "k" * 40


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = Database.from_url(f"sqlite:///{tmp_path}/otvet.sqlite")
    database.migrate()
    make(database)
    yield database
    database.close()


def run(tmp_path: Path, *arguments: str, typed: str = "", key: str = KEY) -> tuple[int, str, str]:
    """Exit code, output, errors."""
    environ = {
        "KB_DATA_DIR": str(tmp_path),
        "KB_SECRET_KEY": key,
        "KB_PUBLIC_URL": "https://help.example",
    }
    result = CliRunner().invoke(main, ["handoffs", *arguments], env=environ, input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


def fall_back(db: Database) -> None:
    (due,) = outbox.take(db, "webhook", owner="w:1:1", now=NOW, limit=1)
    outcomes.fall_back(db, due, "email", "desk answered 500", now=NOW)


def deliver(db: Database, channel: str = "webhook") -> None:
    (due,) = outbox.take(db, channel, owner="w:1:1", now=NOW, limit=1)
    result = Delivered("42", "https://desk.example/42")
    outcomes.delivered(db, due, result, is_fallback=channel == "email", now=NOW)


def fail(db: Database, handoff_id: str = FIRST) -> None:
    (due,) = outbox.take(db, "webhook", owner="w:1:1", now=NOW, limit=1)
    outcomes.mark_failed(db, handoff_id)
    outcomes.give_up(db, due, "desk answered 410", now=NOW)


def test_one_is_shown_with_its_ways_and_without_its_customer(tmp_path: Path, db: Database) -> None:
    fall_back(db)
    deliver(db, "email")
    code, output, _ = run(tmp_path, "show", FIRST)
    assert code == 0
    assert f"Hand-off      {FIRST}\n" in output
    assert "Status        fallback_email, 2026-11-22T09:00:00+00:00\n" in output
    assert "By webhook    dropped, 1 attempt, queued 2026-11-22T09:00:00+00:00, ended" in output
    assert ": desk answered 500\n" in output
    assert "By email      delivered, 1 attempt, queued" in output
    assert "Received as   42 https://desk.example/42\n" in output
    assert f"https://help.example/agent?handoff={FIRST}" in output
    assert ANNA.email not in output
    assert "order" not in output.lower()


def test_words_and_contact_are_shown_when_they_are_asked_for(tmp_path: Path, db: Database) -> None:
    code, output, _ = run(tmp_path, "show", FIRST, "--contact")
    assert (code, ANNA.email in output, "order 48213" in output) == (0, True, True)
    code, _, error = run(tmp_path, "show", FIRST, "--contact", key="n" * 40)
    assert (code, error.count("\n")) == (2, 1)


def test_whoever_opens_one_is_noted_before_it_is_shown(tmp_path: Path, db: Database) -> None:
    run(tmp_path, "show", FIRST)
    run(tmp_path, "show", FIRST, "--contact", key="n" * 40)
    assert openings.latest(db, most=9) == ()
    run(tmp_path, "show", FIRST, "--contact")
    (opening,) = openings.latest(db, most=9)
    assert (opening.handoff_id, opening.way) == (FIRST, "command")
    assert opening.reader == getpass.getuser()


def test_a_missing_one_is_told(tmp_path: Path, db: Database) -> None:
    for command in (("show",), ("retry",), ("resend", "--yes")):
        code, output, error = run(tmp_path, *command, "ho_9")
        assert (code, output, error.count("\n")) == (1, "", 1)


def test_all_that_wait_or_failed_are_tried_again(tmp_path: Path, db: Database) -> None:
    fail(db)
    make(db, 1)
    code, output, error = run(tmp_path, "retry", "--all")
    assert (code, output) == (0, "Tried again at once: 2\n")
    assert "start `kb worker`" in error
    assert len(outbox.take(db, "webhook", owner="w:1:1", now=NOW.replace(year=2030), limit=9)) == 2


def test_one_or_all_must_be_named(tmp_path: Path, db: Database) -> None:
    assert run(tmp_path, "retry")[0] == 2
    assert run(tmp_path, "retry", FIRST, "--all")[0] == 2


def test_a_delivered_one_is_sent_again_when_that_is_confirmed(tmp_path: Path, db: Database) -> None:
    assert run(tmp_path, "resend", FIRST, "--yes")[0] == 1
    deliver(db)
    assert run(tmp_path, "resend", FIRST, typed="n\n")[0] == 1
    assert status(db) == "delivered"
    assert run(tmp_path, "resend", FIRST, typed="y\n")[0] == 0
    assert status(db) == "queued"
