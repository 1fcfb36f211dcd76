"""`kb secret`, and starts with a key that is not the database's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli.main import main
from kb.config import Config
from kb.database.engine import Database
from kb.handoffs import handoffs
from kb.handoffs.encryption import Sealer
from kb.secret_key import (
    SecretKeys,
    key_file,
    load_secret_key,
    load_secret_keys,
    previous_key_file,
)
from tests.support.libraries.handoff_library import ANNA, NOW, PLACE, wanted

FIRST, SECOND, OTHER = "k" * 40, "n" * 40, "o" * 40
HANDOFF = f"ho_{0:016x}"


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def config(tmp_path: Path, database_url: str) -> Config:
    return Config(data_dir=tmp_path / "var", database_url=database_url)


def run(config: Config, *arguments: str, typed: str = "", **keys: str) -> tuple[int, str]:
    environ = {"KB_DATA_DIR": str(config.data_dir), "KB_DATABASE_URL": config.database_url}
    result = CliRunner().invoke(main, arguments, input=typed, env=environ | keys)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def make_with(db: Database, keys: SecretKeys) -> None:
    handoffs.make(db, wanted(), replace(PLACE, sealer=Sealer(keys)), now=NOW)


def contact_with(db: Database, keys: SecretKeys) -> object:
    found = handoffs.find(db, HANDOFF, replace(PLACE, sealer=Sealer(keys)))
    assert found
    return found.packet.contact


def test_a_new_key_can_be_used(config: Config) -> None:
    code, key = run(config, "secret", "new")
    assert code == 0
    assert key != run(config, "secret", "new")[1]
    assert Config(secret_key=key.strip()).secret_key


def test_a_key_given_by_the_operator_is_rotated(config: Config, db: Database) -> None:
    make_with(db, SecretKeys(FIRST))
    code, output = run(config, "secret", "rotate", KB_SECRET_KEY=FIRST)
    assert (code, "KB_SECRET_KEY_PREVIOUS" in output) == (1, True)
    both = {"KB_SECRET_KEY": SECOND, "KB_SECRET_KEY_PREVIOUS": FIRST}
    code, output = run(config, "secret", "rotate", **both)
    assert (code, "Sealed anew: 1." in output) == (0, True)
    assert contact_with(db, SecretKeys(SECOND)) == ANNA


def test_the_key_in_the_data_folder_is_rotated(config: Config, db: Database) -> None:
    make_with(db, SecretKeys(load_secret_key(config)))
    assert run(config, "secret", "rotate")[0] == 0
    keys = load_secret_keys(config)
    assert keys.previous
    assert contact_with(db, keys) == ANNA
    assert run(config, "secret", "rotate")[0] == 0
    assert not previous_key_file(config).exists()
    assert contact_with(db, SecretKeys(keys.current)) == ANNA


def test_a_key_that_is_not_the_database_s_is_not_rotated(config: Config, db: Database) -> None:
    make_with(db, SecretKeys(FIRST))
    made = load_secret_key(config)
    assert run(config, "secret", "rotate")[0] == 2
    assert load_secret_keys(config) == SecretKeys(made)
    both = {"KB_SECRET_KEY": SECOND, "KB_SECRET_KEY_PREVIOUS": OTHER}
    assert run(config, "secret", "rotate", **both)[0] == 2
    assert contact_with(db, SecretKeys(FIRST)) == ANNA


def test_without_the_settings_of_the_service_nothing_is_rotated_or_made(
    config: Config, db: Database
) -> None:
    make_with(db, SecretKeys(FIRST))
    code, output = run(config, "secret", "rotate")
    assert (code, "with the settings of the service" in output) == (2, True)
    assert not key_file(config).exists()


def test_a_lost_key_is_given_up_only_when_that_is_confirmed(config: Config, db: Database) -> None:
    make_with(db, SecretKeys(FIRST))
    lost = ("secret", "rotate", "--lost")
    assert run(config, *lost, typed="n\n", KB_SECRET_KEY=SECOND)[0] == 1
    assert contact_with(db, SecretKeys(FIRST)) == ANNA
    code, output = run(config, *lost, typed="y\n", KB_SECRET_KEY=SECOND)
    assert "opens 0 of 1 sealed hand-offs" in output
    assert (code, "Given up: 1." in output) == (0, True)
    assert contact_with(db, SecretKeys(SECOND)) is None


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_nothing_starts_with_a_key_that_is_not_the_database_s(
    config: Config, db: Database, command: str
) -> None:
    make_with(db, SecretKeys(FIRST))
    code, output = run(config, command, KB_SECRET_KEY=OTHER)
    assert (code, output.count("\n")) == (2, 1)
    assert "the secret key is not the one this database is sealed with" in output


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_missing_key_is_not_replaced_by_a_new_one(
    config: Config, db: Database, command: str
) -> None:
    make_with(db, SecretKeys(FIRST))
    assert run(config, command)[0] == 2
    assert not key_file(config).exists()
