"""Permission of each route, declared where the route is, so that a test can hold all of them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from kb.accounts import roles
from kb.accounts.roles import StaffAction
from kb.web.auth import sessions
from kb.web.http.rate_limits import limit_staff
from kb.web.staff.views import in_own_language

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


def can(action: StaffAction) -> bool:
    """Tell whether the role of who is signed in reaches for `action`."""
    return roles.may(sessions.signed_in().role, action)
