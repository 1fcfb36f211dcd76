"""A channel by mail, its deliveries, and real mail servers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from bench.server import reserved_port
from kb.handoffs.channels.email.channel import MailChannel
from kb.handoffs.channels.email.session import Relay
from kb.handoffs.channels.email_text import Envelope, mail_address
from kb.handoffs.channels.model import Channel, Delivered, DeliveryFailed
from kb.handoffs.channels.packet import HandoffPacket
from tests.support.channels.mail_controller import MailController
from tests.support.libraries.channel_library import LOOPBACK, PACKET, nothing_saved
from tests.support.patience import PATIENCE_S


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
    """By default to a server in a network of the operator's own."""
    relay = Relay("mail.test", port, is_tls=False)
    relay = replace(
        relay, **{n: settings.pop(n) for n in ("user", "password", "is_tls") if n in settings}
    )
    return MailChannel(
        **{
            "relay": relay,
            "envelope": envelope(),
            "resolve": lambda host, port: ["127.0.0.1"],
            "allowed": LOOPBACK,
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


@dataclass
class Inbox:
    """Messages a server took, and what it says instead."""

    letters: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    rcpt: str = ""
    data: str = ""
    mail: str = ""
    options: list[str] = field(default_factory=list)
    users: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self.options += options
        envelope.mail_from = address
        return self.mail or "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.rcpt or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.data:
            return self.data
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.letters.append((envelope.mail_from, envelope.rcpt_tos, parsed))
        return "250 OK"

    def authenticate(
        self, server: SMTP, session: Any, envelope: Any, kind: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.users.append((data.login, data.password))
        return AuthResult(success=data.password == b"p@ss/word", handled=False)


@contextmanager
def mail_server(
    inbox: Inbox, *, kind: type[MailController] = MailController, **settings: Any
) -> Iterator[int]:
    with reserved_port() as port:
        where: dict[str, Any] = {"hostname": "127.0.0.1", "port": port, "ready_timeout": PATIENCE_S}
        controller = kind(inbox, **where, **settings)
        controller.start()
    try:
        yield port
    finally:
        controller.stop()
