"""Fixtures that more than one module uses."""

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.encoder_fixture", "tests.postgres_fixture", "tests.sample_fixture"]

# Machines are shared: how long an example takes says nothing.
settings.register_profile(
    "otvet", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("otvet")

LONGEST_FIRST = (
    "test_widget_browser",
    "test_fuzz",
    "test_leaks",
    "test_handoff_kills",
    "test_calibrate_command",
    "test_agent_browser",
    "test_xss_browser",
    "test_serving",
    "test_site_browser",
    "test_end_to_end",
    "test_golden_rankings",
    "test_modelling",
    "test_faults_index",
)
"""Two processes share the files: one must not begin a long one when the other has nothing left."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ranks = {name: rank for rank, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: ranks.get(item.path.stem, len(ranks)))
