"""Lanes: one a channel, each with its own attempts under way and its own breaker.

So a help desk that hangs takes nothing from the others, nor long from itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from kb.handoffs.channels.model import Channel, DeliveryFailed, Progress, SaveProgress
from kb.handoffs.channels.packet import HandoffPacket
from search.circuit_breaker import CircuitBreaker

SIDE_BY_SIDE = 4
"""Attempts of one channel at once; mail servers and help desks bear so many of one client."""
FAILURES = 3
"""In a row, before a channel is left alone: as many as one hand-off gets before it falls back."""
WINDOW_S = 120.0
PAUSE_S = 30.0
"""Between trials of a channel that is left alone; more than an attempt takes."""


@dataclass(frozen=True)
class Ways:
    """The channels of this site's hand-offs; `fallback` None when there is no other way."""

    primary: Channel | None
    fallback: Channel | None

    def named(self, name: str) -> Channel:
        """The channel a delivery was made for; it may have been switched off since."""
        for channel in (self.primary, self.fallback):
            if channel and channel.name == name:
                return channel
        return _Absent(name)

    def fallback_of(self, name: str) -> str | None:
        """The other way, for what does not arrive by the channel `name`."""
        if self.fallback is None or self.fallback.name == name:
            return None
        return self.fallback.name

    def is_fallback(self, name: str) -> bool:
        return self.primary is not None and self.primary.name != name


class Lane:
    """A channel, the deliveries it is busy with, and whether it works. Thread-safe."""

    def __init__(self, channel: Channel, *, clock: Callable[[], float]) -> None:
        self.channel = channel
        self._circuit = CircuitBreaker(
            failures=FAILURES, window_s=WINDOW_S, pause_s=PAUSE_S, in_a_row=True, clock=clock
        )
        self._running: set[str] = set()
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        return self.channel.name

    @property
    def is_broken(self) -> bool:
        """True while its deliveries go another way, or wait."""
        return self._circuit.is_tripped

    @property
    def running(self) -> frozenset[str]:
        """Ids of deliveries that are being tried."""
        with self._lock:
            return frozenset(self._running)

    def room(self) -> int:
        """Number of deliveries that may be begun now; asked only when something is due.

        Of a broken one it is one a pause, as a trial.
        """
        free = SIDE_BY_SIDE - len(self.running)
        if not self.is_broken or free <= 0:
            return max(0, free)
        return int(self._circuit.admit())

    def begin(self, delivery_id: str) -> None:
        with self._lock:
            self._running.add(delivery_id)

    def end(self, delivery_id: str) -> None:
        with self._lock:
            self._running.discard(delivery_id)

    def record_failure(self) -> bool:
        """True when the channel is left alone from now on."""
        return self._circuit.record_failure()

    def record_success(self) -> bool:
        """True when it had been left alone."""
        return self._circuit.record_success()


@dataclass(frozen=True)
class _Absent:
    """A channel that deliveries were made for and that is no longer set up."""

    name: str

    def deliver(
        self, delivery_id: str, packet: HandoffPacket, progress: Progress, save: SaveProgress
    ) -> NoReturn:
        """See `Channel`."""
        raise DeliveryFailed(f"the channel {self.name} is not set up")
