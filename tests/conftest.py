"""Fixtures that more than one module uses."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = [
    "tests.support.browser_fixture",
    "tests.support.campaigns",
    "tests.support.encoder_fixture",
    "tests.support.postgres_fixture",
    "tests.support.sample_fixture",
]

# Machines are shared: how long an example takes says nothing.
settings.register_profile(
    "otvet", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("otvet")

LONGEST_FIRST = (
    "browser/test_widget",
    "campaigns/test_fuzz",
    "campaigns/test_leaks",
    "campaigns/test_handoff_kills",
    "kb/build/test_calibrate",
    "browser/test_staff",
    "campaigns/test_xss",
    "kb/server/test_supervisor",
    "browser/test_site",
    "campaigns/test_end_to_end",
    "search/ranking/test_golden_rankings",
    "search/semantic/test_encoder_build",
    "campaigns/test_index_faults",
)
"""Two processes share the files: one must not begin a long one when the other has nothing left."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ranks = {name: rank for rank, name in enumerate(LONGEST_FIRST)}
    tests = Path(__file__).parent

    def rank(item: pytest.Item) -> int:
        name = item.path.relative_to(tests).with_suffix("").as_posix()
        return ranks.get(name, len(ranks))

    items.sort(key=rank)
