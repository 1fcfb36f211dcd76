"""Fixtures around the real encoder; a pytest plugin module.

`pytest_plugins = ["tests.support.encoder_fixture"]` in the top conftest makes them known. The
encoder is unpacked and exported once per machine into the cache of the development tree.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from search.semantic.encoder import OnnxQueryEncoder
from search.semantic.encoder_build.export import export_query_encoder
from search.semantic.encoder_build.passage_encoder import PassageEncoder, load_passage_encoder
from search.semantic.encoder_build.sources import BUNDLED, bundled_encoder

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def encoder_cache() -> Path:
    """Folder that keeps the real encoder's files from one test run to the next."""
    folder = REPOSITORY / "var" / "cache"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def bundled_folder(encoder_cache: Path) -> Path:
    """The bundled encoder as a sentence-transformers folder. Read only."""
    return bundled_encoder(encoder_cache)


@pytest.fixture(scope="session")
def query_folder(encoder_cache: Path) -> Path:
    """The exported query encoder. Read only."""
    return export_query_encoder(BUNDLED, encoder_cache)


@pytest.fixture(scope="session")
def query_encoder(query_folder: Path) -> OnnxQueryEncoder:
    return OnnxQueryEncoder.from_folder(query_folder)


@pytest.fixture(scope="session")
def passage_encoder(encoder_cache: Path) -> PassageEncoder:
    return load_passage_encoder(BUNDLED, encoder_cache)
