"""Articles published once and no more are gone with the next generation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest

from kb.build import build
from tests.support.libraries import api_library
from tests.support.libraries.leak_library import (
    SECRET,
    STATUSES,
    asked,
    config,
    secret,
    site,
    write_library,
)
from tests.support.libraries.leak_requests import (
    asks,
    crawl,
)

GONE = ("title", "summary", "heading", "body", "lead", "product")


def unpublish(root: Path) -> None:
    article = root / "articles/en/faq/returns/hidden-draft.md"
    article.write_text(article.read_text().replace("status: published", "status: draft"))


def delete(root: Path) -> None:
    (root / "articles/en/faq/returns/hidden-draft.md").unlink()


def retire(root: Path) -> None:
    delete(root)
    with (root / "articles/retired.txt").open("a") as file:
        file.write(f"{STATUSES['draft']}\n")


def mistype(root: Path) -> None:
    """A published article that breaks disappears as well: nobody knows what its author meant."""
    article = root / "articles/en/faq/returns/hidden-draft.md"
    article.write_text(article.read_text().replace("status: published", "status: publisched"))


@pytest.mark.campaign(cases=1)
@pytest.mark.parametrize("change", [unpublish, delete, retire, mistype])
def test_an_unpublished_article_is_gone_with_the_next_generation(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    write_library(tmp_path / "articles", status_of_drafts="published")
    with site(tmp_path) as app:
        live = api_library.services_of(app).library
        client = app.test_client()
        address = "/en/faq/returns/hidden-draft"
        shown = client.get(address)
        assert secret("draft", "title") in shown.text
        form = {"Sec-Fetch-Site": "same-origin"}
        client.post(f"/en/vote/{STATUSES['draft']}", data={"value": "yes"}, headers=form)

        change(tmp_path)
        build.build(config(tmp_path))
        live.refresh()

        again = client.get(address, headers={"If-None-Match": shown.headers["ETag"]})
        assert again.status_code == (410 if change is retire else 404)
        gone = {secret("draft", place) for place in GONE}
        # Every address, and with parameters what asks for it; the whole crawl is above.
        word = asked("draft")
        all_asks = [ask for ask in asks(app) if ask.method != "OPTIONS"]
        what = [ask for ask in all_asks if not ask.query or word in unquote(ask.query)]
        for ask, _, text in crawl(app, what):
            assert not gone & set(SECRET.findall(text)), ask
        assert secret("half", "title") in client.get("/en/").text  # still published, still seen
