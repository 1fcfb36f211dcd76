"""The fence: whatever the encoder does, callers get a vector or EncoderUnavailable in time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from search.errors import EncoderUnavailable
from search.semantic.encoder import FloatArray, HashEncoder, QueryEncoder
from search.semantic.encoder_guard import FencedEncoder, FenceLimits
from tests.support.patience import PATIENCE_S, wait_until

PATIENT = FenceLimits(
    timeout_s=PATIENCE_S, permit_wait_s=PATIENCE_S, first_retry_s=0.01, longest_retry_s=0.02
)
"""For calls that must succeed, however busy the machine is."""
QUICK = replace(PATIENT, timeout_s=0.05, permit_wait_s=0.01)
"""For calls that wait in vain: for an encoder that hangs, or for a permit."""


@dataclass
class Clock:
    """Time that only passes when told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class ScriptedEncoder:
    """Encodes like HashEncoder, but waits for `gate`, or raises, or answers wrongly, when told."""

    gate: threading.Event = field(default_factory=threading.Event)
    entered: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    texts: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    """Texts that the gate was waited for with."""
    error: Exception | None = None
    answer: FloatArray | None = None
    fingerprint: str = "hash-64"
    dim: int = 64

    def __post_init__(self) -> None:
        self.gate.set()

    def encode_query(self, text: str) -> FloatArray:
        self.texts.append(text)
        if text == "warm-up":
            return HashEncoder().encode_query(text)
        self.entered.release()
        self.gate.wait(PATIENCE_S)
        self.ended.append(text)
        if self.error is not None:
            raise self.error
        return HashEncoder().encode_query(text) if self.answer is None else self.answer

    @property
    def calls(self) -> list[str]:
        return [text for text in self.texts if text != "warm-up"]


Fence = Callable[..., FencedEncoder]


@pytest.fixture
def fence() -> Iterator[Fence]:
    """Makes a ready fence around an encoder; all are closed in the end."""
    made: list[FencedEncoder] = []

    def make(
        encoder: QueryEncoder,
        limits: FenceLimits = PATIENT,
        clock: Callable[[], float] = time.monotonic,
    ) -> FencedEncoder:
        fenced = FencedEncoder(
            lambda: encoder, fingerprint="hash-64", dim=64, limits=limits, clock=clock
        )
        made.append(fenced)
        assert fenced.wait_until_ready(PATIENCE_S)
        return fenced

    yield make
    for fenced in made:
        fenced.close()


def in_background(call: Callable[[], object]) -> threading.Thread:
    """Run `call` in a thread, its EncoderUnavailable ignored."""

    def run() -> None:
        with suppress(EncoderUnavailable):
            call()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def test_healthy_encoder_passes_through(fence: Fence) -> None:
    vector = fence(HashEncoder()).encode_query("возврат")
    assert np.array_equal(vector, HashEncoder().encode_query("возврат"))


def test_second_query_comes_from_the_cache(fence: Fence) -> None:
    encoder = ScriptedEncoder()
    fenced = fence(encoder)
    first, second = fenced.encode_query("возврат"), fenced.encode_query("возврат")
    assert first is second
    assert encoder.calls == ["возврат"]
    assert (fenced.state.calls, fenced.state.cache_hits) == (1, 1)


def test_cached_vector_cannot_be_changed_by_a_caller(fence: Fence) -> None:
    vector = fence(HashEncoder()).encode_query("возврат")
    with pytest.raises(ValueError, match="read-only"):
        vector[0] = 7


def test_cache_forgets_the_query_unused_longest(fence: Fence) -> None:
    encoder = ScriptedEncoder()
    fenced = fence(encoder, replace(PATIENT, cached_queries=2))
    for text in ("a", "b", "a", "c", "a", "b"):
        fenced.encode_query(text)
    assert encoder.calls == ["a", "b", "c", "b"]


def test_equal_queries_at_once_are_one_call(fence: Fence) -> None:
    encoder = ScriptedEncoder()
    encoder.gate.clear()
    fenced = fence(encoder)
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(fenced.encode_query, "возврат") for _ in range(8)]
        assert encoder.entered.acquire(timeout=PATIENCE_S)
        encoder.gate.set()
        vectors = [answer.result(PATIENCE_S) for answer in answers]
    assert encoder.calls == ["возврат"]
    assert all(np.array_equal(vector, vectors[0]) for vector in vectors)


