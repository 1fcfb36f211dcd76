"""Fixtures of several campaigns."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.libraries.leak_library import (
    site,
    write_library,
)


@pytest.fixture(scope="package")
def hiding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    root = tmp_path_factory.mktemp("hiding")
    write_library(root / "articles")
    with site(root) as app:
        yield app
