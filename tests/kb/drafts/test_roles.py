"""Roles and what each may do: every action of an article by every role."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import get_args

import pytest

from kb.accounts.roles import LEAST_ROLE, ROLES, NotAllowed, Role, StaffAction, may
from kb.drafts import (
    changes,
    history,
    pictures,
    placement,
    publication,
    retirement,
    review,
    saves,
)
from kb.drafts.model import Author, DraftError
from kb.drafts.repository.clone import Clone
from tests.support.repositories import ANNA, ARTICLE, Workplace

Step = Callable[[Clone, Author], object]
NOWHERE = "0" * 40
STEPS: Mapping[str, tuple[StaffAction, Step]] = {
    "list": ("articles.read", lambda clone, who: changes.listed(clone, author=who)),
    "open": ("articles.read", lambda clone, who: changes.opened(clone, ARTICLE, author=who)),
    "history": ("articles.read", lambda clone, who: history.versions(clone, ARTICLE, author=who)),
    "version": (
        "articles.read",
        lambda clone, who: history.text_of_version(clone, ARTICLE, NOWHERE, author=who),
    ),
    "compare": (
        "articles.read",
        lambda clone, who: history.compared(clone, ARTICLE, NOWHERE, NOWHERE, author=who),
    ),
    "pull": ("articles.read", lambda clone, who: publication.pull(clone, author=who)),
    "picture": (
        "articles.read",
        lambda clone, who: pictures.content(clone, ARTICLE, "x.png", author=who),
    ),
    "save": (
        "articles.write",
        lambda clone, who: saves.save(clone, ARTICLE, "x", base=NOWHERE, author=who),
    ),
    "restore": (
        "articles.write",
        lambda clone, who: history.restore(
            clone, ARTICLE, clone.published(), base=clone.published(), author=who
        ),
    ),
    "start": (
        "articles.write",
        lambda clone, who: placement.start(
            clone, lang="en", section="guides", category="returns", title="X", author=who
        ),
    ),
    "translate": (
        "articles.write",
        lambda clone, who: placement.translate(clone, ARTICLE, lang="ru", author=who),
    ),
    "move": (
        "articles.write",
        lambda clone, who: placement.move(
            clone, ARTICLE, section="guides", category="returns", slug="x", revision=NOWHERE,
            author=who,
        ),
    ),
    "retire": (
        "articles.write",
        lambda clone, who: retirement.retire(clone, ARTICLE, revision=NOWHERE, author=who),
    ),
    "add picture": (
        "articles.write",
        lambda clone, who: pictures.add(clone, ARTICLE, b"", author=who),
    ),
    "ask": (
        "articles.write",
        lambda clone, who: review.ask(clone, ARTICLE, revision=NOWHERE, author=who),
    ),
    "discard": (
        "articles.discard",
        lambda clone, who: review.discard(clone, ARTICLE, revision=NOWHERE, author=who),
    ),
    "send back": (
        "articles.send_back",
        lambda clone, who: review.send_back(clone, ARTICLE, revision=NOWHERE, author=who, note="x"),
    ),
    "publish": (
        "articles.publish",
        lambda clone, who: publication.publish(clone, ARTICLE, revision=NOWHERE, author=who),
    ),
    "push": ("articles.push", lambda clone, who: publication.push(clone, author=who)),
}  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_each_role_may_do_what_the_table_says(place: Workplace, step: str) -> None:
    action, take = STEPS[step]
    for role in (*ROLES, "", "admin", "LEAD"):
        try:
            take(place.clone, replace(ANNA, role=role))
        except NotAllowed:
            is_allowed = False
        except DraftError:  # nothing in the way of the role
            is_allowed = True
        else:
            is_allowed = True
        assert is_allowed == may(role, action), (role, step)


@pytest.mark.parametrize(
    ("role", "most"),
    [
        ("agent", {"agent.use"}),
        ("author", {"agent.use", "articles.read", "articles.write", "articles.discard"}),
        (
            "reviewer",
            {action for action in get_args(StaffAction) if not action.startswith("people.")},
        ),
        ("lead", set(get_args(StaffAction))),
    ],
)
def test_the_table_is_as_promised(role: Role, most: set[StaffAction]) -> None:
    assert {action for action in LEAST_ROLE if may(role, action)} == most


def test_every_action_has_a_role() -> None:
    assert set(LEAST_ROLE) == set(get_args(StaffAction))
