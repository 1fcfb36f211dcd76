"""Hand-offs as Chatwoot conversations, against a server that keeps to Chatwoot's published API."""

from __future__ import annotations

import json
import re
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import jsonschema_rs
import pytest

from kb.deadlines import time_limit
from kb.handoffs.channels.chatwoot.channel import LABEL, ChatwootChannel
from kb.handoffs.channels.http import MAX_ANSWER_BYTES, HttpClient, HttpReply
from kb.handoffs.channels.model import Channel, Delivered, DeliveryFailed, Progress
from kb.handoffs.channels.packet import CustomerContact, HandoffPacket
from tests.support.channel_library import (
    LOOPBACK,
    PACKET,
    LocalServer,
    Request,
    Saved,
    Stall,
    answering,
    local_server,
)
from tests.support.patience import PATIENCE_S, wait_until

TOKEN = "s3cret-token"
SCHEMA = json.loads(
    (Path(__file__).parents[3] / "data" / "chatwoot_schema.json").read_text("utf-8")
)
STEPS = tuple(SCHEMA["operations"])
OLD_CONTACT = {"id": 5, "name": "Anna", "email": "anna@example.org", "identifier": None}

Fault = Literal["refuse", "lose", "late"]
"""Answer 500 and do nothing; do it and break off; do it and say nothing until nobody waits."""

FAST_S = 0.5
"""Enough to connect and ask in, however busy the machine is."""


ACCOUNT = "/api/v1/accounts/3/"


def step_of(method: str, path: str) -> str:
    return f"{method} {re.sub(r'/[0-9]+/', '/{id}/', path.removeprefix(ACCOUNT))}"


