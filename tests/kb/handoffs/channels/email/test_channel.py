"""Hand-offs by mail at real mail servers; how a server is named in settings."""

from __future__ import annotations

import socket
import ssl
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kb.errors import BadConfig
from kb.handoffs.channels.email.channel import parse_smtp_url
from kb.handoffs.channels.email.session import Relay
from kb.handoffs.channels.model import Delivered
from tests.support.channels.mail_channel import (
    Inbox,
    channel,
    deliver,
    envelope,
    failure,
    mail_server,
    part,
)
from tests.support.channels.mail_controller import MailController
from tests.support.libraries.channel_library import PACKET, Certificates, nothing_saved

# Mail servers


def test_a_letter_arrives() -> None:
    inbox = Inbox()
    with mail_server(inbox) as port:
        assert deliver(channel(port)) == Delivered()
    ((sender, recipients, found),) = inbox.letters
    assert (sender, recipients) == ("help@example.com", ["desk@example.com"])
    assert found["Message-ID"] == "<ho_01JD8QR9@help.example.com>"
    assert PACKET.message in part(found, "plain")


def test_lines_with_a_single_dot_do_not_end_the_letter() -> None:
    inbox = Inbox()
    with mail_server(inbox) as port:
        deliver(channel(port), replace(PACKET, agent_note="a\n.\nQUIT\n..b", message="."))
    assert "  .\r\n" in part(inbox.letters[0][2], "plain")


def test_a_repetition_is_recognisable() -> None:
    inbox = Inbox()
    with mail_server(inbox) as port:
        channel(port).deliver("dlv_1", PACKET, {}, nothing_saved)
        channel(port).deliver("dlv_2", PACKET, {}, nothing_saved)
    first, second = (found["Message-ID"] for *_, found in inbox.letters)
    assert first == second


@pytest.fixture
def made(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path)


def starttls(inbox: Inbox, made: Certificates, name: str = "mail.test") -> dict[str, Any]:
    return {
        "tls_context": made.server_context(name),
        "authenticator": inbox.authenticate,
        "auth_required": True,
    }


def test_a_password_goes_over_starttls(made: Certificates) -> None:
    inbox = Inbox()
    with mail_server(inbox, **starttls(inbox, made)) as port:
        user = parse_smtp_url(f"smtp://shop%40example.com:p%40ss%2Fword@mail.test:{port}")
        deliver(channel(port, relay=user, allowed=(), tls=made.client_context()))
    assert inbox.users == [(b"shop@example.com", b"p@ss/word")]
    assert len(inbox.letters) == 1


def test_starttls_is_used_without_a_password_too(made: Certificates) -> None:
    inbox = Inbox()
    with mail_server(
        inbox, tls_context=made.server_context("mail.test"), require_starttls=True
    ) as port:
        deliver(channel(port, allowed=(), tls=made.client_context()))
    assert len(inbox.letters) == 1


@pytest.mark.parametrize("name", ["other.test", "127.0.0.1"])
def test_a_certificate_for_another_name_is_refused(made: Certificates, name: str) -> None:
    inbox = Inbox()
    with mail_server(inbox, **starttls(inbox, made, name)) as port:
        failed = failure(
            channel(port, user="u", password="p@ss/word", allowed=(), tls=made.client_context())
        )
    assert str(failed) == "mail.test has no valid certificate"
    assert not inbox.users


def test_in_an_allowed_network_any_certificate_does(made: Certificates) -> None:
    inbox = Inbox()
    with mail_server(inbox, **starttls(inbox, made, "snakeoil")) as port:
        deliver(channel(port, user="u", password="p@ss/word"))
    assert len(inbox.letters) == 1


def test_no_password_without_encryption() -> None:
    inbox = Inbox()
    settings: dict[str, Any] = {"authenticator": inbox.authenticate, "auth_require_tls": False}
    with mail_server(inbox, **settings) as port:
        failed = failure(channel(port, allowed=(), user="u", password="p@ss/word"))
        assert "offers no STARTTLS" in str(failed)
        assert not failed.is_final
        assert not inbox.users
        deliver(channel(port, user="u", password="p@ss/word"))
    assert len(inbox.letters) == 1


