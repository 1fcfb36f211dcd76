"""Container files: linted, read as the programs do, and in step with the program.

`tests/campaigns` runs their steps in a fresh root. Where a container engine is, it says itself
whether it takes them: this is what can be held without one.
"""

from __future__ import annotations

import re
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml

from kb.config import Config
from kb.setting_types import variable
from tests.support.fixtures.encoder_fixture import REPOSITORY
from tests.support.machines.container import read_steps

CONTAINER = REPOSITORY / "deploy" / "container"
DOCKERFILE = CONTAINER / "Dockerfile"


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load((CONTAINER / "compose.yaml").read_text("utf-8"))


def test_hadolint_finds_nothing() -> None:
    linter = Path(sysconfig.get_path("scripts")) / "hadolint"
    done = subprocess.run([linter, "--no-color", DOCKERFILE], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_hadolint_finds_faults(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(DOCKERFILE.read_text().replace("USER 10001", "USER root"))
    linter = Path(sysconfig.get_path("scripts")) / "hadolint"
    assert subprocess.run([linter, tmp_path / "Dockerfile"], capture_output=True).returncode == 1


def test_what_is_copied_is_there_and_let_in() -> None:
    let_in = (CONTAINER / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    for words in read_steps(DOCKERFILE)["COPY"]:
        source = words.split()[0]
        assert (REPOSITORY / source).exists(), source
        assert f"!{source}" in let_in


def test_it_serves_as_nobody_special_and_without_what_builds() -> None:
    steps = read_steps(DOCKERFILE)
    uid, _, gid = steps["USER"][-1].partition(":")
    assert int(uid) > 1000
    assert int(gid) > 1000
    assert "requirements.txt" not in DOCKERFILE.read_text("utf-8")
    assert "torch" not in (REPOSITORY / "requirements-serve.lock").read_text("utf-8")


def test_compose_names_settings_folders_and_secrets_that_are_there(compose: Any) -> None:
    known = {variable(name) for name in Config.model_fields}
    known |= {f"{name}_FILE" for name in known} | {"KB_ENV_FILE"}
    for service in compose["services"].values():
        environment = service["environment"]
        assert {name for name in environment if name.startswith("KB_")} <= known
        for name, value in environment.items():
            if name.endswith("_FILE"):
                assert Path(value).name in compose["secrets"]
                assert Path(value).name in service["secrets"]
        for volume in service["volumes"]:
            source = volume.partition(":")[0]
            assert source.startswith("./") or source in compose["volumes"]
    site = compose["services"]["site"]
    assert (CONTAINER / site["build"]["context"]).resolve() == REPOSITORY
    assert (REPOSITORY / site["build"]["dockerfile"]).is_file()


def test_settings_of_a_site_stand_in_a_file_beside_compose(compose: Any) -> None:
    first_lines = (CONTAINER / "compose.yaml").read_text("utf-8").partition("name: otvet")[0]
    settings = first_lines.partition("settings.env <<END")[2].partition("#   END")[0]
    written = set(re.findall(r"^#   (KB_\w+)=", settings, re.MULTILINE))
    assert {"KB_PUBLIC_URL", "KB_SITE_NAME", "KB_LANGUAGES", "KB_METRICS_TOKEN"} <= written
    for name in ("site", "worker"):
        service = compose["services"][name]
        assert service["env_file"] == ["settings.env"]
        assert not written & service["environment"].keys()  # which would go before the file


def test_compose_is_shut_in(compose: Any) -> None:
    for name in ("site", "worker"):
        service = compose["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    assert all(port.startswith("127.0.0.1:") for port in compose["services"]["site"]["ports"])


def test_images_name_their_version(compose: Any) -> None:
    images = [*read_steps(DOCKERFILE)["FROM"], compose["services"]["database"]["image"]]
    assert all(re.fullmatch(r"[a-z]+:\d+(\.\d+)?-\S+", image) for image in images)
