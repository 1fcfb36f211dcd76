"""For those who run the site: is it alive, is it ready, what does it count."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, abort, json, request
from prometheus_client.metrics_core import Metric

from kb.database import disk
from kb.errors import DatabaseUnavailable
from kb.feedback import votes
from kb.handoffs import budget, canary, handoffs
from kb.web.http import delivery_health
from kb.web.http.metrics import CONTENT_TYPE, gauge
from kb.web.http.request_log import metrics
from kb.web.services import services

FAILED_FOR = timedelta(days=7)
"""How long a hand-off that failed is an alarm."""
FORWARDING_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")

operations = Blueprint("operations", __name__)


@operations.get("/healthz")
def healthz() -> Response:
    """The process answers; nothing else is asked."""
    return _uncached(Response("ok\n", mimetype="text/plain"))


@operations.get("/readyz")
def readyz() -> Response:
    """200 when articles can be read, though perhaps less well than they could; else 503.

    Why it is degraded names files and faults, so only operators are told.
    """
    loaded = services().library.get()
    reasons = list(degraded_reasons())
    status = "unavailable" if loaded is None else "degraded" if reasons else "ready"
    if loaded is None:
        reasons.insert(0, "no index can be opened: run `kb build`")
    body: dict[str, object] = {"status": status}
    if _is_operator():
        body["generation"] = loaded.name if loaded else None
        body["reasons"] = reasons
    response = Response(json.dumps(body), 503 if loaded is None else 200)
    response.mimetype = "application/json"
    return _uncached(response)


@operations.get("/metrics")
def show_metrics() -> Response:
    if not _is_operator():
        abort(404)
    metrics().follow_encoder(services().library.encoder_state())
    metrics().follow_reader(services().library.reader_state())
    content = metrics().render(_gauges())
    return _uncached(Response(content, content_type=CONTENT_TYPE))


def degraded_reasons() -> Iterator[str]:
    """List what is not as it should be, one line each: index, encoder, database, delivery,
    disk.
    """
    yield from services().library.degraded_reasons()
    yield from (f"staff: {reason}" for reason in services().staff_library.degraded_reasons())
    try:
        if not canary.is_right_key(services().database, services().sealer):
            yield f"secret key: {canary.WRONG_KEY}"
        if failed := _failed_handoffs():
            yield f"{failed} hand-offs failed: see `kb handoffs list`"
        if alarm := budget.alarm(_busiest_key(), services().config.handoff_budget):
            yield alarm
        has_channel = services().channel is not None
        yield from delivery_health.reasons(services().database, has_channel=has_channel)
    except DatabaseUnavailable as error:
        yield f"database: {error}"
    if (share := disk.used_share(services().config.data_dir)) >= disk.WARNING_SHARE:
        yield f"disk: {share:.0%} used at {services().config.data_dir}"


def _failed_handoffs() -> int:
    """Customers of the last days whom nobody has heard of. Raises DatabaseUnavailable."""
    return handoffs.failed_since(services().database, datetime.now(UTC) - FAILED_FOR)


def _busiest_key() -> budget.KeyUse | None:
    """Of the last hour's hand-offs. Raises DatabaseUnavailable."""
    return budget.busiest(services().database, now=datetime.now(UTC))


def _gauges() -> Iterator[Metric]:
    loaded = services().library.get()
    yield gauge("otvet_ready", "1 when an index is open", float(loaded is not None))
    if loaded:
        yield gauge("otvet_generation_info", "The serving index", 1, generation=loaded.name)
        age_s = (datetime.now(UTC) - loaded.built_at).total_seconds()
        yield gauge("otvet_generation_age_seconds", "Since the serving index was built", age_s)
        yield gauge("otvet_pages", "Pages served, translations counted each", len(loaded.catalog))
    state = services().library.encoder_state()
    yield gauge("otvet_encoder_available", "1 when queries get a vector", float(state.is_available))
    is_reading = services().library.is_reading
    yield gauge("otvet_reader_available", "1 when hits are read", float(is_reading))
    used = disk.used_share(services().config.data_dir)
    yield gauge("otvet_disk_used_share", "Of the data folder's disk", used)
    lost = services().suggestion_log.lost
    yield gauge("otvet_suggestions_lost", "Not kept, as the database was away", lost)
    yield from _handoff_gauges()
    yield from _vote_gauges()


def _handoff_gauges() -> Iterator[Metric]:
    """Hand-offs made, waiting and failed; missing while the database is away."""
    with suppress(DatabaseUnavailable):
        yield gauge("otvet_handoffs_failed", "Received by nobody", _failed_handoffs())
        use, most = _busiest_key(), services().config.handoff_budget
        share = use.made / most if use else 0
        yield gauge("otvet_handoff_budget_used", "By one key in an hour; an alarm above 1", share)
        yield from delivery_health.gauges(services().database)


def _vote_gauges() -> Iterator[Metric]:
    """Votes on what is served now; missing while the database is away."""
    loaded = services().library.get()
    if loaded is None:
        return
    ids = {page.id for page in loaded.catalog.all_pages}
    try:
        tallies = votes.tallies(services().database, sorted(ids)).values()
    except DatabaseUnavailable:
        yield gauge("otvet_database_up", "1 when the database answers", 0)
        return
    yield gauge("otvet_database_up", "1 when the database answers", 1)
    yield gauge("otvet_votes_up", "Voters whom an article helped", sum(t.up for t in tallies))
    yield gauge("otvet_votes_down", "Voters whom it did not", sum(t.down for t in tallies))
    with suppress(DatabaseUnavailable):
        left_out = votes.left_out(services().database)
        yield gauge("otvet_votes_left_out", "Too many of one network", left_out)


def _is_operator() -> bool:
    """Tell whether this comes with the configured token or, without proxies, from this machine.

    What comes from this machine may be a proxy that speaks for somebody else and does not say so.
    """
    token = services().config.metrics_token
    given = request.headers.get("Authorization", "").encode()
    if token and hmac.compare_digest(given, f"Bearer {token}".encode()):
        return True
    is_behind_proxy = services().config.trusted_proxies > 0
    if is_behind_proxy or any(name in request.headers for name in FORWARDING_HEADERS):
        return False
    return _is_loopback(request.remote_addr or "")


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
