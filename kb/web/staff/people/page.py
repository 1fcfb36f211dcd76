"""The page on people, for leads: accounts, invitations that wait, and what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from kb.accounts import audit, invitations, staff
from kb.accounts.audit import StaffEvent
from kb.accounts.invitations import Invitation
from kb.accounts.roles import ROLES
from kb.accounts.staff import Account
from kb.labels import ROLE_LABELS, STAFF_EVENT_LABELS
from kb.web.layout.locale import date_in_words, translated
from kb.web.layout.locale import gettext as _
from kb.web.services import services
from kb.web.staff.frame import StaffFrame, staff_frame

MOST_EVENTS = 30


@dataclass(frozen=True)
class RoleChoice:
    value: str
    label: str


@dataclass(frozen=True)
class PersonEntry:
    """An account that can sign in. `role` is its code."""

    email: str
    name: str
    role: str
    used: str
    is_oneself: bool


@dataclass(frozen=True)
class WaitingInvitation:
    id: str
    email: str
    role: str
    until: str


@dataclass(frozen=True)
class StaffEventLine:
    """Something that was done, in words. `who` is an address, or the user of a command."""

    at: datetime
    day: str
    who: str
    text: str
    email: str


@dataclass(frozen=True)
class NewLink:
    """The link of an invitation, shown this once, and what became of its letter."""

    email: str
    url: str
    note: str


@dataclass(frozen=True)
class PeoplePage:
    frame: StaffFrame
    roles: tuple[RoleChoice, ...]
    people: tuple[PersonEntry, ...]
    invitations: tuple[WaitingInvitation, ...]
    events: tuple[StaffEventLine, ...]
    link: NewLink | None
    notice: str
    error: str


def people_page(
    account: Account,
    *,
    lang: str,
    lang_asked: str,
    now: datetime,
    link: NewLink | None = None,
    notice: str = "",
    error: str = "",
) -> PeoplePage:
    database = services().database
    accounts = [one for one in staff.accounts(database) if one.is_active]
    return PeoplePage(
        frame=staff_frame(
            services().config,
            lang,
            title=_("People"),
            name=account.name,
            lang_asked=lang_asked,
            here=url_for("people.people"),
        ),
        roles=tuple(RoleChoice(role, translated(ROLE_LABELS[role])) for role in ROLES),
        people=tuple(_person(one, account, lang) for one in accounts),
        invitations=tuple(_waiting(one, lang) for one in invitations.waiting(database, now=now)),
        events=tuple(_event(one, lang) for one in audit.latest(database, most=MOST_EVENTS)),
        link=link,
        notice=notice,
        error=error,
    )


def role_in_words(role: str) -> str:
    return translated(ROLE_LABELS[role]) if role in ROLE_LABELS else role


def _person(one: Account, oneself: Account, lang: str) -> PersonEntry:
    used = one.signed_in_at
    return PersonEntry(
        email=one.email,
        name=one.name,
        role=one.role,
        used=date_in_words(used, lang) if used else "",
        is_oneself=one.id == oneself.id,
    )


def _waiting(one: Invitation, lang: str) -> WaitingInvitation:
    until = f"{date_in_words(one.expires_at, lang)}, {one.expires_at:%H:%M} UTC"
    return WaitingInvitation(one.id, one.email, role_in_words(one.role), until)


def _event(one: StaffEvent, lang: str) -> StaffEventLine:
    label = STAFF_EVENT_LABELS.get(one.action)
    text = translated(label) if label else one.action
    role = f" ({role_in_words(one.detail)})" if one.detail else ""
    return StaffEventLine(
        one.at, date_in_words(one.at, lang), one.actor, f"{text}{role}", one.email
    )
