"""The blueprint of these pages, and its answers to what is refused."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, jsonify, make_response, request, url_for
from flask_babel import force_locale  # type: ignore[import-untyped]  # ships no types

from kb.accounts.roles import NotAllowed
from kb.drafts.model import CloneUnusable, DraftError
from kb.web.auth import sessions
from kb.web.services import services
from kb.web.staff.articles.faults import details_of, sentence_of, status_of
from kb.web.staff.frame import StaffFrame, staff_frame
from kb.web.staff.refusals import refusal
from kb.web.staff.views import keep_private, lang_asked, page_language

articles = Blueprint("articles", __name__, url_prefix="/staff/articles")
articles.after_request(keep_private)
log = structlog.get_logger(__name__)


def frame_of(title: str, *, here: str) -> StaffFrame:
    """The frame of a page whose path is `here`."""
    return staff_frame(
        services().config,
        page_language(),
        title=title,
        name=sessions.signed_in().name,
        lang_asked=lang_asked(),
        here=here,
    )


def wants_json() -> bool:
    """True for a script, which shows what comes back in its own place."""
    return request.accept_mimetypes.best == "application/json"


@articles.errorhandler(DraftError)
@articles.errorhandler(NotAllowed)
def refuse(error: DraftError | NotAllowed) -> Response:
    if isinstance(error, CloneUnusable):
        log.error("clone_unusable", reason=str(error))
    with force_locale(page_language().replace("-", "_")):
        sentence, status = sentence_of(error), status_of(error)
        if wants_json():
            answer = jsonify(fault=sentence, details=details_of(error))
            return make_response(answer, status)
        back_url = url_for("articles.listed") if status != 403 else sessions.HOME
        return refusal(sentence, details=details_of(error), back_url=back_url, status=status)
