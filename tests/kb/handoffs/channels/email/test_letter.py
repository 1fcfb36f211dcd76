"""The letter of a hand-off: what it holds, and that no text breaks out of its place."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.branding.translator import Translator
from kb.handoffs.channels.email_text import Envelope, compose
from kb.handoffs.channels.packet import CustomerContact, HandoffPacket, SignedIdentity
from tests.support.channels.mail_channel import envelope, part
from tests.support.libraries.channel_library import PACKET

NOW = datetime(2026, 11, 21, 10, 2, tzinfo=UTC)


def letter(packet: HandoffPacket = PACKET, written: Envelope | None = None) -> EmailMessage:
    """As its reader's program understands it."""
    translate = Translator().into(packet.locale)
    raw = compose(packet, written or envelope(), translate, now=NOW).as_bytes()
    parsed = message_from_bytes(raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


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


@pytest.mark.parametrize(
    ("identity", "line"),
    [
        (None, "Anna anna@example.org (address not verified, name not verified)"),
        (
            SignedIdentity("u_991"),
            "Anna anna@example.org (address not verified, name not verified)",
        ),
        (SignedIdentity("u_991", "anna@example.org"), "Anna anna@example.org (name not verified)"),
        (
            SignedIdentity("u_991", "boss@example.org", "Anna"),
            "Anna anna@example.org (address not verified)",
        ),
        (SignedIdentity("u_991", "anna@EXAMPLE.org", " Anna"), "Anna anna@example.org"),
        (SignedIdentity("u_991", "Anna@example.org", "Anna"), "(address not verified)"),
    ],
)
def test_what_nobody_vouches_for_is_marked(identity: SignedIdentity | None, line: str) -> None:
    contact = CustomerContact("Anna", "anna@example.org")
    text = part(letter(replace(PACKET, contact=contact, identity=identity)), "plain")
    assert any(one.strip().endswith(line) for one in text.splitlines())
    assert ("Signed by the shop:\r\n  u_991" in text) is (identity is not None)


def test_what_was_signed_stands_apart_from_what_was_typed() -> None:
    identity = SignedIdentity("u_991", "anna@example.org", "Anna")
    contact = CustomerContact("Chief accountant", "mallory@example.net")
    text = part(letter(replace(PACKET, contact=contact, identity=identity)), "plain")
    assert "Chief accountant mallory@example.net (address not verified, name not verified)" in text
    assert "Signed by the shop:\r\n  u_991\r\n  Anna\r\n  anna@example.org\r\n" in text


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
