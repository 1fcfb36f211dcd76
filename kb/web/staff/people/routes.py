"""Routes of people and invitations. A link's page is for whoever holds it; the rest for leads."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from flask import Blueprint, Response, abort, request, url_for

from kb.accounts import audit, invitations, staff
from kb.accounts.invitations import Invitation, NoInvitation
from kb.accounts.roles import NotAllowed, role_named
from kb.accounts.staff import AccountExists, InvalidAccount, LastLead, NoSuchAccount
from kb.addresses import invitation_path
from kb.errors import BadConfig
from kb.handoffs.channels.email.invitation import can_be_mailed, mail_invitation
from kb.handoffs.channels.model import DeliveryFailed
from kb.web.auth import sessions
from kb.web.http.rate_limits import limit_sign_in, limit_sign_in_form
from kb.web.layout.addresses import absolute
from kb.web.layout.locale import gettext as _
from kb.web.services import services
from kb.web.staff.access import open_to
from kb.web.staff.frame import StaffFrame, staff_frame
from kb.web.staff.people.pages import (
    InvitationPage,
    PeoplePage,
    event_rows,
    invited_of,
    people_of,
    role_choices,
    role_label,
)
from kb.web.staff.refusals import refuse_role
from kb.web.staff.views import (
    go,
    in_own_language,
    keep_private,
    lang_asked,
    page_language,
    show,
)

MOST_EVENTS = 30

log = structlog.get_logger(__name__)
people_pages = Blueprint("people", __name__, url_prefix="/staff")
people_pages.after_request(keep_private)
people_pages.register_error_handler(NotAllowed, refuse_role)


@people_pages.get("/people")
@open_to("people.see")
def people() -> Response:
    done = {
        "role": _("The role was changed."),
        "removed": _("The account was removed; all its sessions have ended."),
        "taken-back": _("The invitation was taken back."),
    }.get(request.args.get("done", ""), "")
    return _people(notice=done)


@people_pages.post("/people")
@open_to("people.manage")
def change_person() -> Response:
    """Give another role, or remove an account; one lead stays."""
    email, now, actor = request.form.get("email", ""), datetime.now(UTC), sessions.signed_in().id
    database = services().database
    try:
        if request.form.get("do") == "remove":
            staff.deactivate(database, email=email, now=now, actor=actor, keeps_a_lead=True)
            return go(url_for("people.people", done="removed"))
        role = role_named(request.form.get("role", "")) or abort(400)
        staff.set_role(database, email=email, role=role, now=now, actor=actor, keeps_a_lead=True)
    except LastLead:
        return _people(
            error=_("The last lead stays one: make somebody else a lead first."), status=409
        )
    except (NoSuchAccount, InvalidAccount):
        return _people(error=_("There is no such account any more."), status=404)
    return go(url_for("people.people", done="role"))


@people_pages.post("/people/invitations")
@open_to("people.invite")
def invite() -> Response:
    """Invite somebody; the link is shown this once, and mailed where mail is set up."""
    email, now = request.form.get("email", ""), datetime.now(UTC)
    role = role_named(request.form.get("role", "")) or abort(400)
    account = sessions.signed_in()
    try:
        made, token = invitations.invite(
            services().database, email=email, role=role, now=now, actor=account.id
        )
    except InvalidAccount:
        error = _("This is no e-mail address.")
        return _people(error=error, email=email[: staff.MAX_EMAIL_CHARS], status=400)
    except AccountExists:
        error = _("There is an account with this address already.")
        return _people(error=error, email=email[: staff.MAX_EMAIL_CHARS], status=409)
    link = absolute(services().config, invitation_path(token))
    is_mailed = _mailed(made, link, inviter=account.name, now=now)
    notice = _("Invited, and a letter was sent.") if is_mailed else _("Invited. Pass the link on.")
    return _people(link=link, notice=notice)


@people_pages.post("/people/invitations/end")
@open_to("people.invite")
def take_back() -> Response:
    invitations.take_back(
        services().database,
        request.form.get("invitation", ""),
        now=datetime.now(UTC),
        actor=sessions.signed_in().id,
    )
    return go(url_for("people.people", done="taken-back"))


@people_pages.get("/invitation/<token>")
@limit_sign_in_form
@in_own_language
def invitation(token: str) -> Response:
    """The page of a link: a name and a password are chosen here."""
    found = invitations.of_token(services().database, token, now=datetime.now(UTC))
    return _invitation(token, found)


@people_pages.post("/invitation/<token>")
@limit_sign_in_form
@limit_sign_in
@in_own_language
def accept(token: str) -> Response:
    now, database = datetime.now(UTC), services().database
    found = invitations.of_token(database, token, now=now)
    if found is None:
        return _invitation(token, None)
    try:
        account = invitations.accept(
            database,
            token,
            name=request.form.get("name", ""),
            password=request.form.get("password", ""),
            now=now,
            site_name=services().config.site_name,
        )
    except InvalidAccount as error:
        return _invitation(token, found, error=_fault(error))
    except (NoInvitation, AccountExists):
        return _invitation(token, None)
    sessions.begin(account)
    log.info("invitation_accepted", account=account.id)
    return go(sessions.HOME)


def _mailed(made: Invitation, link: str, *, inviter: str, now: datetime) -> bool:
    if not can_be_mailed(services().config):
        return False
    try:
        mail_invitation(
            services().config, made, url=link, inviter=inviter, lang=page_language(), now=now
        )
    except (BadConfig, DeliveryFailed) as error:
        log.warning("invitation_not_mailed", reason=type(error).__name__)
        return False
    return True


def _people(
    *, notice: str = "", error: str = "", link: str = "", email: str = "", status: int = 200
) -> Response:
    database, lang, account = services().database, page_language(), sessions.signed_in()
    page = PeoplePage(
        frame=_frame(_("People"), url_for("people.people"), name=account.name),
        people=people_of(staff.accounts(database), account.id, lang),
        invited=invited_of(invitations.waiting(database, now=datetime.now(UTC)), lang),
        events=event_rows(audit.latest(database, most=MOST_EVENTS), lang),
        roles=role_choices("author"),
        link=link,
        email=email,
        notice=notice,
        error=error,
    )
    return show("people.html", page, status=status)


def _invitation(token: str, found: Invitation | None, *, error: str = "") -> Response:
    page = InvitationPage(
        frame=_frame(_("Invitation"), url_for("people.invitation", token=token)),
        token=token,
        email=found.email if found else "",
        role=role_label(found.role) if found else "",
        name=request.form.get("name", "")[: staff.MAX_NAME_CHARS],
        error=error,
    )
    return show("invitation.html", page, status=400 if error else 200 if found else 410)


def _fault(error: InvalidAccount) -> str:
    if error.field == "name":
        return _("Write the name that colleagues know you by.")
    return _(
        "This password can be guessed. Use twelve characters or more that are nobody's name, "
        "no row of keys and no well-known phrase."
    )


def _frame(title: str, here: str, *, name: str = "") -> StaffFrame:
    return staff_frame(
        services().config,
        page_language(),
        title=title,
        name=name,
        lang_asked=lang_asked(),
        here=here,
    )
