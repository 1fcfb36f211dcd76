"""Notes of when keys of the API were last used: to the hour, beside the request.

A key that nobody has used for months can be revoked; to know that, no more is kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from sqlalchemy import or_, update

from kb.accounts.api_keys import ApiKey
from kb.database.engine import Database
from kb.database.tables import api_keys as table
from kb.errors import DatabaseUnavailable

log = structlog.get_logger(__name__)


class KeyUses:
    """Writes at most once an hour and key, from a thread of its own. Thread-safe.

    What cannot be written is left out: the next hour's use says nearly the same.
    """

    def __init__(
        self, db: Database, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._db = db
        self._clock = clock
        self._lock = threading.Lock()
        self._noted: dict[str, datetime] = {}
        """Key → hour; there are no more keys than were made."""

    def note(self, key: ApiKey) -> threading.Thread | None:
        """The key was used now. The thread that writes it, None where it is known already."""
        hour = self._clock().replace(minute=0, second=0, microsecond=0)
        with self._lock:
            if self._noted.get(key.id) == hour:
                return None
            self._noted[key.id] = hour
        if key.last_used_at is not None and key.last_used_at >= hour:
            return None
        thread = threading.Thread(target=self._write, args=(key.id, hour), daemon=True)
        thread.start()
        return thread

    def _write(self, key_id: str, hour: datetime) -> None:
        is_older = or_(table.c.last_used_at.is_(None), table.c.last_used_at < hour)
        statement = update(table).where(table.c.id == key_id, is_older).values(last_used_at=hour)
        try:
            self._db.transact(lambda connection: connection.execute(statement))
        except DatabaseUnavailable as error:
            log.warning("key_use_not_noted", key=key_id, reason=str(error))
