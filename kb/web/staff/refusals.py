"""Pages that say why something was not done."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response
from flask_babel import force_locale  # type: ignore[import-untyped]  # ships no types

from kb.accounts.roles import NotAllowed
from kb.web.auth import sessions
from kb.web.layout.locale import gettext as _
from kb.web.services import services
from kb.web.staff.frame import StaffFrame, staff_frame
from kb.web.staff.views import lang_asked, page_language, show


@dataclass(frozen=True)
class RefusalPage:
    """One sentence, and what it is made of, a line each."""

    frame: StaffFrame
    title: str
    sentence: str
    details: tuple[str, ...]
    back_url: str


def refuse_role(_error: NotAllowed) -> Response:
    """The answer to who is signed in with a role that does not reach so far."""
    with force_locale(page_language().replace("-", "_")):
        return refusal(role_sentence(), status=403)


def role_sentence() -> str:
    return _("Your role does not reach this far. Ask a lead to change it.")


def refusal(
    sentence: str, *, details: tuple[str, ...] = (), back_url: str = sessions.HOME, status: int
) -> Response:
    frame = staff_frame(
        services().config,
        page_language(),
        title=_("Not done"),
        name=sessions.signed_in().name,
        lang_asked=lang_asked(),
        here=back_url,
    )
    page = RefusalPage(frame, _("This was not done"), sentence, details, back_url)
    return show("articles_refusal.html", page, status=status)
