"""Shapes of the pages for people and invitations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kb.accounts.audit import StaffEvent
from kb.accounts.invitations import Invitation
from kb.accounts.roles import ROLES, Role
from kb.accounts.staff import Account
from kb.texts import N_, Text
from kb.web.layout.locale import date_in_words, translated
from kb.web.staff.frame import StaffFrame

ROLE_LABELS: Mapping[Role, Text] = {
    "agent": N_("Answers customers"),
    "author": N_("Author"),
    "reviewer": N_("Reviewer"),
    "lead": N_("Lead"),
}
EVENT_LABELS: Mapping[str, Text] = {
    "added": N_("account made"),
    "removed": N_("account removed"),
    "role": N_("another role"),
    "invited": N_("invited"),
    "taken_back": N_("invitation taken back"),
    "accepted": N_("invitation accepted"),
}


@dataclass(frozen=True)
class RoleChoice:
    value: Role
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Person:
    name: str
    email: str
    roles: tuple[RoleChoice, ...]
    seen: str
    """When they signed in last, in words; "" for never."""
    is_self: bool


@dataclass(frozen=True)
class Invited:
    id: str
    email: str
    role: str
    until: str


@dataclass(frozen=True)
class StaffEventRow:
    at: datetime
    when: str
    actor: str
    what: str
    email: str
    detail: str


@dataclass(frozen=True)
class PeoplePage:
    frame: StaffFrame
    people: tuple[Person, ...]
    invited: tuple[Invited, ...]
    events: tuple[StaffEventRow, ...]
    roles: tuple[RoleChoice, ...]
    link: str
    """Of an invitation that was just made; shown this once."""
    email: str
    """Typed, when the invitation could not be made."""
    notice: str
    error: str


@dataclass(frozen=True)
class InvitationPage:
    """`email` is "" for a link that is no invitation any more."""

    frame: StaffFrame
    token: str
    email: str
    role: str
    name: str
    error: str


def people_of(accounts: Sequence[Account], own_id: str, lang: str) -> tuple[Person, ...]:
    """The active accounts, by name."""
    found = [account for account in accounts if account.is_active]
    return tuple(
        Person(
            name=one.name,
            email=one.email,
            roles=role_choices(one.role),
            seen=date_in_words(one.signed_in_at, lang) if one.signed_in_at else "",
            is_self=one.id == own_id,
        )
        for one in sorted(found, key=lambda it: (it.name.casefold(), it.email))
    )


def role_choices(chosen: str) -> tuple[RoleChoice, ...]:
    return tuple(RoleChoice(role, role_label(role), role == chosen) for role in ROLES)


def role_label(role: str) -> str:
    """The word for a role; the role itself for one of another release."""
    words = {str(code): text for code, text in ROLE_LABELS.items()}
    return translated(words[role]) if role in words else role


def invited_of(invitations: Sequence[Invitation], lang: str) -> tuple[Invited, ...]:
    return tuple(
        Invited(one.id, one.email, role_label(one.role), date_in_words(one.expires_at, lang))
        for one in invitations
    )


def event_rows(events: Sequence[StaffEvent], lang: str) -> tuple[StaffEventRow, ...]:
    return tuple(
        StaffEventRow(
            at=one.at,
            when=date_in_words(one.at, lang),
            actor=one.actor,
            what=translated(EVENT_LABELS[one.action]) if one.action in EVENT_LABELS else one.action,
            email=one.email,
            detail=role_label(one.detail) if one.detail else "",
        )
        for one in events
    )
