"""Hand-offs as webhooks by the Standard Webhooks convention. No connections here.

The only file that imports standardwebhooks.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from standardwebhooks.webhooks import Webhook

from kb.config import Config
from kb.handoffs.channels.http import HttpClient, HttpReply, parse_url, refusal
from kb.handoffs.channels.model import (
    Delivered,
    DeliveryFailed,
    Progress,
    SaveProgress,
)
from kb.handoffs.channels.packet import HandoffPacket
from kb.handoffs.channels.settings import http_client, require_usable_url

SECRET_BYTES = 32
"""Standard Webhooks asks for 24 to 64."""
MAX_EXTERNAL_ID_CHARS = 200
MAX_URL_CHARS = 2000
_GONE = 410


def new_secret() -> str:
    """A secret as it is shown and set: `whsec_` and base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


@dataclass(frozen=True)
class WebhookChannel:
    """Posts the packet to `url`, signed with `secret`.

    Only 410 is final: any other refusal may be a receiver that is being repaired.
    """

    url: str
    secret: str = field(repr=False)
    http: HttpClient
    name: ClassVar[str] = "webhook"

    def deliver(
        self, delivery_id: str, packet: HandoffPacket, progress: Progress, save: SaveProgress
    ) -> Delivered:
        """See `Channel`. One step, so there is no progress."""
        body = _body(packet)
        answer = self.http.post(
            self.url, body.encode("ascii"), headers=self._signed(delivery_id, body)
        )
        if answer.is_success:
            return _delivered(answer)
        raise refusal(answer, parse_url(self.url).host, is_final=answer.status == _GONE)

    def probe(self) -> str:
        """Only connect: whatever is posted is a hand-off to its receiver. See `ChannelKind`."""
        return self.http.reach(self.url)

    def _signed(self, delivery_id: str, body: str) -> dict[str, str]:
        """The time is that of the attempt: receivers refuse what is older than five minutes."""
        now = datetime.now(UTC)
        return {
            "webhook-id": delivery_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(self.secret).sign(delivery_id, now, body),
        }


def _body(packet: HandoffPacket) -> str:
    """ASCII, so that what is signed and what is sent cannot differ by an encoding."""
    try:
        return json.dumps(packet.to_event(), allow_nan=False)
    except (ValueError, TypeError) as error:
        raise DeliveryFailed("the packet cannot be written as JSON", is_final=True) from error


def _delivered(answer: HttpReply) -> Delivered:
    """Read what the receiver says of its side; a part that is not as it should be is left out."""
    data: Any = answer.json()
    if not isinstance(data, dict):
        return Delivered()
    online = data.get("online")
    return Delivered(
        external_id=_text(data.get("external_id"), MAX_EXTERNAL_ID_CHARS),
        url=_web_address(data.get("url")),
        is_online=online if isinstance(online, bool) else None,
    )


def _text(value: object, max_chars: int) -> str:
    """`value`, "" when it is not text that can be stored and shown: no controls, no surrogates."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
        value = str(value)
    if isinstance(value, str) and len(value) <= max_chars and value.isprintable():
        return value
    return ""


def _web_address(value: object) -> str:
    """`value` if it may become a link."""
    if not isinstance(value, str):
        return ""
    text = _text(value, MAX_URL_CHARS)
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.hostname else ""


def from_config(config: Config) -> WebhookChannel:
    require_usable_url("webhook_url", config)
    return WebhookChannel(config.webhook_url, config.webhook_secret, http_client(config))
