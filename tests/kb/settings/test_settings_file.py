"""The file of settings: read as systemd and python-dotenv read it, or refused with its line."""

from __future__ import annotations

import io
import os
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from dotenv import dotenv_values

from kb.cli.main import main
from kb.config import Config
from kb.errors import BadConfig
from kb.settings.settings_file import read_settings, settings_of

SYSTEMD_READER = Path(
    "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator"
)
READ = {
    "KB_SITE_NAME=Help": "Help",
    "  KB_SITE_NAME =  Help desk \t": "Help desk",
    "KB_SITE_NAME=": "",
    "KB_SITE_NAME=''": "",
    "KB_SITE_NAME=Don't": "Don't",
    "KB_SITE_NAME=a=b#c": "a=b#c",
    "KB_SITE_NAME='  # \" kept '": '  # " kept ',
    'KB_SITE_NAME="say \\"yes\\" \\\\o/"': 'say "yes" \\o/',
    "KB_SITE_NAME=Помощь": "Помощь",
    "KB_SITE_NAME=Help\r": "Help",
}
REFUSED = {
    "KB_SITE_NAME": "is no setting; write NAME=value",
    "export KB_SITE_NAME=Help": "is no setting",
    "; KB_SITE_NAME=Help": "is no setting",
    "PATH=/bin": "PATH is no setting of Otvet",
    "KB_ENV_FILE=other.env": "KB_ENV_FILE is read from the environment alone",
    "KB_SITE_NAME=Help # our name": "a comment needs a line of its own",
    "KB_SITE_NAME=#1 help": "a comment needs a line of its own",
    "KB_SITE_NAME=a\\b": "holds a backslash",
    "KB_SITE_NAME='Help": "a quote that does not close",
    "KB_SITE_NAME='Help' desk": "or something behind it",
    'KB_SITE_NAME="a\\nb"': "a backslash may only stand",
    "KB_SITE_NAME='a\\'b'": "a backslash may only stand",
    "KB_SITE_NAME=Help\N{NO-BREAK SPACE}": "different ways; put it in single quotes",
    "KB_SITE_NAME=a\0b": "NUL",
}


def written(folder: Path, *lines: str) -> Path:
    path = folder / "otvet.env"
    path.write_text("\n".join((*lines, "")), newline="")
    path.chmod(0o640)
    return path


@pytest.mark.parametrize(("line", "value"), READ.items())
def test_a_line_is_read_as_python_dotenv_reads_it(line: str, value: str, tmp_path: Path) -> None:
    assert read_settings(written(tmp_path, "# comment", "", line)) == {"KB_SITE_NAME": value}
    assert dotenv_values(stream=io.StringIO(line), interpolate=False) == {"KB_SITE_NAME": value}


@pytest.mark.parametrize(("line", "value"), READ.items())
def test_a_line_is_read_as_systemd_reads_it(line: str, value: str, tmp_path: Path) -> None:
    """Only where systemd is: elsewhere nothing of it reads the file either."""
    if SYSTEMD_READER.exists():
        folder = tmp_path / "environment.d"
        folder.mkdir()
        (folder / "otvet.conf").write_text(line + "\n", newline="")
        environ = os.environ | {"XDG_CONFIG_HOME": str(tmp_path)}
        done = subprocess.run([SYSTEMD_READER], env=environ, capture_output=True, check=True)
        lines = done.stdout.decode().splitlines()
        # It leaves out what is empty
        shown = next((one for one in lines if one.startswith("KB_SITE_NAME=")), "")
        quoted = subprocess.run(
            ["bash", "-c", f'{shown}\nprintf %s "$KB_SITE_NAME"'], capture_output=True, check=True
        )
        assert quoted.stdout.decode() == value


@pytest.mark.parametrize(("line", "sentence"), REFUSED.items())
def test_a_broken_line_is_told_with_file_and_number(
    line: str, sentence: str, tmp_path: Path
) -> None:
    path = written(tmp_path, "KB_WORKERS=3", line)
    with pytest.raises(BadConfig) as raised:
        read_settings(path)
    assert str(raised.value).startswith(f"{path}, line 2: ")
    assert sentence in str(raised.value)
    assert "Help" not in str(raised.value)  # a value may be a secret


