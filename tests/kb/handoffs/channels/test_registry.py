"""Settings → channels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app import create_app
from kb.cli.main import main
from kb.config import Config
from kb.errors import BadConfig
from kb.handoffs.channels import registry
from kb.handoffs.channels.chatwoot.channel import ChatwootChannel
from kb.handoffs.channels.connections import networks
from kb.handoffs.channels.email.channel import MailChannel
from kb.handoffs.channels.model import Channel
from kb.handoffs.channels.registry import fallback_channel, primary_channel
from kb.handoffs.channels.webhook.channel import WebhookChannel, new_secret

MAIL = {"smtp_url": "smtp://u:s3cret@mail.test", "contact_email": "help@example.com"}
WEBHOOK = {"webhook_url": "https://desk.test/hook", "webhook_secret": new_secret()}
CHATWOOT: dict[str, Any] = {
    "chatwoot_url": "https://chat.test",
    "chatwoot_token": "s3cret",
    "chatwoot_account": 3,
    "chatwoot_inbox": 7,
}


def choose(**settings: Any) -> Channel | None:
    return primary_channel(Config(**settings))


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, (None, None)),
        (MAIL, ("email", None)),
        (WEBHOOK, ("webhook", None)),
        (CHATWOOT, ("chatwoot", None)),
        (WEBHOOK | MAIL, ("webhook", "email")),
        (CHATWOOT | MAIL, ("chatwoot", "email")),
        (CHATWOOT | WEBHOOK | MAIL | {"handoff_channel": "webhook"}, ("webhook", "email")),
        (CHATWOOT | MAIL | {"handoff_channel": "email"}, ("email", None)),
    ],
)
def test_mail_is_the_fallback_of_the_others(
    settings: dict[str, Any], expected: tuple[str | None, str | None]
) -> None:
    config = Config(**settings)
    chosen = (primary_channel(config), fallback_channel(config))
    assert tuple(one and one.name for one in chosen) == expected
    assert "s3cret" not in repr(chosen)


def test_mail_goes_from_the_site_to_the_desk() -> None:
    settings = {"site_name": "Магазин", "public_url": "https://пример.example.com"}
    mail = choose(**MAIL, **settings, handoff_email="desk@example.com")
    assert isinstance(mail, MailChannel)
    assert mail.envelope.sender.display_name == "Магазин"
    assert mail.envelope.sender.addr_spec == "help@example.com"
    assert mail.envelope.recipient.addr_spec == "desk@example.com"
    assert mail.envelope.message_host == "xn--e1afmkfd.example.com"


def test_mail_may_come_from_an_address_and_name_of_its_own() -> None:
    mail = choose(**MAIL, mail_from="Robot <no-reply@example.org>")
    assert isinstance(mail, MailChannel)
    assert str(mail.envelope.sender) == "Robot <no-reply@example.org>"
    assert mail.envelope.recipient.addr_spec == "help@example.com"
    assert mail.envelope.message_host == "example.org"


def test_allowed_networks_reach_every_channel() -> None:
    allowed = {"allowed_networks": ("10.0.0.0/8",)}
    webhook, mail = choose(**WEBHOOK, **allowed), choose(**MAIL, **allowed)
    chatwoot = choose(**CHATWOOT, **allowed)
    assert isinstance(webhook, WebhookChannel)
    assert isinstance(chatwoot, ChatwootChannel)
    assert isinstance(mail, MailChannel)
    assert webhook.http.allowed == chatwoot.http.allowed == mail.allowed == networks(["10.0.0.0/8"])


@pytest.mark.parametrize(
    ("settings", "names_it"),
    [
        (WEBHOOK | {"webhook_url": "http://desk.test/"}, "KB_WEBHOOK_URL"),
        (WEBHOOK | {"webhook_url": "https://u:s3cret@desk.test/"}, "KB_WEBHOOK_URL"),
        (WEBHOOK | {"webhook_url": "https://desk.test:0/"}, "KB_WEBHOOK_URL"),
        (CHATWOOT | {"chatwoot_url": "http://chat.test"}, "KB_CHATWOOT_URL"),
        (CHATWOOT | {"chatwoot_url": "https://chat.test/?a"}, "KB_CHATWOOT_URL"),
        (MAIL | {"mail_from": "a@b, c@d"}, "KB_MAIL_FROM"),
        (MAIL | {"handoff_email": "a@b c"}, "KB_HANDOFF_EMAIL"),
        (MAIL | {"handoff_email": "a@b\r\nBcc: c@d"}, "KB_HANDOFF_EMAIL"),
        (MAIL | {"smtp_url": "smtp://u:s3cret@mail.test:x"}, "KB_SMTP_URL"),
    ],
)
def test_what_cannot_work_stops_the_start(settings: dict[str, Any], names_it: str) -> None:
    with pytest.raises(BadConfig, match=names_it) as caught:
        choose(**settings)
    assert "s3cret" not in str(caught.value)


def test_without_tls_when_a_network_is_allowed() -> None:
    settings = WEBHOOK | {"webhook_url": "http://desk.lan/"}
    assert choose(**settings, allowed_networks=("10.0.0.0/8",))


def test_every_channel_declares_itself() -> None:
    assert [kind.name for kind in registry.kinds()] == ["chatwoot", "webhook", "email"]
    known = Config.model_fields
    for kind in registry.kinds():
        assert kind.settings
        assert all(name in known for name in kind.settings)


def test_mail_and_chats_need_an_address_to_answer_to() -> None:
    assert {kind.name for kind in registry.kinds() if kind.needs_email} == {"chatwoot", "email"}


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"handoff_channel": "fax"}, "one of chatwoot, webhook, email, or empty"),
        (
            {"handoff_channel": "webhook"},
            "KB_WEBHOOK_URL and KB_WEBHOOK_SECRET must be set too",
        ),
        ({"chatwoot_token": "x"}, "KB_CHATWOOT_URL and .* must be set too"),
    ],
)
def test_a_channel_half_set_up_is_named(settings: dict[str, Any], fault: str) -> None:
    with pytest.raises(BadConfig, match=fault):
        registry.check(Config(**settings))


def test_everything_that_channels_lack_is_named_at_once() -> None:
    config = Config(webhook_url=WEBHOOK["webhook_url"], smtp_url=MAIL["smtp_url"])
    with pytest.raises(BadConfig) as raised:
        registry.check(config)
    assert str(raised.value).splitlines() == [
        "KB_WEBHOOK_SECRET must be set too",
        "KB_HANDOFF_EMAIL must be set too, to mail hand-offs",
    ]


def test_half_a_channel_stops_every_command_and_the_application(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KB_WEBHOOK_URL", WEBHOOK["webhook_url"])
    result = CliRunner().invoke(main, ["check"])
    assert result.exit_code == 2
    assert "Bad setting: KB_WEBHOOK_SECRET must be set too" in result.output
    with pytest.raises(BadConfig, match="KB_WEBHOOK_SECRET"):
        create_app(Config(webhook_url=WEBHOOK["webhook_url"], data_dir=tmp_path))
