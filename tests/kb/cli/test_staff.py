"""`kb staff`: accounts added, changed, listed and removed; no password is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.accounts import invitations, openings, staff
from kb.cli.main import main
from kb.database.engine import Database
from tests.support.libraries.agent_library import EMAIL, PASSWORD


def run(tmp_path: Path, *arguments: str, typed: str = "", group: str = "staff") -> tuple[int, str]:
    result = CliRunner().invoke(
        main, [group, *arguments], input=typed, env={"KB_DATA_DIR": str(tmp_path / "var")}
    )
    return result.exit_code, result.output


def test_scripts_may_call_the_commands_by_their_former_name(tmp_path: Path) -> None:
    add = ("add", EMAIL, "--name", "Anna", "--password-stdin", "--new-database")
    assert run(tmp_path, *add, typed=f"{PASSWORD}\n")[0] == 0
    assert EMAIL in run(tmp_path, "list", group="user")[1]
    assert "user" not in main.commands


def test_commands_add_change_list_and_remove(tmp_path: Path) -> None:
    add = ("add", EMAIL, "--name", "Anna", "--new-database")
    assert run(tmp_path, *add, typed=f"{PASSWORD}\n{PASSWORD}\n")[0] == 0
    code, output = run(tmp_path, *add, "--password-stdin", typed=f"{PASSWORD}\n")
    assert (code, "kb staff password" in output) == (1, True)
    assert run(tmp_path, "password", EMAIL, "--password-stdin", typed=f"{PASSWORD}2\n")[0] == 0
    assert "never signed in" in run(tmp_path, "list")[1]
    assert run(tmp_path, "remove", EMAIL)[0] == 0
    assert "removed" in run(tmp_path, "list")[1]
    assert run(tmp_path, "remove", EMAIL)[0] == 1


def test_commands_show_no_password_and_refuse_a_short_one(tmp_path: Path) -> None:
    add = ("add", EMAIL, "--name", "Anna", "--new-database")
    code, output = run(tmp_path, *add, typed="short one\nshort one\n")
    assert code == 1
    assert "password: a password has 12 to 200 characters" in output
    assert "short one" not in output
    assert run(tmp_path, "list")[1] == ""


def test_openings_of_hand_offs_are_listed(tmp_path: Path) -> None:
    add = ("add", EMAIL, "--name", "Anna", "--password-stdin", "--new-database")
    run(tmp_path, *add, typed=f"{PASSWORD}\n")
    database = Database.from_url(f"sqlite:///{tmp_path / 'var' / 'otvet.sqlite'}")
    (account,) = staff.accounts(database)
    now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    openings.record(database, "ho_1", reader_id=account.id, way="page", now=now)
    openings.record(database, "ho_2", reader_id="key_1", way="api", now=now + timedelta(minutes=1))
    database.close()
    lines = run(tmp_path, "openings")[1].splitlines()
    assert [line.split() for line in lines] == [
        ["2026-11-22T09:01:00+00:00", "ho_2", "api", "key_1"],
        ["2026-11-22T09:00:00+00:00", "ho_1", "page", EMAIL, "Anna"],
    ]
    assert run(tmp_path, "openings", "--handoff", "ho_1")[1].splitlines() == lines[1:]
    assert run(tmp_path, "openings", "--most", "1")[1].splitlines() == lines[:1]


@pytest.mark.parametrize(("role", "page"), [("agent", "/agent"), ("lead", "/staff/articles")])
def test_who_was_added_is_told_where_to_sign_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str, page: str
) -> None:
    monkeypatch.setenv("KB_CONTENT_REPOSITORY", str(tmp_path))
    add = ("add", EMAIL, "--name", "Anna", "--password-stdin", "--new-database", "--role", role)
    code, output = run(tmp_path, *add, typed=f"{PASSWORD}\n")
    assert (code, output.split()[-1]) == (0, page)


def test_roles_are_given_and_told(tmp_path: Path) -> None:
    add = ("add", EMAIL, "--name", "Anna", "--password-stdin", "--new-database")
    run(tmp_path, *add, "--role", "author", typed=f"{PASSWORD}\n")
    assert "author" in run(tmp_path, "list")[1]
    assert run(tmp_path, "role", EMAIL, "lead")[0] == 0
    assert "lead" in run(tmp_path, "list")[1]
    assert run(tmp_path, "role", EMAIL, "king")[0] == 2
    assert run(tmp_path, "role", "nobody@shop.example", "lead")[0] == 1
    events = run(tmp_path, "events")[1].splitlines()
    assert sorted(line.split()[2:] for line in events) == [
        ["added", EMAIL, "author"],
        ["role", EMAIL, "lead"],
    ]


def test_an_invitation_is_a_link(tmp_path: Path) -> None:
    code, output = run(tmp_path, "invite", EMAIL, "--role", "reviewer", "--new-database")
    assert code == 0
    token = output.split("/staff/invitation/")[1].split()[0]
    database = Database.from_url(f"sqlite:///{tmp_path / 'var' / 'otvet.sqlite'}")
    found = invitations.of_token(database, token, now=datetime.now(UTC))
    database.close()
    assert found is not None
    assert (found.email, found.role) == (EMAIL, "reviewer")
    assert run(tmp_path, "invite", "no address")[0] == 1
