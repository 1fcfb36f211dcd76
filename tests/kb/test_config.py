"""Settings: read once, checked, documented."""

import ast
import inspect
import traceback
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import ValidationError

from kb.config import Config, is_secret
from kb.errors import BadConfig
from kb.secret_key import load_secret_key
from kb.setting_types import variable

SIGNING_KEY = "k" * 40


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
        ("KB_WORKERS", "257", "at most 256"),
        ("KB_LOG_DAYS", "999999", "at most 3650"),
        ("KB_LOG_DAYS", "9" * 5000, "smaller number"),
        ("KB_LANGUAGES", " , ", "empty"),
        ("KB_LANGUAGES", "ru,../en", "codes"),
        ("KB_LANGUAGES", "ru,xx", "names 'xx', which is not a language code"),
        ("KB_RATE_LIMITS", "perhaps", "1 or 0"),
        ("KB_PUBLIC_URL", "help.example.com", "https://"),
        ("KB_PUBLIC_URL", "https://[help", "https://help.example.com"),
        ("KB_PUBLIC_URL", "https://exa mple", "https://help.example.com"),
        ("KB_PUBLIC_URL", "https://help.example\n", "https://help.example.com"),
        ("KB_PUBLIC_URL", "https://help.example:99999", "https://help.example.com"),
        ("KB_PUBLIC_URL", "https://help..example", "https://help.example.com"),
        ("KB_PUBLIC_URL", "https://ann:word@help.example", "https://help.example.com"),
        ("KB_PUBLIC_URL", "https://help.example?page=1", "https://help.example.com"),
        ("KB_SECRET_KEY", "short", "32 characters"),
        ("KB_METRICS_TOKEN", "m" * 31, "32 bytes"),
        ("KB_SECRET_KEY_FILE", "/nowhere", "cannot be read"),
        ("KB_CONTACT_EMAIL", "nobody", "e-mail"),
        ("KB_LOG_FORMAT", "xml", "auto, json or console"),
        ("KB_WORKRES", "2", "not a setting"),
        ("KB_workers", "2", "not a setting"),
        ("KB_WORKERS_FILE", "/run/secrets/n", "not a setting"),
        ("KB_KEEP_GENERATIONS", "1", "at least 2"),
        ("KB_TRUSTED_PROXIES", "-1", "at least 0"),
        ("KB_RISK_BUDGET", "0.9", "between 0.01 and 0.5"),
        ("KB_RISK_BUDGET", "nan", "between 0.01 and 0.5"),
        ("KB_HOLDOUT", "half", "number like 0.1, not 'half'"),
        ("KB_HSTS", "31536000", "max-age=31536000"),
        ("KB_HSTS", "max-age=1\r\nSet-Cookie: a=b", "max-age=31536000"),
        ("KB_HISTORY_URL", "https://forge.example/", "{path}"),
        ("KB_SMTP_URL", "mail.example.com", "smtp://"),
        ("KB_SMTP_URL", "smtp://ann:word@else@mail:port", "smtp://"),
        ("KB_WEBHOOK_URL", "https://desk.example:0/", "https://desk.example.com/path"),
        ("KB_WEBHOOK_URL", "desk.example.com", "https://desk.example.com/path"),
        ("KB_WEBHOOK_SECRET", "whsec_eA==", "24 to 64 bytes"),
        ("KB_ALLOWED_NETWORKS", "10.0.0.1/8", "10.0.0.1/8 has host bits set"),
    ],
)
def test_wrong_setting_is_named(name: str, value: str, fault: str) -> None:
    with pytest.raises(BadConfig, match=fault) as raised:
        Config.from_environ({name: value})
    assert name in str(raised.value)


@pytest.mark.parametrize(
    "name",
    [name for name, field in Config.model_fields.items() if field.annotation in (int, float)],
)
def test_every_number_has_an_upper_bound(name: str) -> None:
    with pytest.raises(BadConfig, match=f"{variable(name)} must be (at most|between) "):
        Config.from_environ({variable(name): str(2**63)})


