"""Hand-offs as Chatwoot conversations, by its Application API. No connections here.

Four steps: contact, conversation with the customer's message, private note, label. Each is
recorded when it is done; one whose outcome is unknown is looked for before it is done again.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import urlsplit

from kb.branding.translator import Translator
from kb.config import Config
from kb.deadlines import time_limit
from kb.errors import BadConfig
from kb.handoffs.channels.email_text import clean, mail_address, note, one_line
from kb.handoffs.channels.http import HttpClient, parse_url, refusal
from kb.handoffs.channels.model import (
    Delivered,
    DeliveryFailed,
    Progress,
    SaveProgress,
)
from kb.handoffs.channels.packet import HandoffPacket
from kb.handoffs.channels.settings import http_client, require_usable_url

TIMEOUT_S = 30.0
"""For all steps together; each request has its own limit in kb.handoffs.channels.http."""
LABEL = "kb-handoff"
INBOX_KIND = "Channel::Api"
MAX_ANSWER_BYTES = 2 * 1024 * 1024
"""Twenty conversations with their contacts and last messages fit many times."""
_MARKUP = re.compile(r"[\\`*_\[\]<>~]")


class _Refused(Exception):
    def __init__(self, status: int, failure: DeliveryFailed) -> None:
        super().__init__(status)
        self.status = status
        self.failure = failure


@dataclass(frozen=True)
class ChatwootChannel:
    """Opens conversations in an inbox of type API."""

    url: str
    token: str = field(repr=False)
    account: int
    inbox: int
    http: HttpClient
    translator: Translator = field(default_factory=Translator)
    timeout_s: float = TIMEOUT_S
    name: ClassVar[str] = "chatwoot"

    def deliver(
        self, delivery_id: str, packet: HandoffPacket, progress: Progress, save: SaveProgress
    ) -> Delivered:
        """See `Channel`. Progress: `contact` and `conversation` (ids), `noted`, `labelled`."""
        done = dict(progress)
        with time_limit(self.timeout_s):
            try:
                conversation = self._advance(packet, done, save)
            except _Refused as refused:
                if refused.status == 404 and done:
                    save({})  # contact or conversation was merged or deleted: begin anew
                raise refused.failure from refused
        page = f"{self._base}/app/accounts/{self.account}/conversations/{conversation}"
        return Delivered(external_id=str(conversation), url=page)

    def probe(self) -> str:
        """Read the inbox, which asks for address, token, account and inbox. See `ChannelKind`."""
        with time_limit(self.timeout_s):
            try:
                found = self._call("reading the inbox", "GET", f"inboxes/{self.inbox}")
            except _Refused as refused:
                raise refused.failure from refused
        kind = found.get("channel_type") if isinstance(found, dict) else None
        if not isinstance(kind, str):
            raise _unexpected("reading the inbox")
        if kind != INBOX_KIND:
            raise DeliveryFailed(f"inbox {self.inbox} is not of the kind API")
        return f"{parse_url(self.url).host} lets us into inbox {self.inbox}"

    def _advance(self, packet: HandoffPacket, done: dict[str, Any], save: SaveProgress) -> int:
        """Do what is not `done` yet, return the conversation's number."""
        if "contact" not in done:
            done["contact"] = self._find_contact(packet) or self._create_contact(packet)
            save(done)
        is_new = False
        if "conversation" not in done:
            found = self._find_conversation(packet, done["contact"])
            is_new = found is None
            done["conversation"] = found or self._create_conversation(packet, done["contact"])
            save(done)
        conversation: int = done["conversation"]
        if "noted" not in done:
            if is_new or not self._is_noted(packet, conversation):
                self._add_note(packet, conversation)
            done["noted"] = True
            save(done)
        if "labelled" not in done:
            self._add_label(conversation)
            done["labelled"] = True
            save(done)
        return conversation

    # Contact

    def _find_contact(self, packet: HandoffPacket) -> int | None:
        """By e-mail. Filtered, not searched: a search would put the address into a URL, and so
        into logs, and would match parts of it."""
        key, value = _identity(packet)
        condition = {"attribute_key": key, "filter_operator": "equal_to", "values": [value]}
        data = self._call(
            "finding the contact", "POST", "contacts/filter", {"payload": [condition]}
        )
        for contact in _items(data):
            if str(contact.get(key) or "").casefold() == value.casefold():
                return _number(contact, "id")
        return None

    def _create_contact(self, packet: HandoffPacket) -> int:
        key, value = _identity(packet)
        name = one_line(packet.contact.name) if packet.contact else ""
        body = {"inbox_id": self.inbox, "name": name or value, key: value}
        try:
            data = self._call("creating the contact", "POST", "contacts", body)
        except _Refused as refused:
            if refused.status != 422:
                raise
            found = self._find_contact(packet)  # someone else made it just now
            if found is None:
                raise
            return found
        return _number(data, "payload", "contact", "id")

    # Conversation

    def _find_conversation(self, packet: HandoffPacket, contact: int) -> int | None:
        """The one of this hand-off, if an attempt made it and did not live to hear so.

        Filtering conversations by an attribute works only where the attribute is defined, so the
        contact's latest twenty are read.
        """
        data = self._call("finding the conversation", "GET", f"contacts/{contact}/conversations")
        for conversation in _items(data):
            attributes = conversation.get("custom_attributes")
            if isinstance(attributes, dict) and attributes.get("kb_handoff_id") == packet.id:
                return _number(conversation, "id")
        return None

    def _create_conversation(self, packet: HandoffPacket, contact: int) -> int:
        """`source_id` is new for each hand-off: an inbox locked to one conversation per source
        would otherwise put the message into an old one, which nothing marks as ours."""
        body: dict[str, Any] = {
            "source_id": self._source_id(packet),
            "inbox_id": self.inbox,
            "contact_id": contact,
            "status": "open",
            "custom_attributes": _attributes(packet),
        }
        if message := clean(packet.message).strip():
            # Unsaid, it would count as an agent's and be sent to the customer.
            body["message"] = {"content": message, "message_type": "incoming"}
        data = self._call("creating the conversation", "POST", "conversations", body)
        return _number(data, "id")

    def _source_id(self, packet: HandoffPacket) -> str:
        """The same for each attempt. Not to be guessed: with it a conversation can be read."""
        key, text = self.token.encode(), packet.id.encode("utf-8", "replace")
        return f"kb-{hmac.digest(key, text, 'sha256').hex()[:40]}"

    # Note and label

    def _is_noted(self, packet: HandoffPacket, conversation: int) -> bool:
        data = self._call("reading the notes", "GET", f"conversations/{conversation}/messages")
        return any(
            message.get("private") is True
            and packet.id in str(message.get("content")).replace("\\", "")
            for message in _items(data)
        )

    def _add_note(self, packet: HandoffPacket, conversation: int) -> None:
        body = {
            "content": note(packet, self.translator.into(packet.locale), written=_plain),
            "message_type": "outgoing",
            "private": True,
        }
        self._call("adding the note", "POST", f"conversations/{conversation}/messages", body)

    def _add_label(self, conversation: int) -> None:
        """Setting labels replaces them, so those that automation rules gave are read first."""
        path = f"conversations/{conversation}/labels"
        data = self._call("reading the labels", "GET", path)
        labels = data.get("payload") if isinstance(data, dict) else None
        if not isinstance(labels, list):
            raise _unexpected("reading the labels")
        if LABEL not in labels:
            self._call("adding the label", "POST", path, {"labels": [*labels, LABEL]})

    # Requests

    @property
    def _base(self) -> str:
        return self.url.rstrip("/")

    def _call(
        self, step: str, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> Any:
        """The answer's JSON. Raises _Refused for an answer without success."""
        answer = self.http.send(
            method,
            f"{self._base}/api/v1/accounts/{self.account}/{path}",
            None if body is None else _encoded(body),
            headers={"api_access_token": self.token},
            max_bytes=MAX_ANSWER_BYTES,
        )
        if not answer.is_success:
            failure = refusal(answer, f"{step}: {parse_url(self.url).host}")
            raise _Refused(answer.status, failure)
        data = answer.json()
        if data is None:
            raise _unexpected(step)
        return data


def _identity(packet: HandoffPacket) -> tuple[str, str]:
    """Key and value that a contact is recognised by: its address, or else the hand-off."""
    address = mail_address(packet.contact.email) if packet.contact else None
    return ("email", address.addr_spec.lower()) if address else ("identifier", packet.id)


def _attributes(packet: HandoffPacket) -> dict[str, str | float]:
    shown = [article for one in packet.tried for article in one.shown]
    attributes: dict[str, str | float] = {
        "kb_handoff_id": packet.id,
        "kb_reason": packet.reason,
        "kb_articles": ", ".join(dict.fromkeys(article.article_id for article in shown)),
    }
    if packet.identity:
        attributes["kb_user_id"] = packet.identity.user_id
    if shown:
        attributes["kb_confidence"] = round(max(article.confidence for article in shown), 2)
    return attributes


def _encoded(body: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(body, allow_nan=False).encode("ascii")
    except ValueError as error:
        raise DeliveryFailed("the packet cannot be written as JSON", is_final=True) from error


def _plain(text: str) -> str:
    """`text` so that Chatwoot's Markdown shows it as it is: links of the customer's making would
    look like ours."""
    return _MARKUP.sub(r"\\\g<0>", text)


def _items(data: Any) -> list[dict[str, Any]]:
    """The objects in the `payload` of a list."""
    payload = data.get("payload") if isinstance(data, dict) else None
    if not isinstance(payload, list):
        raise _unexpected("reading a list")
    return [one for one in payload if isinstance(one, dict)]


def _number(data: Any, *path: str) -> int:
    """The id at `path`."""
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    if not isinstance(data, int) or isinstance(data, bool) or data < 1:
        raise _unexpected("reading an id")
    return data


def _unexpected(step: str) -> DeliveryFailed:
    return DeliveryFailed(f"{step}: the answer is not what Chatwoot documents")


def from_config(config: Config) -> ChatwootChannel:
    require_usable_url("chatwoot_url", config)
    if urlsplit(config.chatwoot_url).query:
        raise BadConfig("KB_CHATWOOT_URL must be the server's address, without a query")
    return ChatwootChannel(
        url=config.chatwoot_url,
        token=config.chatwoot_token,
        account=config.chatwoot_account,
        inbox=config.chatwoot_inbox,
        http=http_client(config),
        translator=Translator(config.site_dir),
    )
