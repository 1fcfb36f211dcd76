"""docs/production.md and what it puts in place belong together. `tests/campaigns` types it all."""

from __future__ import annotations

import re
import shlex

from tests.project.test_commands import fault_of
from tests.support.fixtures.encoder_fixture import REPOSITORY
from tests.support.machines import page
from tests.support.machines.units import Unit

TEXT = page.PAGE.read_text("utf-8")
STEPS = [step for steps in page.sections().values() for step in steps]


def test_the_page_is_read_to_its_end() -> None:
    assert len(page.sections()) >= 12
    assert len(STEPS) >= 20
    assert sum(len(step.script.splitlines()) for step in STEPS) >= 50
    assert [step.script for step in STEPS if step.is_elsewhere]
    assert len([step for step in STEPS if step.is_public]) == 1


def test_every_file_of_deploy_is_named_and_every_named_one_is_there() -> None:
    named = set(re.findall(r"deploy/[\w./-]*\w", TEXT))
    for path in named:
        assert (REPOSITORY / path).exists(), path
    files = [path for path in (REPOSITORY / "deploy").rglob("*") if path.is_file()]
    for path in files:
        own = str(path.relative_to(REPOSITORY))
        assert any(own.startswith(one) for one in named), own


def test_units_that_are_started_are_there() -> None:
    units = {path.name for path in (REPOSITORY / "deploy/systemd").iterdir()}
    for step in STEPS:
        for word in step.systemctl:
            if word.startswith("otvet"):
                assert word in units, step.script


def test_folders_of_the_page_are_those_of_the_files() -> None:
    for path in (REPOSITORY / "deploy/systemd").glob("*.service"):
        for written in " ".join(Unit.read(path).all("ReadWritePaths")).split():
            assert f"`{written}`" in TEXT
    for place in ("/etc/otvet/otvet.env", "/opt/otvet/deploy/kb /usr/local/bin/kb"):
        assert place in TEXT
    for name in ("certificate.pem", "key.pem"):
        assert f"/etc/otvet/tls/{name}" in (REPOSITORY / "deploy/nginx/otvet.conf").read_text()


def test_workflows_for_articles_run_commands_that_exist() -> None:
    for path in sorted((REPOSITORY / "deploy/content").iterdir()):
        calls = re.findall(r"python -m kb (.+)", path.read_text("utf-8"))
        assert len(calls) >= 2, path
        assert [fault for call in calls if (fault := fault_of(shlex.split(call)))] == []