@pytest.mark.parametrize(
    "address",
    [
        "https://[::1]:8443",
        "http://127.0.0.1:8000/",
        "https://помощь.рф",
        "https://help_1.example.",
    ],
)
def test_addresses_of_every_kind_can_be_used(address: str) -> None:
    assert Config.from_environ({"KB_PUBLIC_URL": address}).public_url == address


def test_all_wrong_settings_are_named_at_once() -> None:
    with pytest.raises(BadConfig) as raised:
        Config.from_environ({"KB_WORKERS": "0", "KB_LOG_FORMAT": "xml", "KB_WORKRES": "2"})
    assert str(raised.value).splitlines() == [
        "KB_WORKERS must be at least 1",
        "KB_LOG_FORMAT must be auto, json or console",
        "KB_WORKRES is not a setting; see docs/configuration.md",
    ]


def test_wrong_value_in_code_is_named_as_its_variable() -> None:
    with pytest.raises(BadConfig, match="KB_THREADS must be at least 1"):
        Config(threads=0)


def test_secrets_are_not_shown() -> None:
    wrong = {"KB_SECRET_KEY": "s3cret", "KB_SMTP_URL": "s3cret", "KB_WEBHOOK_SECRET": "s3cret"}
    with pytest.raises(BadConfig) as raised:
        Config.from_environ(wrong)
    assert "s3cret" not in "".join(traceback.format_exception(raised.value))
    assert SIGNING_KEY not in repr(Config(secret_key=SIGNING_KEY))


def test_environment_of_the_process_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_WORKERS", "7")
    monkeypatch.setenv("KB_WORKRES", "7")
    assert Config().workers == Config.from_environ({}).workers == 2


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Config().workers = 3


def test_secret_in_a_file_goes_before_one_in_a_variable(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from the file\n")
    environ = {"KB_CHATWOOT_TOKEN": "x", "KB_CHATWOOT_TOKEN_FILE": str(tmp_path / "token")}
    assert Config.from_environ(environ).chatwoot_token == "from the file"


def test_secret_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(SIGNING_KEY + "\n")
    config = Config.from_environ({"KB_SECRET_KEY_FILE": str(tmp_path / "key")})
    assert load_secret_key(config) == SIGNING_KEY


def test_no_secret_comes_from_a_file_that_others_can_write(tmp_path: Path) -> None:
    secrets = [name for name, field in Config.model_fields.items() if is_secret(field)]
    path = tmp_path / "secret"
    path.write_text(SIGNING_KEY)
    path.chmod(0o666)
    environ = {f"{variable(name)}_FILE": str(path) for name in secrets}
    with pytest.raises(BadConfig) as raised:
        Config.from_environ(environ)
    lines = str(raised.value).splitlines()
    assert len(lines) == len(secrets)
    assert all(f"run `chmod go-w {path}`" in line for line in lines)


def test_host_of_public_url_is_trusted() -> None:
    assert "help.example.com" in Config(public_url="https://help.example.com").hosts


def lines_below_fields() -> dict[str, str]:
    """Field of Config → what the line below says of it, without the full stop."""
    body = ast.parse(inspect.getsource(Config)).body[0]
    assert isinstance(body, ast.ClassDef)
    return {
        field.target.id: below.value.value.removesuffix(".")
        for field, below in pairwise(body.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }


def test_documentation_lists_exactly_the_settings() -> None:
    text = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `KB_")]
    expected = []
    meanings = lines_below_fields()
    for name, field in Config.model_fields.items():
        value = getattr(Config(), name)
        shown = (
            ",".join(value)
            if isinstance(value, tuple)
            else str(int(value) if isinstance(value, bool) else value)
        )
        star = " *" if is_secret(field) else ""
        default = f"`{shown}`" if shown else ""
        expected.append(f"| `{variable(name)}`{star} | {default} | {meanings[name]} |")
    assert rows == expected