def test_a_wrong_password_can_be_mended(made: Certificates) -> None:
    inbox = Inbox()
    with mail_server(inbox, **starttls(inbox, made)) as port:
        failed = failure(
            channel(port, user="u", password="sword", allowed=(), tls=made.client_context())
        )
    assert str(failed) == "mail.test refused user and password: 535 5.7.8"
    assert not failed.is_final


def test_tls_from_the_first_byte(made: Certificates) -> None:
    inbox = Inbox()
    settings: dict[str, Any] = {"kind": Smtps, "ssl_context": made.server_context("mail.test")}
    with mail_server(inbox, **settings) as port:
        deliver(channel(port, is_tls=True, allowed=(), tls=made.client_context()))
        assert "certificate" in str(failure(channel(port, allowed=(), is_tls=True)))
    assert len(inbox.letters) == 1


class Smtps(MailController):
    """A mail server that speaks TLS at once."""

    def _trigger_server(self) -> None:
        """aiosmtpd sees here whether it works; with the server's own context, which cannot."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with (
            socket.create_connection((self.hostname, self.port)) as connected,
            context.wrap_socket(connected) as secured,
        ):
            secured.recv(4)


@pytest.mark.parametrize(
    ("reply", "is_final"),
    [
        ("550 5.1.1 no such anna@example.org", True),
        ("553 mailbox name not allowed", True),
        ("550 5.7.1 relaying denied", False),
        ("554 5.7.1 blocked", False),
        ("530 5.7.0 authentication required", False),
        ("552 5.2.2 mailbox full", False),
        ("451 4.7.1 greylisted", False),
        ("421 4.3.2 shutting down", False),
    ],
)
def test_only_a_recipient_who_does_not_exist_is_final(reply: str, is_final: bool) -> None:
    with mail_server(Inbox(rcpt=reply)) as port:
        failed = failure(channel(port))
    assert failed.is_final is is_final
    assert reply[:3] in str(failed)


@pytest.mark.parametrize(
    "inbox", [Inbox(data="554 5.6.0 spam: where is my money?"), Inbox(mail="550 5.7.1 no")]
)
def test_a_refused_letter_is_tried_again(inbox: Inbox) -> None:
    with mail_server(inbox) as port:
        failed = failure(channel(port))
    assert not failed.is_final
    assert "money" not in str(failed)
    assert str(failed).endswith(("554 5.6.0", "550 5.7.1"))


def test_addresses_beyond_ascii_need_a_server_that_takes_them() -> None:
    written = envelope(sender="Магазин <помощь@пример.рф>")
    inbox = Inbox()
    with mail_server(inbox, enable_SMTPUTF8=True) as port:
        deliver(channel(port, envelope=written))
    ((sender, _, found),) = inbox.letters
    assert sender == "помощь@xn--e1afmkfd.xn--p1ai"
    assert "SMTPUTF8" in inbox.options
    assert "помощь" in found["From"]
    with mail_server(Inbox(), enable_SMTPUTF8=False) as port:
        assert "SMTPUTF8" in str(failure(channel(port, envelope=written)))


# Settings


@pytest.mark.parametrize(
    ("url", "relay"),
    [
        ("smtp://mail.test", Relay("mail.test", 587, is_tls=False)),
        ("smtp://localhost:25", Relay("localhost", 25, is_tls=False)),
        ("smtps://a%40b:c%3Ad@mail.test/", Relay("mail.test", 465, True, "a@b", "c:d")),
    ],
)
def test_a_server_is_read_from_its_url(url: str, relay: Relay) -> None:
    assert parse_smtp_url(url) == relay


@pytest.mark.parametrize(
    "url",
    [
        *(
            "smtp://",
            "smtp://:25",
            "smtp://u@mail.test",
            "smtp://mail.test:0",
            "smtp://mail.test:x",
        ),
        *(
            "http://mail.test",
            "smtp://u:a/b@mail.test",
            "smtp://u:p%C3%A9@mail.test",
            "smtp://[::1",
        ),
        *("smtp://mail.test?x", "smtp://a..b"),
    ],
)
def test_a_url_that_cannot_work_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(BadConfig, match="KB_SMTP_URL") as caught:
        parse_smtp_url(url)
    assert "u:" not in str(caught.value).replace("user:", "")


def test_the_password_is_not_shown() -> None:
    assert "s3cret" not in repr(parse_smtp_url("smtp://u:s3cret@mail.test"))
    assert b64encode(b"s3cret").decode() not in repr(parse_smtp_url("smtp://u:s3cret@mail.test"))
