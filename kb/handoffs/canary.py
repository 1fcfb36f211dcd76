"""The canary: a row sealed with the secret key, by which a wrong key is known before it does harm.

Nothing is ever sealed under a key that the canary does not open: a process that got another key,
or none and made one, would write what nobody can read once the right key is back.
"""

from __future__ import annotations

from sqlalchemy import select, update

from kb.database import upsert
from kb.database.engine import Connection, Database
from kb.database.inspection import has_table
from kb.database.tables import handoffs as handoffs_table
from kb.database.tables import sealed_canary as table
from kb.handoffs.encryption import CannotUnseal, Sealer

WRONG_KEY = (
    "the secret key is not the one this database is sealed with: give the right one back, by"
    " KB_SECRET_KEY or as `secret_key` in the data folder, or name it in KB_SECRET_KEY_PREVIOUS"
    " while a new one takes over; a process that started before a rotation ended only has to be"
    " restarted; if the key is lost for good, run `kb secret rotate --lost`"
)
_ID = 1
_WITNESSES = 50
"""Hand-offs that are looked at where there is no canary yet; one that opens is enough."""


def require(connection: Connection, sealer: Sealer) -> None:
    """Raise CannotUnseal unless this key may seal; the first one that comes makes the canary.

    For write transactions: until they end, no other key takes over.
    """
    sealed = _sealed(connection, is_locked=True)
    if sealed is None and _is_witnessed(connection, sealer):
        upsert.insert_new(connection, table, {"id": _ID, "sealed": _new(sealer)})
        sealed = _sealed(connection, is_locked=True)  # another process may have made it first
    if sealed is None or not _opens(sealer, sealed):
        raise CannotUnseal(WRONG_KEY)


def is_right_key(db: Database, sealer: Sealer | None) -> bool:
    """Tell whether the database is sealed with this key, or with none yet. Only reads.

    `sealer` None: there is no key yet. Works with tables that are not up to date, too. Raises
    DatabaseUnavailable.
    """

    def work(connection: Connection) -> bool:
        sealed = _sealed(connection) if has_table(connection, table.name) else None
        if sealed is not None:
            return _opens(sealer, sealed)
        return not has_table(connection, handoffs_table.name) or _is_witnessed(connection, sealer)

    return db.query(work)


def replace(connection: Connection, sealer: Sealer) -> None:
    """Let the key in use be the only one from now on, whatever the canary was sealed with."""
    row = {"id": _ID, "sealed": _new(sealer)}
    if not upsert.insert_new(connection, table, row):
        connection.execute(update(table).values(sealed=row["sealed"]))


def _sealed(connection: Connection, *, is_locked: bool = False) -> str | None:
    statement = select(table.c.sealed).where(table.c.id == _ID)
    if is_locked:
        statement = statement.with_for_update(read=True)
    return connection.execute(statement).scalar_one_or_none()


def _is_witnessed(connection: Connection, sealer: Sealer | None) -> bool:
    """True where nothing is sealed, or something that this key opens."""
    newest = connection.execute(
        select(handoffs_table.c.sealed)
        .where(handoffs_table.c.sealed.is_not(None))
        .order_by(handoffs_table.c.created_at.desc())
        .limit(_WITNESSES)
    ).scalars()
    sealed = newest.all()
    return not sealed or any(_opens(sealer, one) for one in sealed)


def _opens(sealer: Sealer | None, sealed: str) -> bool:
    if sealer is None:
        return False
    try:
        sealer.unseal(sealed)
    except CannotUnseal:
        return False
    return True


def _new(sealer: Sealer) -> str:
    return sealer.seal({"canary": "otvet"})