def test_stalled_encoder_costs_no_more_than_the_deadline(fence: Fence) -> None:
    encoder = ScriptedEncoder()
    encoder.gate.clear()
    fenced = fence(encoder, QUICK)
    with pytest.raises(EncoderUnavailable, match="in time"):
        fenced.encode_query("возврат")
    assert not encoder.ended, "it was not waited for"
    encoder.gate.set()
    assert fenced.state.timeouts == 1


def test_late_answer_serves_the_next_reader(fence: Fence) -> None:
    encoder = ScriptedEncoder()
    encoder.gate.clear()
    fenced = fence(encoder, QUICK)
    with pytest.raises(EncoderUnavailable):
        fenced.encode_query("возврат")
    encoder.gate.set()
    wait_until(lambda: "возврат" in fenced._recent)
    fenced.encode_query("возврат")
    assert encoder.calls == ["возврат"]


def test_third_call_at_once_is_turned_away_quickly(fence: Fence) -> None:
    encoder = ScriptedEncoder()
    encoder.gate.clear()
    fenced = fence(encoder, replace(PATIENT, permit_wait_s=QUICK.permit_wait_s))
    waiting = [in_background(lambda text=text: fenced.encode_query(text)) for text in "ab"]  # type: ignore[misc]
    for _ in waiting:
        assert encoder.entered.acquire(timeout=PATIENCE_S)
    with pytest.raises(EncoderUnavailable, match="busy"):
        fenced.encode_query("c")
    assert not encoder.ended, "the two before were not waited for"
    encoder.gate.set()
    for thread in waiting:
        thread.join(PATIENCE_S)
    assert sorted(encoder.calls) == ["a", "b"]
    assert fenced.state.refusals == 1
    assert fenced.encode_query("c").shape == (64,)


def test_raising_encoder_is_translated_and_counted(fence: Fence) -> None:
    fenced = fence(ScriptedEncoder(error=RuntimeError("bad graph")))
    with pytest.raises(EncoderUnavailable, match="bad graph"):
        fenced.encode_query("возврат")
    assert fenced.state.failures == 1
    assert fenced.state.last_error == "RuntimeError: bad graph"


@pytest.mark.parametrize(
    "answer",
    [np.ones(63), np.ones((1, 64)), np.zeros(64), np.full(64, np.nan), np.full(64, np.inf)],
    ids=["short", "matrix", "zero", "nan", "infinite"],
)
def test_unusable_vector_is_a_failure(fence: Fence, answer: FloatArray) -> None:
    fenced = fence(ScriptedEncoder(answer=answer.astype(np.float32)))
    with pytest.raises(EncoderUnavailable):
        fenced.encode_query("возврат")
    assert fenced.state.failures == 1


def test_five_failures_open_the_breaker_and_one_success_closes_it(fence: Fence) -> None:
    clock = Clock()
    encoder = ScriptedEncoder(error=RuntimeError("broken"))
    fenced = fence(encoder, PATIENT, clock)
    fail(fenced, times=5)
    assert not fenced.state.is_available
    fail(fenced, times=3)
    assert len(encoder.calls) == 5, "a paused encoder is not called"

    clock.now += QUICK.breaker_pause_s
    fail(fenced, times=2)
    assert len(encoder.calls) == 6, "one trial per pause"

    clock.now += QUICK.breaker_pause_s
    encoder.error = None
    fenced.encode_query("well again")
    fenced.encode_query("and stays so")
    assert fenced.state.is_available


def test_failures_far_apart_do_not_open_the_breaker(fence: Fence) -> None:
    clock = Clock()
    fenced = fence(ScriptedEncoder(error=RuntimeError("now and then")), PATIENT, clock)
    for _ in range(10):
        fail(fenced, times=1)
        clock.now += 3
    assert fenced.state.is_available


def test_hung_call_is_given_up_and_the_encoder_loaded_anew() -> None:
    clock = Clock()
    hung, fresh = ScriptedEncoder(), ScriptedEncoder()
    hung.gate.clear()
    encoders = iter([hung, fresh])
    fenced = FencedEncoder(
        lambda: next(encoders), fingerprint="hash-64", dim=64, limits=PATIENT, clock=clock
    )
    assert fenced.wait_until_ready(PATIENCE_S)
    waiting = in_background(lambda: fenced.encode_query("возврат"))
    assert hung.entered.acquire(timeout=PATIENCE_S)
    assert fenced.state.lost_calls == 0

    clock.now += PATIENT.stuck_after_s + 1
    assert fenced.state.lost_calls == 1
    assert fenced.wait_until_ready(PATIENCE_S)
    assert fenced.encode_query("возврат").shape == (64,)
    assert fresh.calls == ["возврат"]
    hung.gate.set()
    waiting.join(PATIENCE_S)
    fenced.close()


