"""The widget's settings: `GET /api/v1/widget/config`."""

from __future__ import annotations

from flask import Blueprint, Response

from kb.addresses import contact_path, home_path
from kb.web.api.io import asked_for, closest_locale, json_reply
from kb.web.api.schemas.widget import (
    WidgetConfig,
    WidgetConsent,
    WidgetContact,
    WidgetHandoff,
    WidgetQuery,
)
from kb.web.auth import api_key
from kb.web.conversation.handoff import CONSENT_VERSION, consent_text
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
        features={"suggest": True, "handoff": bool(services().channel)},
        contact=WidgetContact(
            email=config.contact_email or None, url=absolute(config, contact_path(lang))
        ),
        handoff=WidgetHandoff(
            available=bool(services().channel),
            channel=services().channel_name or None,
            needs_email=services().needs_email,
            online=None,
            reply_estimate_s=None,
        ),
        consent=WidgetConsent(text=consent_text(config, lang), version=CONSENT_VERSION),
    )
    response = json_reply(body, cache=CACHE)
    response.vary.add("Origin")
    return response
