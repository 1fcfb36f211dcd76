"""Parts that all ways to ask for a person share: the widget's API and the contact page."""

from __future__ import annotations

import logging
import re
import time
from datetime import UTC, datetime

from flask_babel import force_locale  # type: ignore[import-untyped]  # ships no types

from kb.addresses import article_path
from kb.catalog.catalog import Catalog
from kb.config import Config
from kb.errors import DatabaseUnavailable
from kb.handoffs import budget
from kb.handoffs.handoffs import Handoff, SiteContext
from kb.web.http import rate_limits
from kb.web.http.limits.memory import MemoryCounts
from kb.web.http.request_log import metrics
from kb.web.layout.addresses import absolute
from kb.web.layout.locale import gettext as _
from kb.web.services import services
from search.errors import IndexMissing

log = logging.getLogger(__name__)

ALARM_EVERY_S = 3600
_own_counts = MemoryCounts()
"""Of this process, where limits are off."""
CONSENT_VERSION = "2026-11"
"""Of the text below which a customer puts a mark: raise it when the text changes."""

_EMAIL = re.compile(r"[^@\s,;:<>()\[\]\\\"\x00-\x1f]{1,64}@[^@\s,;:<>()\[\]\\\"\x00-\x1f]{1,185}")


def is_email(text: str) -> bool:
    """Tell whether one address stands here; whether there is somebody, only a letter can tell."""
    return _EMAIL.fullmatch(text) is not None


def one_line_name(text: str) -> str:
    """A name as it was typed, without line ends and control characters."""
    return re.sub(r"[\x00-\x1f\x7f]", " ", text).strip()


def consent_text(config: Config, lang: str) -> str:
    """The text a customer agrees to before a contact is kept."""
    with force_locale(lang):
        return _(
            "I agree that my name, my e-mail address and my message are passed on to the support"
            " of %(site)s and kept for %(days)d days.",
            site=config.site_name,
            days=config.contact_days,
        )


def place() -> SiteContext:
    """Site as hand-offs need to know it; works without an index."""
    config = services().config
    try:
        catalog: Catalog | None = services().loaded().catalog
    except IndexMissing:
        catalog = None
    base = absolute(config, "")

    def describe(article: str, lang: str) -> tuple[str, str] | None:
        page = catalog.page_for(article, lang) if catalog else None
        return (page.title, base + article_path(page, lang)) if page else None

    parts = services()
    return SiteContext(describe, parts.sealer, config.stored_attributes, base, parts.translator)


def note_made(made: Handoff, reason: str, key_id: str) -> None:
    """Count a hand-off that was made, and raise the alarm when its key makes too many.

    A line in the log an hour for each key; `/readyz` and `/metrics` tell as long as it lasts.
    """
    metrics().count_handoff(made.channel, reason)
    try:
        use = budget.use_of(services().database, key_id, now=datetime.now(UTC))
    except DatabaseUnavailable:
        return  # the hand-off is made; whoever is to be told now is told of the database
    alarm = budget.alarm(use, services().config.handoff_budget)
    if alarm and _is_new_alarm(key_id):
        log.warning("%s: revoke the key if it is misused, else raise the budget", alarm)


def _is_new_alarm(key_id: str) -> bool:
    counts, name = rate_limits.shared_counts(), f"handoff-budget/{key_id}"
    if counts is None:
        return _own_counts.hit(name, ALARM_EVERY_S, 1, time.monotonic()) == 1
    return counts.incr(name, ALARM_EVERY_S) == 1
