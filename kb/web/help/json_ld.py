"""Structured data: what a page says in the words of schema.org, for search engines and assistants.

Plain dicts made from what the page shows, so that nothing is told that readers cannot see. Pages
that are not to be indexed have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar
from urllib.parse import urljoin

from kb.catalog import export
from kb.web.help.article.page import ArticlePage
from kb.web.help.listings.category import CategoryPage
from kb.web.help.listings.home import HomePage
from kb.web.help.listings.product import ProductPage, ProductsPage
from kb.web.help.listings.section import SectionPage
from kb.web.layout.contexts import Frame, Link
from kb.web.layout.markup import json_data

CONTEXT = "https://schema.org"
MAX_ANSWER_CHARS = 4_000
"""Of an answer's text; a longer one ends with its last whole paragraph."""
MAX_LISTED = 100
KEPT_TEXTS = 500
"""Articles whose plain text is remembered: making it takes longer than the rest of a page."""
SEARCHED = "search_term"

# First words of titles that ask something though they have no question mark.
QUESTION_WORDS: Mapping[str, re.Pattern[str]] = {
    "ru": re.compile(
        r"(?:как|какой|какая|какое|какие|какую|каким|когда|где|куда|откуда|кто|кому|кого|что|чего|"
        r"чем|почему|зачем|сколько|можно ли|нужно ли|чья?|чей)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"(?:how|what|when|where|why|which|who|whom|whose|can|could|do|does|did|is|are|will|"
        r"should|may)\b",
        re.IGNORECASE,
    ),
}

Node = dict[str, object]
Shown = TypeVar(
    "Shown", HomePage, SectionPage, CategoryPage, ProductsPage, ProductPage, ArticlePage
)


def with_structured_data(page: Shown) -> Shown:
    """The page with its JSON-LD in the frame."""
    if not page.frame.is_indexable:
        return page
    data = json_data({"@context": CONTEXT, "@graph": nodes(page)})
    return replace(page, frame=replace(page.frame, structured=data))


def nodes(
    page: HomePage | SectionPage | CategoryPage | ProductsPage | ProductPage | ArticlePage,
) -> list[Node]:
    """Nodes that say what the page is and where it stands; all addresses absolute."""
    if isinstance(page, HomePage):
        return [_site(page)]
    if isinstance(page, SectionPage):
        links = [Link(card.title, card.url) for card in page.door.categories]
        return [_collection(page.frame, page.name, links), _trail(page, page.name)]
    if isinstance(page, CategoryPage):
        links = [Link(card.title, card.url) for card in page.articles]
        return [_collection(page.frame, page.title, links), _trail(page, page.title)]
    if isinstance(page, ProductsPage):
        links = [Link(card.title, card.url) for card in page.products]
        return [_collection(page.frame, page.title, links), _trail(page, page.title)]
    if isinstance(page, ProductPage):
        links = [Link(card.title, card.url) for group in page.groups for card in group.articles]
        return [_collection(page.frame, page.title, links), _trail(page, page.title)]
    answers = [_questions(page)] if _asks(page) else []
    return [_article(page), *answers, _trail(page, page.title)]


def is_question(title: str, lang: str) -> bool:
    """Tell whether a title asks something: by its mark, or its first word in a known language."""
    words = QUESTION_WORDS.get(lang.partition("-")[0])
    is_marked = title.rstrip().endswith(("?", "\uff1f", "\u061f"))
    return is_marked or bool(words and words.match(title.lstrip()))


def _asks(page: ArticlePage) -> bool:
    return page.section == "faq" and is_question(page.title, page.lang)


def _site(page: HomePage) -> Node:
    frame = page.frame
    search = urljoin(frame.canonical, frame.search_url)
    return {
        "@type": "WebSite",
        "@id": f"{frame.canonical}#site",
        "name": frame.site_name,
        "url": frame.canonical,
        "description": frame.description,
        "inLanguage": frame.lang,
        "publisher": _publisher(frame),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{search}?q={{{SEARCHED}}}"},
            "query-input": f"required name={SEARCHED}",
        },
    }


def _article(page: ArticlePage) -> Node:
    frame = page.frame
    return {
        "@type": "TechArticle" if page.section == "guides" else "Article",
        "@id": f"{frame.canonical}#article",
        "headline": page.title,
        "description": page.summary,
        "dateModified": page.updated_at.isoformat(),
        "inLanguage": page.lang,
        "mainEntityOfPage": frame.canonical,
        "image": _image(frame),
        "articleSection": page.category.title,
        "author": _publisher(frame),
        "publisher": _publisher(frame),
    }


def _questions(page: ArticlePage) -> Node:
    """The title as the question; the answer is what stands under it."""
    address = page.frame.canonical
    answer = {
        "@type": "Answer",
        "text": _shortened(f"{page.summary}\n\n{_text(str(page.html))}".strip()),
        "url": address,
    }
    question = {"@type": "Question", "name": page.title, "acceptedAnswer": answer}
    return {
        "@type": "FAQPage",
        "@id": f"{address}#questions",
        "url": address,
        "inLanguage": page.lang,
        "mainEntity": [question],
    }


def _collection(frame: Frame, title: str, links: Iterable[Link]) -> Node:
    items = _items(frame, links)
    listed = {"mainEntity": {"@type": "ItemList", "itemListElement": items}} if items else {}
    described = {"description": frame.description} if frame.description else {}
    return {
        "@type": "CollectionPage",
        "@id": f"{frame.canonical}#page",
        "url": frame.canonical,
        "name": title,
        "inLanguage": frame.lang,
        "image": _image(frame),
        **described,
        **listed,
    }


def _items(frame: Frame, links: Iterable[Link]) -> list[Node]:
    return [
        {
            "@type": "ListItem",
            "position": position,
            "name": link.title,
            "url": urljoin(frame.canonical, link.url),
        }
        for position, link in enumerate(list(links)[:MAX_LISTED], 1)
    ]


def _trail(
    page: SectionPage | CategoryPage | ProductsPage | ProductPage | ArticlePage, title: str
) -> Node:
    """The way from the home page to this one, which comes last."""
    address = page.frame.canonical
    steps = [*page.crumbs, Link(title, address)]
    return {
        "@type": "BreadcrumbList",
        "@id": f"{address}#trail",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": step.title,
                "item": {"@type": "WebPage", "@id": urljoin(address, step.url)},
            }
            for position, step in enumerate(steps, 1)
        ],
    }


def _publisher(frame: Frame) -> Node:
    home = urljoin(frame.canonical, frame.home_url)
    return {"@type": "Organization", "name": frame.site_name, "url": home}


def _image(frame: Frame) -> str:
    return frame.quoted.image if frame.quoted else ""


@lru_cache(maxsize=KEPT_TEXTS)
def _text(html: str) -> str:
    return export.as_text(html).strip()


def _shortened(text: str) -> str:
    """Whole paragraphs, or as many words of the first as may be."""
    if len(text) <= MAX_ANSWER_CHARS:
        return text
    start = text[:MAX_ANSWER_CHARS]
    paragraphs = start.rpartition("\n\n")[0]
    return paragraphs or f"{start.rpartition(' ')[0] or start[:-1]}…"
