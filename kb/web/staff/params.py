"""A search by staff, as its address names it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from kb.catalog.staff_search import Wanted

PER_PAGE = 10
MAX_OFFSET = 190


@dataclass(frozen=True)
class StaffSearchParams:
    """A search by staff, checked. `lang` is "" unless the address names it."""

    text: str = ""
    reader: str = ""
    """Language the customer reads."""
    wanted: Wanted = "all"
    handoff_id: str = ""
    offset: int = 0
    lang: str = ""
    is_reader_kept: bool = False
    """The reader's language is searched in, whatever that of the words is."""
    searched_in: str = ""
    """A language: that of the words where they tell, unless the reader's was chosen."""


def search_address(asked: StaffSearchParams, **changes: object) -> str:
    """The search's address with some of its parameters changed."""
    values: dict[str, object] = {
        "q": asked.text or None,
        "reader": asked.reader,
        "show": asked.wanted if asked.wanted != "all" else None,
        "handoff": asked.handoff_id or None,
        "offset": asked.offset or None,
        "lang": asked.lang or None,
        "keep": int(asked.is_reader_kept) or None,
    } | changes
    return url_for("agent.search", **values)  # type: ignore[arg-type]  # takes any value
