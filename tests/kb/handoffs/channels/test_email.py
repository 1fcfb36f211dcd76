"""Hand-offs by mail: what the letter holds, and what becomes of it at real mail servers."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.server import reserved_port
from kb.branding.translator import Translator
from kb.errors import BadConfig
from kb.handoffs.channels import connections
from kb.handoffs.channels.email.channel import MailChannel, Relay, parse_smtp_url
from kb.handoffs.channels.email_text import Envelope, compose, mail_address
from kb.handoffs.channels.model import Channel, Delivered, DeliveryFailed
from kb.handoffs.channels.packet import CustomerContact, HandoffPacket
from tests.support.channel_library import (
    LOOPBACK,
    PACKET,
    Certificates,
    Stall,
    nothing_saved,
    scripted,
)
from tests.support.patience import PATIENCE_S

FAST_S = 0.5
"""Enough to connect and talk in, however busy the machine is."""
NOW = datetime(2026, 11, 21, 10, 2, tzinfo=UTC)


def envelope(sender: str = "Shop <help@example.com>", to: str = "desk@example.com") -> Envelope:
    addresses = mail_address(sender), mail_address(to)
    assert addresses[0]
    assert addresses[1]
    return Envelope(addresses[0], addresses[1], "help.example.com")


def letter(packet: HandoffPacket = PACKET, written: Envelope | None = None) -> EmailMessage:
    """As its reader's program understands it."""
    translate = Translator().into(packet.locale)
    raw = compose(packet, written or envelope(), translate, now=NOW).as_bytes()
    parsed = message_from_bytes(raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def part(of: EmailMessage, kind: str) -> str:
    body = of.get_body((kind,))
    assert body
    return str(body.get_content())


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


# What the letter says


def test_headers() -> None:
    found = letter()
    assert {
        name: str(found[name]) for name in found if not name.startswith(("Content", "MIME"))
    } == {
        "From": "Shop <help@example.com>",
        "To": "desk@example.com",
        "Reply-To": "Anna <anna@example.org>",
        "Subject": "Question: I returned the shoes two weeks ago, where is my money?",
        "Date": "Sat, 21 Nov 2026 10:02:00 +0000",
        "Message-ID": "<ho_01JD8QR9@help.example.com>",
        "Auto-Submitted": "auto-generated",
        "X-Otvet-Handoff": "ho_01JD8QR9",
    }


def test_the_customer_comes_first_then_what_was_tried_then_the_context() -> None:
    text = part(letter(), "plain")
    order = (
        "> I returned the shoes",
        "Anna anna@example.org",
        "Asked: where is my money?",
        "1. Refunds to a card (opened, 34 s; did not help; on the subject, without the answer)",
        "https://help.example.com/en/refund-to-card",
        "refund status",
        "Order 17",
        "https://shop.example.com/orders/17",
        "order: 17",
        "Asked where the refund is.",
        "ho_01JD8QR9",
        "https://help.example.com/admin/handoffs/ho_01JD8QR9",
    )
    places = [text.index(expected) for expected in order]
    assert places == sorted(places)


def test_both_parts_say_the_same() -> None:
    found = letter()
    shown = re.sub(r"<[^>]*>", " ", part(found, "html"))
    for line in part(found, "plain").splitlines():
        assert line.lstrip("> ").rstrip(":") in shown


def test_russian() -> None:
    found = letter(replace(PACKET, locale="ru", message="Где деньги?\xa0Ау"))
    assert found["Subject"] == "Вопрос: Где деньги? Ау"
    text = part(found, "plain")
    assert "> Где деньги? Ау" in text
    assert "(открыта, 34 с; не помогла; по теме, но без ответа)" in text


def test_a_long_message_is_whole_in_the_body_and_short_in_the_subject() -> None:
    message = "слово " * 1000
    found = letter(replace(PACKET, message=message.strip()))
    assert message.strip() in part(found, "plain")
    assert len(found["Subject"]) < 75
    assert found["Subject"].endswith("слово…")


def test_without_contact_articles_and_context() -> None:
    bare = replace(
        PACKET,
        contact=None,
        tried=(),
        searches=(),
        page_url="",
        page_title="",
        attributes={},
        agent_note="",
    )
    found = letter(bare)
    text = part(found, "plain")
    assert found["Reply-To"] is None
    assert "No address to reply to" in text
    assert "No articles were shown" in text
    assert "Page" not in text


def test_an_address_nobody_vouches_for_is_marked() -> None:
    contact = CustomerContact("Anna", "anna@example.org", is_verified=False)
    assert "(address not verified)" in part(letter(replace(PACKET, contact=contact)), "plain")


@pytest.mark.parametrize(
    "address",
    [
        "anna",
        "anna@",
        "@example.org",
        "anna@example.org, boss@example.com",
        "anna@example.org\r\nBcc: boss@example.com",
        "anna@example.org\nBcc: boss@example.com",
        "Boss <boss@example.com>",
        "<anna@example.org>",
        " anna@example.org",
        "anna@exa mple.org",
        "anna@example..org",
        "anna@-example.org",
        "anna@[127.0.0.1]",
        '"anna b"@example.org',
        "anna@example.org\ud800",
        "a" * 65 + "@example.org",
        "anna@" + "a." * 200 + "org",
        "анна@example.org",
        "x" * 100_000 + "@example.org",
    ],
)
def test_an_address_one_cannot_answer_is_shown_and_not_used(address: str) -> None:
    found = letter(replace(PACKET, contact=CustomerContact("Anna", address)))
    assert found["Reply-To"] is None
    assert found["Bcc"] is None
    assert "Anna" in part(found, "plain")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Anna.B+shop@Example.ORG", "Anna.B+shop@example.org"),
        ("anna@пример.рф", "anna@xn--e1afmkfd.xn--p1ai"),
        ("o'neil@example.org", "o'neil@example.org"),
    ],
)
def test_an_address_one_can_answer(address: str, expected: str) -> None:
    found = letter(replace(PACKET, contact=CustomerContact("", address)))
    assert found["Reply-To"] == expected


