"""The results page: hits, filters, paging, and ways on when nothing was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import url_for

from kb.catalog.catalog import Catalog
from kb.catalog.finder import ArticleHit, ArticleResults, CompletionHit
from kb.catalog.quotes import Answer
from kb.config import Config
from kb.content.model import SECTIONS
from kb.web.help.listings import arranged, category_cards
from kb.web.help.product_filter import MOST_CHIPS
from kb.web.layout.contexts import (
    AnswerBox,
    ArticleCard,
    CategoryCard,
    Chip,
    Link,
    PageLink,
    ResultItem,
    ResultsPage,
)
from kb.web.layout.frame import frame, section_title
from kb.web.layout.locale import gettext as _
from kb.web.layout.locale import name_in, pgettext

PER_PAGE = 10
MAX_RESULTS = 200
"""Readers page no further; nobody finds an answer there."""
NEAREST = 4


@dataclass(frozen=True)
class SearchParams:
    """What a reader asked for: checked, so that any of it may be looked up or linked to."""

    lang: str
    text: str = ""
    section: str | None = None
    category: str | None = None
    """Slug within `section`; only with it."""
    product: str | None = None
    """Slug."""
    page: int = 1
    is_verbatim: bool = False
    """Search for the text as it was typed, errors included."""

    @property
    def offset(self) -> int:
        return (self.page - 1) * PER_PAGE


def results_page(
    config: Config,
    catalog: Catalog,
    asked: SearchParams,
    findings: ArticleResults | None,
    *,
    is_far: bool = False,
    section_counts: Mapping[str, int] | None = None,
    nearest: Sequence[CompletionHit] = (),
    answer: Answer | None = None,
    alternative: str = "",
    elsewhere: str = "",
) -> ResultsPage:
    """`findings` is None when nothing was asked.

    With `is_far` its hits are only what comes closest, and nothing counts as found.
    `section_counts` are those of the search without filters, which the chips lead to; `nearest`
    is offered when there are no hits at all; `answer` was taken from the first hit. `alternative`
    is a likelier spelling, `elsewhere` a language of the site whose articles fit better.
    """
    hits = tuple(result_item(found, asked.lang) for found in findings.hits) if findings else ()
    total = min(findings.total, MAX_RESULTS) if findings and not is_far else 0
    counts = section_counts or {}
    last = last_page(total)
    query = findings.query if findings else ""
    return ResultsPage(
        frame=frame(
            config,
            asked.lang,
            title=pgettext("title of results", "%(query)s", query=query) if query else _("Search"),
            description=_("Search the help of %(site)s in your own words.", site=config.site_name),
            query=query,
            address=lambda code: _address(asked, lang=code),
            is_indexable=False,
            section=asked.section or "",
        ),
        query=query,
        searched=findings.repair.text if findings and findings.repair else "",
        verbatim_url=_address(asked, verbatim=1),
        alternative=_alternative(asked, alternative) if alternative else None,
        elsewhere=_elsewhere(asked, elsewhere) if elsewhere else None,
        total=total,
        is_capped=bool(findings and not is_far and findings.total > MAX_RESULTS),
        chips=_chips(asked, counts) if total else (),
        category_chip=_category_chip(catalog, asked, total) if total else None,
        product_chip=_product_chip(catalog, asked, total) if total else None,
        product_chips=_product_chips(catalog, asked, findings) if findings and total else (),
        answer=_answer(answer, findings.hits[0], asked.lang) if findings and answer else None,
        results=() if is_far else hits,
        first_number=asked.offset + 1,
        numbered=_numbered(asked, last) if last > 1 else (),
        previous_url=_address(asked, page=asked.page - 1) if 1 < asked.page <= last else "",
        next_url=_address(asked, page=asked.page + 1) if asked.page < last else "",
        unfiltered_url=_address(asked, section=None, category=None, product=None)
        if asked.section or asked.product
        else "",
        unfiltered_count=0 if is_far and hits else min(sum(counts.values()), MAX_RESULTS),
        nearest=hits[:NEAREST] if is_far else (),
        nearest_titles=_nearest_titles(nearest, asked.lang),
        categories=() if total else _all_categories(catalog, asked.lang),
    )


def last_page(total: int) -> int:
    """Number of the last page of results; at least 1."""
    return max(1, -(-min(total, MAX_RESULTS) // PER_PAGE))


def page_of_results(asked: SearchParams, number: int) -> str:
    """Address of another page of the same results."""
    return _address(asked, page=number)


def _address(asked: SearchParams, **changes: object) -> str:
    """The search's address with some of its parameters changed; page 1 is left out."""
    values: dict[str, object] = {
        "lang": asked.lang,
        "section": asked.section,
        "category": asked.category,
        "product": asked.product,
        "verbatim": int(asked.is_verbatim),
        "page": 1,
    } | changes
    if values["page"] == 1:
        del values["page"]
    if not values["verbatim"]:
        del values["verbatim"]
    return url_for("site.search", q=asked.text or None, **values)  # type: ignore[arg-type]


