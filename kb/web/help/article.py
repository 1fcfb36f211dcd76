"""The article page: text, contents, what is related, and the question whether it helped."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from kb.catalog.catalog import ArticleVersion, Catalog
from kb.config import Config
from kb.feedback.votes import MAX_COMMENT_CHARS
from kb.labels import VOTE_REASON_LABELS
from kb.web.help.history import has_history
from kb.web.help.listings import article_card
from kb.web.help.product_filter import product_link
from kb.web.layout import open_graph
from kb.web.layout.addresses import absolute, page_address
from kb.web.layout.contexts import (
    ArticlePage,
    ContentsEntry,
    NewerVersion,
    VoteChoice,
    VotePanel,
    VoteReasonChoice,
)
from kb.web.layout.frame import category_crumb, frame, home_crumb, section_crumb
from kb.web.layout.locale import date_in_words, direction, name_in, translated
from kb.web.layout.markup import markup

NEXT_STEPS = 3
RELATED = 4
MOST_PRODUCTS = 4
"""Products named with an article; one about more is about none of them."""
CONTENTS_FROM = 3
"""Fewer headings than this need no contents list."""


@dataclass(frozen=True)
class OwnVote:
    """This visitor's answer as a form shows it; `error` tells what was wrong with a new one."""

    choice: VoteChoice = ""
    reason: str = ""
    comment: str = ""
    error: str = ""


NO_VOTE = OwnVote()


def article_page(
    config: Config, catalog: Catalog, page: ArticleVersion, lang: str, *, vote: OwnVote = NO_VOTE
) -> ArticlePage:
    """`page` as readers of `lang` see it; its own language may be another."""
    entry = catalog.category(page.section, page.category)
    category_title = entry.title(lang) if entry else page.category
    category = category_crumb(category_title, page.section, page.category, lang)
    is_foreign = page.lang != lang
    next_steps = catalog.next_steps(page, lang)[:NEXT_STEPS]
    related = [it for it in catalog.related(page, lang) if it not in next_steps][:RELATED]
    return ArticlePage(
        frame=frame(
            config,
            lang,
            title=page.title,
            description=page.summary,
            address=lambda code: page_address(catalog.page(page.id, code) or page, code),
            translations=[code for code in config.languages if catalog.page(page.id, code)],
            canonical_lang=page.lang,
            is_indexable=not is_foreign,
            section=page.section,
            picture=open_graph.article_picture(config, catalog, page),
            modified=page.updated_at,
        ),
        crumbs=(home_crumb(lang), section_crumb(page.section, lang), category),
        section=page.section,
        lang=page.lang,
        direction=direction(page.lang),
        foreign_name=name_in(page.lang, lang) if is_foreign else "",
        title=page.title,
        summary=page.summary,
        html=markup(catalog.linkable_html(page)),
        has_pictures="<figure>" in page.html,
        updated_at=page.updated_at,
        updated=date_in_words(page.updated_at, lang),
        history_url=(
            url_for("site.history", lang=lang, article_id=page.id)
            if has_history(config, page)
            else ""
        ),
        newer=_newer(catalog, page, lang),
        minutes=page.minutes,
        products=tuple(
            product_link(product, lang) for product in catalog.products_of(page)[:MOST_PRODUCTS]
        ),
        contents=_contents(page),
        permalink=absolute(config, url_for("site.permalink", article_id=page.id)),
        next_steps=tuple(article_card(other, lang) for other in next_steps),
        contact_url=url_for("contact.form", lang=lang, about=page.id),
        viewed_url=url_for("site.viewed", lang=lang, article_id=page.id),
        vote=_vote_panel(page, lang, vote),
        related=tuple(article_card(other, lang) for other in related),
        category=category,
    )


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
        url=page_address(original, original.lang),
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
