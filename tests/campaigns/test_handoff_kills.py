"""The campaign that kills servers and the delivering worker; `python -m bench.torture.handoffs` is
the long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.torture.handoffs import torture
from tests.support.fixtures.campaigns import Campaign


@pytest.mark.campaign
def test_what_was_acknowledged_is_delivered_whatever_is_killed(
    tmp_path: Path, campaign: Campaign
) -> None:
    handoffs = campaign.size(5, whole=60)
    report = torture(tmp_path, handoffs=handoffs, kills=campaign.size(2, whole=25), seed=3)
    assert report.acknowledged == handoffs
    assert report.lost == ()
    assert report.twice == ()
    assert report.failed == 0
