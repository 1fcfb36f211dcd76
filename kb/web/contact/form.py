"""The contact form as it comes in: what was typed, what is wrong with it, and the hand-off it
becomes. What is offered before is in `kb/web/contact/offers.py`, the routes in `routes.py`.

Each form given out is a session of its own, named by the token in it. The same content of the
same form is one hand-off, however often it is sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, get_args

from flask import request
from flask_babel import ngettext  # type: ignore[import-untyped]  # ships no types

from kb.addresses import article_path
from kb.catalog.catalog import ArticleVersion
from kb.handoffs import handoffs
from kb.handoffs.channels.packet import CustomerContact
from kb.handoffs.handoffs import MAX_EMAIL_CHARS, MAX_NAME_CHARS, AlreadyMade, Consent, Handoff
from kb.handoffs.handoffs import MAX_MESSAGE_CHARS as MAX_HANDOFF_CHARS
from kb.handoffs.tried import SuggestionClaim
from kb.ids import new_id
from kb.suggestions import log
from kb.suggestions.log import Feedback, Verdict
from kb.suggestions.reasons import DecisionReason
from kb.web.auth import signed_tokens
from kb.web.conversation import handoff
from kb.web.layout.addresses import absolute
from kb.web.layout.locale import gettext as _
from kb.web.services import services
from search.errors import IndexMissing
from search.text.analysis import clean

SITE = "site"
"""Stands for a key in the log: those of pages and servers begin with `key_`."""
MAX_ORDER_CHARS = 64
MAX_BODY_BYTES = 128 * 1024
"""Room for the longest message in any script and all else; more is refused unread."""
MOST_SHOWN = 6
"""Suggestions of one form that are remembered, the latest of them."""
SEND, SOLVED = "send", "solved"

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_ARTICLE = re.compile(r"[0-9a-z]{5}")


@dataclass(frozen=True)
class Typed:
    """Contents of a form; texts are trimmed and hold no control characters but line ends."""

    message: str = ""
    name: str = ""
    email: str = ""
    order: str = ""
    is_agreed: bool = False
    trap: str = ""
    about: str = ""
    """Id of the article that did not help; "" for none or nonsense."""
    token: str = ""
    shown: tuple[str, ...] = ()
    """Tokens of what was offered before, the latest last; unchecked."""
    step: str = ""


@dataclass(frozen=True)
class Visit:
    """A form that we gave out, with those of its offers that are ours."""

    session_id: str
    shown: tuple[signed_tokens.Claims, ...] = ()


def typed() -> Typed:
    """Read the request's form; raises RequestEntityTooLarge."""
    request.max_content_length = MAX_BODY_BYTES
    request.max_form_memory_size = MAX_BODY_BYTES
    form = request.form
    about = form.get("about", "")
    return Typed(
        message=_text(form.get("message", "")),
        name=handoff.one_line_name(_text(form.get("name", ""))),
        email=_text(form.get("email", "")),
        order=handoff.one_line_name(_text(form.get("order", ""))),
        is_agreed=form.get("consent") == "1",
        trap=form.get("website", "").strip(),
        about=about if _ARTICLE.fullmatch(about) else "",
        token=form.get("form", ""),
        shown=tuple(form.getlist("shown")[-MOST_SHOWN:]),
        step=form.get("step", ""),
    )


def visit_of(form: Typed) -> Visit | None:
    """None for a form that is not ours or was given out too long ago."""
    session_id = signed_tokens.read_form(form.token)
    if session_id is None:
        return None
    return Visit(session_id, tuple(_claims(form.shown, session_id)))


def faults(form: Typed) -> Mapping[str, str]:
    """Field → what is wrong with it, in the reader's language, in the order of the fields."""
    found = {
        "message": _message_fault(form.message),
        "name": _length_fault(form.name, MAX_NAME_CHARS),
        "email": _email_fault(form.email, is_needed=services().needs_email),
        "order": _length_fault(form.order, MAX_ORDER_CHARS),
        "consent": "" if form.is_agreed else _("Agree to this, or nobody can be given your words"),
        "website": _("Leave this field empty") if form.trap else "",
    }
    return {field: fault for field, fault in found.items() if fault}


def article_about(article_id: str, lang: str) -> ArticleVersion | None:
    """The article a reader comes from, if there is such a public one."""
    try:
        catalog = services().loaded().catalog
    except IndexMissing:
        return None
    return catalog.page_for(article_id, lang) if _ARTICLE.fullmatch(article_id) else None