@settings(deadline=None, max_examples=50)
@given(name=st.text(max_size=150), message=st.text(max_size=300), title=st.text(max_size=50))
def test_no_text_breaks_out_of_its_place(name: str, message: str, title: str) -> None:
    """One Reply-To, to the customer; no header of the customer's making; no markup of theirs."""
    packet = replace(
        PACKET,
        contact=CustomerContact(name, "anna@example.org"),
        message=message,
        page_title=title,
        attributes={title: message},
        searches=(message,),
    )
    found = letter(packet)
    (reply_to,) = found["Reply-To"].addresses
    assert reply_to.addr_spec == "anna@example.org"
    assert set(found) - {"Content-Type", "MIME-Version"} == set(letter()) - {
        "Content-Type",
        "MIME-Version",
    }
    tags = Tags(part(found, "html")).found
    assert {tag for tag, _ in tags} <= {
        *("html", "head", "meta", "body", "blockquote", "h3", "p", "br", "a")
    }
    assert all(set(attributes) <= {"lang", "charset", "style", "href"} for _, attributes in tags)


@pytest.mark.parametrize(
    "name",
    ['Anna "A" <boss@example.com>', "Иванова, Анна", "a@b, c", "A\r\nBcc: x@y.z", "=?utf-8?q?x?="],
)
def test_names_do_not_become_addresses(name: str) -> None:
    found = letter(replace(PACKET, contact=CustomerContact(name, "anna@example.org")))
    assert [one.addr_spec for one in found["Reply-To"].addresses] == ["anna@example.org"]
    assert found["Bcc"] is None