@dataclass
class FakeChatwoot:
    """The state of one account, and what goes wrong. Checks each exchange against the schema."""

    contacts: list[dict[str, Any]] = field(default_factory=list)
    conversations: list[dict[str, Any]] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    faults: dict[str, Fault] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    """Steps that were done and are not answered."""
    is_locked: bool = False

    def __call__(self, connected: socket.socket, request: Request) -> None:
        path = request.path.removeprefix(ACCOUNT)
        step = step_of(request.method, request.path)
        self.calls[step] += 1
        fault = self.faults.pop(step, None)
        if request.headers["api_access_token"] != TOKEN:
            return answering(b'{"error": "no"}', status=401)(connected, request)
        if status := self.statuses.get(step) or (500 if fault == "refuse" else 0):
            return answering(b'{"error": "Anna"}', status=status)(connected, request)
        self._check(step, "request", request.json if request.body else None)
        status, data = self._do(step, path, request.json if request.body else {})
        if status == 200:
            self._check(step, "response", data)
        if fault == "lose":
            return None
        if fault == "late":
            self.late.append(step)
            return Stall()(connected)
        return answering(json.dumps(data).encode(), status=status)(connected, request)

    def _check(self, step: str, side: str, data: Any) -> None:
        schema = SCHEMA["operations"][step][side]
        if schema is None:
            self.violations += [] if data is None else [f"{step} has a body"]
            return
        found = jsonschema_rs.validator_for(schema).iter_errors(data)
        self.violations += [f"{step} {side}: {error.message}" for error in found]

    def _do(self, step: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        number = int((re.findall(r"/(\d+)/", path) or [0])[0])
        match step:
            case "POST contacts/filter":
                (condition,) = body["payload"]
                key, (value,) = condition["attribute_key"], condition["values"]
                return 200, {"payload": [one for one in self.contacts if _same(one[key], value)]}
            case "POST contacts":
                return self._create_contact(body)
            case "GET contacts/{id}/conversations":
                if all(one["id"] != number for one in self.contacts):
                    return 404, {"error": "Resource could not be found"}
                own = [one for one in self.conversations if one["contact_id"] == number]
                return 200, {"payload": [_without_contact(one) for one in own[::-1][:20]]}
            case "POST conversations":
                return self._create_conversation(body)
        conversation = next((one for one in self.conversations if one["id"] == number), None)
        if conversation is None:
            return 404, {"error": "Resource could not be found"}
        match step:
            case "GET conversations/{id}/messages":
                return 200, {"meta": {}, "payload": conversation["messages"]}
            case "POST conversations/{id}/messages":
                return 200, self._add_message(conversation, body)
            case "POST conversations/{id}/labels":
                conversation["labels"] = body["labels"]
        return 200, {"payload": conversation["labels"]}

    def _create_contact(self, body: dict[str, Any]) -> tuple[int, Any]:
        key = "email" if "email" in body else "identifier"
        if any(_same(one[key], body[key]) for one in self.contacts):
            return 422, {"message": "Email has already been taken", "attributes": ["email"]}
        made = {"id": 10 + len(self.contacts), "name": body["name"]}
        made |= {"email": body.get("email"), "identifier": body.get("identifier")}
        self.contacts.append(made)
        inbox = {"source_id": "b1d0c6f2", "inbox": {"id": body["inbox_id"]}}
        return 200, {"payload": {"contact": made, "contact_inbox": inbox}}

    def _create_conversation(self, body: dict[str, Any]) -> tuple[int, Any]:
        if all(one["id"] != body["contact_id"] for one in self.contacts):
            return 404, {"error": "Resource could not be found"}
        of_source = [one for one in self.conversations if one["source_id"] == body["source_id"]]
        if self.is_locked and of_source:
            conversation = of_source[0]
        else:
            conversation = {
                "id": 100 + len(self.conversations),
                "account_id": 3,
                "messages": [],
                "labels": ["vip"],
                **body,
            }
            conversation["messages"] = []
            self.conversations.append(conversation)
        if "message" in body:
            self._add_message(conversation, body["message"])
        return 200, _without_contact(conversation)

    def _add_message(self, conversation: dict[str, Any], body: dict[str, Any]) -> Any:
        kind = 0 if body.get("message_type", "outgoing") == "incoming" else 1
        message = {
            "id": 1000 + len(conversation["messages"]),
            "content": body["content"],
            "message_type": kind,
            "private": body.get("private", False),
        }
        conversation["messages"].append(message)
        return message


def _same(mine: str | None, asked: str) -> bool:
    """Chatwoot lowers both sides, of addresses and of identifiers."""
    return mine is not None and mine.lower() == asked.lower()


def _without_contact(conversation: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in conversation.items()
        if name not in ("contact_id", "source_id", "message")
    }


@contextmanager
def chatwoot(fake: FakeChatwoot) -> Iterator[LocalServer]:
    with local_server(fake) as server:
        yield server
    assert not fake.violations


@dataclass(frozen=True)
class Client(HttpClient):
    """Waits patiently, but for the answer to one step."""

    hurried_step: str = ""

    def send(
        self,
        method: str,
        url: str,
        body: bytes | None = None,
        *,
        headers: Mapping[str, str],
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> HttpReply:
        is_hurried = step_of(method, urlsplit(url).path) == self.hurried_step
        with time_limit(FAST_S if is_hurried else PATIENCE_S):
            return super().send(method, url, body, headers=headers, max_bytes=max_bytes)


def channel(server: LocalServer, **settings: Any) -> Channel:
    http = Client(
        allowed=LOOPBACK,
        resolve=lambda host, port: ["127.0.0.1"],
        timeout_s=PATIENCE_S,
        hurried_step=settings.pop("hurried_step", ""),
    )
    made = ChatwootChannel(server.url("/"), TOKEN, account=3, inbox=7, http=http)
    return replace(made, **settings)


def deliver(
    server: LocalServer,
    saved: Callable[[Progress], None] | None = None,
    packet: HandoffPacket = PACKET,
    **settings: Any,
) -> Delivered:
    saved = saved or Saved()
    progress = saved.progress if isinstance(saved, Saved) else {}
    return channel(server, **settings).deliver("dlv_1", packet, progress, saved)


def fails(server: LocalServer, saved: Saved | None = None, **settings: Any) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        deliver(server, saved, **settings)
    assert not caught.value.is_final
    text = str(caught.value)
    assert not [one for one in ("Anna", "anna", "s3cret", "shoes") if one in text]
    return caught.value


def is_whole(fake: FakeChatwoot) -> bool:
    """One contact, one conversation with one message, one note and the label."""
    (_,), (conversation,) = fake.contacts, fake.conversations
    incoming = [one for one in conversation["messages"] if one["message_type"] == 0]
    private = [one for one in conversation["messages"] if one["private"]]
    return len(incoming) == len(private) == 1 and conversation["labels"] == ["vip", LABEL]


# What arrives


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


# Steps that fail


@pytest.mark.parametrize("fault", ["refuse", "lose", "late"])
@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_failed_is_not_done_twice(step: str, fault: Fault) -> None:
    """Whatever became of it: refused, done with the answer lost, done after we gave up."""
    fake, saved = FakeChatwoot(), Saved()
    with chatwoot(fake) as server:
        if step == "GET conversations/{id}/messages":  # only read when the outcome is unknown
            fake.faults["POST conversations/{id}/messages"] = "lose"
            fails(server, saved)
        fake.faults[step] = fault
        fails(server, saved, hurried_step=step if fault == "late" else "")
        if fault == "late":
            wait_until(lambda: fake.late == [step])
        assert deliver(server, saved) == Delivered(
            "100", server.url("/app/accounts/3/conversations/100")
        )
    assert is_whole(fake)
    assert not fake.faults


@pytest.mark.parametrize("fault", ["refuse", "lose"])
def test_every_step_failing_once_ends_well(fault: Fault) -> None:
    fake, saved = FakeChatwoot(faults=dict.fromkeys(STEPS, fault)), Saved()
    with chatwoot(fake) as server:
        for _ in STEPS:
            with suppress(DeliveryFailed):
                deliver(server, saved)
        deliver(server, saved)
    assert not fake.faults
    assert is_whole(fake)


@pytest.mark.parametrize("crash_at", range(4))
def test_a_crash_before_progress_is_kept_makes_nothing_twice(crash_at: int) -> None:
    """Also when every crash comes at the same place, and nothing was kept before."""
    fake, saves = FakeChatwoot(), 0

    def crashing(progress: Progress) -> None:
        nonlocal saves
        saves += 1
        if saves == crash_at + 1:
            raise KeyboardInterrupt

    with chatwoot(fake) as server:
        with pytest.raises(KeyboardInterrupt):
            deliver(server, crashing)
        deliver(server, Saved())
    assert is_whole(fake)


def test_what_is_done_is_not_asked_again() -> None:
    fake, saved = FakeChatwoot(), Saved()
    with chatwoot(fake) as server:
        deliver(server, saved)
        assert saved.progress == {
            "contact": 10,
            "conversation": 100,
            "noted": True,
            "labelled": True,
        }
        before = len(server.requests)
        deliver(server, saved)
        assert len(server.requests) == before


def test_progress_is_kept_before_the_next_step_begins() -> None:
    fake, kept = FakeChatwoot(), list[tuple[int, int]]()

    def save(progress: Progress) -> None:
        kept.append((len(progress), sum(fake.calls.values())))

    with chatwoot(fake) as server:
        deliver(server, save)
    assert kept == [(1, 2), (2, 4), (3, 5), (4, 7)]


def test_a_contact_that_was_merged_away_is_looked_for_again() -> None:
    fake, saved = FakeChatwoot(contacts=[dict(OLD_CONTACT)]), Saved({"contact": 99})
    with chatwoot(fake) as server:
        fails(server, saved)
        assert saved.progress == {}
        deliver(server, saved)
    assert is_whole(fake)


def test_a_contact_made_by_someone_else_meanwhile_is_used() -> None:
    fake = FakeChatwoot()
    create = fake._create_contact

    def taken(body: dict[str, Any]) -> tuple[int, Any]:
        fake.contacts.append(dict(OLD_CONTACT))
        return create(body)

    fake._create_contact = taken  # type: ignore[method-assign]
    with chatwoot(fake) as server:
        deliver(server)
    assert is_whole(fake)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410, 422, 429, 500, 503])
