"""The campaign that kills servers while people save and publish articles."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest

from tests.support.fixtures.campaigns import Campaign
from tests.support.repositories import copy_of, workplace
from tests.support.repositories.killed import WAYS, Steps
from tests.support.repositories.kills import require_sound_after

CALLS_OF_TWO_SAVES = 40
CALLS_OF_TWO_PUBLICATIONS = 150


@pytest.mark.campaign
@pytest.mark.parametrize(
    ("steps", "calls", "kills"),
    [("saves", CALLS_OF_TWO_SAVES, 120), ("publications", CALLS_OF_TWO_PUBLICATIONS, 80)],
)
def test_a_killed_server_leaves_a_clean_tree_and_loses_nothing(
    tmp_path: Path, campaign: Campaign, steps: Steps, calls: int, kills: int
) -> None:
    """Killed at any git of the first two, before it, beside it and with it."""
    made = tmp_path / "made"
    made.mkdir()
    workplace(made)
    points = list(itertools.product(range(1, calls + 1), WAYS))
    chosen = random.Random(13).sample(points, kills)[: campaign.size(3, whole=kills)]
    for number, (call, way) in enumerate(chosen):
        folder = tmp_path / str(number)
        folder.mkdir()
        require_sound_after(copy_of(made, folder), steps, call, way)
