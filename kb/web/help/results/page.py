"""The results page: hits, filters, paging, and ways on when nothing was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import url_for
from flask_babel import force_locale  # type: ignore[import-untyped]  # ships no types

from kb.catalog.catalog import Catalog
from kb.catalog.finder import ArticleHit, CompletionHit
from kb.catalog.quoted_blocks import QuotedBlock, quoted_blocks
from kb.catalog.reader_search import SearchParams, last_page
from kb.config import Config
from kb.content.model import SECTIONS
from kb.labels import SAFETY_LINE
from kb.suggestions.precedence import SAFETY
from kb.suggestions.reader_results import ReaderResults
from kb.web.help.listings.arrangement import arranged
from kb.web.help.listings.cards import category_cards
from kb.web.help.results.filters import result_filters
from kb.web.help.results.items import ResultItem, result_item
from kb.web.help.results.params import search_address
from kb.web.layout.contexts import ArticleCard, CategoryCard, Chip, Frame, Link
from kb.web.layout.frame import frame
from kb.web.layout.locale import gettext as _
from kb.web.layout.locale import name_in, pgettext, translated
from search.model import Quotation

NEAREST = 4


@dataclass(frozen=True)
class PageLink:
    """A page of results; `number` 0 stands for a gap."""

    number: int
    url: str
    is_current: bool


@dataclass(frozen=True)
class AnswerBox:
    """A quotation that answers the search, with where it was taken from."""

    text: str
    """All of it, without its layout."""
    blocks: tuple[QuotedBlock, ...]
    title: str
    heading: str
    url: str
    lang: str
    """"" unless it is in another language than the page."""


@dataclass(frozen=True)
class PersonNotice:
    """The way to a person, before all results. In the language of the reader's words."""

    title: str
    text: str
    contact: Link
    is_danger: bool
    lang: str
    """"" unless it is in another language than the page."""


@dataclass(frozen=True, kw_only=True)
class ResultsPage:
    frame: Frame
    query: str = ""
    """As typed, cleaned and cut; "" when nothing was asked."""
    searched: str = ""
    """What was searched for instead, "" when that is `query`."""
    verbatim_url: str
    """The same search without repairs."""
    alternative: Link | None = None
    """A likelier spelling, where what was typed has been searched for."""
    elsewhere: Link | None = None
    """The same search in another language, named by the title, whose articles fit better."""
    shown_in: Link | None = None
    """The language of the words, searched in for that reason; the same search on its own pages."""
    person: PersonNotice | None = None
    total: int = 0
    is_capped: bool = False
    """True when there are more results than can be paged through."""
    chips: tuple[Chip, ...] = ()
    category_chip: Chip | None = None
    """The category the search is restricted to; its address lifts the restriction, its count is
    that of the results with it."""
    product_chip: Chip | None = None
    """The product the search is restricted to, in the same way."""
    product_chips: tuple[Chip, ...] = ()
    """Products that the results are about, to restrict the search to one."""
    answer: AnswerBox | None = None
    results: tuple[ResultItem, ...] = ()
    first_number: int
    numbered: tuple[PageLink, ...] = ()
    previous_url: str = ""
    next_url: str = ""
    unfiltered_url: str
    """The same query without filters; "" when none is set."""
    unfiltered_count: int = 0
    """How many results that has; 0 when it is not known to be better."""
    nearest: tuple[ResultItem, ...] = ()
    """What comes closest when nothing was found."""
    nearest_titles: tuple[ArticleCard, ...] = ()
    """Articles with similar words in their titles, when not even that is known."""
    categories: tuple[CategoryCard, ...]
    """Ways on, for an empty page."""


def results_page(
    config: Config, catalog: Catalog, asked: SearchParams, results: ReaderResults
) -> ResultsPage:
    found = results.found
    hits = tuple(result_item(hit, asked.lang) for hit in found.hits)
    filters = result_filters(catalog, asked, results)
    last = last_page(results.total)
    return ResultsPage(
        frame=_frame(config, asked, found.query),
        query=found.query,
        searched=found.repair.text if found.repair else "",
        verbatim_url=search_address(asked, verbatim=1),
        alternative=_alternative(asked, results.alternative),
        elsewhere=_elsewhere(asked, results.better_language),
        shown_in=_elsewhere(asked, results.lang),
        person=_person(results, asked.lang),
        total=results.total,
        is_capped=results.is_capped,
        chips=filters.sections,
        category_chip=filters.category,
        product_chip=filters.product,
        product_chips=filters.products,
        answer=_answer(results.answer, found.hits[0], asked.lang) if results.answer else None,
        results=() if results.is_far else hits,
        first_number=asked.offset + 1,
        numbered=_numbered(asked, last),
        previous_url=_previous(asked, last),
        next_url=_next(asked, last),
        unfiltered_url=_unfiltered(asked),
        unfiltered_count=results.unfiltered_count,
        nearest=hits[:NEAREST] if results.is_far else (),
        nearest_titles=_nearest_titles(results.nearest, asked.lang),
        categories=() if results.total else _all_categories(catalog, asked.lang),
    )


