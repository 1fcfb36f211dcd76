"""The page of hand-offs: what waits, what failed and why, what was delivered when and where.

Nothing of the customers' stands in it: that is beside the search, one hand-off at a time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import ngettext  # type: ignore[import-untyped]  # ships no types
from werkzeug.datastructures import MultiDict

from kb.config import Config
from kb.handoffs.operation.register import (
    VIEWS,
    DeliveryRecord,
    RegisteredHandoff,
    RegisterPage,
    RegisterView,
)
from kb.labels import WANTED_LABELS, reason_label, status_label
from kb.texts import N_, Text
from kb.web.layout.locale import date_in_words, translated
from kb.web.layout.locale import gettext as _
from kb.web.staff.frame import StaffFrame, staff_frame

PER_PAGE = 20
_VIEW_LABELS: Mapping[RegisterView, Text] = {
    "all": WANTED_LABELS["all"],
    "waiting": status_label("queued"),
    "failed": status_label("failed"),
    "delivered": status_label("delivered"),
}
_NOTICES: Mapping[str, Text] = {
    "retry": N_("It is tried again at once."),
    "resend": N_("It is sent once more."),
    "nothing": N_("Nothing was left to send."),
}
"""What came of a button, by its name."""


@dataclass(frozen=True)
class HandoffListParams:
    """The part of the list that an address names, checked. `page` counts from 1."""

    view: RegisterView
    page: int
    done: str
    lang: str

    @property
    def offset(self) -> int:
        return (self.page - 1) * PER_PAGE


@dataclass(frozen=True)
class ViewLink:
    label: str
    total: int
    url: str
    is_current: bool


@dataclass(frozen=True)
class DeliveryLine:
    """One way of a hand-off in words. `error` is the log's, in English."""

    text: str
    error: str
    icon: str


@dataclass(frozen=True)
class HandoffEntry:
    id: str
    url: str
    created: str
    created_at: datetime
    status: str
    is_failed: bool
    is_delivered: bool
    reason: str
    lines: tuple[DeliveryLine, ...]
    receiver_url: str
    can_retry: bool
    can_resend: bool


@dataclass(frozen=True)
class HandoffListPage:
    frame: StaffFrame
    views: tuple[ViewLink, ...]
    notice: str
    action: str
    """Address that the buttons post to."""
    entries: tuple[HandoffEntry, ...]
    previous_url: str
    next_url: str


def list_params(args: MultiDict[str, str], *, lang: str) -> HandoffListParams:
    """Unknown values count as none."""
    view: RegisterView = next((one for one in VIEWS if one == args.get("show")), VIEWS[0])
    number = args.get("page", "")
    page = int(number) if re.fullmatch(r"[1-9][0-9]{0,3}", number) else 1
    return HandoffListParams(view, page, args.get("done", ""), lang)


def list_address(asked: HandoffListParams, **changes: object) -> str:
    """The list's address with some of its parameters changed; without what came of a button."""
    values: dict[str, object] = {
        "show": asked.view if asked.view != "all" else None,
        "page": asked.page if asked.page > 1 else None,
        "lang": asked.lang or None,
    } | changes
    return url_for("agent.handoffs", **values)  # type: ignore[arg-type]  # takes any value


def list_page(
    config: Config, asked: HandoffListParams, found: RegisterPage, *, lang: str, name: str
) -> HandoffListPage:
    has_next = asked.offset + PER_PAGE < found.totals[asked.view]
    notice = _NOTICES.get(asked.done)
    return HandoffListPage(
        frame=staff_frame(
            config,
            lang,
            title=_("Hand-offs"),
            name=name,
            lang_asked=asked.lang,
            here=list_address(asked, lang=None),
        ),
        views=tuple(_view(view, asked, found) for view in VIEWS),
        notice=translated(notice) if notice else "",
        action=list_address(asked),
        entries=tuple(_entry(one, asked, lang) for one in found.items),
        previous_url=list_address(asked, page=asked.page - 1) if asked.page > 1 else "",
        next_url=list_address(asked, page=asked.page + 1) if has_next else "",
    )


def _view(view: RegisterView, asked: HandoffListParams, found: RegisterPage) -> ViewLink:
    return ViewLink(
        label=translated(_VIEW_LABELS[view]),
        total=found.totals[view],
        url=list_address(asked, show=view if view != "all" else None, page=None),
        is_current=view == asked.view,
    )


def _entry(one: RegisteredHandoff, asked: HandoffListParams, lang: str) -> HandoffEntry:
    is_open = one.status in ("queued", "failed")
    was_tried = any(way.attempts or way.error for way in one.deliveries)
    return HandoffEntry(
        id=one.id,
        url=url_for("agent.search", handoff=one.id, lang=asked.lang or None),
        created=_moment(one.created_at, lang),
        created_at=one.created_at,
        status=translated(status_label(one.status)),
        is_failed=one.status == "failed",
        is_delivered=not is_open,
        reason=translated(reason_label(one.reason)),
        lines=tuple(_line(way, lang) for way in one.deliveries),
        receiver_url=one.external_url,
        can_retry=is_open and was_tried and one.can_retry,
        can_resend=one.can_resend and not is_open,
    )


def _line(way: DeliveryRecord, lang: str) -> DeliveryLine:
    channel = way.channel
    if way.state == "delivered":
        when = _moment(way.finished_at or way.queued_at, lang)
        return DeliveryLine(
            _("Delivered by %(channel)s: %(when)s", channel=channel, when=when), "", "check"
        )
    if way.state == "pending":
        return DeliveryLine(_waiting(way, lang), way.error, "clock")
    if way.state == "failed":
        text = ngettext(
            "Given up after %(num)d attempt by %(channel)s",
            "Given up after %(num)d attempts by %(channel)s",
            way.attempts,
            channel=channel,
        )
        return DeliveryLine(text, way.error, "cross")
    return DeliveryLine(_("Not by %(channel)s", channel=channel), way.error, "cross")


def _waiting(way: DeliveryRecord, lang: str) -> str:
    if not way.attempts:
        return str(_("Waits for %(channel)s", channel=way.channel))
    return str(
        ngettext(
            "%(num)d attempt by %(channel)s, the next: %(when)s",
            "%(num)d attempts by %(channel)s, the next: %(when)s",
            way.attempts,
            channel=way.channel,
            when=_moment(way.next_at, lang),
        )
    )


def _moment(time: datetime, lang: str) -> str:
    return f"{date_in_words(time, lang)}, {time:%H:%M} UTC"
