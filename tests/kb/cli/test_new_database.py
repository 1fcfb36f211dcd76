"""Commands where no database is: a shell without the service's settings makes none beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from kb.cli.main import main
from kb.database.engine import Database
from kb.database.inspection import shown
from tests.support.libraries.agent_library import EMAIL, PASSWORD

KEY = ("key", "create", "--site", "shop", "--origin", "https://shop.example")
ACCOUNT = ("staff", "add", EMAIL, "--name", "Anna", "--password-stdin")
MAKES = (KEY, ACCOUNT)
NEEDS_ONE = (
    ("key", "list"),
    ("key", "revoke", "key_1"),
    ("staff", "list"),
    ("staff", "password", EMAIL, "--password-stdin"),
    ("staff", "remove", EMAIL),
    ("handoffs", "list"),
    ("handoffs", "show", "ho_1"),
    ("handoffs", "retry", "ho_1"),
    ("handoffs", "retry", "--all"),
    ("handoffs", "resend", "ho_1", "--yes"),
    ("secret", "rotate"),
    ("backup", "kept"),
)


def run(folder: Path, *arguments: str, url: str = "") -> tuple[int, str, str]:
    """Exit code, output and errors."""
    environ = {
        "KB_DATA_DIR": str(folder / "var"),
        "KB_DATABASE_URL": url,
        "KB_SECRET_KEY": "k" * 40,
        "KB_SECRET_KEY_PREVIOUS": "n" * 40,
    }
    result = CliRunner().invoke(main, [*arguments], env=environ, input=f"{PASSWORD}\n")
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("arguments", [*MAKES, *NEEDS_ONE], ids=" ".join)
def test_none_is_made_by_the_way(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, output, error = run(tmp_path, *arguments)
    assert (code, output, error.count("\n")) == (2, "", 1)
    assert f"There is no database of Otvet at {tmp_path}/var/otvet.sqlite: " in error
    assert "KB_ENV_FILE" in error
    assert ("--new-database" in error) == (arguments in MAKES)
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("arguments", MAKES, ids=" ".join)
def test_whoever_means_it_makes_one(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert run(tmp_path, *arguments, "--new-database")[0] == 0
    assert run(tmp_path, *KEY)[0] == 0
    assert run(tmp_path, *KEY, "--new-database")[0] == 0


@pytest.mark.parametrize("arguments", [*MAKES, ("key", "list")], ids=" ".join)
def test_one_without_tables_is_left_so(
    tmp_path: Path, database_url: str, arguments: tuple[str, ...]
) -> None:
    database = Database.from_url(database_url)
    database.ping()
    code, _, error = run(tmp_path, *arguments, url=database_url)
    assert (code, "There is no database of Otvet at " in error) == (2, True)
    with pytest.raises(Exception, match="alembic_version"), database.read() as connection:
        connection.execute(text("SELECT * FROM alembic_version"))
    database.close()


def test_the_password_of_a_server_is_not_shown() -> None:
    assert shown("postgresql://otvet:s3cret@db/otvet") == "postgresql://otvet:***@db/otvet"


def test_figures_tell_of_it(tmp_path: Path) -> None:
    code, output, _ = run(tmp_path, "stats")
    assert (code, "there is no database of Otvet at" in output) == (0, True)
    assert not (tmp_path / "var").exists()