def _chips(asked: SearchParams, section_counts: Mapping[str, int]) -> tuple[Chip, ...]:
    """One chip for each section with hits, and one for all; none when they would not differ."""
    counts = {
        section: section_counts.get(section, 0)
        for section in SECTIONS
        if section_counts.get(section) or section == asked.section
    }
    if not any(counts.values()) or (len(counts) < 2 and not asked.section):
        return ()
    everything = Chip(
        _("All"),
        _address(asked, section=None, category=None),
        sum(counts.values()),
        asked.section is None,
    )
    return everything, *(
        Chip(
            section_title(section),
            _address(asked, section=section, category=None),
            count,
            section == asked.section and asked.category is None,
        )
        for section, count in counts.items()
    )


def _category_chip(catalog: Catalog, asked: SearchParams, count: int) -> Chip | None:
    if asked.section is None or asked.category is None:
        return None
    entry = catalog.category(asked.section, asked.category)
    if entry is None:
        return None
    return Chip(entry.title(asked.lang), _address(asked, category=None), count, True)


def _product_chip(catalog: Catalog, asked: SearchParams, count: int) -> Chip | None:
    product = catalog.product(asked.product) if asked.product else None
    if product is None:
        return None
    return Chip(product.title(asked.lang), _address(asked, product=None), count, True)


def _product_chips(
    catalog: Catalog, asked: SearchParams, findings: ArticleResults
) -> tuple[Chip, ...]:
    """Products that the shown hits are about, those of the best ones first, if they are several.

    Whoever asks about delivery is not asked for a product because of what stands on page three.
    """
    named = {one.slug: one for hit in findings.hits for one in catalog.products_of(hit.page)}
    if asked.product or len(named) < 2:
        return ()
    found = frozenset(findings.groups)
    return tuple(
        Chip(
            product.title(asked.lang),
            _address(asked, product=slug),
            len(catalog.ids_about(slug) & found),
            False,
        )
        for slug, product in list(named.items())[:MOST_CHIPS]
    )


def _alternative(asked: SearchParams, text: str) -> Link:
    return Link(text, _address(replace(asked, text=text, is_verbatim=False)))


def _elsewhere(asked: SearchParams, lang: str) -> Link:
    return Link(name_in(lang, asked.lang), _address(asked, lang=lang), lang)


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


def _answer(answer: Answer, found: ArticleHit, lang: str) -> AnswerBox:
    return AnswerBox(
        text=answer.text,
        title=found.page.title,
        heading=found.heading,
        url=found.url,
        lang=found.page.lang if found.page.lang != lang else "",
    )


def _numbered(asked: SearchParams, last: int) -> tuple[PageLink, ...]:
    """First, last and the neighbours of the current page; 0 where numbers are left out."""
    wanted = {1, last, *range(max(1, asked.page - 1), min(last, asked.page + 1) + 1)}
    links: list[PageLink] = []
    for number in sorted(wanted):
        if links and number - links[-1].number > 1:
            links.append(PageLink(0, "", False))
        links.append(PageLink(number, _address(asked, page=number), number == asked.page))
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
