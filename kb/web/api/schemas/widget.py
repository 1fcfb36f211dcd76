"""The widget's settings, field by field."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from kb.web.api.schemas.base import Outgoing, Query
from kb.web.api.schemas.suggest import ChannelName


class WidgetQuery(Query):
    key: Annotated[str, Field(description="A publishable key.")] = ""
    locale: str | None = None


class WidgetContact(Outgoing):
    email: str | None
    url: str


class WidgetHandoff(Outgoing):
    available: bool
    channel: ChannelName | None
    needs_email: bool
    online: bool | None
    reply_estimate_s: int | None


class WidgetConsent(Outgoing):
    text: str
    version: str


class WidgetConfig(Outgoing):
    """What a widget shows before anything was asked."""

    name: str
    url: str
    locales: list[str]
    default_locale: str
    theme: dict[str, str]
    features: dict[str, bool]
    contact: WidgetContact
    handoff: WidgetHandoff
    consent: WidgetConsent
