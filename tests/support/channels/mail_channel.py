"""A channel by mail, and its deliveries."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest

from kb.handoffs.channels.email.channel import MailChannel, Relay
from kb.handoffs.channels.email_text import Envelope, mail_address
from kb.handoffs.channels.model import Channel, Delivered, DeliveryFailed
from kb.handoffs.channels.packet import HandoffPacket
from tests.support.libraries.channel_library import PACKET, nothing_saved


def envelope(sender: str = "Shop <help@example.com>", to: str = "desk@example.com") -> Envelope:
    addresses = mail_address(sender), mail_address(to)
    assert addresses[0]
    assert addresses[1]
    return Envelope(addresses[0], addresses[1], "help.example.com")


def part(of: EmailMessage, kind: str) -> str:
    body = of.get_body((kind,))
    assert body
    return str(body.get_content())


def channel(port: int, **settings: Any) -> MailChannel:
    relay = Relay("mail.test", port, is_tls=False)
    relay = replace(
        relay, **{n: settings.pop(n) for n in ("user", "password", "is_tls") if n in settings}
    )
    return MailChannel(
        **{
            "relay": relay,
            "envelope": envelope(),
            "resolve": lambda host, port: ["127.0.0.1"],
            **settings,
        }
    )


def deliver(through: Channel, packet: HandoffPacket = PACKET) -> Delivered:
    return through.deliver("dlv_1", packet, {}, nothing_saved)


def failure(through: Channel) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        deliver(through)
    assert "word" not in str(caught.value).replace("password", "")
    assert "anna" not in str(caught.value).lower()
    return caught.value
