"""Campaigns: tests of which `make test` runs a seeded slice and `make campaigns` the whole.

A test marked `campaign` is one. Its length comes from the fixture of that name:
`campaign.size(6, whole=40)` examples, `campaign.some(PAGES, 4)` of a list. Of a parametrised one
`@pytest.mark.campaign(cases=3)` keeps three cases. With `--whole` all run whole; `make campaigns`
is `pytest --whole -m campaign`. A pytest plugin module.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import pytest

T = TypeVar("T")

SEED = 20261122


@dataclass(frozen=True)
class Campaign:
    """Length of the campaigns of this run."""

    is_whole: bool

    def size(self, part: int, *, whole: int) -> int:
        """`part`, or `whole` in a whole run."""
        return whole if self.is_whole else part

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """A seeded sample of so many, in their order; all of them in a whole run."""
        if self.is_whole or count >= len(items):
            return list(items)
        return [items[number] for number in _sample(len(items), count)]


@pytest.fixture(scope="session")
def campaign(request: pytest.FixtureRequest) -> Campaign:
    return Campaign(is_whole=request.config.getoption("whole"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="run campaigns whole, not a slice")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "campaign(cases=None): a slice of it runs unless --whole is given"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the cases of sliced tests that are not drawn."""
    if config.getoption("whole"):
        return
    cases: defaultdict[tuple[str, int], list[pytest.Item]] = defaultdict(list)
    for item in items:
        marker = item.get_closest_marker("campaign")
        if marker and marker.kwargs.get("cases"):
            cases[item.nodeid.partition("[")[0], marker.kwargs["cases"]].append(item)
    left_out: set[pytest.Item] = set()
    for (_, count), group in cases.items():
        kept = set(_sample(len(group), min(count, len(group))))
        left_out.update(item for number, item in enumerate(group) if number not in kept)
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


def _sample(length: int, count: int) -> list[int]:
    return sorted(random.Random(SEED).sample(range(length), count))
