"""Routes on people: for leads, and the two that anybody with an invitation may open."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import structlog
from flask import Blueprint, Response, abort, request

from kb.accounts import invitations, roles, staff
from kb.accounts.roles import NotAllowed, StaffAction, role_named
from kb.accounts.staff import AccountExists, InvalidAccount, LastLead, NoSuchAccount
from kb.addresses import invitation_path
from kb.errors import BadConfig
from kb.handoffs.channels.model import DeliveryFailed
from kb.web.auth import sessions
from kb.web.http.rate_limits import limit_staff
from kb.web.layout.addresses import absolute
from kb.web.layout.locale import gettext as _
from kb.web.services import services
from kb.web.staff.people.page import NewLink, people_page
from kb.web.staff.views import go, in_own_language, keep_private, lang_asked, page_language, show

View = TypeVar("View", bound=Callable[..., Any])
log = structlog.get_logger(__name__)

people_pages = Blueprint("people", __name__)
people_pages.after_request(keep_private)


def _open_to(action: StaffAction) -> Callable[[View], View]:
    """A view for who is signed in with a role that reaches for `action`; 403 for others."""

    def declared(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not roles.may(sessions.signed_in().role, action):
                abort(403)
            return view(*args, **kwargs)

        made = sessions.for_staff(limit_staff(in_own_language(guarded)))
        made.permission = action  # type: ignore[attr-defined]  # read by tests
        return cast(View, made)

    return declared


@people_pages.get("/staff/people")
@_open_to("people.see")
def people() -> Response:
    """Accounts with their roles, invitations that wait, and what was done lately."""
    return _page()


@people_pages.post("/staff/people")
@_open_to("people.see")
def change() -> Response:
    """Invite somebody, take that back, give a role, or remove an account."""
    act = {
        "invite": _invite,
        "take_back": _take_back,
        "role": _give_role,
        "remove": _remove,
    }.get(request.form.get("do", ""))
    if act is None:
        abort(400)
    try:
        return act(sessions.signed_in().id, datetime.now(UTC))
    except NotAllowed:
        abort(403)
    except InvalidAccount:
        return _page(error=_("This is not an e-mail address."), status=422)
    except AccountExists:
        error = _("This address has an account already; give it another role below.")
        return _page(error=error, status=409)
    except NoSuchAccount:
        return _page(error=_("There is no such account any more."), status=409)
    except LastLead:
        error = _("This is the last lead: make somebody else one first.")
        return _page(error=error, status=409)


def _invite(actor: str, now: datetime) -> Response:
    roles.require(sessions.signed_in().role, "people.invite")
    role = role_named(request.form.get("role", "")) or abort(400)
    made, token = invitations.invite(
        services().database,
        email=request.form.get("email", ""),
        role=role,
        now=now,
        actor=actor,
    )
    log.info("staff_invited", invitation=made.id, role=role, account=actor)
    url = absolute(services().config, invitation_path(token))
    return _page(link=NewLink(made.email, url, _mailed(made, url, now)))


def _mailed(made: invitations.Invitation, url: str, now: datetime) -> str:
    """Send the link, where that is set up; in words what came of it."""
    config = services().config
    if not config.smtp_url:
        return _("No mail server is set up: hand the link on yourself.")
    from kb.handoffs.channels.email.invitation import mail_invitation

    name, lang = sessions.signed_in().name, page_language()
    try:
        mail_invitation(config, made, url=url, inviter=name, lang=lang, now=now)
    except (BadConfig, DeliveryFailed) as error:
        log.warning("invitation_not_mailed", invitation=made.id, reason=str(error))
        return _("It could not be mailed: hand the link on yourself.")
    return _("It was mailed, too.")


def _take_back(actor: str, now: datetime) -> Response:
    roles.require(sessions.signed_in().role, "people.invite")
    invitation_id = request.form.get("invitation", "")[:64]
    invitations.take_back(services().database, invitation_id, now=now, actor=actor)
    return _page(notice=_("The invitation is taken back."))


def _give_role(actor: str, now: datetime) -> Response:
    roles.require(sessions.signed_in().role, "people.manage")
    role = role_named(request.form.get("role", "")) or abort(400)
    email = request.form.get("email", "")
    staff.set_role(
        services().database, email=email, role=role, now=now, actor=actor, keeps_a_lead=True
    )
    log.info("staff_role", role=role, account=actor)
    if not roles.may(_own_role(), "people.see"):
        return go(sessions.HOME)
    return _page(notice=_("The role is changed."))


def _remove(actor: str, now: datetime) -> Response:
    roles.require(sessions.signed_in().role, "people.manage")
    email = request.form.get("email", "")
    if email == sessions.signed_in().email:
        return _page(error=_("Somebody else must remove your own account."), status=409)
    staff.deactivate(services().database, email=email, now=now, actor=actor, keeps_a_lead=True)
    log.info("staff_removed", account=actor)
    return _page(notice=_("The account is removed, and its sessions have ended."))


def _own_role() -> str:
    """The role of who is signed in, as it is by now."""
    account = sessions.signed_in()
    known = staff.of_session(services().database, account.id, account.session_key)
    return known.role if known else ""


def _page(
    *, link: NewLink | None = None, notice: str = "", error: str = "", status: int = 200
) -> Response:
    page = people_page(
        sessions.signed_in(),
        lang=page_language(),
        lang_asked=lang_asked(),
        now=datetime.now(UTC),
        link=link,
        notice=notice,
        error=error,
    )
    return show("people.html", page, status=status)
