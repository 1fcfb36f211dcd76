"""An answer is a quotation: over the whole sample library, nothing is shown that is not there.

`python -m bench.relevance.quotations FOLDER` does the same for libraries that are not ours.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.relevance.quotations import check, open_current
from kb.build import build
from kb.catalog.catalog import Catalog
from kb.config import Config
from tests.support.fixtures.campaigns import Campaign
from tests.support.fixtures.encoder_fixture import REPOSITORY


@pytest.mark.campaign
def test_every_span_shown_stands_in_its_article(tmp_path: Path, campaign: Campaign) -> None:
    every = campaign.size(15, whole=1)
    config = Config(articles_dir=REPOSITORY / "articles", data_dir=tmp_path, encoder="none")
    build.build(config)
    live = open_current(config)
    try:
        loaded = live.require()
        checked = check(loaded, every=every)
        assert checked.faults == ()
        assert checked.passages > 400
        assert checked.spans > 5_000 / every
        assert checked.steps > 20 / every
        # The oracle sees a change of one word.
        pages = [
            replace(page, html=page.html.replace("а", "o")) for page in loaded.catalog.all_pages
        ]
        changed = Catalog(pages, loaded.catalog.categories, loaded.catalog.languages)
        assert len(check(replace(loaded, catalog=changed), every=50).faults) > 500
    finally:
        live.close()
