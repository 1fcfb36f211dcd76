"""Hand-offs as signed webhooks, to any receiver.

Servers read this declaration; what delivers is loaded where something is to be delivered.
"""

from __future__ import annotations

from kb.config import Config
from kb.handoffs.channels.model import Channel, ChannelKind


def _build(config: Config) -> Channel:
    from kb.handoffs.channels.webhook.channel import from_config

    return from_config(config)


def _probe(config: Config) -> str:
    from kb.handoffs.channels.webhook.channel import from_config

    return from_config(config).probe()


CHANNEL = ChannelKind(
    name="webhook",
    settings=("webhook_url", "webhook_secret"),
    build=_build,
    probe=_probe,
    needs_email=False,
)
