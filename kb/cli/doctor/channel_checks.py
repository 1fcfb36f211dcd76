"""Checks of the channels of hand-offs: each is reached; on demand, a test goes through them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from kb.cli.doctor.model import Finding, bad
from kb.config import Config
from kb.deadlines import time_limit
from kb.errors import BadConfig
from kb.handoffs.channels import registry
from kb.handoffs.channels.model import Channel, ChannelKind, Delivered, DeliveryFailed
from kb.handoffs.operation import trial
from kb.setting_types import variable

SUBJECT = "channels"
TEST = "test"
MOST_S = 10.0
"""For one channel to be reached; a person waits."""


def check_channels(config: Config) -> Iterator[Finding]:
    """Each channel that is set up lets us in. Nothing is left there."""
    kinds = registry.usable(config)
    if not kinds:
        yield Finding(SUBJECT, "none is set up, so nobody gets hand-offs", _SET_UP)
    for kind in kinds:
        yield _reached(kind, config)


def send_test(config: Config) -> Iterator[Finding]:
    """Send a test by the chosen channel and by the fallback, and tell what came of each."""
    ways = (registry.primary_channel(config), registry.fallback_channel(config))
    channels = [channel for channel in ways if channel]
    if not channels:
        yield bad(TEST, "there is no channel to send it by", _SET_UP)
    packet = trial.packet(config, now=datetime.now(UTC))
    for channel in channels:
        started_s = time.monotonic()
        try:
            result = trial.send(channel, packet)
        except DeliveryFailed as error:
            kind = next(kind for kind in registry.kinds() if kind.name == channel.name)
            yield bad(
                TEST, f"{packet.id} was not delivered by {channel.name}: {error}", _remedy(kind)
            )
        else:
            took_s = time.monotonic() - started_s
            yield _delivered(channel, packet.id, result, took_s)


def _reached(kind: ChannelKind, config: Config) -> Finding:
    try:
        with time_limit(MOST_S):
            return Finding(SUBJECT, f"{kind.name}: {kind.probe(config)}")
    except (DeliveryFailed, BadConfig) as error:
        return bad(SUBJECT, f"{kind.name}: {error}", _remedy(kind))


def _delivered(channel: Channel, test_id: str, result: Delivered, took_s: float) -> Finding:
    received = f"{result.external_id} {result.url}".strip()
    text = f"{test_id} was delivered by {channel.name} in {took_s:.1f} s"
    return Finding(TEST, f"{text}, there {received}" if received else text)


def _remedy(kind: ChannelKind) -> str:
    settings = ", ".join(map(variable, kind.settings))
    return f"see that it runs and lets this machine in, or mend {settings}"


_SET_UP = "set one up: see docs/channels.md"
