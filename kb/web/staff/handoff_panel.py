"""A hand-off beside the search: what the customer wrote, was shown and did with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kb.addresses import staff_article_path
from kb.catalog.generation import Loaded
from kb.handoffs.channels.packet import ShownArticle
from kb.handoffs.history import HandoffRecord
from kb.web.layout.locale import date_in_words
from kb.web.layout.locale import gettext as _
from kb.web.staff.params import StaffSearchParams


@dataclass(frozen=True)
class SeenArticle:
    """An article the customer was shown, with what became of it, in words."""

    title: str
    url: str
    fate: str
    is_rejected: bool
    is_opened: bool


@dataclass(frozen=True)
class AskedQuestion:
    """A customer's question, and what was shown for it."""

    asked: str
    shown: tuple[SeenArticle, ...]


@dataclass(frozen=True)
class HandoffPanel:
    id: str
    message: str
    created: str
    created_at: datetime
    reason: str
    status: str
    is_failed: bool
    page_title: str
    questions: tuple[AskedQuestion, ...]
    searches: tuple[str, ...]


def handoff_panel(
    loaded: Loaded, handoff: HandoffRecord, asked: StaffSearchParams, lang: str
) -> HandoffPanel:
    return HandoffPanel(
        id=handoff.id,
        message=handoff.message,
        created=date_in_words(handoff.created_at, lang),
        created_at=handoff.created_at,
        reason=_reason(handoff.reason),
        status=_status(handoff.status),
        is_failed=handoff.status == "failed",
        page_title=handoff.page_title,
        questions=tuple(
            AskedQuestion(one.asked, tuple(_seen(loaded, shown, asked) for shown in one.shown))
            for one in handoff.tried
        ),
        searches=handoff.searches,
    )


def _seen(loaded: Loaded, shown: ShownArticle, asked: StaffSearchParams) -> SeenArticle:
    """Its link is ours, whatever the row says; none for an article that is gone."""
    article_id = shown.article_id.removeprefix("art_")
    page = loaded.catalog.page_for(article_id, asked.reader)
    return SeenArticle(
        title=shown.title or (page.title if page else article_id),
        url=staff_article_path(page.id, page.lang, asked.lang) if page else "",
        fate="; ".join(_fates(shown)),
        is_rejected=shown.verdict == "not_solved",
        is_opened=shown.opened,
    )


def _fates(shown: ShownArticle) -> Sequence[str]:
    if not shown.opened:
        fates = [_("not opened")]
    elif shown.seconds:
        fates = [_("opened for %(num)d s", num=shown.seconds)]
    else:
        fates = [_("opened")]
    if shown.verdict == "solved":
        fates.append(_("helped"))
    elif shown.verdict == "not_solved":
        why = _verdict_reason(shown.reason or "")
        fates.append(_("did not help: %(why)s", why=why) if why else _("did not help"))
    return fates


def _verdict_reason(reason: str) -> str:
    return {
        "not_related": _("about something else"),
        "related_not_answered": _("on the topic, but no answer"),
        "outdated": _("out of date"),
        "unclear": _("hard to understand"),
    }.get(reason, "")


def _reason(reason: str) -> str:
    """Why the conversation came to a person; an unknown code is shown as it is."""
    return {
        "not_solved": _("The articles did not help"),
        "low_confidence": _("No article was likely to help"),
        "no_results": _("Nothing was found"),
        "partial": _("Articles answered in part only"),
        "ambiguous": _("The question was not clear"),
        "user_requested": _("The customer asked for a person"),
        "sensitive_topic": _("A topic for a person"),
        "repeat_failed": _("Two suggestions did not help"),
        "too_short": _("The question was too short"),
        "unsupported_locale": _("Asked in another language"),
        "holdout": _("Picked at random, to measure"),
        "greeting": _("Only a greeting so far"),
        "unavailable": _("Search was not available"),
    }.get(reason, reason)


def _status(status: str) -> str:
    return {
        "queued": _("On its way"),
        "delivered": _("Delivered"),
        "fallback_email": _("Delivered by e-mail"),
        "failed": _("Not delivered"),
        "client": _("Passed on in the chat"),
    }.get(status, status)
