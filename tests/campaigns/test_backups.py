"""The campaign that backs up while hand-offs are written; `python -m bench.torture.backups` is the
command."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bench.torture.backups import torture
from tests.support.fixtures.campaigns import Campaign


@pytest.mark.campaign
def test_a_backup_has_whatever_was_acknowledged_before_it(
    database_url: str, tmp_path: Path, campaign: Campaign
) -> None:
    report = torture(database_url, tmp_path, backups=campaign.size(1, whole=8))
    assert report.acknowledged
    assert report.lost == ()
    assert report.damaged == 0


def test_a_copy_of_the_file_would_be_seen_to_lack_some(tmp_path: Path) -> None:
    """The way that documents once recommended."""
    busy = tmp_path / "busy.sqlite"

    def copied(_: str, folder: Path) -> None:
        folder.mkdir()
        shutil.copy(busy, folder / "otvet.sqlite")

    report = torture(f"sqlite:///{busy}", tmp_path, backups=3, keep=copied)
    assert report.lost
