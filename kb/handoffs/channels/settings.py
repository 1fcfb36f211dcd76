"""Settings that several channels share, as objects. Raises BadConfig for what cannot work."""

from __future__ import annotations

from kb.config import Config
from kb.errors import BadConfig
from kb.handoffs.channels.connections import networks
from kb.handoffs.channels.http import HttpClient, UnusableUrl, parse_url
from kb.setting_types import variable


def http_client(config: Config) -> HttpClient:
    """A client that reaches public addresses and the networks the operator allows."""
    return HttpClient(allowed=networks(config.allowed_networks))


def require_usable_url(name: str, config: Config) -> None:
    """Refuse a receiver's address, the setting `name`, that no request could be sent to."""
    try:
        target = parse_url(getattr(config, name))
    except UnusableUrl as error:
        raise BadConfig(f"{variable(name)} cannot be used: {error}") from error
    if not target.is_secure and not config.allowed_networks:
        raise BadConfig(
            f"{variable(name)} must begin with https://, or KB_ALLOWED_NETWORKS name its network"
        )
