"""Invitations by mail, at a real mail server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kb.accounts.invitations import Invitation
from kb.config import Config
from kb.errors import BadConfig
from kb.handoffs.channels.email.invitation import mail_invitation
from kb.handoffs.channels.model import DeliveryFailed
from tests.support.channels.mail_channel import Inbox, mail_server, part

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
URL = "https://help.example.com/staff/invitation/x"


def invitation(email: str = "anna@shop.example") -> Invitation:
    return Invitation("in_1", email, "author", "st_1", NOW, NOW + timedelta(days=3))


def mail(
    port: int, to: str = "anna@shop.example", *, inviter: str = "Lena", lang: str = "en"
) -> None:
    config = Config(
        smtp_url=f"smtp://127.0.0.1:{port}",
        mail_from="help@example.com",
        allowed_networks=("127.0.0.0/8",),
        site_name="Vega",
        public_url="https://help.example.com",
    )
    mail_invitation(config, invitation(to), url=URL, inviter=inviter, lang=lang, now=NOW)


@pytest.mark.parametrize(
    ("lang", "subject", "words"),
    [
        ("en", "Invitation: Vega", "Lena invites you to work on Vega."),
        ("ru", "Приглашение: Vega", "Lena приглашает вас к работе над сайтом «Vega»."),
    ],
)
def test_the_link_arrives_at_who_is_invited(lang: str, subject: str, words: str) -> None:
    inbox = Inbox()
    with mail_server(inbox) as port:
        mail(port, lang=lang)
    ((sender, recipients, letter),) = inbox.letters
    assert (sender, recipients) == ("help@example.com", ["anna@shop.example"])
    assert letter["Subject"] == subject
    text = part(letter, "plain")
    assert words in text
    assert URL in text
    assert "2026-12-03 09:00 UTC" in text


def test_a_name_adds_no_header() -> None:
    inbox = Inbox()
    with mail_server(inbox) as port:
        mail(port, inviter="Lena\r\nBcc: all@example.com")
    ((_, recipients, letter),) = inbox.letters
    assert recipients == ["anna@shop.example"]
    assert letter["Bcc"] is None


def test_a_server_that_is_away_is_told() -> None:
    with pytest.raises(DeliveryFailed):
        mail(9)


def test_an_address_that_no_letter_reaches_is_told() -> None:
    with pytest.raises(BadConfig):
        mail(9, to="a b@c")
