"""A small site with small limits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.config import Config
from kb.web.http import rate_limits
from tests.support.web.limited_site import SMALL, Hands, Site, serving


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data_dir=tmp_path)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "POLICIES", SMALL)


@pytest.fixture
def hands() -> Hands:
    """Of the clock of `site` and `storage`."""
    return Hands()


@pytest.fixture
def site(config: Config, small: None, hands: Hands) -> Iterator[Site]:
    with serving(config, hands.clock) as served:
        yield served
