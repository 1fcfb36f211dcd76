"""Hand-offs as Chatwoot conversations: what arrives."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.handoffs.channels.model import Delivered
from kb.handoffs.channels.packet import CustomerContact
from tests.support.channels.fake_chatwoot import (
    OLD_CONTACT,
    TOKEN,
    FakeChatwoot,
    chatwoot,
    deliver,
    is_whole,
)
from tests.support.libraries.channel_library import PACKET


def test_a_hand_off_becomes_a_conversation() -> None:
    fake = FakeChatwoot()
    with chatwoot(fake) as server:
        delivered = deliver(server)
    assert is_whole(fake)
    assert delivered == Delivered("100", server.url("/app/accounts/3/conversations/100"))
    (conversation,) = fake.conversations
    assert conversation["inbox_id"] == 7
    assert conversation["status"] == "open"
    assert conversation["custom_attributes"] == {
        "kb_handoff_id": "ho_01JD8QR9",
        "kb_reason": "not_solved",
        "kb_user_id": "u_991",
        "kb_articles": "art_7q2mp",
        "kb_confidence": 0.83,
    }
    assert fake.contacts[0]["email"] == "anna@example.org"
    assert fake.contacts[0]["name"] == "Anna"


def test_the_message_is_the_customers_and_the_note_private() -> None:
    """A message counts as the agent's by default, and would be sent to the customer."""
    fake = FakeChatwoot()
    with chatwoot(fake) as server:
        deliver(server)
    message, note = fake.conversations[0]["messages"]
    assert (message["content"], message["message_type"], message["private"]) == (
        PACKET.message,
        0,
        False,
    )
    assert (note["message_type"], note["private"]) == (1, True)
    for expected in (
        PACKET.agent_note,
        "https://help.example.com/en/refund-to-card",
        "https://shop.example.com/orders/17",
        "order: 17",
        PACKET.record_url,
    ):
        assert expected in note["content"]


def test_no_address_stands_in_a_url() -> None:
    fake = FakeChatwoot()
    with chatwoot(fake) as server:
        deliver(server)
    assert not [one.path for one in server.requests if "anna" in one.path or "%40" in one.path]
    assert {one.headers["api_access_token"] for one in server.requests} == {TOKEN}


def test_a_contact_is_found_by_its_address() -> None:
    fake = FakeChatwoot(contacts=[dict(OLD_CONTACT)])
    with chatwoot(fake) as server:
        contact = CustomerContact("Somebody", "Anna@Example.org")
        deliver(server, packet=replace(PACKET, contact=contact))
    assert is_whole(fake)
    assert fake.conversations[0]["contact_id"] == 5
    assert fake.contacts == [OLD_CONTACT]
    assert "address not verified" in fake.conversations[0]["messages"][1]["content"]


@pytest.mark.parametrize(
    "contact", [None, CustomerContact("Анна"), CustomerContact("", "not an address")]
)
def test_a_contact_without_address_is_the_hand_off(contact: CustomerContact | None) -> None:
    fake = FakeChatwoot()
    with chatwoot(fake) as server:
        deliver(server, packet=replace(PACKET, contact=contact))
        deliver(server, packet=replace(PACKET, contact=contact))
    assert is_whole(fake)
    assert fake.contacts[0]["identifier"] == "ho_01JD8QR9"
    assert fake.contacts[0]["email"] is None


def test_hand_offs_of_one_customer_are_conversations_of_their_own() -> None:
    fake = FakeChatwoot(is_locked=True)
    with chatwoot(fake) as server:
        first = deliver(server)
        second = deliver(server, packet=replace(PACKET, id="ho_2"))
    assert first.external_id != second.external_id
    assert len(fake.contacts) == 1
    assert len({one["source_id"] for one in fake.conversations}) == 2
    assert "ho_2" not in fake.conversations[1]["source_id"]


def test_nothing_of_a_customers_making_looks_like_ours() -> None:
    fake = FakeChatwoot()
    packet = replace(
        PACKET,
        page_title="[log in](https://evil.test)",
        agent_note="Asked <b>*x*</b> [y](z)",
        message="\ud800\x00",
    )
    with chatwoot(fake) as server:
        deliver(server, packet=packet)
    (note,) = fake.conversations[0]["messages"]
    assert r"\[log in\](https://evil.test)" in note["content"]
    assert r"Asked \<b>\*x\*\</b> \[y\](z)" in note["content"].replace(r"\>", ">")


def test_without_articles_there_is_no_confidence() -> None:
    fake = FakeChatwoot()
    with chatwoot(fake) as server:
        deliver(server, packet=replace(PACKET, tried=()))
    assert "kb_confidence" not in fake.conversations[0]["custom_attributes"]
