"""Structured data: what a page says in the words of schema.org, for search engines and assistants.

Plain dicts made from what the page shows, so that nothing is told that readers cannot see. Each
page context puts its own nodes together, from the ones that are made here. Pages that are not to be
indexed have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import Field, replace
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, ClassVar, Literal, Protocol, TypeVar
from urllib.parse import urljoin

from kb.catalog import export
from kb.languages import records
from kb.web.layout.contexts import Frame, Link
from kb.web.layout.markup import json_data

CONTEXT = "https://schema.org"
MAX_ANSWER_CHARS = 4_000
"""Of an answer's text; a longer one ends with its last whole paragraph."""
MAX_LISTED = 100
KEPT_TEXTS = 500
"""Articles whose plain text is remembered: making it takes longer than the rest of a page."""
SEARCHED = "search_term"

Node = dict[str, object]


class IndexedPage(Protocol):
    """The context of a page that search engines may list: a dataclass with a frame."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def frame(self) -> Frame: ...

    def nodes(self) -> list[Node]:
        """Nodes that say what the page is and where it stands; all addresses absolute."""


class Titled(Protocol):
    """Something that a page leads to: a card or a link."""

    @property
    def title(self) -> str: ...

    @property
    def url(self) -> str: ...


Shown = TypeVar("Shown", bound=IndexedPage)


def with_structured_data(page: Shown) -> Shown:
    """The page with its JSON-LD in the frame."""
    if not page.frame.is_indexable:
        return page
    data = json_data({"@context": CONTEXT, "@graph": page.nodes()})
    return replace(page, frame=replace(page.frame, structured=data))


def is_question(title: str, lang: str) -> bool:
    """Tell whether a title asks something: by its mark, or its first word in a known language."""
    words = _question_words(lang.partition("-")[0])
    is_marked = title.rstrip().endswith(("?", "\uff1f", "\u061f"))
    return is_marked or bool(words and words.match(title.lstrip()))


@cache
def _question_words(lang: str) -> re.Pattern[str] | None:
    """First words of titles that ask something though they have no question mark."""
    record = records().get(lang)
    if record is None or not record.question_words:
        return None
    return re.compile(rf"(?:{record.question_words})\b", re.IGNORECASE)


def site(frame: Frame) -> Node:
    """The site itself, with its search."""
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


def article(
    frame: Frame,
    kind: Literal["Article", "TechArticle"],
    *,
    title: str,
    summary: str,
    updated_at: datetime | None,
    lang: str,
    section: str,
) -> Node:
    return {
        "@type": kind,
        "@id": f"{frame.canonical}#article",
        "headline": title,
        "description": summary,
        **({"dateModified": updated_at.isoformat()} if updated_at else {}),
        "inLanguage": lang,
        "mainEntityOfPage": frame.canonical,
        "image": _image(frame),
        "articleSection": section,
        "author": _publisher(frame),
        "publisher": _publisher(frame),
    }


def question(frame: Frame, title: str, *, summary: str, html: str, lang: str) -> Node:
    """The title as the question; the answer is what stands under it."""
    address = frame.canonical
    answer = {
        "@type": "Answer",
        "text": _shortened(f"{summary}\n\n{_text(html)}".strip()),
        "url": address,
    }
    asked = {"@type": "Question", "name": title, "acceptedAnswer": answer}
    return {
        "@type": "FAQPage",
        "@id": f"{address}#questions",
        "url": address,
        "inLanguage": lang,
        "mainEntity": [asked],
    }


def listing(
    frame: Frame, crumbs: Iterable[Link], title: str, listed: Iterable[Titled]
) -> list[Node]:
    """A page that leads on to others, and the way to it."""
    return [_collection(frame, title, listed), trail(frame, crumbs, title)]


def trail(frame: Frame, crumbs: Iterable[Link], title: str) -> Node:
    """The way from the home page to this one, which comes last."""
    address = frame.canonical
    steps = [*crumbs, Link(title, address)]
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


def _collection(frame: Frame, title: str, listed: Iterable[Titled]) -> Node:
    items = _items(frame, listed)
    entity = {"mainEntity": {"@type": "ItemList", "itemListElement": items}} if items else {}
    described = {"description": frame.description} if frame.description else {}
    return {
        "@type": "CollectionPage",
        "@id": f"{frame.canonical}#page",
        "url": frame.canonical,
        "name": title,
        "inLanguage": frame.lang,
        "image": _image(frame),
        **described,
        **entity,
    }


def _items(frame: Frame, listed: Iterable[Titled]) -> list[Node]:
    return [
        {
            "@type": "ListItem",
            "position": position,
            "name": one.title,
            "url": urljoin(frame.canonical, one.url),
        }
        for position, one in enumerate(list(listed)[:MAX_LISTED], 1)
    ]


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
