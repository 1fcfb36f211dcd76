"""A trial: a hand-off of nobody's, plainly marked, sent by a channel past outbox and database."""

from __future__ import annotations

from datetime import datetime

from kb.branding.translator import Translator
from kb.config import Config
from kb.handoffs.channels.model import Channel, Delivered, Progress
from kb.handoffs.channels.packet import HandoffPacket
from kb.ids import new_id
from kb.texts import N_

_MESSAGE = N_("Test of hand-offs: nobody has asked anything, and nothing is to be done.")
_NOTE = N_("Sent by whoever runs this site, to see that hand-offs arrive.")


def packet(config: Config, *, now: datetime) -> HandoffPacket:
    """A packet that says itself that it is a test, in the site's first language."""
    translate = Translator(config.site_dir).into(config.default_language)
    return HandoffPacket(
        id=new_id("ho_test"),
        created_at=now,
        reason="other",
        locale=config.default_language,
        message=translate(_MESSAGE),
        contact=None,
        tried=(),
        searches=(),
        page_url="",
        page_title="",
        attributes={"test": True},
        agent_note=translate(_NOTE),
        record_url=f"{config.public_url.rstrip('/')}/agent",
    )


def send(channel: Channel, trial: HandoffPacket) -> Delivered:
    """Deliver it once. Raises DeliveryFailed."""
    delivery_id = f"msg_{trial.id.removeprefix('ho_')}_{channel.name}"
    return channel.deliver(delivery_id, trial, {}, _forget)


def _forget(_progress: Progress) -> None:
    """It is tried once: no later attempt asks for the steps that were taken."""
