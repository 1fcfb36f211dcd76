"""One really started server for whoever only asks it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.libraries import api_library
from tests.support.libraries.server_library import Running, served


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("serving")
    api_library.build(root)
    with served(root) as running:
        yield running
