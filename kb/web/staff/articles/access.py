"""Permission of each route, and who asks: declared here, so that a test can hold them all to it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import abort, request

from kb.accounts import roles
from kb.accounts.roles import StaffAction
from kb.content.files.text import MAX_BYTES
from kb.drafts.model import Author
from kb.drafts.repository.clone import Clone, open_clone
from kb.web.auth import sessions
from kb.web.http.rate_limits import limit_staff
from kb.web.services import services
from kb.web.staff.views import in_own_language

MAX_TEXT_BYTES = 2 * MAX_BYTES
"""Of a form with a whole article: its text, and what the form adds."""
MAX_TEXT_PARTS = 60

View = TypeVar("View", bound=Callable[..., Any])


def open_to(action: StaffAction) -> Callable[[View], View]:
    """A view for who is signed in with a role that reaches for `action`.

    Raises NotAllowed for others, who get a page that says so.
    """

    def declared(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            roles.require(sessions.signed_in().role, action)
            return view(*args, **kwargs)

        made = sessions.for_staff(limit_staff(in_own_language(guarded)))
        made.permission = action  # type: ignore[attr-defined]  # read by tests
        return cast(View, made)

    return declared


def takes_text(view: View) -> View:
    """A view whose form holds a whole article: larger than other forms may be."""

    @functools.wraps(view)
    def roomy(*args: Any, **kwargs: Any) -> Any:
        request.max_content_length = MAX_TEXT_BYTES
        request.max_form_memory_size = MAX_TEXT_BYTES
        request.max_form_parts = MAX_TEXT_PARTS
        return view(*args, **kwargs)

    return cast(View, roomy)


def writer() -> Author:
    """The person who is signed in, as commits name them."""
    account = sessions.signed_in()
    return Author(account.name, account.email, account.role)


def can(action: StaffAction) -> bool:
    return roles.may(sessions.signed_in().role, action)


def the_clone() -> Clone:
    """The clone of this site; without one there is no editor, and no such page."""
    return open_clone(services().config) or abort(404)