@pytest.mark.parametrize("step", ["POST contacts/filter", "POST contacts", "POST conversations"])
def test_a_refusal_names_the_step_and_is_tried_again(step: str, status: int) -> None:
    fake = FakeChatwoot(statuses={step: status})
    with chatwoot(fake) as server:
        failure = fails(server)
    assert re.match(rf"(finding|creating) the (contact|conversation): .* {status}", str(failure))


def test_a_wrong_token() -> None:
    with chatwoot(FakeChatwoot()) as server:
        assert "answered 401" in str(fails(server, token="wrong"))


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"<html>", b"[]", b"{}", b"null", b'{"payload": {}}', b'{"payload": null}'),
        *(b'{"payload": [{"id": "5", "email": "anna@example.org"}]}', b"[" * 99_999),
        *(b'{"payload": [{"id": true, "email": "anna@example.org"}]}', b"x" * 3_000_000),
        b'{"payload": [{"id": -1, "email": "anna@example.org"}]}',
    ],
)
def test_an_answer_that_is_not_chatwoots(body: bytes) -> None:
    with local_server(answering(body)) as server:
        assert "not what Chatwoot documents" in str(fails(server))


def test_somebody_elses_contact_is_not_taken() -> None:
    """Should the filter ever match more than it was asked for."""
    body = b'{"payload": [{"id": 5, "email": "annanna@example.org"}, 7, {"id": 6, "email": null}]}'
    with local_server(answering(body)) as server:
        fails(server)
    assert [one.path.rpartition("/")[2] for one in server.requests] == ["filter", "contacts"]


def test_all_steps_together_end_with_the_time() -> None:
    """Each of them is quick enough, and a request alone could take as long as it likes."""
    fake = FakeChatwoot()

    def slow(connected: socket.socket, request: Request) -> None:
        time.sleep(0.15)
        fake(connected, request)

    with local_server(slow) as server:
        assert "in time" in str(fails(server, timeout_s=0.4))


def test_what_json_cannot_say_is_a_final_failure() -> None:
    article = replace(PACKET.tried[0].shown[0], confidence=float("nan"))
    packet = replace(PACKET, tried=(replace(PACKET.tried[0], shown=(article,)),))
    with chatwoot(FakeChatwoot()) as server, pytest.raises(DeliveryFailed) as caught:
        deliver(server, packet=packet)
    assert caught.value.is_final


def test_the_token_is_not_shown() -> None:
    with local_server(answering()) as server:
        assert TOKEN not in repr(channel(server))
