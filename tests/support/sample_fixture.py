"""The sample library, built with the real encoder and served by the really started server.

A pytest plugin module. Built once for a test run; embeddings are kept in the development cache.
"""

from __future__ import annotations

import fcntl
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
    root = tmp_path_factory.mktemp("sample")
    shutil.copytree(REPOSITORY / "articles", root / "articles")
    (root / "var").mkdir()
    (root / "var" / "cache").symlink_to(encoder_cache)
    settings = {
        "KB_ARTICLES_DIR": str(root / "articles"),
        "KB_DATA_DIR": str(root / "var"),
        "KB_CONTACT_EMAIL": "help@nordvolt.example",
        "KB_ENCODER_TIMEOUT_MS": "10000",  # a loaded test machine is no degraded encoder
        "KB_SUGGEST_BUDGET_MS": "20000",
    }
    # One after the other: with an empty cache the first encodes, the others find it done.
    with (encoder_cache / "sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        report = build.build(Config.from_environ(settings))
    assert report.problems == ()
    return settings


@pytest.fixture(scope="session")
def sample_server(sample_settings: dict[str, str]) -> Iterator[Server]:
    """The sample site, watching its articles like `make run`."""
    with running(sample_settings, watch=True) as server:
        yield server
