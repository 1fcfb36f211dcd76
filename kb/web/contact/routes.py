"""Routes of the contact page: a form that looks for an answer before it is sent.

Without script the first POST shows what may answer, the second one sends; with script the same
appears while the message is being written. Whatever goes wrong, what was typed comes back.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)

from kb.errors import DatabaseUnavailable
from kb.suggestions.precedence import SAFETY
from kb.suggestions.reasons import DecisionReason
from kb.web.auth import signed_tokens
from kb.web.contact import form as contact_form
from kb.web.contact import offers, safety
from kb.web.contact.form import Typed, Visit
from kb.web.contact.offers import Offer
from kb.web.contact.pages import contact_offer, contact_page, sent_page, solved_page
from kb.web.conversation.handoff import note_made
from kb.web.http import rate_limits
from kb.web.http.problems import RETRY_AFTER_S
from kb.web.http.rate_limits import LimitExceeded, limit_contact
from kb.web.http.request_log import metrics
from kb.web.layout.errors import wait_in_words
from kb.web.layout.locale import gettext as _
from kb.web.services import services

log = logging.getLogger(__name__)

CACHEABLE = "public, max-age=60"
OWN = "private, no-store"
OWN_FORM = "private, no-cache"
"""Each form has a token of its own. Not no-store: going back would lose what was typed."""

contact = Blueprint("contact", __name__)


@contact.get("/<language:lang>/contact")
def form(lang: str) -> Response:
    """The form, or on a site that nothing can be sent from the address. Works without an index."""
    config = services().config
    typed = Typed(about=request.args.get("about", ""))
    response = _show(contact_page(config, lang, typed))
    response.headers["Cache-Control"] = OWN_FORM if services().channel else CACHEABLE
    return response


@contact.post("/<language:lang>/contact")
@limit_contact
def send(lang: str) -> Response:
    """Check, offer what may answer, send: as far as the message has come."""
    config = services().config
    if not services().channel:
        return make_response(redirect(url_for("contact.form", lang=lang), 303))
    typed = contact_form.typed()
    visit = contact_form.visit_of(typed)
    if visit is None:
        problem = _("This form was open for too long. Nothing was sent: check it and send it now.")
        return _again(lang, replace(typed, token="", shown=()), problem, 400)
    if typed.step == contact_form.SOLVED:
        return _solved(lang, visit)
    if faults := contact_form.faults(typed):
        return _show(contact_page(config, lang, typed, faults=faults), status=422)
    reason: DecisionReason | None = SAFETY if safety.is_danger(typed.message) else None
    if typed.step != contact_form.SEND:
        offer, decided = _look(lang, typed, visit)
        if offer:
            return _show(contact_page(config, lang, _with(typed, offer), offer=offer))
        reason = reason or decided
    return _send(lang, typed, visit, reason)


@contact.post("/<language:lang>/contact/suggestions")
def suggestions(lang: str) -> Response:
    """A part of the page for a message that is being written; 204 when nothing suits it.

    A danger is told of at once, however short the message.
    """
    if not services().channel:
        abort(404)
    rate_limits.count("suggest")
    typed = contact_form.typed()
    visit = contact_form.visit_of(typed) or abort(400)
    offer = None
    if len(typed.message) >= offers.MIN_CHARS:
        offer = offers.offer_of(offers.decide(typed, visit, lang), visit, asked="")
    notice = safety.notice_for(typed.message, lang)
    if offer is None and notice is None:
        response = Response(status=204)
    else:
        shown = contact_offer(offer, lang) if offer else None
        response = make_response(render_template("_contact_offer.html", offer=shown, safety=notice))
    response.headers["Cache-Control"] = OWN
    return response


@contact.get("/<language:lang>/contact/sent/<receipt>")
def sent(lang: str, receipt: str) -> Response:
    """Thanks, with the number of the hand-off. However often it is seen, nothing is sent."""
    reference, is_mailed = signed_tokens.read_receipt(receipt) or abort(404)
    notice = None
    if request.args.get("about") == SAFETY:
        spoken = request.args.get("spoken", "")
        is_known = spoken in services().config.languages
        notice = safety.notice_in(spoken if is_known else lang, lang)
    page = sent_page(services().config, lang, reference, is_mailed=is_mailed, notice=notice)
    return _thanks(page)


@contact.get("/<language:lang>/contact/solved")
def solved(lang: str) -> Response:
    """Thanks to somebody who did not have to write."""
    return _thanks(solved_page(services().config, lang))


def _look(lang: str, typed: Typed, visit: Visit) -> tuple[Offer | None, DecisionReason | None]:
    """The offer to show before sending, if it is new; and why a person is needed.

    Who has asked too often for suggestions can still write.
    """
    try:
        rate_limits.count("suggest")
    except LimitExceeded:
        return None, None
    made = offers.decide(typed, visit, lang)
    if made is None:
        return None, "unavailable"
    reason = made.suggestion.decision.reason
    if reason == SAFETY or offers.is_known(made, visit):
        return None, reason
    return offers.offer_of(made, visit, asked=typed.message), reason


def _with(typed: Typed, offer: Offer) -> Typed:
    return replace(typed, shown=(*typed.shown, offer.token)[-contact_form.MOST_SHOWN :])


def _send(lang: str, typed: Typed, visit: Visit, decided: DecisionReason | None) -> Response:
    reason = contact_form.reason_for(visit, decided)
    try:
        rate_limits.count("handoff")
        if typed.step == contact_form.SEND:
            contact_form.record_feedback(visit, "not_solved")
        made = contact_form.hand_over(typed, visit, lang, reason)
    except LimitExceeded as error:
        wait = wait_in_words(error.retry_after_s)
        problem = _("Too many messages came from this connection, so this one was not sent.")
        return _again(lang, typed, f"{problem} {wait}", 429)
    except DatabaseUnavailable as error:
        log.error("message not sent: %s", error)
        problem = _("Your message could not be sent, as we cannot reach our data right now.")
        response = _again(lang, typed, f"{problem} {wait_in_words(None)}", 503)
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
        return response
    note_made(made, reason, contact_form.SITE)
    receipt = signed_tokens.receipt(made.id, is_mailed=bool(typed.email))
    if reason != SAFETY:
        return _see(url_for("contact.sent", lang=lang, receipt=receipt))
    spoken = safety.spoken_in(typed.message, lang)
    return _see(url_for("contact.sent", lang=lang, receipt=receipt, about=SAFETY, spoken=spoken))


def _solved(lang: str, visit: Visit) -> Response:
    """A reader who found the answer is done, whether or not it can be counted."""
    try:
        rate_limits.count("feedback")
        contact_form.record_feedback(visit, "solved")
    except (LimitExceeded, DatabaseUnavailable) as error:
        log.warning("not counted as solved: %s", error)
    else:
        metrics().count_feedback("solved")
    return _see(url_for("contact.solved", lang=lang))


def _again(lang: str, typed: Typed, problem: str, status: int) -> Response:
    """The page with all that was typed, and why it was not sent."""
    return _show(contact_page(services().config, lang, typed, problem=problem), status=status)


def _show(page: object, *, status: int = 200) -> Response:
    response = make_response(render_template("contact.html", page=page), status)
    response.headers["Cache-Control"] = OWN
    return response


def _thanks(page: object) -> Response:
    response = make_response(render_template("contact_done.html", page=page))
    response.headers["Cache-Control"] = OWN
    return response


def _see(address: str) -> Response:
    response = make_response(redirect(address, 303))
    response.headers["Cache-Control"] = OWN
    return response
