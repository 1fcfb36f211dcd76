"""Settings: read once, checked, documented."""

from pathlib import Path

import pytest

from kb.config import Config, load_secret_key, setting_meanings, variable
from kb.errors import BadConfig


def test_defaults_need_no_environment() -> None:
    assert Config.from_environ({"HOME": "/root"}) == Config()


def test_values_are_parsed_by_type() -> None:
    config = Config.from_environ(
        {"KB_LANGUAGES": "en, ru", "KB_WORKERS": "3", "KB_RATE_LIMITS": "no", "KB_DATA_DIR": "/x"}
    )
    assert config.languages == ("en", "ru")
    assert config.workers == 3
    assert config.rate_limits is False
    assert config.data_dir == Path("/x")


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("KB_WORKERS", "many", "whole number"),
        ("KB_WORKERS", "0", "at least 1"),
        ("KB_LANGUAGES", " , ", "empty"),
        ("KB_LANGUAGES", "ru,../en", "codes"),
        ("KB_RATE_LIMITS", "perhaps", "1 or 0"),
        ("KB_PUBLIC_URL", "help.example.com", "https://"),
        ("KB_SECRET_KEY", "short", "32 characters"),
        ("KB_SECRET_KEY_FILE", "/nowhere", "cannot be read"),
        ("KB_CONTACT_EMAIL", "nobody", "e-mail"),
        ("KB_LOG_FORMAT", "xml", "json or console"),
        ("KB_WORKRES", "2", "not a setting"),
    ],
)
def test_wrong_setting_is_named(name: str, value: str, fault: str) -> None:
    with pytest.raises(BadConfig, match=fault) as raised:
        Config.from_environ({name: value})
    assert name in str(raised.value)


def test_secret_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 40 + "\n")
    config = Config.from_environ({"KB_SECRET_KEY_FILE": str(tmp_path / "key")})
    assert load_secret_key(config) == "k" * 40


def test_missing_key_is_made_once_and_private(tmp_path: Path) -> None:
    config = Config(data_dir=tmp_path / "var")
    key = load_secret_key(config)
    assert load_secret_key(config) == key
    assert len(key) >= 32
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o077 == 0


def test_host_of_public_url_is_trusted() -> None:
    assert "help.example.com" in Config(public_url="https://help.example.com").hosts


def test_documentation_lists_exactly_the_settings() -> None:
    text = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `KB_")]
    expected = []
    for name, meaning in setting_meanings().items():
        value = getattr(Config(), name)
        shown = (
            ",".join(value)
            if isinstance(value, tuple)
            else str(int(value) if isinstance(value, bool) else value)
        )
        star = " *" if meaning.is_secret else ""
        default = f"`{shown}`" if shown else ""
        expected.append(f"| `{variable(name)}`{star} | {default} | {meaning.text} |")
    assert rows == expected
