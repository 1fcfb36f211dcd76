"""The page on which an article is written: its form, its state, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask import url_for

from kb.content.files.fields import MAX_SLUG_CHARS
from kb.drafts.model import OpenArticle
from kb.drafts.texts.heads import head
from kb.web.layout.branding import look
from kb.web.layout.contexts import Direction
from kb.web.layout.locale import date_in_words, direction, language_name
from kb.web.services import services
from kb.web.staff.access import can
from kb.web.staff.articles.pages.choices import Choices, shown
from kb.web.staff.articles.pages.form import ArticleForm
from kb.web.staff.articles.pages.proof import TextOnTrial
from kb.web.staff.articles.pages.states import StateBadge, badge
from kb.web.staff.frame import StaffFrame

NoticeTone = Literal["done", "info", "warn"]


@dataclass(frozen=True)
class Notice:
    """A sentence at the top of a page."""

    text: str
    tone: NoticeTone = "info"
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Allowed:
    """Steps that the person may take with the article now."""

    ask: bool
    publish: bool
    send_back: bool
    discard: bool
    retire: bool


@dataclass(frozen=True)
class EditorPage:
    frame: StaffFrame
    change_id: str
    id: str
    path: str
    lang: str
    lang_name: str
    direction: Direction
    """Of the article's language."""
    badge: StateBadge
    has_change: bool
    is_new: bool
    is_retired: bool
    note: str
    saved: str
    """Who saved last, and when; "" where nothing is being changed."""
    revision: str
    form: ArticleForm
    articles: tuple[str, ...]
    """To choose from, each with its title and id."""
    products: tuple[str, ...]
    notices: tuple[Notice, ...]
    allowed: Allowed
    proof: TextOnTrial | None
    """What the text looks like and does, where it was asked for without scripts."""
    stylesheet: str
    """Of the site's theme, for the preview; "" for none."""
    save_url: str
    proof_url: str
    pictures_url: str
    review_url: str
    history_url: str
    step_url: str
    list_url: str
    as_file_url: str
    as_form_url: str
    public_url: str
    max_slug_chars: int


def allowed(article: OpenArticle) -> Allowed:
    """The steps that the person may take with an article as it is."""
    is_changed = article.state != "published"
    return Allowed(
        ask=article.state == "draft" and can("articles.write"),
        publish=is_changed and can("articles.publish"),
        send_back=article.state == "review" and can("articles.send_back"),
        discard=is_changed and can("articles.discard"),
        retire=not article.is_new and not article.is_retired and can("articles.write"),
    )


def editor_page(
    frame: StaffFrame,
    article: OpenArticle,
    form: ArticleForm,
    *,
    offered: Choices,
    revision: str,
    notices: tuple[Notice, ...],
    proof: TextOnTrial | None = None,
) -> EditorPage:
    """`revision` is what the text in `form` was begun with."""
    change_id, known = article.change_id, head(article.text)
    lang = article.path.partition("/")[0]
    edit_url = url_for("articles.edit", change_id=change_id)
    return EditorPage(
        frame=frame,
        change_id=change_id,
        id=known.id,
        path=article.path,
        lang=lang,
        lang_name=language_name(lang),
        direction=direction(lang),
        badge=badge(known.status, article),
        has_change=article.state != "published",
        is_new=article.is_new,
        is_retired=article.is_retired,
        note=article.note,
        saved=_saved(article, frame.lang),
        revision=revision,
        form=form,
        articles=tuple(shown(one, offered.articles) for one in offered.articles),
        products=tuple(shown(one, offered.products) for one in offered.products),
        notices=notices,
        allowed=allowed(article),
        proof=proof,
        stylesheet=look(services().config, frame.lang).stylesheet,
        save_url=url_for("articles.save", change_id=change_id, lang=frame.lang),
        proof_url=url_for("articles.try_text", change_id=change_id, lang=frame.lang),
        pictures_url=url_for("articles.add_picture", change_id=change_id, lang=frame.lang),
        review_url=url_for("articles.review", change_id=change_id),
        history_url=url_for("articles.history", change_id=change_id),
        step_url=url_for("articles.take_step", change_id=change_id),
        list_url=url_for("articles.listed"),
        as_file_url=f"{edit_url}?as=file",
        as_form_url=edit_url,
        public_url="" if article.is_new else f"/{article.path.removesuffix('.md')}",
        max_slug_chars=MAX_SLUG_CHARS,
    )


def _saved(article: OpenArticle, lang: str) -> str:
    if article.saved_at is None:
        return ""
    return f"{article.author}, {date_in_words(article.saved_at, lang)}"
