"""Articles that say nothing: no text besides headings, no picture, no code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.content.advice.page import ReadPage
from kb.content.fault_kinds import FaultKind
from kb.content.remarks.leftover import Leftover

SHOWN = re.compile(r"<(?:img|pre|code|table|input)\b")
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
REMEDY = "Write it, or make it a draft: `status: draft`"


def leftovers(page: ReadPage) -> Iterator[Leftover]:
    """One for an article that readers can open and that has nothing for them."""
    if page.article.status == "draft" or SHOWN.search(page.html):
        return
    blocks = [one for one in page.visible if one.tag not in HEADINGS and one.text.strip()]
    if not blocks:
        message = "has no text besides its headings" if page.visible else "has no text"
        yield Leftover(FaultKind.EMPTY_ARTICLE, "", message, REMEDY, page.article.body_line)
