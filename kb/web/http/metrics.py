"""Counters of a serving process, for Prometheus. Knows no Flask.

With PROMETHEUS_MULTIPROC_DIR set before this module is imported (`kb.server.supervisor` does),
counts of all worker processes are added up, whichever of them is asked; of a process without room
for its counters only its own (`kb.web.http.counter_files`).
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterable, Iterator, Sequence
from threading import Lock
from typing import Generic, TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from kb.web.http.counter_files import share_counts, shared_files
from search.answers.unit_reader import ReaderState
from search.semantic.encoder_guard import EncoderState

log = logging.getLogger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.5, 3.0)
_ENCODER_EVENTS = ("calls", "failures", "timeouts", "cache_hits", "refusals", "lost_calls")
_READER_EVENTS = ("readings", "cache_hits", "refusals", "timeouts", "failures")


class Metrics:
    """Counters of one process. Thread-safe; make them after forking."""

    def __init__(self) -> None:
        # Else a second series for each, which nobody asks for.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._is_shared = share_counts()
        self._registry = registry = CollectorRegistry()
        self._requests = _counter(
            registry, "otvet_requests", "Requests answered", "method", "route", "status"
        )
        self._durations = Histogram(
            "otvet_request_duration_seconds",
            "Time until the response was ready",
            ["route"],
            buckets=_BUCKETS_S,
            registry=registry,
        )
        self._searches = _counter(
            registry,
            "otvet_searches",
            "Searches, and those that had to do without meaning",
            *("kind", "degraded"),
        )
        self._suggestions = _counter(
            registry, "otvet_suggestions", "Decisions of suggest", "action", "reason"
        )
        self._feedback = _counter(registry, "otvet_feedback", "Verdicts on suggestions", "verdict")
        self._handoffs = _counter(
            registry, "otvet_handoffs", "Customers handed to a person", "channel", "reason"
        )
        self._stages = _counter(
            registry, "otvet_search_stages", "How far looking for an answer got", "stage"
        )
        self._problems = _counter(
            registry, "otvet_problems", "Requests that the application refused, by reason", "code"
        )
        self._refusals = _counter(
            registry,
            "otvet_refusals",
            "Requests refused before the application",
            *("route", "status"),
        )
        self._encoder = _Followed(registry, "encoder", _ENCODER_EVENTS, EncoderState())
        self._reader = _Followed(registry, "reader", _READER_EVENTS, ReaderState())

    def observe_request(self, method: str, route: str, status: int, duration_s: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        self._durations.labels(route).observe(duration_s)

    def count_refusal(self, route: str, status: int) -> None:
        self._refusals.labels(route, str(status)).inc()

    def count_problem(self, code: str) -> None:
        self._problems.labels(code).inc()

    def count_search(self, kind: str, *, is_degraded: bool) -> None:
        self._searches.labels(kind, str(is_degraded).lower()).inc()

    def count_suggestion(self, action: str, reason: str) -> None:
        self._suggestions.labels(action, reason).inc()

    def count_feedback(self, verdict: str) -> None:
        self._feedback.labels(verdict).inc()

    def count_handoff(self, channel: str, reason: str) -> None:
        self._handoffs.labels(channel, reason).inc()

    def follow_encoder(self, state: EncoderState) -> None:
        """Add what happened at the encoder since the last call.

        A new generation may bring a new encoder, whose counts begin again at zero.
        """
        self._encoder.follow(state)

    def follow_reader(self, state: ReaderState) -> None:
        """Add what happened at the reader since the last call, as for the encoder."""
        self._reader.follow(state)

    def count_stage(self, stage: str) -> None:
        self._stages.labels(stage).inc()

    def render(self, gauges: Iterable[Metric] = ()) -> bytes:
        """The exposition text: all counts, and `gauges` as they are now."""
        counted = self._of_all_processes() if self._is_shared else None
        shared = gauge(
            "otvet_counters_shared",
            "1 when all processes are added up",
            float(counted is not None),
        )
        own = self._registry.collect() if counted is None else counted
        registry = CollectorRegistry()
        registry.register(_Fixed([*own, *gauges, shared]))
        return generate_latest(registry)

    def _of_all_processes(self) -> list[Metric] | None:
        """Counts added up; None where the file of another process cannot be read."""
        try:
            return list(MultiProcessCollector.merge(shared_files()))  # type: ignore[no-untyped-call]
        except (OSError, ValueError, KeyError, struct.error) as error:
            log.warning("counts of other processes cannot be read: %r", error)
            return None


def gauge(name: str, meaning: str, value: float, **labels: str) -> Metric:
    """One measured value."""
    family = GaugeMetricFamily(name, meaning, labels=list(labels))
    family.add_metric(list(labels.values()), value)
    return family


def _counter(registry: CollectorRegistry, name: str, meaning: str, *labels: str) -> Counter:
    return Counter(name, meaning, labels, registry=registry)


def _grown(now: float, before: float) -> float:
    """By how much a count has grown; one that began again has grown by what it is."""
    return now - before if now >= before else now


S = TypeVar("S", EncoderState, ReaderState)


class _Followed(Generic[S]):
    """Counters of a model that keeps counts of its own. Thread-safe."""

    def __init__(
        self, registry: CollectorRegistry, name: str, events: Sequence[str], seen: S
    ) -> None:
        self._counts = _counter(
            registry, f"otvet_{name}_events", f"What happened at the {name}", "event"
        )
        self._busy = _counter(
            registry, f"otvet_{name}_busy_seconds", f"Time that the {name} took, calls added up"
        )
        self._events = events
        self._seen: S = seen
        self._lock = Lock()

    def follow(self, state: S) -> None:
        """Add what happened since the last call."""
        with self._lock:
            for event in self._events:
                grown = _grown(getattr(state, event), getattr(self._seen, event))
                self._counts.labels(event).inc(grown)
            self._busy.inc(_grown(state.busy_s, self._seen.busy_s))
            self._seen = state


class _Fixed(Collector):
    """Metrics collected beforehand."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = tuple(metrics)

    def collect(self) -> Iterator[Metric]:
        return iter(self._metrics)
