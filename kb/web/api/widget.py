"""The widget's settings: `GET /api/v1/widget/config`."""

from __future__ import annotations

from flask import Blueprint, Response

from kb.addresses import contact_path, home_path
from kb.config import Config
from kb.web.api.io import asked_for, closest_locale, json_reply
from kb.web.api.schemas.suggest import ChannelName
from kb.web.api.schemas.widget import (
    WidgetConfig,
    WidgetConsent,
    WidgetContact,
    WidgetHandoff,
    WidgetQuery,
)
from kb.web.auth import api_key
from kb.web.conversation.handoff import CONSENT_VERSION, NEED_EMAIL, consent_text
from kb.web.layout.addresses import absolute
from kb.web.layout.branding import widget_theme
from kb.web.services import services

CACHE = "private, max-age=300"

widget_api = Blueprint("widget_api", __name__)


@widget_api.get("/api/v1/widget/config")
def widget_config() -> Response:
    """Give a widget what it shows before anything was asked. Works without an index."""
    asked = asked_for(WidgetQuery)
    api_key.require_publishable_key(asked.key)
    config = services().config
    lang, _is_supported = closest_locale(asked.locale)
    body = WidgetConfig(
        name=config.site_name,
        url=absolute(config, home_path(lang)),
        locales=list(config.languages),
        default_locale=config.default_language,
        theme=widget_theme(),
        features={"suggest": True, "handoff": bool(config.channel)},
        contact=WidgetContact(
            email=config.contact_email or None, url=absolute(config, contact_path(lang))
        ),
        handoff=WidgetHandoff(
            available=bool(config.channel),
            channel=_channel(config),
            needs_email=config.channel in NEED_EMAIL,
            online=None,
            reply_estimate_s=None,
        ),
        consent=WidgetConsent(text=consent_text(config, lang), version=CONSENT_VERSION),
    )
    response = json_reply(body, cache=CACHE)
    response.vary.add("Origin")
    return response


def _channel(config: Config) -> ChannelName | None:
    return config.channel or None  # type: ignore[return-value]  # checked by Config
