"""A save by somebody whose session has ended: all that was sent comes back, to be sent again.

Scripts keep the words in the browser; this is for forms that are sent without them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Response, request

from kb.web.auth import sessions
from kb.web.http.rate_limits import limit_sign_in_form
from kb.web.layout.locale import gettext as _
from kb.web.services import services
from kb.web.staff.articles.blueprint import wants_json
from kb.web.staff.frame import StaffFrame, staff_frame
from kb.web.staff.views import in_own_language, lang_asked, page_language, show

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class SignedOutPage:
    """`fields` are name and value of all that was sent; `text` is what a person wrote of it."""

    frame: StaffFrame
    fields: tuple[tuple[str, str], ...]
    text: str
    text_name: str
    save_url: str
    sign_in_url: str


def keeps_words(view: View) -> View:
    """A view for staff whose form is worth a day: nobody is sent to sign in without it."""

    @functools.wraps(view)
    def kept(*args: Any, **kwargs: Any) -> Any:
        if sessions.current() is None and not wants_json():
            return _signed_out()
        return view(*args, **kwargs)

    return cast(View, kept)


@limit_sign_in_form
@in_own_language
def _signed_out() -> Response:
    text_name = "file" if "file" in request.form else "body"
    page = SignedOutPage(
        frame=staff_frame(
            services().config,
            page_language(),
            title=_("You are signed out"),
            lang_asked=lang_asked(),
            here=sessions.SIGN_IN,
        ),
        fields=tuple(
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in (text_name, "do")
        ),
        text=request.form.get(text_name, ""),
        text_name=text_name,
        save_url=request.path,
        sign_in_url=sessions.SIGN_IN,
    )
    return show("articles_signed_out.html", page, status=401)
