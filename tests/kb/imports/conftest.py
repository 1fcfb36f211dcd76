"""A folder to import into."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.imports import Importing


@pytest.fixture
def importing(tmp_path: Path) -> Importing:
    return Importing(tmp_path)
