"""Which channels the settings ask for. Only choosing; raises BadConfig for what cannot work."""

from __future__ import annotations

from urllib.parse import urlsplit

from kb.config import Config
from kb.errors import BadConfig
from kb.handoffs.channels.chatwoot import ChatwootChannel
from kb.handoffs.channels.connections import networks
from kb.handoffs.channels.email import MailChannel, parse_smtp_url
from kb.handoffs.channels.email_text import Envelope, mail_address
from kb.handoffs.channels.http import HttpClient, UnusableUrl, parse_url
from kb.handoffs.channels.model import Channel
from kb.handoffs.channels.webhook import WebhookChannel
from kb.setting_types import variable


def primary_channel(config: Config) -> Channel | None:
    """Where hand-offs go first; connects to nothing."""
    match config.channel:
        case "chatwoot":
            return _chatwoot(config)
        case "webhook":
            return _webhook(config)
        case "email":
            return _mail(config)
    return None


def fallback_channel(config: Config) -> Channel | None:
    """E-mail, for what the primary channel cannot deliver; None when that is e-mail itself."""
    return _mail(config) if config.smtp_url and config.channel != "email" else None


def _chatwoot(config: Config) -> Channel:
    _require_usable("chatwoot_url", config)
    if urlsplit(config.chatwoot_url).query:
        raise BadConfig("KB_CHATWOOT_URL must be the server's address, without a query")
    return ChatwootChannel(
        url=config.chatwoot_url,
        token=config.chatwoot_token,
        account=config.chatwoot_account,
        inbox=config.chatwoot_inbox,
        http=_http(config),
    )


def _webhook(config: Config) -> Channel:
    _require_usable("webhook_url", config)
    return WebhookChannel(config.webhook_url, config.webhook_secret, _http(config))


def _mail(config: Config) -> Channel:
    sender = mail_address(
        config.mail_from or config.contact_email or config.handoff_address, name=config.site_name
    )
    recipient = mail_address(config.handoff_address)
    if sender is None:
        raise BadConfig("KB_MAIL_FROM must be one e-mail address")
    if recipient is None:
        raise BadConfig("KB_HANDOFF_EMAIL must be one e-mail address")
    return MailChannel(
        relay=parse_smtp_url(config.smtp_url),
        envelope=Envelope(
            sender=sender,
            recipient=recipient,
            message_host=parse_url(config.public_url).host if config.public_url else sender.domain,
        ),
        allowed=networks(config.allowed_networks),
    )


def _http(config: Config) -> HttpClient:
    return HttpClient(allowed=networks(config.allowed_networks))


def _require_usable(name: str, config: Config) -> None:
    try:
        target = parse_url(getattr(config, name))
    except UnusableUrl as error:
        raise BadConfig(f"{variable(name)} cannot be used: {error}") from error
    if not target.is_secure and not config.allowed_networks:
        raise BadConfig(
            f"{variable(name)} must begin with https://, or KB_ALLOWED_NETWORKS name its network"
        )
