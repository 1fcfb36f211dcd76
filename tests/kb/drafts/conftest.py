from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.repositories import Workplace, copy_of, workplace


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repositories")
    workplace(folder)
    return folder


@pytest.fixture
def place(tmp_path: Path, made: Path) -> Workplace:
    return copy_of(made, tmp_path)