def unasked_page(config: Config, catalog: Catalog, asked: SearchParams) -> ResultsPage:
    """The page before anything is searched for: ways on, nothing else."""
    return ResultsPage(
        frame=_frame(config, asked, ""),
        verbatim_url=search_address(asked, verbatim=1),
        first_number=asked.offset + 1,
        unfiltered_url=_unfiltered(asked),
        categories=_all_categories(catalog, asked.lang),
    )


def _frame(config: Config, asked: SearchParams, query: str) -> Frame:
    return frame(
        config,
        asked.lang,
        title=pgettext("title of results", "%(query)s", query=query) if query else _("Search"),
        description=_("Search the help of %(site)s in your own words.", site=config.site_name),
        query=query,
        address=lambda code: search_address(asked, lang=code),
        is_indexable=False,
        section=asked.section or "",
    )


def _alternative(asked: SearchParams, text: str) -> Link | None:
    if not text:
        return None
    return Link(text, search_address(replace(asked, text=text, is_verbatim=False)))


def _elsewhere(asked: SearchParams, lang: str) -> Link | None:
    """The same search on the pages in another language; None for "" and the page's own."""
    if lang in ("", asked.lang):
        return None
    return Link(name_in(lang, asked.lang), search_address(asked, lang=lang), lang)


def _person(results: ReaderResults, lang: str) -> PersonNotice | None:
    if results.person_first is None:
        return None
    spoken = results.lang
    is_danger = results.person_first == SAFETY
    with force_locale(spoken.replace("-", "_")):
        return PersonNotice(
            title=_("Safety first") if is_danger else _("This is better answered by a person"),
            text=translated(SAFETY_LINE) if is_danger else _("What our articles say stands below."),
            contact=Link(_("Write to a person"), url_for("contact.form", lang=spoken)),
            is_danger=is_danger,
            lang=spoken if spoken != lang else "",
        )


def _unfiltered(asked: SearchParams) -> str:
    if not (asked.section or asked.product):
        return ""
    return search_address(asked, section=None, category=None, product=None)


def _answer(answer: Quotation, found: ArticleHit, lang: str) -> AnswerBox:
    page = found.page
    return AnswerBox(
        text=answer.text,
        blocks=quoted_blocks(answer),
        title=page.title,
        heading=answer.heading,
        url=found.url_of(answer.anchor),
        lang=page.lang if page.lang != lang else "",
    )


def _previous(asked: SearchParams, last: int) -> str:
    return search_address(asked, page=asked.page - 1) if 1 < asked.page <= last else ""


def _next(asked: SearchParams, last: int) -> str:
    return search_address(asked, page=asked.page + 1) if asked.page < last else ""


def _numbered(asked: SearchParams, last: int) -> tuple[PageLink, ...]:
    """First, last and the neighbours of the current page, 0 where numbers are left out.

    None for a single page.
    """
    if last == 1:
        return ()
    wanted = {1, last, *range(max(1, asked.page - 1), min(last, asked.page + 1) + 1)}
    links: list[PageLink] = []
    for number in sorted(wanted):
        if links and number - links[-1].number > 1:
            links.append(PageLink(0, "", False))
        links.append(PageLink(number, search_address(asked, page=number), number == asked.page))
    return tuple(links)


def _nearest_titles(completions: Sequence[CompletionHit], lang: str) -> tuple[ArticleCard, ...]:
    """The articles behind the nearest completions, each once."""
    articles: dict[str, ArticleCard] = {}
    for item in completions:
        url = item.url.partition("#")[0]
        is_foreign = item.lang != lang
        card = ArticleCard(
            title=item.title,
            url=url,
            summary="",
            lang=item.lang if is_foreign else "",
            lang_name=name_in(item.lang, lang) if is_foreign else "",
        )
        articles.setdefault(url, card)
    return tuple(articles.values())[:NEAREST]


def _all_categories(catalog: Catalog, lang: str) -> tuple[CategoryCard, ...]:
    shelves = arranged(catalog, lang).shelves
    return tuple(
        card for section in SECTIONS for card in category_cards(catalog, section, lang, shelves)
    )
