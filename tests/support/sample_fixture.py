"""The sample library, built with the real encoder and served by the really started server.

A pytest plugin module. Built once for a test run, by whichever process is first; embeddings are
kept in the development cache.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.server import Server, running
from kb.build import build
from kb.config import Config
from tests.support.encoder_fixture import REPOSITORY


@pytest.fixture(scope="session")
def sample_settings(
    tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path
) -> dict[str, str]:
    """Settings of a built copy of the sample library in a folder of its own."""
    is_shared = "PYTEST_XDIST_WORKER" in os.environ
    base = tmp_path_factory.getbasetemp()
    built = (base.parent if is_shared else base) / "built-sample"
    with (encoder_cache / "sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            _build(built.with_suffix(".part"), encoder_cache)
            built.with_suffix(".part").rename(built)
    root = base / "sample"
    shutil.copytree(built / "articles", root / "articles")
    # A generation is never written to: its files may be the same ones. The lock must not be.
    shutil.copytree(
        built / "var",
        root / "var",
        symlinks=True,
        copy_function=os.link,
        ignore=shutil.ignore_patterns("lock"),
    )
    return _settings(root)


def _build(root: Path, encoder_cache: Path) -> None:
    shutil.copytree(REPOSITORY / "articles", root / "articles")
    (root / "var").mkdir()
    (root / "var" / "cache").symlink_to(encoder_cache)
    report = build.build(Config.from_environ(_settings(root)))
    assert report.problems == ()


def _settings(root: Path) -> dict[str, str]:
    return {
        "KB_ARTICLES_DIR": str(root / "articles"),
        "KB_DATA_DIR": str(root / "var"),
        "KB_CONTACT_EMAIL": "help@nordvolt.example",
        "KB_ENCODER_TIMEOUT_MS": "10000",  # a loaded test machine is no degraded encoder
        "KB_SUGGEST_BUDGET_MS": "20000",
    }


@pytest.fixture(scope="session")
def sample_server(sample_settings: dict[str, str]) -> Iterator[Server]:
    """The sample site, watching its articles like `make run`."""
    with running(sample_settings, watch=True) as server:
        yield server
