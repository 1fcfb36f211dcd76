"""Clients that strangers' generators make of the contract: made whole, typed and used for real."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.support.fixtures.browser_fixture import served
from tests.support.fixtures.encoder_fixture import REPOSITORY
from tests.support.libraries import api_library
from tests.support.libraries.api_library import SHOP
from tests.support.patience import PATIENCE_S

HERE = Path(__file__).parent
TOOLS = REPOSITORY / ".venv" / "clients" / "bin"
"""The environment of the generators; `make test` makes it."""
REPORT = {
    "action": "offer",
    "first": f"art_{api_library.REFUND}",
    "fault": "/message",
    "refused": "validation_failed",
    "missing": "not_found",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    root = tmp_path_factory.mktemp("clients")
    api_library.build(root)
    app = api_library.application(root)
    yield app
    api_library.close(app)


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    """A folder with the contract in it."""
    (tmp_path / "openapi.json").write_bytes(app.test_client().get("/openapi.json").data)
    return tmp_path


def run(folder: Path, *command: str | Path) -> str:
    """Output of a command in `folder`; whatever it complains of fails the test."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={"PATH": f"{TOOLS}:/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr, done.stderr
    return done.stdout


def used(app: Flask, folder: Path, *command: str | Path) -> Any:
    """The report of a client that talked to the running application."""
    key = api_library.customer(app)["Authorization"].removeprefix("Bearer ")
    with served(app) as address:
        return json.loads(run(folder, *command, address, key, SHOP))


def test_the_python_client_has_every_response_and_works(app: Flask, folder: Path) -> None:
    (folder / "quiet.yml").write_text("post_hooks: []\n", "utf-8")
    source = ("--path", "openapi.json", "--config", "quiet.yml", "--meta", "none")
    said = run(folder, TOOLS / "openapi-python-client", "generate", *source)
    assert "warning" not in said.lower(), said
    shutil.copy(HERE / "python_client.py", folder)
    report = used(app, folder, TOOLS / "python", "python_client.py")
    assert report == REPORT | {"article": report["article"]}
    assert report["article"]


def test_the_types_hold_under_strict_and_work(app: Flask, folder: Path) -> None:
    modules = HERE / "node_modules"
    (folder / "node_modules").symlink_to(modules)
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    shutil.copy(HERE / "typescript_client.ts", folder)
    node = TOOLS / "node"
    generator = modules / "openapi-typescript" / "bin" / "cli.js"
    run(folder, node, generator, "openapi.json", "-o", "schema.d.ts")
    compiler = modules / "typescript" / "bin" / "tsc"
    strict = ("--strict", "--module", "nodenext", "--target", "es2022")
    run(folder, node, compiler, *strict, "--exactOptionalPropertyTypes", "typescript_client.ts")
    report = used(app, folder, node, "typescript_client.js")
    assert report == REPORT | {"article": report["article"]}
    assert report["article"]