def test_markup_is_shown_and_not_followed() -> None:
    evil = '<script>alert(1)</script><a href="https://evil.test">"'
    packet = replace(
        PACKET,
        message=evil,
        contact=CustomerContact(evil, evil),
        page_title=evil,
        page_url=f"https://shop.test/{evil}",
        attributes={evil: evil},
        searches=(evil,),
        agent_note=evil,
        locale=evil,
    )
    html = part(letter(packet), "html")
    tags = Tags(html).found
    assert "script" not in {tag for tag, _ in tags}
    assert "https://evil.test" not in {attributes.get("href") for _, attributes in tags}
    assert "&lt;script&gt;alert(1)" in html


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//a", "https://[::1"])
def test_only_web_addresses_become_links(url: str) -> None:
    html = part(letter(replace(PACKET, page_url=url)), "html")
    hrefs = [attributes["href"] for tag, attributes in Tags(html).found if tag == "a"]
    assert hrefs == [
        "https://help.example.com/en/refund-to-card",
        "https://help.example.com/admin/handoffs/ho_01JD8QR9",
    ]


def test_a_letter_is_seven_bit_and_its_lines_are_short() -> None:
    packet = replace(PACKET, message="я" * 5000, attributes={"a" * 900: "b" * 2000})
    raw = compose(packet, envelope(), Translator().into("en"), now=NOW).as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


# Mail servers


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
    inbox: Inbox, *, kind: type[Controller] = Controller, **settings: Any
) -> Iterator[int]:
    with reserved_port() as port:
        where: dict[str, Any] = {"hostname": "127.0.0.1", "port": port, "ready_timeout": PATIENCE_S}
        controller = kind(inbox, **where, **settings)
        controller.start()
    try:
        yield port
    finally:
        controller.stop()


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
        deliver(channel(port, relay=user, tls=made.client_context()))
    assert inbox.users == [(b"shop@example.com", b"p@ss/word")]
    assert len(inbox.letters) == 1


def test_starttls_is_used_without_a_password_too(made: Certificates) -> None:
    inbox = Inbox()
    with mail_server(
        inbox, tls_context=made.server_context("mail.test"), require_starttls=True
    ) as port:
        deliver(channel(port, tls=made.client_context()))
    assert len(inbox.letters) == 1


@pytest.mark.parametrize("name", ["other.test", "127.0.0.1"])
def test_a_certificate_for_another_name_is_refused(made: Certificates, name: str) -> None:
    inbox = Inbox()
    with mail_server(inbox, **starttls(inbox, made, name)) as port:
        failed = failure(channel(port, user="u", password="p@ss/word", tls=made.client_context()))
    assert str(failed) == "mail.test has no valid certificate"
    assert not inbox.users


def test_in_an_allowed_network_any_certificate_does(made: Certificates) -> None:
    inbox = Inbox()
    with mail_server(inbox, **starttls(inbox, made, "snakeoil")) as port:
        deliver(channel(port, user="u", password="p@ss/word", allowed=LOOPBACK))
    assert len(inbox.letters) == 1


def test_no_password_without_encryption() -> None:
    inbox = Inbox()
    settings: dict[str, Any] = {"authenticator": inbox.authenticate, "auth_require_tls": False}
    with mail_server(inbox, **settings) as port:
        failed = failure(channel(port, user="u", password="p@ss/word"))
        assert "offers no STARTTLS" in str(failed)
        assert not failed.is_final
        assert not inbox.users
        deliver(channel(port, user="u", password="p@ss/word", allowed=LOOPBACK))
    assert len(inbox.letters) == 1


def test_a_wrong_password_can_be_mended(made: Certificates) -> None:
    inbox = Inbox()
    with mail_server(inbox, **starttls(inbox, made)) as port:
        failed = failure(channel(port, user="u", password="sword", tls=made.client_context()))
    assert str(failed) == "mail.test refused user and password: 535 5.7.8"
    assert not failed.is_final


def test_tls_from_the_first_byte(made: Certificates) -> None:
    inbox = Inbox()
    settings: dict[str, Any] = {"kind": Smtps, "ssl_context": made.server_context("mail.test")}
    with mail_server(inbox, **settings) as port:
        deliver(channel(port, is_tls=True, tls=made.client_context()))
        assert "certificate" in str(failure(channel(port, is_tls=True)))
    assert len(inbox.letters) == 1