def test_too_many_hung_calls_end_the_replacing() -> None:
    clock = Clock()
    encoders: list[ScriptedEncoder] = []
    limits = replace(QUICK, most_lost_calls=2)

    def load() -> ScriptedEncoder:
        encoders.append(ScriptedEncoder())
        encoders[-1].gate.clear()
        return encoders[-1]

    fenced = FencedEncoder(load, fingerprint="hash-64", dim=64, limits=limits, clock=clock)
    for number in range(2):
        assert fenced.wait_until_ready(PATIENCE_S)
        fail(fenced, times=1)
        assert encoders[number].entered.acquire(timeout=PATIENCE_S)
        clock.now += limits.stuck_after_s + 1
        assert not fenced.state.is_available
    assert not fenced.wait_until_ready(0.1)
    assert len(encoders) == 2
    for encoder in encoders:
        encoder.gate.set()
    assert fenced.wait_until_ready(PATIENCE_S), "memory is free again once the lost calls end"
    fenced.close()


def test_missing_encoder_recovers_without_restart_once_it_loads() -> None:
    is_back = threading.Event()

    def load() -> QueryEncoder:
        if not is_back.is_set():
            raise EncoderUnavailable("model.onnx is missing")
        return HashEncoder()

    fenced = FencedEncoder(load, fingerprint="hash-64", dim=64, limits=PATIENT)
    fenced.start()
    wait_until(lambda: fenced.state.last_error)
    with pytest.raises(EncoderUnavailable, match="missing"):
        fenced.encode_query("возврат")
    assert not fenced.state.is_available
    is_back.set()
    assert fenced.wait_until_ready(PATIENCE_S)
    assert fenced.encode_query("возврат").shape == (64,)
    fenced.close()


@pytest.mark.parametrize(
    ("fingerprint", "dim", "fault"),
    [("hash-64", 384, "dimension"), ("another", 64, "fingerprint")],
)
def test_encoder_of_another_index_is_refused(fingerprint: str, dim: int, fault: str) -> None:
    fenced = FencedEncoder(HashEncoder, fingerprint=fingerprint, dim=dim, limits=PATIENT)
    fenced.start()
    wait_until(lambda: fenced.state.last_error)
    assert fault in fenced.state.last_error
    assert not fenced.state.is_available
    fenced.close()


def test_first_query_starts_loading_and_is_refused_meanwhile() -> None:
    may_load = threading.Event()

    def load() -> QueryEncoder:
        may_load.wait(PATIENCE_S)
        return HashEncoder()

    fenced = FencedEncoder(load, fingerprint="hash-64", dim=64, limits=PATIENT)
    with pytest.raises(EncoderUnavailable, match="still loading"):
        fenced.encode_query("возврат")
    may_load.set()
    assert fenced.wait_until_ready(PATIENCE_S)
    fenced.close()


def test_closed_fence_refuses(fence: Fence) -> None:
    fenced = fence(HashEncoder())
    fenced.close()
    with pytest.raises(EncoderUnavailable):
        fenced.encode_query("возврат")


def test_crowd_leaves_nothing_behind(fence: Fence) -> None:
    fenced = fence(HashEncoder())
    with ThreadPoolExecutor(16) as pool:
        vectors = list(pool.map(fenced.encode_query, [str(n % 50) for n in range(800)]))
    assert len(vectors) == 800
    wait_until(lambda: not fenced._calls)
    state = fenced.state
    assert state.calls == 50
    assert (state.failures, state.timeouts, state.refusals, state.lost_calls) == (0, 0, 0, 0)


def fail(fenced: FencedEncoder, *, times: int) -> None:
    for number in range(times):
        with pytest.raises(EncoderUnavailable):
            fenced.encode_query(f"failing {number}")


def test_time_in_calls_is_added_up() -> None:
    now = [0.0]

    class SlowEncoder(HashEncoder):
        def encode_query(self, text: str) -> FloatArray:
            now[0] += 0.4
            return super().encode_query(text)

    encoder = SlowEncoder()
    fenced = FencedEncoder(
        lambda: encoder,
        fingerprint=encoder.fingerprint,
        dim=encoder.dim,
        limits=FenceLimits(timeout_s=60.0),
        clock=lambda: now[0],
    )
    assert fenced.wait_until_ready(PATIENCE_S)
    assert fenced.state.busy_s == 0.0, "the warm-up is nobody's call"
    for text in ("one", "two", "one"):
        fenced.encode_query(text)
    assert fenced.state.busy_s == pytest.approx(0.8)
    fenced.close()
