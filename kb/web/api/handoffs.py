"""Routes of hand-offs: a customer asks for a person, and for what became of that."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from flask import Blueprint, Response, request
from flask_babel import force_locale  # type: ignore[import-untyped]  # ships no types

from kb import redaction
from kb.accounts.api_keys import ApiKey
from kb.handoffs import backlog, handoffs
from kb.handoffs.handoffs import AlreadyMade, Handoff, KeyReused
from kb.web.api.credentials import checked_tokens, counted_key
from kb.web.api.handoff_request import AGAIN_S, new_handoff
from kb.web.api.io import NO_CACHE, body_of, json_reply
from kb.web.api.schemas.handoffs import (
    HandoffRequest,
    HandoffResponse,
    Packet,
    StatusRequest,
    StatusResponse,
)
from kb.web.auth import signed_tokens
from kb.web.auth.csrf import open_to_other_origins
from kb.web.conversation.handoff import note_made, place
from kb.web.http.problems import ApiProblem
from kb.web.layout.locale import gettext as _
from kb.web.services import services

_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{8,128}")

handoff_api = Blueprint("handoff_api", __name__)


@handoff_api.post("/api/v1/handoffs")
@open_to_other_origins
def make_handoff() -> Response:
    """Keep a hand-off and queue its delivery; the same request again gives the same answer."""
    key = counted_key("handoff")
    idempotency_key = request.headers.get("Idempotency-Key", "")
    if not _IDEMPOTENCY_KEY.fullmatch(idempotency_key):
        raise ApiProblem("idempotency_key_missing")
    asked = body_of(HandoffRequest)
    wanted = new_handoff(asked, key, idempotency_key)
    now = datetime.now(UTC)
    with _once_at_a_time(f"{key.id} {idempotency_key}"):
        try:
            made = handoffs.make(services().database, wanted, place(), now=now)
        except KeyReused as error:
            raise ApiProblem("idempotency_key_reused") from error
        except AlreadyMade as error:
            members = {"handoff_id": error.handoff_id}
            raise ApiProblem("handoff_already_made", members=members) from error
    note_made(made, asked.reason, key.id)
    return json_reply(_made(made, asked, key), cache=NO_CACHE, status=201)


@handoff_api.post("/api/v1/handoffs/status")
@open_to_other_origins
def handoff_status() -> Response:
    """Tell the page that made a hand-off what became of it."""
    key = counted_key("handoff-status")
    asked = body_of(StatusRequest)
    with checked_tokens():
        signed_tokens.check_status(asked.status_token, handoff_id=asked.id, key_id=key.id)
    found = handoffs.find(services().database, asked.id, place())
    if found is None:
        raise ApiProblem("not_found")
    body = StatusResponse(
        id=found.id,
        status=found.status,
        delayed=backlog.is_delayed(services().database, found.id, now=datetime.now(UTC)),
        external=_external(found),
        contact_email=services().config.contact_email or None,
    )
    return json_reply(body, cache=NO_CACHE)


def _made(made: Handoff, asked: HandoffRequest, key: ApiKey) -> HandoffResponse:
    is_client = made.channel == handoffs.CLIENT
    return HandoffResponse(
        id=made.id,
        status=made.status,
        channel=made.channel,
        external=_external(made),
        online=None,
        reply_estimate_s=None,
        customer_message=_customer_message(made, asked),
        status_token=signed_tokens.status(made.id, key_id=key.id),
        packet=_client_packet(made, asked) if is_client else None,
    )


def _client_packet(made: Handoff, asked: HandoffRequest) -> Packet:
    """The packet the chat in the page passes on: with the message as written, which is not kept."""
    context = asked.context
    kept = made.packet.to_dict(has_contact=False)
    told = {
        "message": redaction.mask_cards(asked.message),
        "attributes": dict(context.attributes) if context else {},
    }
    return Packet.model_validate(kept | told)


def _customer_message(made: Handoff, asked: HandoffRequest) -> str:
    name = asked.contact.name.strip() if asked.contact else ""
    with force_locale(made.record.lang):
        thanks = _("Thank you, %(name)s.", name=name) if name else _("Thank you.")
        if made.channel == handoffs.CLIENT:
            promise = _("A colleague will answer here.")
        elif asked.contact and asked.contact.email:
            promise = _("A colleague will answer by e-mail.")
        else:
            promise = _("A colleague has been told.")
    return f"{thanks} {promise}"


def _external(found: Handoff) -> dict[str, str | None] | None:
    return dict(found.external) if found.external else None


_running: set[str] = set()
_running_lock = threading.Lock()


@contextmanager
def _once_at_a_time(name: str) -> Iterator[None]:
    """Raises ApiProblem while another thread carries out the same request."""
    with _running_lock:
        if name in _running:
            raise ApiProblem("request_in_progress", headers={"Retry-After": str(AGAIN_S)})
        _running.add(name)
    try:
        yield
    finally:
        with _running_lock:
            _running.discard(name)
