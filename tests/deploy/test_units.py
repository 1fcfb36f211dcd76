"""Units of systemd: systemd takes them, and what they start starts."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from bench.server import reserved_port
from kb.config import Config
from kb.settings.settings_file import read_settings
from tests.support.fixtures.encoder_fixture import REPOSITORY
from tests.support.libraries import api_library
from tests.support.machines.units import Unit
from tests.support.patience import wait_until

DEPLOY = REPOSITORY / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]
PYTHON = "/opt/otvet/.venv/bin/python"
TARGETS = Path("/lib/systemd/system")
EXPOSURE = 2.0
"""Of `systemd-analyze security`, from 0 to 10; up to 2 it finds a service OK."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with the units, and with programs where they look for some."""
    root = tmp_path_factory.mktemp("root")
    places = [root / "etc/systemd/system", root / "lib/systemd/system"]
    for folder in places:
        folder.mkdir(parents=True)
    for path in UNITS:
        shutil.copy(path, places[0])
    for path in (*TARGETS.glob("*.target"), *TARGETS.glob("*.slice")):
        shutil.copy(path, places[1])
    for program in (PYTHON, "/bin/sh", "/bin/kill", "/usr/local/bin/kb"):
        place = root / program.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("#!/bin/sh\n")
        place.chmod(0o755)
    return root


def analyzed(*words: str | Path) -> tuple[int, str]:
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_takes_the_unit(unit: Path, root: Path) -> None:
    """Warnings are faults too, for systemd ignores what it does not know. Needs systemd."""
    if shutil.which("systemd-analyze"):
        assert analyzed("verify", f"--root={root}", unit.name) == (0, "")


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_the_service_is_shut_in(service: Path) -> None:
    if shutil.which("systemd-analyze"):
        code, told = analyzed("security", "--offline=true", "--no-pager", service)
        assert code == 0, told
        found = re.search(r"exposure level for \S+: ([\d.]+)", told)
        assert found
        assert float(found[1]) <= EXPOSURE


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_commands_are_those_of_the_program_with_the_settings_of_the_page(service: Path) -> None:
    unit = Unit.read(service)
    assert unit.one("User") == unit.one("Group") == "otvet"
    assert unit.all("Environment") == ["KB_ENV_FILE=/etc/otvet/otvet.env"]
    assert unit.one("WorkingDirectory") == "/opt/otvet"
    own = [command for command, _ in unit.commands() if command[0] == PYTHON]
    assert len(own) == 1
    assert own[0][1:3] == ["-m", "kb"]


def test_the_settings_of_the_example_can_be_used_whole(tmp_path: Path) -> None:
    text = (DEPLOY / "otvet.env").read_text("utf-8")
    for name, whole in (("as it is", text), ("all", text.replace("#KB_", "KB_"))):
        path = tmp_path / f"{name}.env"
        path.write_text(whole, "utf-8")
        config = Config.from_environ({"KB_ENV_FILE": str(path)})
        assert config.trusted_proxies == 1
        assert not config.embedded_worker
    assert config.smtp_url
    assert config.database_url.startswith("postgresql")
    folders = ("KB_ARTICLES_DIR", "KB_SITE_DIR", "KB_DATA_DIR")
    assert all(read_settings(path)[name].startswith("/") for name in folders)


def run_shell_line(service: str, theirs: str, ours: Path) -> subprocess.CompletedProcess[str]:
    """The one command of a unit that a shell runs, with our folder in the place of the page's."""
    commands = [command for command, _ in Unit.read(DEPLOY / "systemd" / service).commands()]
    [[*shell, line]] = [command for command in commands if command[0] == "/bin/sh"]
    assert theirs in line
    return subprocess.run([*shell, line.replace(theirs, str(ours))], capture_output=True, text=True)


def test_content_that_cannot_be_pulled_is_an_error_in_the_journal_and_is_built(
    tmp_path: Path,
) -> None:
    unpulled = run_shell_line("otvet-build.service", "/srv/otvet", tmp_path)
    assert (unpulled.returncode, unpulled.stderr) == (0, "")  # copied, not cloned
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    failed = run_shell_line("otvet-build.service", "/srv/otvet", tmp_path)
    assert failed.returncode == 0
    assert f"\n<3>{tmp_path} could not be pulled" in failed.stderr


def test_the_backup_of_a_weekday_outlives_the_next_one(tmp_path: Path) -> None:
    (tmp_path / "nightly").write_text("first")
    assert run_shell_line("otvet-backup.service", "/var/backups/otvet", tmp_path).returncode == 0
    (tmp_path / "new").write_text("second")
    (tmp_path / "new").replace(tmp_path / "nightly")  # as `kb backup` does
    [kept] = tmp_path.glob("nightly-[1-7]")
    assert kept.read_text() == "first"


@contextmanager
def started(service: str, environ: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """ExecStart of a unit, with our Python, a folder of its own and a port that is free."""
    [(command, _)] = Unit.read(DEPLOY / "systemd" / service).commands()
    ours = {PYTHON: sys.executable, "8000": str(port)}
    process = subprocess.Popen(
        [ours.get(word, word) for word in command],
        cwd=REPOSITORY,
        env={"PATH": os.environ["PATH"], "HOME": environ["HOME"], **environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) in (0, -signal.SIGTERM)
    finally:
        process.kill()
        process.wait()


def test_what_the_services_start_serves_and_delivers(tmp_path: Path) -> None:
    api_library.build(tmp_path / "data")
    settings = tmp_path / "otvet.env"
    text = (DEPLOY / "otvet.env").read_text("utf-8")
    settings.write_text(
        text.replace("/var/lib/otvet", f"{tmp_path}/data").replace("/srv/otvet", str(tmp_path))
        + "KB_WORKERS=1\n"
    )
    environ = {"KB_ENV_FILE": str(settings), "HOME": str(tmp_path)}
    with (
        reserved_port() as port,
        started("otvet-serve.service", environ, port) as serving,
        started("otvet-worker.service", environ, port) as worker,
    ):
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"))
        forwarded = {"X-Forwarded-Host": "help.example.com", "X-Forwarded-Proto": "https"}
        page = requests.get(f"http://127.0.0.1:{port}/en/", headers=forwarded, timeout=60)
        assert 'rel="canonical" href="https://help.example.com/en/"' in page.text
        assert (serving.poll(), worker.poll()) == (None, None)


def answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=60).ok
    except requests.ConnectionError:
        return False


def test_the_command_for_the_shell_has_the_settings_of_the_services(tmp_path: Path) -> None:
    """`deploy/kb`, with our folders in the place of the page's, run as whoever runs the tests."""
    script = (DEPLOY / "kb").read_text("utf-8")
    for theirs, ours in (
        (PYTHON, sys.executable),
        ("/opt/otvet", str(REPOSITORY)),
        ("/etc/otvet/otvet.env", f"{tmp_path}/otvet.env"),
        ('"$(id -u)" = 0', '"$(id -u)" = none'),
    ):
        assert theirs in script
        script = script.replace(theirs, ours)
    (tmp_path / "kb").write_text(script)
    (tmp_path / "articles").mkdir()
    (tmp_path / "otvet.env").write_text(
        f"KB_ARTICLES_DIR={tmp_path}/articles\nKB_DATA_DIR={tmp_path}/data\n"
    )
    (tmp_path / "otvet.env").chmod(0o640)
    done = subprocess.run(
        ["sh", tmp_path / "kb", "doctor"], cwd="/", capture_output=True, text=True
    )
    assert f"2 of them from {tmp_path}/otvet.env" in done.stdout
    assert done.returncode == 0, done.stdout + done.stderr
