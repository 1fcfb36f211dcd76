"""Commands × faults: what the operator must mend is told in a sentence, never by a traceback."""

from __future__ import annotations

import os
import shlex
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from kb.build.edits import watch
from kb.build.trial import workbench
from kb.cli.main import main
from kb.database.copies.backup import backup
from kb.database.engine import Database
from kb.handoffs.delivery.deliverer import Deliverer
from kb.mcp import server as mcp_server
from kb.server import supervisor
from tests.support.fixtures.postgres_fixture import PostgresServer
from tests.support.vote_rows import add_vote

ARGUMENTS = {
    "explain": "parcel --article k2m7p",
    "backup": "{kept}",
    "db copy": "--to sqlite:///{kept}.sqlite",
    "export": "{kept}.zip",
    "handoffs resend": "ho_1 --yes",
    "handoffs retry": "ho_1",
    "handoffs show": "ho_1",
    "key create": "--site shop --origin https://shop.example",
    "key revoke": "key_1",
    "id": ".",
    "import": "{kept}",
    "mv": "en/faq/delivery/parcel.md faq/delivery/package",
    "new": "en/faq/delivery/parcel --title Parcel",
    "publish": "serving.example:/data",
    "restore": "{kept}",
    "search": "parcel",
    "staff add": "anna@example.org --name Anna --password-stdin",
    "staff invite": "anna@example.org",
    "staff password": "anna@example.org --password-stdin",
    "staff remove": "anna@example.org",
    "staff role": "anna@example.org author",
    "translations": "de",
}
"""Arguments of the commands that need some; `kept` is a backup beside the data folder."""
NEEDS_DATABASE = (
    *("backup", "db copy", "handoffs list", "handoffs retry", "key create", "key list"),
    *("key revoke", "restore", "secret rotate", "staff add", "staff list", "staff password"),
    *("staff openings", "staff remove", "handoffs resend", "handoffs show", "staff events"),
    *("staff invite", "staff role"),
)
WAITS_FOR_DATABASE = ("serve", "worker")
"""Commands that go on without a database that is away, but not with one they cannot use."""
WRITES_BY_ITSELF = ("adapt", "build", "calibrate", "explain", "test", "watch")
NEEDS_NO_STATE = (
    *("check", "doctor", "export", "id", "import", "mcp", "mv", "new", "publish", "search"),
    *("stats", "translations"),
    "workbench",
)
NEEDS_NO_SETTINGS = ("key identity", "key secret", "secret new")
NEEDS_SETTINGS = (*NEEDS_DATABASE, *WAITS_FOR_DATABASE, *WRITES_BY_ITSELF, *NEEDS_NO_STATE)
EVERY_COMMAND = (*NEEDS_SETTINGS, *NEEDS_NO_SETTINGS)

UNUSABLE = {
    "unknown kind": "mysql://db.example/otvet",
    "no address": "otvet",
    "unknown option": "postgresql://127.0.0.1:1/otvet?colour=red",
    "newer version": "sqlite:///{folder}/newer.sqlite",
}
WEBHOOK_SECRET = f"whsec_{'A' * 32}"
BAD_SETTINGS = {
    "mail server": (
        {"KB_SMTP_URL": "smtp://a:b@c@d:x", "KB_HANDOFF_EMAIL": "desk@example.org"},
        "KB_SMTP_URL must look like smtp://user:password@host:587, or smtps://",
    ),
    "mail password": (
        {"KB_SMTP_URL": "smtp://ann@mail.example", "KB_HANDOFF_EMAIL": "desk@example.org"},
        "KB_SMTP_URL must hold user and password, both in ASCII, or neither",
    ),
    "mail recipient": (
        {"KB_SMTP_URL": "smtp://mail.example", "KB_HANDOFF_EMAIL": "a b@c@d"},
        "KB_HANDOFF_EMAIL must be one e-mail address",
    ),
    "webhook password": (
        {"KB_WEBHOOK_URL": "https://u:p@h/", "KB_WEBHOOK_SECRET": WEBHOOK_SECRET},
        "KB_WEBHOOK_URL cannot be used: it must not hold a user or password",
    ),
    "webhook in clear": (
        {"KB_WEBHOOK_URL": "http://desk.example/", "KB_WEBHOOK_SECRET": WEBHOOK_SECRET},
        "KB_WEBHOOK_URL must begin with https://, or KB_ALLOWED_NETWORKS name its network",
    ),
    "language": ({"KB_LANGUAGES": "xx"}, "KB_LANGUAGES names 'xx', which is not a language code"),
    "public address": (
        {"KB_PUBLIC_URL": "https://exa mple"},
        "KB_PUBLIC_URL must look like https://help.example.com, without a path",
    ),
    "days": ({"KB_LOG_DAYS": "999999"}, "KB_LOG_DAYS must be at most 3650"),
}
"""Settings and the sentence on them."""
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

    @property
    def database(self) -> str:
        """Address of a database that there is none of yet."""
        return f"sqlite:///{self.folder}/new.sqlite"

    def run(self, command: str, **settings: str) -> tuple[int, list[str]]:
        """Exit code and lines on standard error, of a command that raises nothing."""
        name = command.split(" --")[0]
        arguments = ARGUMENTS.get(name, "").format(kept=self.folder / "kept")
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
    monkeypatch.setattr(workbench, "serve", noted("workbench"))
    monkeypatch.setattr(mcp_server, "serve_stdio", noted("mcp"))
    monkeypatch.setattr(mcp_server, "serve_http", noted("mcp"))
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


