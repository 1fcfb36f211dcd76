"""The form of who is invited: a name, a password, and the invitation is used up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from flask import Response, request

from kb.accounts import invitations, staff
from kb.accounts.invitations import Invitation, NoInvitation
from kb.accounts.staff import AccountExists, InvalidAccount
from kb.addresses import invitation_path
from kb.web.auth import sessions
from kb.web.http.rate_limits import limit_sign_in_form
from kb.web.layout.locale import date_in_words
from kb.web.layout.locale import gettext as _
from kb.web.services import services
from kb.web.staff.frame import StaffFrame, staff_frame
from kb.web.staff.people.page import role_in_words
from kb.web.staff.people.routes import people_pages
from kb.web.staff.views import go, in_own_language, lang_asked, page_language, show

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class InvitationPage:
    """`email` is "" for a link that opens nothing: forged, used, taken back or too old."""

    frame: StaffFrame
    action: str
    email: str
    role: str
    until: str
    name: str
    name_error: str
    password_error: str


@people_pages.get("/staff/invitation/<token>")
@limit_sign_in_form
@in_own_language
def invitation(token: str) -> Response:
    """The form; nothing is used up by looking at it, as programs do that open links in letters."""
    return _form(token, _found(token))


@people_pages.post("/staff/invitation/<token>")
@limit_sign_in_form
@in_own_language
def accept(token: str) -> Response:
    name, password = request.form.get("name", ""), request.form.get("password", "")
    found = _found(token)
    if found is None:
        return _form(token, None)
    try:
        account = invitations.accept(
            services().database,
            token,
            name=name,
            password=password,
            now=datetime.now(UTC),
            site_name=services().config.site_name,
        )
    except (NoInvitation, AccountExists):
        return _form(token, None)
    except InvalidAccount as error:
        return _form(token, found, name=name, wrong=error.field)
    log.info("invitation_accepted", account=account.id)
    sessions.begin(account)
    if lang := lang_asked():
        sessions.keep_language(lang)
    return go(sessions.home())


def _found(token: str) -> Invitation | None:
    return invitations.of_token(services().database, token, now=datetime.now(UTC))


def _form(token: str, found: Invitation | None, *, name: str = "", wrong: str = "") -> Response:
    lang = page_language()
    here = invitation_path(token[:64])
    password = _(
        "Choose another password: 12 characters or more, no common one, and little of your name"
        " or address in it. Four words that have nothing to do with each other do."
    )
    page = InvitationPage(
        frame=staff_frame(
            services().config, lang, title=_("Invitation"), lang_asked=lang_asked(), here=here
        ),
        action=here,
        email=found.email if found else "",
        role=role_in_words(found.role) if found else "",
        until=date_in_words(found.expires_at, lang) if found else "",
        name=name[: staff.MAX_NAME_CHARS],
        name_error=_("Write a name of at most 100 characters.") if wrong == "name" else "",
        password_error=password if wrong == "password" else "",
    )
    status = 410 if found is None else 422 if wrong else 200
    return show("invitation.html", page, status=status)
