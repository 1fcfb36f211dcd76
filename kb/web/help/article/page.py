"""The article page: text, contents, what is related, and the question whether it helped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask import url_for
from markupsafe import Markup

from kb.addresses import article_path, permanent_path
from kb.catalog.catalog import ArticleVersion, Catalog
from kb.catalog.glossary import Glossary
from kb.config import Config
from kb.content.model import FAQ, GUIDES
from kb.content.shared_text.term import GlossaryTerm
from kb.feedback.votes import MAX_COMMENT_CHARS
from kb.labels import VOTE_REASON_LABELS
from kb.web.help import json_ld
from kb.web.help.article.history import has_history
from kb.web.help.listings.cards import article_card
from kb.web.help.listings.product_filter import product_link
from kb.web.layout import open_graph
from kb.web.layout.addresses import absolute
from kb.web.layout.contexts import ArticleCard, Direction, Frame, Link
from kb.web.layout.frame import category_crumb, frame, home_crumb, section_crumb
from kb.web.layout.lead import lead
from kb.web.layout.locale import date_in_words, direction, name_in, translated
from kb.web.layout.markup import markup

VoteChoice = Literal["", "yes", "no"]

NEXT_STEPS = 3
RELATED = 4
MOST_PRODUCTS = 4
"""Products named with an article; one about more is about none of them."""
CONTENTS_FROM = 3
"""Fewer headings than this need no contents list."""


@dataclass(frozen=True)
class OwnVote:
    """Answer of this visitor as a form shows it; `error` tells what was wrong with a new one."""

    choice: VoteChoice = ""
    reason: str = ""
    comment: str = ""
    error: str = ""


NO_VOTE = OwnVote()
NO_GLOSSARY = Glossary()


@dataclass(frozen=True)
class ContentsEntry:
    title: str
    anchor: str
    level: Literal[2, 3]


@dataclass(frozen=True)
class VoteReasonChoice:
    """A reason why an article did not help; `key` is what the form sends."""

    key: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class VotePanel:
    """The question whether the article helped, with this visitor's own answer, if known."""

    action: str
    choice: VoteChoice
    reasons: tuple[VoteReasonChoice, ...]
    comment: str
    max_comment_chars: int
    has_reason: bool
    """True when a reason or comment has been given: the form then folds away."""
    error: str = ""


@dataclass(frozen=True)
class NewerVersion:
    """The version this article is translated from, changed since; names in the page's language."""

    lang: str
    language: str
    date: str
    url: str


@dataclass(frozen=True)
class TermNote:
    """A term of the glossary, in the language of the article that has it."""

    id: str
    """Of the element that the term's button opens."""
    name: str
    text: str
    url: str
    """Of the article that says more, "" for none."""


@dataclass(frozen=True)
class ArticlePage:
    frame: Frame
    crumbs: tuple[Link, ...]
    section: str
    lang: str
    """Of the article, which may differ from the page's."""
    direction: Direction
    """Of the article's language."""
    foreign_name: str
    """What the page's language calls the article's; "" when they are the same."""
    title: str
    summary: str
    lead: str
    """The summary, where the text does not begin with it."""
    html: Markup
    plain_html: str
    """The same as its author wrote it, without marked terms."""
    terms: tuple[TermNote, ...]
    """Explained where they stand in it."""
    has_pictures: bool
    """True when pictures of it open in full size."""
    updated_at: datetime | None
    updated: str
    history_url: str
    """Of the page that lists when the article changed; "" when it would say nothing more."""
    newer: NewerVersion | None
    minutes: int
    products: tuple[Link, ...]
    """What it is about."""
    contents: tuple[ContentsEntry, ...]
    permalink: str
    """Absolute; leads to the article in whatever language its reader prefers."""
    next_steps: tuple[ArticleCard, ...]
    contact_url: str
    """The contact page, told which article did not help."""
    viewed_url: str
    """Where the page reports that it was read."""
    vote: VotePanel
    related: tuple[ArticleCard, ...]
    category: Link

    def nodes(self) -> list[json_ld.Node]:
        """The article, the question it answers where its title asks one, the way to it."""
        article = json_ld.article(
            self.frame,
            "TechArticle" if self.section == GUIDES else "Article",
            title=self.title,
            summary=self.summary,
            updated_at=self.updated_at,
            lang=self.lang,
            section=self.category.title,
        )
        answers = [self._question()] if self._asks() else []
        return [article, *answers, json_ld.trail(self.frame, self.crumbs, self.title)]

    def _asks(self) -> bool:
        return self.section == FAQ and json_ld.is_question(self.title, self.lang)

    def _question(self) -> json_ld.Node:
        return json_ld.question(
            self.frame, self.title, summary=self.lead, html=self.plain_html, lang=self.lang
        )


