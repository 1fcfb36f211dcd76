"""Roles of staff, and what each may do: one table. No accounts, no requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Role = Literal["agent", "author", "reviewer", "lead"]
"""Each may do what those before it may, and more."""
ROLES: tuple[Role, ...] = get_args(Role)
USUAL_ROLE: Role = "agent"
"""Of accounts made before there were others: search, internal articles and hand-offs at /agent."""

StaffAction = Literal[
    "agent.use",
    "articles.read",
    "articles.write",
    "articles.discard",
    "articles.publish",
    "articles.send_back",
    "articles.push",
    "people.see",
    "people.invite",
    "people.manage",
]
LEAST_ROLE: Mapping[StaffAction, Role] = {
    "agent.use": "agent",
    "articles.read": "author",
    "articles.write": "author",
    "articles.discard": "author",
    "articles.publish": "reviewer",
    "articles.send_back": "reviewer",
    "articles.push": "reviewer",
    "people.see": "lead",
    "people.invite": "lead",
    "people.manage": "lead",
}
"""The role it takes, or one above it. To write is to start, save, restore, move, retire, add
pictures and ask for review; to discard is to give up an unpublished change; to push is to send
again what the remote has refused."""


SEARCH_PAGE, ARTICLES_PAGE = "/agent", "/staff/articles"


class NotAllowed(Exception):
    """The role of an account does not reach for this `action`."""

    def __init__(self, role: str, action: StaffAction) -> None:
        super().__init__(f"the role {role} may not do {action}; it takes {LEAST_ROLE[action]}")
        self.action = action


def role_named(text: str) -> Role | None:
    """The role of this name, None for no role."""
    return next((role for role in ROLES if role == text), None)


def may(role: str, action: StaffAction) -> bool:
    """Tell whether `role` reaches for `action`; a role that is unknown reaches for nothing."""
    known = role_named(role)
    return known is not None and ROLES.index(known) >= ROLES.index(LEAST_ROLE[action])


def first_page(role: str, *, has_clone: bool) -> str:
    """Address where somebody's work begins: their articles, where they may write any."""
    return ARTICLES_PAGE if has_clone and may(role, "articles.read") else SEARCH_PAGE


def require(role: str, action: StaffAction) -> None:
    """Raise NotAllowed unless `role` reaches for `action`."""
    if not may(role, action):
        raise NotAllowed(role, action)
