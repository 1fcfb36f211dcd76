"""The fence around the query encoder: deadline, permits, breaker, cache, loading with retries.

Knows nothing of models: whatever the encoder does, callers get a vector or EncoderUnavailable in
time. The pages of the site never wait for more than that.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from search.circuit_breaker import CircuitBreaker
from search.errors import EncoderUnavailable
from search.semantic.encoder import FloatArray, QueryEncoder, unit

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FenceLimits:
    """Limits on what the encoder may cost those who wait for it. Times in seconds.

    Two permits, 20 ms, five failures in ten seconds come from a trial: an encoder stalling for
    500 ms under 64 clients held article pages for 3.5 s without them, 0.2 s with them.
    """

    timeout_s: float = 0.3
    permits: int = 2
    permit_wait_s: float = 0.02
    stuck_after_s: float = 5.0
    breaker_failures: int = 5
    breaker_window_s: float = 10.0
    breaker_pause_s: float = 5.0
    first_retry_s: float = 1.0
    longest_retry_s: float = 60.0
    cached_queries: int = 4096
    most_lost_calls: int = 4
    """Hung calls cannot be stopped and hold memory: with so many of them, none is replaced."""


@dataclass(frozen=True)
class EncoderState:
    """Events at the fence so far. Counters only grow, within one process."""

    is_available: bool = False
    last_error: str = ""
    calls: int = 0
    """Times the encoder itself was run; answers from the cache and refusals are none."""
    failures: int = 0
    """Calls that raised or gave an unusable vector."""
    timeouts: int = 0
    cache_hits: int = 0
    refusals: int = 0
    """Queries turned away without a call: still loading, broken, paused or busy."""
    lost_calls: int = 0
    """Calls given up as hung; each cost a new thread and a newly loaded encoder."""
    busy_s: float = 0.0
    """Seconds that calls took which have ended; of several at once each counts."""


class _Call:
    """One run of the encoder, which any number of readers with the same query wait for."""

    def __init__(self, started: float) -> None:
        self.started = started
        self.is_late = False
        self.is_lost = False
        self.done = threading.Event()
        self.vector: FloatArray | None = None
        self.error = ""


class _Engine:
    """A loaded encoder with its permits and running calls: what is thrown away when one hangs."""

    def __init__(self, encoder: QueryEncoder, permits: int) -> None:
        self.encoder = encoder
        self.permits = threading.Semaphore(permits)
        self.running: set[_Call] = set()


class FencedEncoder:
    """A query encoder that can be slow, broken or missing without harm to its callers.

    `encode_query` returns within `limits.timeout_s` or raises EncoderUnavailable. Loading happens
    in the background and is retried until it succeeds, so that mended files need no restart.
    Thread-safe. Make it after forking: threads do not survive a fork.
    """

    def __init__(
        self,
        load: Callable[[], QueryEncoder],
        *,
        fingerprint: str,
        dim: int,
        limits: FenceLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`fingerprint` and `dim` are those of the generation; another encoder is refused."""
        self.fingerprint = fingerprint
        self.dim = dim
        self._load = load
        self._limits = limits or FenceLimits()
        self._clock = clock
        self._lock = threading.Lock()
        self._state = EncoderState()
        self._engine: _Engine | None = None
        self._loader: threading.Thread | None = None
        self._retry_s = 0.0
        self._ready = threading.Event()
        self._closed = threading.Event()
        self._calls: dict[str, _Call] = {}
        self._lost_running = 0
        self._recent: OrderedDict[str, FloatArray] = OrderedDict()
        self._breaker = CircuitBreaker(
            failures=self._limits.breaker_failures,
            window_s=self._limits.breaker_window_s,
            pause_s=self._limits.breaker_pause_s,
            clock=clock,
        )

    def start(self) -> None:
        """Begin to load in the background; the first query does it otherwise."""
        with self._lock:
            self._start_loading()

    def wait_until_ready(self, timeout_s: float) -> bool:
        """Start, then wait for the encoder at most so long; True when it is loaded."""
        self.start()
        return self._ready.wait(timeout_s)

    def close(self) -> None:
        """Stop retrying. Queries after that are refused."""
        self._closed.set()
        with self._lock:
            self._engine = None
            self._ready.clear()

    @property
    def state(self) -> EncoderState:
        with self._lock:
            now = self._clock()
            self._give_up_hung_calls(now)
            is_available = self._engine is not None and not self._breaker.is_open
            return replace(self._state, is_available=is_available)

    def encode_query(self, text: str) -> FloatArray:
        """(dim,) float32 of unit length, read-only; raises EncoderUnavailable in time."""
        now = self._clock()
        with self._lock:
            if (vector := self._from_cache(text)) is not None:
                return vector
            self._give_up_hung_calls(now)
            call = self._calls.get(text)
            engine = None
            if call is None:
                engine = self._usable_engine()
                call = self._calls[text] = _Call(now)
        if engine is not None:
            self._begin(engine, call, text)
        return self._await(call, deadline=now + self._limits.timeout_s)

    def _from_cache(self, text: str) -> FloatArray | None:
        vector = self._recent.get(text)
        if vector is not None:
            self._recent.move_to_end(text)
            self._count("cache_hits")
        return vector

    def _usable_engine(self) -> _Engine:
        """Raises EncoderUnavailable when nothing is loaded or the breaker is open."""
        if self._engine is None:
            self._start_loading()
            self._count("refusals")
            raise EncoderUnavailable(self._state.last_error or "the encoder is still loading")
        if not self._breaker.admit():
            self._count("refusals")
            raise EncoderUnavailable("the encoder failed too often and is left alone for a while")
        return self._engine

    def _begin(self, engine: _Engine, call: _Call, text: str) -> None:
        """Run the encoder in a thread of its own, when a permit can be had."""
        if not engine.permits.acquire(timeout=self._limits.permit_wait_s):
            with self._lock:
                self._calls.pop(text, None)
                self._count("refusals")
            call.error = "the encoder is busy"
            call.done.set()
            return
        with self._lock:
            call.started = self._clock()
            engine.running.add(call)
            self._count("calls")
        # A thread per call costs 0.1 ms; it can be left behind when it hangs.
        thread = threading.Thread(
            target=self._run, args=(engine, call, text), name="encoder", daemon=True
        )
        try:
            thread.start()
        except RuntimeError as error:  # no more threads to be had
            call.error = str(error)
            self._finish(engine, call, text)

    def _run(self, engine: _Engine, call: _Call, text: str) -> None:
        try:
            call.vector = _checked(engine.encoder.encode_query(text), self.dim)
        except Exception as error:  # noqa: BLE001 – foreign code; the reader gets lexical results
            call.error = f"{type(error).__name__}: {error}"
        self._finish(engine, call, text)

    def _finish(self, engine: _Engine, call: _Call, text: str) -> None:
        """Book the outcome and wake those who wait. A late answer still serves the next reader."""
        with self._lock:
            engine.running.discard(call)
            self._state = replace(
                self._state, busy_s=self._state.busy_s + self._clock() - call.started
            )
            if self._calls.get(text) is call:
                del self._calls[text]
            if call.vector is not None:
                self._remember(text, call.vector)
            if call.is_lost:
                self._lost_running -= 1
            elif call.vector is None:
                self._fail("failures", call.error)
            elif not call.is_late:
                self._breaker.record_success()
                self._retry_s = 0.0
        engine.permits.release()
        call.done.set()

    def _await(self, call: _Call, *, deadline: float) -> FloatArray:
        left = 0.0 if call.is_late else max(0.0, deadline - self._clock())
        if not call.done.wait(left):
            with self._lock:
                if not call.is_late:
                    call.is_late = True
                    self._fail("timeouts", "the encoder did not answer in time")
            raise EncoderUnavailable("the encoder did not answer in time")
        if call.vector is None:
            raise EncoderUnavailable(call.error)
        return call.vector

    def _give_up_hung_calls(self, now: float) -> None:
        """Replace an encoder of which a call hangs; the hung thread is left to itself."""
        engine = self._engine
        if engine is None:
            return
        oldest = now - self._limits.stuck_after_s
        if not any(call.started < oldest for call in engine.running):
            return
        for call in engine.running:
            call.is_late = call.is_lost = True
        lost = len(engine.running)
        log.error("encoder hangs in %d calls; it is loaded anew", lost)
        self._lost_running += lost
        self._count("lost_calls", lost)
        self._calls = {
            text: call for text, call in self._calls.items() if call not in engine.running
        }
        self._engine = None
        self._ready.clear()
        self._start_loading()

    def _fail(self, counter: str, error: str) -> None:
        self._count(counter)
        self._state = replace(self._state, last_error=error)
        if self._breaker.record_failure():
            log.warning("encoder paused after repeated failures, the last: %s", error)

    def _remember(self, text: str, vector: FloatArray) -> None:
        self._recent[text] = vector
        self._recent.move_to_end(text)
        while len(self._recent) > self._limits.cached_queries:
            self._recent.popitem(last=False)

    def _count(self, counter: str, amount: int = 1) -> None:
        self._state = replace(self._state, **{counter: getattr(self._state, counter) + amount})

    def _start_loading(self) -> None:
        if self._engine is None and self._loader is None and not self._closed.is_set():
            self._loader = threading.Thread(
                target=self._load_until_ready, name="encoder-loader", daemon=True
            )
            self._loader.start()

    def _load_until_ready(self) -> None:
        while not self._closed.wait(self._retry_s):
            self._retry_s = min(
                max(self._limits.first_retry_s, 2 * self._retry_s), self._limits.longest_retry_s
            )
            if self._lost_running < self._limits.most_lost_calls and self._load_once():
                return

    def _load_once(self) -> bool:
        """Load, check against the generation, warm up; True when it serves."""
        try:
            encoder = self._load()
            _require_same("fingerprint", encoder.fingerprint, self.fingerprint)
            _require_same("dimension", encoder.dim, self.dim)
            _checked(encoder.encode_query("warm-up"), self.dim)
        except Exception as error:  # noqa: BLE001 – foreign code; search goes on lexically
            message = f"{type(error).__name__}: {error}"
            log.warning("encoder cannot be loaded, retry in %.0f s: %s", self._retry_s, message)
            with self._lock:
                self._state = replace(self._state, last_error=message)
            return False
        with self._lock:
            self._loader = None
            if not self._closed.is_set():
                self._engine = _Engine(encoder, self._limits.permits)
                self._ready.set()
        log.info("encoder loaded")
        return True


def _checked(vector: FloatArray, dim: int) -> FloatArray:
    """A read-only unit vector of `dim` numbers, or EncoderUnavailable."""
    if vector.shape != (dim,):
        raise EncoderUnavailable(f"the encoder gave shape {vector.shape}, not ({dim},)")
    vector = unit(vector)
    vector.setflags(write=False)
    return vector


def _require_same(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise EncoderUnavailable(
            f"the encoder's {what} is {found}, the index needs {expected}; rebuild the index"
        )