def article_page(
    config: Config,
    catalog: Catalog,
    page: ArticleVersion,
    lang: str,
    *,
    glossary: Glossary = NO_GLOSSARY,
    vote: OwnVote = NO_VOTE,
) -> ArticlePage:
    """`page` as readers of `lang` see it; its own language may be another."""
    explained = glossary.explained(catalog.linkable_html(page), page.lang, page.id)
    category = _category(catalog, page, lang)
    is_foreign = page.lang != lang
    next_steps = catalog.next_steps(page, lang)[:NEXT_STEPS]
    related = [it for it in catalog.related(page, lang) if it not in next_steps][:RELATED]
    return ArticlePage(
        frame=_frame(config, catalog, page, lang),
        crumbs=(home_crumb(lang), section_crumb(page.section, lang), category),
        section=page.section,
        lang=page.lang,
        direction=direction(page.lang),
        foreign_name=name_in(page.lang, lang) if is_foreign else "",
        title=page.title,
        summary=page.summary,
        lead=lead(page.summary, page.html),
        html=markup(explained.html),
        plain_html=page.html,
        terms=tuple(_term_note(term, page.lang) for term in explained.terms),
        has_pictures="<figure>" in page.html,
        updated_at=page.updated_at,
        updated=date_in_words(page.updated_at, lang),
        history_url=_history_url(config, page, lang),
        newer=_newer(catalog, page, lang),
        minutes=page.minutes,
        products=_products(catalog, page, lang),
        contents=_contents(page),
        permalink=absolute(config, permanent_path(page.id)),
        next_steps=tuple(article_card(other, lang) for other in next_steps),
        contact_url=url_for("contact.form", lang=lang, about=page.id),
        viewed_url=url_for("site.viewed", lang=lang, article_id=page.id),
        vote=_vote_panel(page, lang, vote),
        related=tuple(article_card(other, lang) for other in related),
        category=category,
    )


def _term_note(term: GlossaryTerm, lang: str) -> TermNote:
    url = permanent_path(term.article) if term.article else ""
    return TermNote(f"term-{term.slug}", term.names[lang], term.texts[lang], url)


def _frame(config: Config, catalog: Catalog, page: ArticleVersion, lang: str) -> Frame:
    return frame(
        config,
        lang,
        title=page.title,
        description=page.summary,
        address=lambda code: article_path(catalog.page(page.id, code) or page, code),
        translations=[code for code in config.languages if catalog.page(page.id, code)],
        canonical_lang=page.lang,
        is_indexable=page.lang == lang,
        section=page.section,
        picture=open_graph.article_picture(config, catalog, page),
        modified=page.updated_at,
    )


def _category(catalog: Catalog, page: ArticleVersion, lang: str) -> Link:
    entry = catalog.category(page.section, page.category)
    title = entry.title(lang) if entry else page.category
    return category_crumb(title, page.section, page.category, lang)


def _history_url(config: Config, page: ArticleVersion, lang: str) -> str:
    if not has_history(config, page):
        return ""
    return url_for("site.history", lang=lang, article_id=page.id)


def _products(catalog: Catalog, page: ArticleVersion, lang: str) -> tuple[Link, ...]:
    about = catalog.products_of(page)[:MOST_PRODUCTS]
    return tuple(product_link(product, lang) for product in about)


def _contents(page: ArticleVersion) -> tuple[ContentsEntry, ...]:
    entries = tuple(
        ContentsEntry(heading.text, heading.anchor, 2 if heading.level == 2 else 3)
        for heading in page.headings
        if heading.level in (2, 3)
    )
    return entries if len(entries) >= CONTENTS_FROM else ()


def _newer(catalog: Catalog, page: ArticleVersion, lang: str) -> NewerVersion | None:
    original = catalog.newer_original(page)
    if original is None:
        return None
    return NewerVersion(
        lang=original.lang,
        language=name_in(original.lang, lang),
        date=date_in_words(original.updated_at, lang),
        url=article_path(original, original.lang),
    )


def _vote_panel(page: ArticleVersion, lang: str, vote: OwnVote) -> VotePanel:
    return VotePanel(
        action=url_for("site.vote", lang=lang, article_id=page.id),
        choice=vote.choice,
        reasons=tuple(
            VoteReasonChoice(reason, translated(labels.choice), reason == vote.reason)
            for reason, labels in VOTE_REASON_LABELS.items()
        ),
        comment=vote.comment,
        max_comment_chars=MAX_COMMENT_CHARS,
        has_reason=bool(vote.reason or vote.comment) and not vote.error,
        error=vote.error,
    )
