"""Commands × faults: what the operator must mend is told in a sentence, never by a traceback."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from kb.build import watch
from kb.cli.main import main
from kb.database.copies.backup import backup
from kb.database.engine import Database
from kb.handoffs.delivery.deliverer import Deliverer
from kb.mcp import server as mcp_server
from kb.server import supervisor
from tests.support.fixtures.postgres_fixture import PostgresServer
from tests.support.vote_rows import add_vote

ARGUMENTS = {
    "backup": "{kept}",
    "db copy": "--to sqlite:///{kept}.sqlite",
    "handoffs resend": "ho_1 --yes",
    "handoffs retry": "ho_1",
    "handoffs show": "ho_1",
    "key create": "--site shop --origin https://shop.example",
    "key revoke": "key_1",
    "new": "en/faq/delivery/parcel --title Parcel",
    "publish": "serving.example:/data",
    "restore": "{kept}",
    "search": "parcel",
    "staff add": "anna@example.org --name Anna --password-stdin",
    "staff password": "anna@example.org --password-stdin",
    "staff remove": "anna@example.org",
    "translations": "de",
}
"""Arguments of the commands that need some; `kept` is a backup beside the data folder."""
NEEDS_DATABASE = (
    *("backup", "db copy", "handoffs list", "handoffs retry", "key create", "key list"),
    *("key revoke", "restore", "secret rotate", "staff add", "staff list", "staff password"),
    *("staff openings", "staff remove", "handoffs resend", "handoffs show"),
)
WAITS_FOR_DATABASE = ("serve", "worker")
"""Commands that go on without a database that is away, but not with one they cannot use."""
WRITES_BY_ITSELF = ("adapt", "build", "calibrate", "watch")
NEEDS_NO_STATE = (
    *("check", "doctor", "key identity", "key secret", "mcp", "new", "publish", "search"),
    *("secret new", "stats", "translations"),
)
EVERY_COMMAND = (*NEEDS_DATABASE, *WAITS_FOR_DATABASE, *WRITES_BY_ITSELF, *NEEDS_NO_STATE)

UNUSABLE = {
    "unknown kind": "mysql://db.example/otvet",
    "no address": "otvet",
    "unknown option": "postgresql://127.0.0.1:1/otvet?colour=red",
    "newer version": "sqlite:///{folder}/newer.sqlite",
}
AWAY = {
    "unreachable": "postgresql://127.0.0.1:1/otvet",
    "below a file": "sqlite:///{folder}/file/otvet.sqlite",
    "no database": "sqlite:///{folder}/file",
}


@dataclass(frozen=True)
class Site:
    """A folder with what commands need, and what went on after the checks at start."""

    folder: Path
    went_on: list[str]

    def run(self, command: str, **settings: str) -> tuple[int, list[str]]:
        """Exit code and lines on standard error, of a command that raises nothing."""
        arguments = ARGUMENTS.get(command, "").format(kept=self.folder / "kept")
        environ = {
            "KB_ARTICLES_DIR": str(self.folder / "articles"),
            "KB_DATA_DIR": str(self.folder / "var"),
            "KB_SECRET_KEY": "k" * 40,
            "KB_SECRET_KEY_PREVIOUS": "n" * 40,
            "KB_ENCODER": "none",
        }
        result = CliRunner().invoke(
            main,
            [*command.split(), *shlex.split(arguments)],
            env=environ | settings,
            input="a long pass phrase\n",
        )
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.stderr.splitlines()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    (tmp_path / "articles").mkdir()
    (tmp_path / "file").write_text("some text, " * 200)
    database = Database.from_url(f"sqlite:///{tmp_path}/newer.sqlite")
    database.migrate()
    database.transact(add_vote)
    backup(database, tmp_path / "kept")
    newer = text("UPDATE alembic_version SET version_num = '9999'")
    database.transact(lambda connection: connection.execute(newer))
    database.close()
    went_on: list[str] = []

    def noted(name: str) -> Callable[..., None]:
        return lambda *_, **__: went_on.append(name)

    monkeypatch.setattr(supervisor, "serve", noted("serve"))
    monkeypatch.setattr(Deliverer, "run", noted("worker"))
    monkeypatch.setattr(watch, "watch", noted("watch"))
    monkeypatch.setattr(mcp_server, "serve_stdio", noted("mcp"))
    return Site(tmp_path, went_on)


def leaves(group: click.Group, path: str = "") -> Iterator[str]:
    """Names of commands, with those of their groups."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, f"{path}{name} ")
        else:
            yield f"{path}{name}"


def test_every_command_is_tried() -> None:
    assert sorted(leaves(main)) == sorted(EVERY_COMMAND)


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_bad_settings_stop_every_command(site: Site, command: str) -> None:
    code, lines = site.run(command, KB_WORKERS="0")
    assert code == 2
    if command != "doctor":  # tells on standard output, as always
        assert lines == ["Bad setting: KB_WORKERS must be at least 1"]
    assert site.went_on == []


@pytest.mark.parametrize("url", UNUSABLE.values(), ids=UNUSABLE)
def test_a_database_that_cannot_be_used_stops_whatever_needs_one(site: Site, url: str) -> None:
    for command in (*NEEDS_DATABASE, *WAITS_FOR_DATABASE):
        code, lines = site.run(command, KB_DATABASE_URL=url.format(folder=site.folder))
        assert (command, code, len(lines)) == (command, 2, 1)
    assert site.went_on == []
    assert site.run("stats", KB_DATABASE_URL=url.format(folder=site.folder))[0] == 2
    assert site.run("doctor", KB_DATABASE_URL=url.format(folder=site.folder))[0] == 1


@pytest.mark.parametrize("url", AWAY.values(), ids=AWAY)
def test_servers_wait_for_a_database_that_is_away(site: Site, url: str) -> None:
    for command in NEEDS_DATABASE:
        code, lines = site.run(command, KB_DATABASE_URL=url.format(folder=site.folder))
        assert (command, code, len(lines)) == (command, 2, 1)
    for command in WAITS_FOR_DATABASE:
        assert site.run(command, KB_DATABASE_URL=url.format(folder=site.folder)) == (0, [])
    assert site.went_on == list(WAITS_FOR_DATABASE)
    assert site.run("doctor", KB_DATABASE_URL=url.format(folder=site.folder))[0] == 1


@pytest.mark.postgres
def test_a_server_that_lets_nobody_in_is_told(site: Site, postgres_server: PostgresServer) -> None:
    url = postgres_server.new_database().replace("postgres@", "stranger:wrong@")
    for command in NEEDS_DATABASE:
        code, lines = site.run(command, KB_DATABASE_URL=url)
        assert (command, code, len(lines)) == (command, 2, 1)
        assert 'role "stranger" does not exist' in lines[0]


def test_a_data_folder_that_cannot_be_written_is_told(site: Site) -> None:
    inside = str(site.folder / "file" / "var")
    for command in EVERY_COMMAND:
        for key in ("", "k" * 40):
            code, lines = site.run(command, KB_DATA_DIR=inside, KB_SECRET_KEY=key)
            if command in (*NEEDS_DATABASE, *WAITS_FOR_DATABASE, "build", "watch"):
                assert (command, code, len(lines)) == (command, 2, 1)
    assert site.went_on == ["mcp", "mcp"]


def test_a_file_in_the_place_of_the_data_folder_is_told(site: Site) -> None:
    for command in (*NEEDS_DATABASE, *WAITS_FOR_DATABASE, "build", "watch"):
        code, lines = site.run(command, KB_DATA_DIR=str(site.folder / "file"))
        assert (command, code, len(lines)) == (command, 2, 1)
