"""Delivery of hand-offs, as those who run the site see it: reasons to worry, and figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from kb.database.engine import Database
from kb.handoffs import backlog, counts, signs_of_life
from kb.handoffs.signs_of_life import WorkerSigns
from kb.web.http.metrics import gauge


def reasons(db: Database, *, has_channel: bool, now: datetime | None = None) -> Iterator[str]:
    """List what keeps hand-offs from people and old data here, one line each.

    Raises DatabaseUnavailable.
    """
    now = now or datetime.now(UTC)
    signs = signs_of_life.read(db, now=now)
    waiting = backlog.by_channel(db, now=now)
    if not signs.is_alive and (has_channel or waiting):
        yield f"delivery: {_silence(signs, now)}; start it (`kb worker`), or read its log"
    for channel in sorted(signs.open_channels):
        yield f"delivery by {channel}: has stopped after failures; the next hand-off tries it again"
    if signs.unswept:
        kept = ", ".join(sorted(signs.unswept))
        yield f"retention: {kept} could not be deleted in time; see the worker's log"
    if late := backlog.late(db, now=now):
        yield f"delivery: {late} hand-offs have waited longer than promised"


def gauges(db: Database, *, now: datetime | None = None) -> Iterator[Metric]:
    """Figures of the outbox and of those who work through it. Raises DatabaseUnavailable."""
    now = now or datetime.now(UTC)
    signs = signs_of_life.read(db, now=now)
    yield gauge("otvet_delivery_worker_alive", "1 when one delivers", float(signs.is_alive))
    if signs.seen_at:
        yield gauge(
            "otvet_delivery_worker_seen_timestamp_seconds",
            "Last sign of life of one that delivers",
            signs.seen_at.timestamp(),
        )
    yield gauge("otvet_unswept", "Kinds of old data not deleted in time", len(signs.unswept))
    found = counts.by_channel(db)
    waiting = {one.channel: one for one in backlog.by_channel(db, now=now)}
    channels = sorted({*found, *waiting, *signs.open_channels})
    count = GaugeMetricFamily("otvet_handoffs_waiting", "Not received yet", labels=["channel"])
    oldest = GaugeMetricFamily(
        "otvet_handoffs_oldest_seconds", "Age of the oldest not received", labels=["channel"]
    )
    broken = GaugeMetricFamily(
        "otvet_channel_broken", "1 while a channel is left alone", labels=["channel"]
    )
    for channel in channels:
        one = waiting.get(channel)
        count.add_metric([channel], one.count if one else 0)
        oldest.add_metric([channel], one.oldest_s if one else 0)
        broken.add_metric([channel], float(channel in signs.open_channels))
    yield from (count, oldest, broken)
    yield from _counters(found)


def _counters(found: dict[str, counts.ChannelCounts]) -> Iterator[Metric]:
    attempts = CounterMetricFamily(
        "otvet_delivery_attempts", "Attempts to deliver", labels=["channel", "outcome"]
    )
    diverted = CounterMetricFamily(
        "otvet_handoffs_diverted", "Delivered by another channel instead", labels=["channel"]
    )
    seconds = HistogramMetricFamily(
        "otvet_delivery_seconds", "From a hand-off to its delivery", labels=["channel"]
    )
    for channel, one in found.items():
        attempts.add_metric([channel, counts.DELIVERED], one.delivered)
        attempts.add_metric([channel, counts.FAILED], one.failed)
        diverted.add_metric([channel], one.diverted)
        buckets = [(f"{bound:.1f}", float(count)) for bound, count in one.within.items()]
        seconds.add_metric([channel], [*buckets, ("+Inf", float(one.delivered))], one.seconds)
    return iter((attempts, diverted, seconds))


def _silence(signs: WorkerSigns, now: datetime) -> str:
    if signs.seen_at is None:
        return "no worker has shown itself"
    silent_s = abs((now - signs.seen_at).total_seconds())
    return f"no worker has shown itself for {silent_s:.0f} s"
