"""A server that keeps to Chatwoot's published API, and a channel to it."""

from __future__ import annotations

import json
import re
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import jsonschema_rs

from kb.deadlines import time_limit
from kb.handoffs.channels.chatwoot.channel import LABEL, ChatwootChannel
from kb.handoffs.channels.http import MAX_ANSWER_BYTES, HttpClient, HttpReply
from kb.handoffs.channels.model import Channel, Delivered, Progress
from kb.handoffs.channels.packet import HandoffPacket
from tests.support.libraries.channel_library import (
    LOOPBACK,
    PACKET,
    LocalServer,
    Request,
    Saved,
    Stall,
    answering,
    local_server,
)
from tests.support.patience import PATIENCE_S

TOKEN = "s3cret-token"
SCHEMA = json.loads(
    (Path(__file__).parents[2] / "data" / "chatwoot_schema.json").read_text("utf-8")
)
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


def is_whole(fake: FakeChatwoot) -> bool:
    """One contact, one conversation with one message, one note and the label."""
    (_,), (conversation,) = fake.contacts, fake.conversations
    incoming = [one for one in conversation["messages"] if one["message_type"] == 0]
    private = [one for one in conversation["messages"] if one["private"]]
    return len(incoming) == len(private) == 1 and conversation["labels"] == ["vip", LABEL]