def test_all_broken_lines_are_told_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "KB_WORKERS", "KB_THREADS=3", "KB_THREADS=4")
    with pytest.raises(BadConfig) as raised:
        read_settings(path)
    assert str(raised.value).splitlines() == [
        f"{path}, line 1: is no setting; write NAME=value, or # before a comment",
        f"{path}, line 3: KB_THREADS is set a second time",
    ]


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "KB_WORKERS=3", "KB_THREADS=4")
    config = Config.from_environ({"KB_ENV_FILE": str(path), "KB_WORKERS": "5"})
    assert (config.workers, config.threads) == (5, 4)


FROM_FILE, OUTSIDE = (
    "from a file of its own, and long enough",
    "from outside, and long enough for it",
)


def test_a_secret_of_the_environment_goes_before_a_file_of_it_and_the_other_way_round(
    tmp_path: Path,
) -> None:
    (tmp_path / "token").write_text(FROM_FILE)
    by_file = f"KB_METRICS_TOKEN_FILE={tmp_path / 'token'}"
    path = str(written(tmp_path, by_file))
    environ = {"KB_ENV_FILE": path, "KB_METRICS_TOKEN": OUTSIDE}
    assert Config.from_environ(environ).metrics_token == OUTSIDE
    assert Config.from_environ({"KB_ENV_FILE": path}).metrics_token == FROM_FILE
    written(tmp_path, "KB_METRICS_TOKEN=from the settings, and long enough")
    environ = {"KB_ENV_FILE": path, "KB_METRICS_TOKEN_FILE": str(tmp_path / "token")}
    assert Config.from_environ(environ).metrics_token == FROM_FILE


def test_the_file_in_the_working_directory_is_read_unless_another_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert settings_of({}) == {}
    written(tmp_path, "KB_WORKERS=3")
    assert settings_of({}) == {"KB_WORKERS": "3"}
    assert settings_of({"KB_ENV_FILE": ""}) == {}
    (tmp_path / "other").mkdir()
    other = written(tmp_path / "other", "KB_WORKERS=4")
    assert settings_of({"KB_ENV_FILE": str(other)}) == {"KB_WORKERS": "4"}


def test_a_file_of_somebody_else_is_not_read_for_standing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = written(tmp_path, "KB_WORKERS=3")
    owner = path.stat().st_uid
    if owner == 0:  # root may give it away, and root's own file is fine for anybody
        os.chown(path, 65534, -1)
    else:
        monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    with pytest.raises(BadConfig, match="belongs to another user"):
        settings_of({})
    assert settings_of({"KB_ENV_FILE": str(path)}) == {"KB_WORKERS": "3"}


def test_a_file_that_others_can_write_or_that_is_none_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "KB_WORKERS=3")
    path.chmod(0o666)
    with pytest.raises(BadConfig, match="can be written by others"):
        read_settings(path)
    with pytest.raises(BadConfig, match="nowhere cannot be read: No such file"):
        read_settings(tmp_path / "nowhere")
    with pytest.raises(BadConfig, match="cannot be read: Is a directory"):
        read_settings(tmp_path)
    path.chmod(0o600)
    path.write_bytes(b"KB_SITE_NAME=\xff")
    with pytest.raises(BadConfig, match="must hold a text"):
        read_settings(path)


def test_a_broken_line_ends_a_command_with_one_sentence(tmp_path: Path) -> None:
    path = written(tmp_path, "KB_WORKERS 3")
    done = CliRunner().invoke(main, ["stats"], env={"KB_ENV_FILE": str(path)})
    assert done.exit_code == 2
    assert done.output == (
        f"Bad setting: {path}, line 1: is no setting; write NAME=value, or # before a comment\n"
    )


def test_doctor_names_the_file_and_remarks_on_secrets_that_all_can_read(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    places = (f"KB_ARTICLES_DIR={tmp_path}/articles", f"KB_DATA_DIR={tmp_path}/var")
    path = written(tmp_path, *places)
    path.chmod(0o644)

    def told() -> str:
        done = CliRunner().invoke(main, ["doctor"], env={"KB_ENV_FILE": str(path)})
        return next(line for line in done.output.splitlines() if str(path) in line)

    assert told() == f"good  settings: 2 of them from {path}"
    written(tmp_path, *places, "KB_METRICS_TOKEN=" + "t" * 40)
    path.chmod(0o644)
    assert told() == (
        f"good  settings: 3 of them from {path}, which holds secrets and can be read by everybody"
        f" → `chmod o-r {path}`"
    )
