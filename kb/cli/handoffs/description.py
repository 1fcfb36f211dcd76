"""Lines that describe a hand-off to its operator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from kb.config import Config
from kb.handoffs.channels.packet import HandoffPacket
from kb.handoffs.operation.register import DeliveryRecord, RegisteredHandoff


def described(one: RegisteredHandoff, config: Config) -> Iterator[tuple[str, str]]:
    """Pairs of name and value, without anything of the customer's."""
    yield "Hand-off", one.id
    yield "Made", _time(one.created_at)
    yield "Status", f"{one.status}, {_time(one.finished_at)}" if one.finished_at else one.status
    yield "Reason", one.reason
    yield "Language", one.lang
    yield "Customer", _customer(one)
    for delivery in one.deliveries:
        yield f"By {delivery.channel}", _delivery(delivery)
    if not one.deliveries:
        yield f"By {one.channel}", "nothing is to be delivered by us"
    if one.external_id or one.external_url:
        yield "Received as", f"{one.external_id} {one.external_url}".strip()
    yield "Page", f"{config.public_url.rstrip('/')}/agent?handoff={one.id}"


def private(packet: HandoffPacket) -> Iterator[tuple[str, str]]:
    """Pairs of what the customer wrote and left."""
    contact = packet.contact
    yield "Name", contact.name if contact else ""
    yield "E-mail", contact.email if contact else ""
    yield "On the page", f"{packet.page_title} {packet.page_url}".strip()
    for name, value in packet.attributes.items():
        yield name, str(value)
    yield "Message", packet.message


def _customer(one: RegisteredHandoff) -> str:
    if one.is_forgotten:
        return "forgotten since"
    return "kept sealed: see --contact" if one.has_consent else "gave no consent to keep contacts"


def _delivery(one: DeliveryRecord) -> str:
    tried = "1 attempt" if one.attempts == 1 else f"{one.attempts} attempts"
    parts = [f"{one.state}, {tried}, queued {_time(one.queued_at)}"]
    if one.finished_at:
        parts.append(f"ended {_time(one.finished_at)}")
    elif one.attempts and one.touched_at:
        parts.append(f"last tried {_time(one.touched_at)}, next {_time(one.next_at)}")
    text = ", ".join(parts)
    return f"{text}: {one.error}" if one.error else text


def _time(time: datetime) -> str:
    return time.isoformat(timespec="seconds")
