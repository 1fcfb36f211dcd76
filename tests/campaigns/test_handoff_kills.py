"""The campaign that kills servers and the delivering worker; `python -m bench.torture.handoffs` is
the long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.torture.handoffs import FALLBACK_S, torture
from bench.torture.receivers import MOODS
from tests.support.fixtures.campaigns import Campaign


@pytest.mark.campaign
def test_what_was_acknowledged_is_delivered_whatever_is_killed(
    tmp_path: Path, campaign: Campaign
) -> None:
    """The whole of it with a help desk that fails, hangs and is slow before it is right."""
    handoffs = campaign.size(5, whole=60)
    moods = MOODS if campaign.is_whole else MOODS[-1:]
    kills = campaign.size(2, whole=25)
    report = torture(tmp_path, handoffs=handoffs, kills=kills, seed=3, moods=moods)
    assert report.acknowledged == handoffs
    assert report.lost == report.wrong == report.twice == ()
    assert report.failed == 0
    assert report.fallback_s <= FALLBACK_S
