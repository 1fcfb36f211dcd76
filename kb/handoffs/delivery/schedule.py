"""Times of deliveries: when to try again, when to take another way. Pure but for chance."""

from __future__ import annotations

import random
from datetime import timedelta

from kb.handoffs.backlog import PROMISED
from kb.handoffs.channels.model import DeliveryFailed

QUICK = 3
"""Attempts before another way is taken, or the alarm raised."""
PROMISED_S = PROMISED.total_seconds()
LEAST_ATTEMPT_S = 3.0
"""Time that must be left of the promise for an attempt to be begun."""
DELAYS_S = (2.0, 8.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 50400.0, 72000.0, 86400.0)
"""Pauses after failures: two quick ones, then the schedule of Standard Webhooks."""
HOLD = timedelta(seconds=30)
"""Pause before a hand-off that cannot be unsealed is tried again: the key may be back."""
JITTER = 0.2
MOST_RETRY_AFTER_S = 3600.0


def pause(attempts: int, error: DeliveryFailed) -> timedelta:
    """Pause after so many failures."""
    jitter = random.uniform(1, 1 + JITTER)  # noqa: S311 – guards no secret
    delay_s = DELAYS_S[min(attempts, len(DELAYS_S)) - 1] * jitter
    if error.retry_after_s is not None:
        delay_s = max(delay_s, min(error.retry_after_s, MOST_RETRY_AFTER_S))
    return timedelta(seconds=delay_s)
