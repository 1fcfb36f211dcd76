"""Rotation of the secret key: what the previous one sealed is sealed again with the one in use.

May be stopped at any point and run again. Processes that know the previous key alone stop sealing
with the first step, so that nothing is left behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select, update

from kb.database.engine import Connection, Database
from kb.database.tables import handoffs as table
from kb.handoffs import canary
from kb.handoffs.encryption import CannotUnseal, Sealer

BATCH = 100
"""Rows in one transaction: others wait for them."""


@dataclass(frozen=True)
class SealedCounts:
    """Counts of hand-offs by who can read what they hold sealed."""

    current: int = 0
    previous: int = 0
    unreadable: int = 0


def counts(db: Database, sealer: Sealer) -> SealedCounts:
    """Every sealed hand-off is tried. Raises DatabaseUnavailable."""
    current = previous = unreadable = 0
    for rows in _batches(db):
        for _, sealed in rows:
            if sealer.is_current(sealed):
                current += 1
            elif _resealed(sealer, sealed):
                previous += 1
            else:
                unreadable += 1
    return SealedCounts(current, previous, unreadable)


def reseal(db: Database, sealer: Sealer) -> int:
    """Seal everything with the key in use; the number of hand-offs that were sealed before it.

    What no key opens stays as it is. Raises CannotUnseal when the canary is sealed with neither,
    and DatabaseUnavailable.
    """

    def switch(connection: Connection) -> None:
        canary.require(connection, sealer)
        canary.replace(connection, sealer)

    db.transact(switch)
    return _change(
        db, lambda text: None if sealer.is_current(text) else _resealed(sealer, text) or None
    )


def give_up_lost(db: Database, sealer: Sealer) -> int:
    """Take the key in use for the right one, and empty what it cannot open; how many that were.

    Their hand-offs are then delivered masked, without a contact. Raises DatabaseUnavailable.
    """
    db.transact(lambda connection: canary.replace(connection, sealer))
    return _change(db, lambda text: None if _resealed(sealer, text) else "")


def _change(db: Database, changed: Callable[[str], str | None]) -> int:
    """Replace each sealed text by what `changed` makes of it: "" empties it, None leaves it."""
    count = 0
    for rows in _batches(db):
        made = [(handoff_id, old, changed(old)) for handoff_id, old in rows]
        wanted = [(handoff_id, old, new) for handoff_id, old, new in made if new is not None]
        if wanted:
            db.transact(partial(_replace, wanted=wanted))
        count += len(wanted)
    return count


def _replace(connection: Connection, *, wanted: Sequence[tuple[str, str, str]]) -> None:
    """Put the new texts in place of the old; "" stands for none."""
    for handoff_id, old, new in wanted:
        # It may have been forgotten meanwhile, and must stay so.
        is_same = (table.c.id == handoff_id) & (table.c.sealed == old)
        connection.execute(update(table).where(is_same).values(sealed=new or None))


def _batches(db: Database) -> Iterator[list[tuple[str, str]]]:
    """Ids and sealed texts, in the order of ids."""
    last = ""
    while rows := db.query(partial(_rows_after, last=last)):
        yield rows
        last = rows[-1][0]


def _rows_after(connection: Connection, *, last: str) -> list[tuple[str, str]]:
    statement = (
        select(table.c.id, table.c.sealed)
        .where(table.c.sealed.is_not(None), table.c.id > last)
        .order_by(table.c.id)
        .limit(BATCH)
    )
    return [(row.id, row.sealed) for row in connection.execute(statement)]


def _resealed(sealer: Sealer, text: str) -> str:
    """The text sealed with the key in use; "" when no key opens it."""
    try:
        return sealer.reseal(text)
    except CannotUnseal:
        return ""
