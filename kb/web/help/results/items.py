"""One hit in a list of results, whole or while typing."""

from __future__ import annotations

from dataclasses import dataclass

from kb.catalog.finder import ArticleHit
from kb.web.layout.contexts import Link
from kb.web.layout.frame import section_title
from kb.web.layout.locale import name_in
from search.model import Segment


@dataclass(frozen=True)
class ResultItem:
    """One hit. `lang` and `lang_name` are "" unless it is in another language than the page."""

    title: tuple[Segment, ...]
    url: str
    path: tuple[str, ...]
    heading: tuple[Segment, ...]
    snippet: tuple[Segment, ...]
    lang: str
    lang_name: str
    sections: tuple[Link, ...]
    """Further sections of the same article that match."""


def result_item(found: ArticleHit, lang: str) -> ResultItem:
    """A hit as it is shown to a reader of `lang`."""
    is_foreign = found.page.lang != lang
    return ResultItem(
        title=found.title,
        url=found.url,
        path=(section_title(found.page.section), found.category_title),
        heading=found.marked_heading,
        snippet=found.snippet,
        lang=found.page.lang if is_foreign else "",
        lang_name=name_in(found.page.lang, lang) if is_foreign else "",
        sections=tuple(Link(other.heading, other.url) for other in found.others),
    )
