"""Counts of deliveries: what became of attempts, and after which time a person had a hand-off.

They lie in the database, for several processes deliver, and none of them answers for `/metrics`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import select

from kb.database import upsert
from kb.database.engine import Connection, Database
from kb.database.tables import delivery_counts as table

DELIVERED = "delivered"
FAILED = "failed"
DIVERTED = "diverted"
BOUNDS_S = (1.0, 5.0, 15.0, 30.0, 60.0, 75.0, 300.0, 3600.0, 86400.0)
"""Of the time from a hand-off to its delivery; 60 s are promised, 75 s with the last attempt."""
_SUM_S = "seconds"
_OVER = "over"


@dataclass(frozen=True)
class ChannelCounts:
    """Sums over the life of a database."""

    delivered: int = 0
    failed: int = 0
    """Attempts, each."""
    diverted: int = 0
    """Hand-offs that another channel got instead."""
    seconds: float = 0.0
    within: dict[float, int] = field(default_factory=dict)
    """Delivered within so many seconds, for each of BOUNDS_S."""


def add(connection: Connection, channel: str, measure: str, amount: float = 1) -> None:
    keys = {"channel": channel, "measure": measure}
    upsert.add(connection, table, keys, "amount", amount)


def add_delivered(connection: Connection, channel: str, took_s: float) -> None:
    """Count a delivery that came `took_s` after its hand-off was made."""
    add(connection, channel, DELIVERED)
    add(connection, channel, _SUM_S, took_s)
    bound = next((bound for bound in BOUNDS_S if took_s <= bound), None)
    add(connection, channel, _within(bound) if bound else _OVER)


def by_channel(db: Database) -> dict[str, ChannelCounts]:
    """Raises DatabaseUnavailable."""
    rows = db.query(lambda connection: connection.execute(select(table)).all())
    amounts: dict[str, dict[str, float]] = defaultdict(dict)
    for row in rows:
        amounts[row.channel][row.measure] = row.amount
    return {channel: _counts(found) for channel, found in sorted(amounts.items())}


def _counts(found: dict[str, float]) -> ChannelCounts:
    within, total = {}, 0
    for bound in BOUNDS_S:
        total += int(found.get(_within(bound), 0))
        within[bound] = total
    return ChannelCounts(
        delivered=int(found.get(DELIVERED, 0)),
        failed=int(found.get(FAILED, 0)),
        diverted=int(found.get(DIVERTED, 0)),
        seconds=found.get(_SUM_S, 0.0),
        within=within,
    )


def _within(bound_s: float) -> str:
    return f"within {bound_s:g}"
