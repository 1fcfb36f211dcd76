"""The secret key: made once, private, never one that others can change."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kb import secret_key
from kb.config import Config
from kb.errors import BadConfig
from kb.secret_key import SecretKeys, find_secret_keys, load_secret_key, load_secret_keys
from tests.support.patience import PATIENCE_S

GIVEN, FORMER = "k" * 40, "f" * 40


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data_dir=tmp_path / "var")


def test_missing_key_is_made_once_and_private(config: Config) -> None:
    assert find_secret_keys(config) is None
    key = load_secret_key(config)
    assert load_secret_key(config) == key
    assert len(key) >= 32
    assert secret_key.key_file(config).stat().st_mode & 0o077 == 0
    assert find_secret_keys(config) == SecretKeys(key)


def test_a_file_whose_process_was_killed_is_filled(config: Config) -> None:
    config.data_dir.mkdir()
    secret_key.key_file(config).touch(0o600)
    assert find_secret_keys(config) is None
    assert len(load_secret_key(config)) >= 32


def test_of_many_who_come_first_all_have_the_same_key(config: Config) -> None:
    barrier = threading.Barrier(8)

    def load(_: int) -> str:
        barrier.wait(PATIENCE_S)
        return load_secret_key(config)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(load, range(8)))) == 1


def test_a_key_that_is_no_text_is_refused(config: Config) -> None:
    config.data_dir.mkdir()
    secret_key.key_file(config).write_bytes(b"\xff" * 40)
    with pytest.raises(BadConfig, match="must hold a text"):
        load_secret_key(config)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_key_that_others_can_write_is_refused(config: Config, mode: int) -> None:
    load_secret_key(config)
    path = secret_key.key_file(config)
    path.chmod(mode)
    with pytest.raises(BadConfig, match=f"run `chmod go-w {path}`"):
        load_secret_key(config)


def test_a_key_that_others_can_replace_is_refused(config: Config) -> None:
    load_secret_key(config)
    config.data_dir.chmod(0o777)
    with pytest.raises(BadConfig, match=f"run `chmod o-w {config.data_dir}`"):
        load_secret_key(config)
    config.data_dir.chmod(0o1777)  # as /tmp, where only owners replace their files
    assert load_secret_key(config)


def test_the_previous_key_is_given_or_lies_beside_the_one_made(config: Config) -> None:
    given = config.model_copy(update={"secret_key": GIVEN, "secret_key_previous": FORMER})
    assert load_secret_keys(given) == SecretKeys(GIVEN, FORMER)
    former = load_secret_key(config)
    secret_key.replace_made_key(config)
    keys = load_secret_keys(config)
    assert keys.previous == former != keys.current
    assert secret_key.previous_key_file(config).stat().st_mode & 0o077 == 0
    assert load_secret_keys(config.model_copy(update={"secret_key": GIVEN})).previous == ""


def test_one_key_twice_is_no_rotation(config: Config) -> None:
    given = config.model_copy(update={"secret_key": GIVEN, "secret_key_previous": GIVEN})
    assert load_secret_keys(given) == SecretKeys(GIVEN)


def test_interrupted_before_the_new_key_the_old_one_stays_in_use(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = load_secret_key(config)

    def die() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(secret_key, "new_secret_key", die)
    with pytest.raises(KeyboardInterrupt):
        secret_key.replace_made_key(config)
    monkeypatch.undo()
    assert load_secret_keys(config) == SecretKeys(key)
