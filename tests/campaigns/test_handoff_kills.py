"""A slice of the campaign that kills servers and the delivering worker; the whole of it is
`python -m bench.torture.handoffs`."""

from __future__ import annotations

from pathlib import Path

from bench.torture.handoffs import torture


def test_what_was_acknowledged_is_delivered_whatever_is_killed(tmp_path: Path) -> None:
    report = torture(tmp_path, handoffs=12, kills=5, seed=3)
    assert report.acknowledged == 12
    assert report.lost == ()
    assert report.twice == ()
    assert report.failed == 0
