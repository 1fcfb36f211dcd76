"""Hand-offs as letters, over a mail server of the operator's.

Servers read this declaration; what delivers is loaded where something is to be delivered.
"""

from __future__ import annotations

from collections.abc import Iterator

from kb.config import Config
from kb.handoffs.channels.model import Channel, ChannelKind


def _build(config: Config) -> Channel:
    from kb.handoffs.channels.email.channel import from_config

    return from_config(config)


def _probe(config: Config) -> str:
    from kb.handoffs.channels.email.channel import from_config

    return from_config(config).probe()


def _faults(config: Config) -> Iterator[str]:
    if not config.handoff_address:
        yield "KB_HANDOFF_EMAIL must be set too, to mail hand-offs"


CHANNEL = ChannelKind(
    name="email",
    settings=("smtp_url",),
    build=_build,
    probe=_probe,
    needs_email=True,
    is_fallback=True,
    faults=_faults,
)
