"""Search for staff: public and internal articles together, and what may be passed on of them.

Joins hits with what the customer of a hand-off has seen. No ranking, no HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from kb.addresses import permanent_path
from kb.catalog import finder
from kb.catalog.catalog import ArticleVersion
from kb.catalog.finder import ArticleHit, ArticleResults
from kb.catalog.generation import Loaded
from kb.catalog.quoted_blocks import plain_text
from search.model import Filters, Quotation, Repair
from search.ranking.options import SearchOptions

Visibility = Literal["public", "internal"]
Wanted = Literal["all", "public", "internal"]
WANTED: tuple[Wanted, ...] = get_args(Wanted)

_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~])")


@dataclass(frozen=True)
class StaffHit:
    """One hit; `is_seen` when the customer has been shown the article already."""

    found: ArticleHit
    visibility: Visibility
    is_seen: bool
    quotation: Quotation | None
    """What answers; None for internal articles, and where it is too long to be shown whole."""


@dataclass(frozen=True)
class StaffFindings:
    """The answer to one query of staff, cut to the asked window."""

    results: ArticleResults
    """Those of the whole search; `hits` are the ones of the wanted kind."""
    hits: tuple[StaffHit, ...]

    @property
    def query(self) -> str:
        return self.results.query

    @property
    def repair(self) -> Repair | None:
        return self.results.repair

    @property
    def total(self) -> int:
        return self.results.total - (len(self.results.hits) - len(self.hits))

    @property
    def is_degraded(self) -> bool:
        return self.results.is_degraded

    @property
    def took_ms(self) -> float:
        return self.results.took_ms


@dataclass(frozen=True)
class Insert:
    """The parts of a hit that go into a message to the customer."""

    text: str
    """What answers, with its link; the title instead where that is too long to be quoted."""
    markdown: str
    """The article's title as a link."""
    link: str


def find(
    loaded: Loaded,
    text: str,
    *,
    lang: str,
    wanted: Wanted = "all",
    seen: Iterable[str] = (),
    limit: int = 10,
    offset: int = 0,
) -> StaffFindings:
    """Search for what helps a customer who reads `lang`; any text is valid.

    `seen` are ids of articles. An article that is internal in one language only is found by the
    version that its reader would get.
    """
    filters = Filters(exclude_groups=_excluded(loaded, lang, wanted))
    options = SearchOptions(lang=lang, filters=filters, limit=limit, offset=offset)
    results = finder.find(loaded, text, options)
    known = frozenset(seen)
    hits = []
    for it in results.hits:
        visibility = visibility_of(loaded, it.page)
        if wanted not in ("all", visibility):
            continue
        is_public = visibility == "public"
        quotation = loaded.answers.quote(it.hit, results.query) if is_public else None
        hits.append(StaffHit(it, visibility, it.page.id in known, quotation))
    return StaffFindings(results, tuple(hits))


def visibility_of(loaded: Loaded, page: ArticleVersion) -> Visibility:
    return "internal" if finder.document_id(page) in loaded.internal else "public"


def insert(hit: StaffHit, *, site: str, lang: str | None) -> Insert | None:
    """Give what to send of a hit; None for internal ones, which no customer could open.

    `site` is the address of the help centre. The link leads to the language `lang`, or to that
    of the customer's browser.
    """
    if hit.visibility == "internal":
        return None
    page, quotation = hit.found.page, hit.quotation
    link = permanent_link(site, page.id, lang=lang, anchor=hit.found.anchor)
    text = f"{page.title}\n{link}"
    if quotation:
        source = permanent_link(site, page.id, lang=lang, anchor=quotation.anchor)
        text = f"{plain_text(quotation)}\n\n{source}"
    return Insert(text=text, markdown=markdown_link(page.title, link), link=link)


def permanent_link(site: str, article_id: str, *, lang: str | None = None, anchor: str = "") -> str:
    """A link that survives new titles, folders and headings; safe in plain text and Markdown."""
    return site.rstrip("/") + permanent_path(article_id, lang or "", anchor)


def markdown_link(title: str, link: str) -> str:
    """`[title](link)`, whatever the title holds."""
    escaped = _MARKDOWN.sub(r"\\\1", " ".join(title.split()))
    return f"[{escaped}]({link})"


def _excluded(loaded: Loaded, lang: str, wanted: Wanted) -> frozenset[str]:
    """Articles of which a reader of `lang` gets no version of the wanted kind."""
    if wanted == "all":
        return frozenset()
    return frozenset(
        page.id for page in loaded.catalog.pages(lang) if visibility_of(loaded, page) != wanted
    )
