"""Child process that measures: reads a case from standard input, writes what it found."""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module

from tests.support.growth.attacks import Attack, attacks

FIRST_CHARS = 1_000
"""Length at which the hardest texts are chosen; a long one is then measured with those alone."""
HARDEST = 4
NOTICED_S = 0.000_5
"""What takes less at twice the limit may grow as it likes."""
ENOUGH = 2.5
ATTEMPTS = 6
MEASURED_S = 0.1
"""Runs are added up to so much time: processors are timed in steps."""
MAX_CPU_S = 60
"""Unless the case says less: of a process that is stopped for good."""


def main() -> None:
    case = json.load(sys.stdin)
    most_s = case.get("cpu_s", MAX_CPU_S)
    resource.setrlimit(resource.RLIMIT_CPU, (most_s, most_s))
    work, texts = _of_function(case) if "function" in case else _of_pattern(case)
    hardest = _hardest(work, texts, min(FIRST_CHARS, case["chars"]))
    found = [(*_growth(work, one, case["chars"]), vars(one)) for one in hardest]
    growth, seconds, attack = max(found, key=lambda one: one[:2])
    json.dump({"growth": growth, "seconds": seconds, "attack": attack}, sys.stdout)


def _of_pattern(case: dict[str, object]) -> tuple[Callable[[str], object], list[Attack]]:
    source, flags = str(case["pattern"]), int(str(case["flags"]))
    if case["is_bytes"]:
        raw = re.compile(source.encode("latin-1"), flags)
        use = getattr(raw, str(case["method"]))
        return lambda text: use(text.encode("utf-8", "surrogatepass")), attacks(
            re.compile(source, (flags & ~re.UNICODE) | re.ASCII)
        )
    pattern = re.compile(source, flags)
    method = str(case["method"])
    use = getattr(pattern, method)
    work = (lambda text: use("", text)) if method == "sub" else use
    return work, attacks(pattern)


def _of_function(case: dict[str, object]) -> tuple[Callable[[str], object], list[Attack]]:
    module, _, name = str(case["function"]).partition(":")
    pieces = case["pieces"]
    assert isinstance(pieces, list)
    return getattr(import_module(module), name), [Attack(*piece) for piece in pieces]


def _hardest(work: Callable[[str], object], texts: Sequence[Attack], chars: int) -> list[Attack]:
    def seconds(attack: Attack) -> float:
        return _seconds(work, attack.text(chars))

    return sorted(texts, key=seconds, reverse=True)[:HARDEST]


def _growth(work: Callable[[str], object], attack: Attack, chars: int) -> tuple[float, float]:
    """Time at twice the limit in times of that at the limit, and the latter; the least seen."""
    once, twice = attack.text(chars), attack.text(2 * chars)
    times = 1
    while _seconds(work, twice, times=times) * times < MEASURED_S:
        times *= 2
        if times > MEASURED_S / NOTICED_S:
            return 0.0, 0.0
    found = []
    for _ in range(ATTEMPTS):
        once_s = max(_seconds(work, once, times=times), 1e-6)
        found.append((_seconds(work, twice, times=times) / once_s, once_s))
        if found[-1][0] < ENOUGH:
            break
    return min(found)


def _seconds(work: Callable[[str], object], text: str, *, times: int = 1) -> float:
    """Processor time of one run, the mean of several."""
    started = time.process_time()
    for _ in range(times):
        work(text)
    return (time.process_time() - started) / times


if __name__ == "__main__":
    main()
