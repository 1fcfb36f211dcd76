"""A hand-off beside the search: what the customer wrote, was shown and did with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kb.accounts import openings
from kb.addresses import staff_article_path
from kb.catalog.generation import Loaded
from kb.handoffs import handoffs
from kb.handoffs.channels.packet import ShownArticle
from kb.handoffs.encryption import CannotUnseal
from kb.handoffs.history import HandoffRecord
from kb.labels import VERDICT_LABELS, reason_label, status_label, vote_reason_labels
from kb.web.layout.locale import date_in_words, translated
from kb.web.layout.locale import gettext as _
from kb.web.services import services
from kb.web.staff.params import StaffSearchParams

MOST_OPENINGS = 10


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
class OpenedBy:
    """Somebody of the staff, or a help desk's plug-in, who has opened the hand-off."""

    who: str
    opened_at: datetime
    opened: str


@dataclass(frozen=True)
class HandoffPanel:
    id: str
    customer_id: str
    """The shop's id of the customer, as far as it was signed."""
    message: str
    created: str
    created_at: datetime
    reason: str
    status: str
    is_failed: bool
    page_title: str
    questions: tuple[AskedQuestion, ...]
    searches: tuple[str, ...]
    openings: tuple[OpenedBy, ...]
    """The latest first; whoever looks at it now among them."""


def handoff_panel(
    loaded: Loaded, handoff: HandoffRecord, asked: StaffSearchParams, lang: str
) -> HandoffPanel:
    return HandoffPanel(
        id=handoff.id,
        customer_id=_customer_id(handoff),
        message=handoff.message,
        created=date_in_words(handoff.created_at, lang),
        created_at=handoff.created_at,
        reason=translated(reason_label(handoff.reason)),
        status=translated(status_label(handoff.status)),
        is_failed=handoff.status == "failed",
        page_title=handoff.page_title,
        questions=tuple(
            AskedQuestion(one.asked, tuple(_seen(loaded, shown, asked) for shown in one.shown))
            for one in handoff.tried
        ),
        searches=handoff.searches,
        openings=tuple(
            OpenedBy(
                who=one.name or one.reader,
                opened_at=one.opened_at,
                opened=f"{date_in_words(one.opened_at, lang)}, {one.opened_at:%H:%M} UTC",
            )
            for one in openings.latest(
                services().database, handoff_id=handoff.id, most=MOST_OPENINGS
            )
        ),
    )


def _customer_id(handoff: HandoffRecord) -> str:
    """Only what the shop has signed: a page can say that anybody is anybody."""
    try:
        identity = handoffs.identity_of(handoff, services().sealer)
    except CannotUnseal:
        return ""
    return identity.user_id if identity else ""


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
    why = vote_reason_labels(shown.reason).staff if shown.reason else None
    if shown.verdict == "not_solved" and why:
        fates.append(_("did not help: %(why)s", why=translated(why)))
    elif shown.verdict and shown.verdict in VERDICT_LABELS:
        fates.append(translated(VERDICT_LABELS[shown.verdict].staff))
    return fates
