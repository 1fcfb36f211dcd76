"""Channels of hand-offs: what each can do and how it declares itself. No sending, no database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kb import redaction
from kb.config import Config
from kb.handoffs.channels.packet import HandoffPacket

Progress = Mapping[str, Any]
"""Steps that a channel has taken already, so that a retry does not repeat them. JSON."""
SaveProgress = Callable[[Progress], None]


@dataclass(frozen=True)
class Delivered:
    """The receiver has it. `external_id` and `url` are the receiver's, "" when it gave none."""

    external_id: str = ""
    url: str = ""
    is_online: bool | None = None


class DeliveryFailed(Exception):
    """Not delivered; the message is for operators and repeats nothing of the customer's: masked.

    `is_final`: trying again cannot help. `retry_after_s` is what the receiver asked for.
    """

    def __init__(
        self, reason: str, *, is_final: bool = False, retry_after_s: float | None = None
    ) -> None:
        super().__init__(redaction.mask(reason))
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


def _no_faults(_config: Config) -> Iterable[str]:
    return ()


@dataclass(frozen=True)
class ChannelKind:
    """A channel as its folder declares it, under the name `CHANNEL`."""

    name: str
    """As in KB_HANDOFF_CHANNEL."""
    settings: tuple[str, ...]
    """Fields of Config without which it cannot be used."""
    build: Callable[[Config], Channel]
    """Makes it from settings that are set; raises BadConfig."""
    probe: Callable[[Config], str]
    """Reaches the receiver as a delivery would, leaves nothing there, and tells in words what was
    reached, in bounded time. Raises BadConfig and DeliveryFailed."""
    needs_email: bool
    """True when a customer who left no address cannot be answered."""
    is_fallback: bool = False
    """True when it takes what another channel cannot deliver."""
    faults: Callable[[Config], Iterable[str]] = _no_faults
    """Sentences on other settings that it needs, for operators at the start."""
