"""A built site and its tools."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.mcp.tools import Tools, opened
from tests.support.libraries import api_library
from tests.support.libraries.mcp_site import config


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root: Path = tmp_path_factory.mktemp("mcp")
    api_library.build(root)
    return root


@pytest.fixture(scope="module")
def tools(built: Path) -> Iterator[Tools]:
    with opened(config(built, contact_email="help@example.com")) as tools:
        yield tools