def record_feedback(visit: Visit, verdict: Verdict) -> None:
    """Keep what became of the latest offer. Raises DatabaseUnavailable."""
    now = datetime.now(UTC)
    for claims in visit.shown[-1:]:
        given = Feedback(
            suggestion_id=claims.suggestion_id,
            article_id="",
            verdict=verdict,
            reason=None,
            comment="",
            session_id=visit.session_id,
            given_at=now,
        )
        log.record_feedback(services().database, given, now=now)


def reason_for(visit: Visit, decided: DecisionReason | None) -> handoffs.HandoffReason:
    """The reason to call a person: what the decision says, or that the offer did not help."""
    if decided in get_args(handoffs.HandoffReason):
        return decided  # type: ignore[return-value]  # it was looked up
    return "not_solved" if visit.shown else "other"


def hand_over(form: Typed, visit: Visit, lang: str, reason: handoffs.HandoffReason) -> Handoff:
    """Keep the message and queue its delivery; sent twice it is one. Raises DatabaseUnavailable."""
    wanted = _request(form, visit, lang, reason)
    now, place = datetime.now(UTC), handoff.place()
    try:
        return handoffs.make(services().database, wanted, place, now=now)
    except AlreadyMade:  # the form was changed after it had been sent: another message
        return handoffs.make(services().database, replace(wanted, shown=()), place, now=now)


def _request(
    form: Typed, visit: Visit, lang: str, reason: handoffs.HandoffReason
) -> handoffs.NewHandoff:
    digest = _digest(form)
    page = article_about(form.about, lang)
    has_contact = bool(form.name or form.email)
    return handoffs.NewHandoff(
        id=new_id("ho"),
        key_id=SITE,
        idempotency_key=f"{visit.session_id}.{digest[:32]}",
        digest=digest,
        session_id=visit.session_id,
        lang=lang,
        reason=reason,
        message=form.message,
        shown=tuple(
            SuggestionClaim(
                suggestion_id=one.suggestion_id,
                lang=one.lang,
                action=one.action,
                confidence=one.confidence,
                articles=one.shown,
            )
            for one in visit.shown
        ),
        channel=services().channel_name,
        contact=CustomerContact(form.name, form.email) if has_contact else None,
        consent=Consent(handoff.CONSENT_VERSION, datetime.now(UTC)),
        page_url=absolute(services().config, article_path(page, lang)) if page else "",
        page_title=page.title if page else "",
        attributes={"order": form.order} if form.order else {},
    )


def _digest(form: Typed) -> str:
    """Keyed, of what the customer wrote, not of what was offered meanwhile."""
    content: dict[str, Any] = asdict(replace(form, token="", shown=(), step=""))
    return services().sealer.digest(json.dumps(content, sort_keys=True).encode())


def _claims(texts: Sequence[str], session_id: str) -> Iterator[signed_tokens.Claims]:
    """Claims of those tokens that were given to this form; each suggestion once."""
    found: dict[str, signed_tokens.Claims] = {}
    for text in texts:
        try:
            claims = signed_tokens.read_interaction(text, key_id=SITE)
        except signed_tokens.BadToken:
            continue
        if claims.session_id == session_id:
            found[claims.suggestion_id] = claims
    yield from found.values()


def _text(value: str) -> str:
    """A form's lines end in CRLF, and its length is counted without the CR."""
    return _CONTROL.sub(" ", value.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _message_fault(message: str) -> str:
    if not clean(message):
        return _("Write what happened and what you need")
    if (excess := len(message) - MAX_HANDOFF_CHARS) > 0:
        return _too_long(excess)
    return ""


def _length_fault(text: str, limit: int) -> str:
    return _too_long(len(text) - limit) if len(text) > limit else ""


def _email_fault(email: str, *, is_needed: bool) -> str:
    if not email:
        return _("Enter your e-mail address: the answer goes there") if is_needed else ""
    if len(email) > MAX_EMAIL_CHARS or not handoff.is_email(email):
        return _("Enter an e-mail address like name@example.com")
    return ""


def _too_long(excess: int) -> str:
    return str(
        ngettext("Shorten this by %(num)d character", "Shorten this by %(num)d characters", excess)
    )
