"""What a channel of hand-offs is. No sending here, no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kb.handoffs.channels.packet import HandoffPacket

Progress = Mapping[str, Any]
"""What a channel of several steps has done already, so that a retry does not do it twice. JSON."""
SaveProgress = Callable[[Progress], None]


@dataclass(frozen=True)
class Delivered:
    """The receiver has it. `external_id` and `url` are the receiver's, "" when it gave none."""

    external_id: str = ""
    url: str = ""
    is_online: bool | None = None


class DeliveryFailed(Exception):
    """Not delivered; the message is for operators and repeats nothing of the customer's.

    `is_final`: trying again cannot help. `retry_after_s` is what the receiver asked for.
    """

    def __init__(
        self, reason: str, *, is_final: bool = False, retry_after_s: float | None = None
    ) -> None:
        super().__init__(reason)
        self.is_final = is_final
        self.retry_after_s = retry_after_s


class Channel(Protocol):
    """Delivers packets, each in bounded time."""

    @property
    def name(self) -> str:
        """As in KB_HANDOFF_CHANNEL."""

    def deliver(
        self, delivery_id: str, packet: HandoffPacket, progress: Progress, save: SaveProgress
    ) -> Delivered:
        """Send `packet`; raises DeliveryFailed and nothing else.

        `delivery_id` is the same for every attempt: the receiver recognises repetitions by it.
        `save` keeps progress durably before the next step is begun.
        """