@pytest.mark.parametrize("command", NEEDS_SETTINGS)
def test_bad_settings_stop_every_command(site: Site, command: str) -> None:
    code, lines = site.run(command, KB_WORKERS="0")
    assert code == 2
    if command != "doctor":  # tells on standard output, as always
        assert lines == ["Bad setting: KB_WORKERS must be at least 1"]
    assert site.went_on == []


@pytest.mark.parametrize("command", NEEDS_NO_SETTINGS)
def test_a_new_secret_is_printed_while_the_one_it_is_for_is_missing(
    site: Site, command: str
) -> None:
    assert site.run(command, KB_WEBHOOK_URL="https://desk.example/hook") == (0, [])
    assert site.run(command, KB_WEBHOOK_SECRET="short", KB_IDENTITY_SECRET="short") == (0, [])


@pytest.mark.parametrize("name", BAD_SETTINGS)
def test_what_one_command_refuses_every_command_and_the_doctor_refuse(
    site: Site, name: str
) -> None:
    settings, sentence = BAD_SETTINGS[name]
    for command in ("serve", "worker", "key list", "search", "secret rotate"):
        assert site.run(command, **settings) == (2, [f"Bad setting: {sentence}"])
    assert site.run("doctor", **settings)[0] == 2
    assert site.went_on == []


@pytest.mark.parametrize("url", UNUSABLE.values(), ids=UNUSABLE)
def test_a_database_that_cannot_be_used_stops_whatever_needs_one(site: Site, url: str) -> None:
    for command in (*NEEDS_DATABASE, *WAITS_FOR_DATABASE):
        code, lines = site.run(command, KB_DATABASE_URL=url.format(folder=site.folder))
        # What a newer version has written `kb restore` refuses to replace only until it is asked.
        is_refusal = command == "restore" and url == UNUSABLE["newer version"]
        assert (command, code, len(lines)) == (command, 1 if is_refusal else 2, 1)
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


def test_a_folder_in_the_place_of_the_secret_key_is_told(site: Site) -> None:
    (site.folder / "var" / "secret_key").mkdir(parents=True)
    for command in ("serve", "worker", "secret rotate"):
        code, lines = site.run(command, KB_SECRET_KEY="", KB_DATABASE_URL=site.database)
        assert (command, code, len(lines)) == (command, 2, 1)
        assert "secret_key is not a regular file" in lines[0]
    assert site.went_on == []


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
@pytest.mark.parametrize("variable", ["KB_ENV_FILE", "KB_SECRET_KEY_FILE"])
def test_what_is_no_file_is_not_read(site: Site, kind: str, variable: str) -> None:
    os.mkfifo(site.folder / "pipe")
    named = {"pipe": site.folder / "pipe", "device": "/dev/zero", "folder": site.folder}[kind]
    code, lines = site.run("key list", KB_SECRET_KEY="", **{variable: str(named)})
    assert (code, len(lines)) == (2, 1)
    assert f"{named} is not a regular file" in lines[0]


@pytest.mark.parametrize("command", ["serve", "mcp --http"])
def test_a_port_that_cannot_be_had_is_told(site: Site, command: str) -> None:
    assert site.run(f"{command} --port 99999")[0] == 2
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = [f"Port {port} of 127.0.0.1 cannot be listened on: Address already in use"]
        assert site.run(f"{command} --port {port}") == (2, told)
    assert site.run(f"{command} --host nowhere.invalid")[0] == 2
    assert site.went_on == []