class Smtps(Controller):
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


# Servers that misbehave


def talk(connected: socket.socket, *replies: bytes) -> None:
    """Send each reply, the first at once, the others after a command."""
    for number, reply in enumerate(replies):
        if number:
            connected.recv(4096)
        connected.sendall(reply + b"\r\n")


@pytest.mark.parametrize(
    ("replies", "drop"),
    [
        ((), b""),
        ((b"220 hi", b"250 hi", b"250 ok"), b""),
        ((b"220 hi", b"250-hi\r\n250 STARTTLS", b"220 go on"), b""),
        ((), b"220-x\r\n"),
    ],
    ids=["silent", "after MAIL", "at STARTTLS", "dripping"],
)
def test_a_server_that_hangs_ends_with_the_time(replies: tuple[bytes, ...], drop: bytes) -> None:
    stall = Stall(drop=drop)

    def script(connected: socket.socket) -> None:
        talk(connected, *replies)
        stall(connected)

    with scripted(script) as port:
        failed = failure(channel(port, timeout_s=FAST_S))
        assert stall.was_left()
    assert str(failed) == "mail.test did not answer in time"


def test_a_handshake_ends_with_the_time_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """However late it begins: the timer of the whole delivery cuts it off, and not its own."""
    timers: list[threading.Timer] = []

    def timer(limit_s: float, ring: Callable[[], None]) -> threading.Timer:
        timers.append(threading.Timer(limit_s, ring))
        return timers[-1]

    stall = Stall()

    def script(connected: socket.socket) -> None:
        talk(connected, b"220 hi", b"250-hi\r\n250 STARTTLS", b"220 go on")
        connected.recv(4096)  # the client's part of the handshake
        (one,) = timers
        one.function()
        stall(connected)

    stand_in = SimpleNamespace(Timer=timer, Thread=threading.Thread)
    monkeypatch.setattr(connections, "threading", stand_in)
    with scripted(script) as port:
        failure(channel(port, timeout_s=PATIENCE_S))
        assert stall.was_left()
    assert timers[0].interval <= PATIENCE_S


def test_smtps_that_hangs_ends_with_the_time() -> None:
    stall = Stall()
    with scripted(stall) as port:
        failure(channel(port, is_tls=True, timeout_s=FAST_S))
        assert stall.was_left()


@pytest.mark.parametrize(
    "replies",
    [
        (),
        (b"220 hi",),
        (b"220 hi", b"250 hi", b"250 ok", b"250 ok"),
        (b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"354 go on"),
        (b"554 go away",),
        (b"nonsense",),
        (b"2" * 10_000,),
        (b"220 hi", b"500 what", b"500 what"),
        (b"220 hi", b"250-hi\r\n250 STARTTLS", b"454 not now"),
        (b"220 hi", b"250-hi\r\n250 STARTTLS", b"220 go on\r\n250 injected"),
        (b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"\xff\xfe"),
    ],
)
def test_a_server_that_breaks_off_is_tried_again(replies: tuple[bytes, ...]) -> None:
    with scripted(lambda connected: talk(connected, *replies)) as port:
        assert not failure(channel(port, timeout_s=PATIENCE_S)).is_final


def test_a_goodbye_that_fails_changes_nothing() -> None:
    def script(connected: socket.socket) -> None:
        talk(connected, b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"354 go on")
        received = b""
        while not received.endswith(b"\r\n.\r\n"):
            received += connected.recv(4096)
        connected.sendall(b"250 taken\r\n")

    with scripted(script) as port:
        assert deliver(channel(port)) == Delivered()


def test_nobody_listens() -> None:
    with closing(socket.socket()) as deaf:
        deaf.bind(("127.0.0.1", 0))  # the port is nobody else's meanwhile
        failed = failure(channel(deaf.getsockname()[1]))
    assert str(failed) == "mail.test cannot be connected to"


def test_a_name_that_is_not_resolved() -> None:
    assert "no address" in str(failure(channel(25, resolve=lambda *_: [])))


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
