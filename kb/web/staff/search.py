"""The search page for staff: what may be chosen, the results, and a hand-off beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kb.addresses import staff_article_path
from kb.catalog import staff_search
from kb.catalog.generation import Loaded
from kb.catalog.staff_search import WANTED, StaffFindings, StaffHit, Wanted
from kb.config import Config
from kb.handoffs.history import HandoffRecord
from kb.labels import WANTED_LABELS
from kb.web.layout.addresses import absolute
from kb.web.layout.frame import section_title
from kb.web.layout.locale import date_in_words, language_name, name_in, translated
from kb.web.layout.locale import gettext as _
from kb.web.staff.frame import StaffFrame, staff_frame
from kb.web.staff.handoff_panel import HandoffPanel, handoff_panel
from kb.web.staff.params import MAX_OFFSET, PER_PAGE, StaffSearchParams, search_address
from search.model import Segment


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class StaffItem:
    """One result. `link`, `markdown` and `text` are what can be copied, "" for internal ones."""

    title: tuple[Segment, ...]
    plain_title: str
    url: str
    path: tuple[str, ...]
    heading: str
    snippet: tuple[Segment, ...]
    lang: str
    lang_name: str
    is_other_language: bool
    is_internal: bool
    is_seen: bool
    updated_at: datetime | None
    updated: str
    link: str
    markdown: str
    text: str


@dataclass(frozen=True)
class StaffResults:
    query: str
    searched: str
    """What was searched for instead, "" when that is `query`."""
    total: int
    first_number: int
    items: tuple[StaffItem, ...]
    shown_in: str
    """Name of the language of the words, searched in for that reason; "" for the reader's."""
    reader_language: str
    reader_url: str
    """The same search in the reader's language."""
    is_degraded: bool
    previous_url: str
    next_url: str


@dataclass(frozen=True)
class StaffSearchPage:
    frame: StaffFrame
    query: str
    readers: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    handoff_id: str
    is_handoff_missing: bool
    handoff: HandoffPanel | None
    results: StaffResults | None


def search_page(
    config: Config,
    loaded: Loaded,
    asked: StaffSearchParams,
    *,
    lang: str,
    name: str,
    handoff: HandoffRecord | None,
    findings: StaffFindings | None,
) -> StaffSearchPage:
    return StaffSearchPage(
        frame=staff_frame(
            config,
            lang,
            title=_("Answers for agents"),
            name=name,
            lang_asked=asked.lang,
            here=search_address(asked, lang=None),
        ),
        query=asked.text,
        readers=tuple(
            Choice(code, language_name(code), code == asked.reader) for code in config.languages
        ),
        kinds=_kinds(asked.wanted),
        handoff_id=asked.handoff_id,
        is_handoff_missing=bool(asked.handoff_id) and handoff is None,
        handoff=handoff_panel(loaded, handoff, asked, lang) if handoff else None,
        results=_results(config, asked, findings, lang) if findings else None,
    )


def _kinds(wanted: Wanted) -> tuple[Choice, ...]:
    return tuple(
        Choice(value, translated(WANTED_LABELS[value]), value == wanted) for value in WANTED
    )


def _results(
    config: Config, asked: StaffSearchParams, findings: StaffFindings, lang: str
) -> StaffResults:
    following = asked.offset + PER_PAGE
    has_next = following < findings.total and following <= MAX_OFFSET
    return StaffResults(
        query=findings.query,
        searched=findings.repair.text if findings.repair else "",
        total=findings.total,
        first_number=asked.offset + 1,
        items=tuple(_item(config, asked, hit, lang) for hit in findings.hits),
        shown_in=name_in(asked.searched_in, lang) if asked.searched_in != asked.reader else "",
        reader_language=name_in(asked.reader, lang),
        reader_url=search_address(asked, keep=1, offset=None),
        is_degraded=findings.is_degraded,
        previous_url=search_address(asked, offset=max(0, asked.offset - PER_PAGE) or None)
        if asked.offset
        else "",
        next_url=search_address(asked, offset=following) if has_next else "",
    )


def _item(config: Config, asked: StaffSearchParams, hit: StaffHit, lang: str) -> StaffItem:
    found, page = hit.found, hit.found.page
    insert = staff_search.insert(hit, site=absolute(config, ""), lang=asked.searched_in)
    return StaffItem(
        title=found.title,
        plain_title=page.title,
        url=staff_article_path(page.id, page.lang, asked.lang, found.anchor),
        path=(section_title(page.section), found.category_title),
        heading=found.heading,
        snippet=found.snippet,
        lang=page.lang,
        lang_name=name_in(page.lang, lang),
        is_other_language=found.is_other_language,
        is_internal=hit.visibility == "internal",
        is_seen=hit.is_seen,
        updated_at=page.updated_at,
        updated=date_in_words(page.updated_at, lang),
        link=insert.link if insert else "",
        markdown=insert.markdown if insert else "",
        text=insert.text if insert else "",
    )
