"""Keys of the API: make, list, revoke, recognise. No requests.

Publishable keys (`pk_`) stand in pages and count only from the origins they name; secret keys
(`sk_`) are for servers and may do what their scopes say. A key is 24 random bytes, so that a plain
hash of it is as good as a slow one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from urllib.parse import urlsplit

from sqlalchemy import insert, select, update

from kb.database.engine import Connection, Database
from kb.database.tables import api_keys as table
from kb.errors import DatabaseUnavailable

KeyKind = Literal["pk", "sk"]
Scope = Literal["suggest", "agent.search", "reports", "webhooks"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
MAX_SITE_CHARS = 64
MAX_ORIGINS = 20
FRESH_S = 5.0
"""How long a revoked key may still work."""
AGAIN_S = 0.5
"""An unknown key makes us look again, but not more often than this."""
DEMO_ID = "key_demo"
DEMO_PREFIX = "pk_demo_"

_RANDOM_BYTES = 24
_SITE = re.compile(r"[\w .@-]{1,64}")
_LOOPBACK = re.compile(r"http://(?:localhost|127\.0\.0\.1|\[::1\]):\d{1,5}")


class BadKey(ValueError):
    """A key cannot be made as asked; the message says why."""


@dataclass(frozen=True)
class ApiKey:
    """A key that is known; the key itself is not kept."""

    id: str
    kind: KeyKind
    site: str
    hint: str
    """Its last characters, by which its owner recognises it."""
    origins: tuple[str, ...]
    scopes: tuple[str, ...]
    created_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    """To the hour."""

    @property
    def is_secret(self) -> bool:
        return self.kind == "sk"

    def allows_origin(self, origin: str) -> bool:
        """Tell whether a page of `origin`, spelled as browsers do, may use this key."""
        if self.id == DEMO_ID:
            return bool(_LOOPBACK.fullmatch(origin))
        return origin in self.origins


def create(
    db: Database,
    *,
    kind: KeyKind,
    site: str,
    origins: Iterable[str] = (),
    scopes: Iterable[str] = (),
    now: datetime,
) -> tuple[ApiKey, str]:
    """Make a key and return it with its text, which is shown this once.

    Raises BadKey, DatabaseUnavailable.
    """
    text = f"{kind}_{secrets.token_urlsafe(_RANDOM_BYTES)}"
    key = ApiKey(
        id=f"key_{secrets.token_hex(5)}",
        kind=kind,
        site=_checked_site(site),
        hint=text[-4:],
        origins=_checked_origins(kind, origins),
        scopes=_checked_scopes(kind, scopes),
        created_at=now,
    )
    row = {
        "id": key.id,
        "kind": kind,
        "site": key.site,
        "digest": digest(text),
        "hint": key.hint,
        "origins": list(key.origins),
        "scopes": list(key.scopes),
        "created_at": now,
    }
    db.transact(lambda connection: _insert_once(connection, row))
    return key, text


def revoke(db: Database, key_id: str, *, now: datetime) -> bool:
    """End a key; False when there is none of that id in use. Raises DatabaseUnavailable."""
    statement = (
        update(table)
        .where(table.c.id == key_id, table.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return db.transact(lambda connection: connection.execute(statement).rowcount) > 0


def all_keys(db: Database) -> tuple[ApiKey, ...]:
    """Every key ever made, the oldest first. Raises DatabaseUnavailable."""
    return tuple(_read(db).values())


class KeyRing:
    """Recognises keys without asking the database each time. Thread-safe.

    While the database is away the keys known before go on working.
    """

    def __init__(
        self,
        db: Database,
        *,
        demo: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`demo` is the text of the demo key, "" for none."""
        self._db = db
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: Mapping[str, ApiKey] | None = None
        self._read_at = 0.0
        self._demo = {digest(demo): _demo_key(demo)} if demo else {}

    def find(self, text: str) -> ApiKey | None:
        """The key in use with this text. Raises DatabaseUnavailable before any were read."""
        sought = digest(text)
        return self._demo.get(sought) or self._known(sought, fresh_s=FRESH_S)

    def knows_origin(self, origin: str) -> bool:
        """Tell whether pages of `origin` may use any key in use. Errors as `find`."""
        if any(key.allows_origin(origin) for key in self._demo.values()):
            return True
        return any(key.allows_origin(origin) for key in self._current(FRESH_S).values())

    def _known(self, sought: str, *, fresh_s: float) -> ApiKey | None:
        return self._current(fresh_s).get(sought) or self._current(AGAIN_S).get(sought)

    def _current(self, fresh_s: float) -> Mapping[str, ApiKey]:
        with self._lock:
            known, age_s = self._keys, self._clock() - self._read_at
            if known is not None and age_s < fresh_s:
                return known
            self._read_at = self._clock()  # others use what is known meanwhile
        try:
            read = _read(self._db)
        except DatabaseUnavailable:
            if known is None:
                raise
            return known
        self._keys = {text: key for text, key in read.items() if key.revoked_at is None}
        return self._keys


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def demo_key(secret_key: str) -> str:
    """Text of the key that the demo shop uses; it works for pages of this machine only."""
    derived = hmac.new(secret_key.encode(), b"otvet demo key", hashlib.sha256).hexdigest()
    return f"{DEMO_PREFIX}{derived[:32]}"


def _demo_key(text: str) -> ApiKey:
    return ApiKey(DEMO_ID, "pk", "demo", text[-4:], (), ())


def _insert_once(connection: Connection, row: Mapping[str, object]) -> None:
    """A repeated transaction finds its own row."""
    if not connection.execute(select(table.c.id).where(table.c.id == row["id"])).first():
        connection.execute(insert(table).values(**row))


def _read(db: Database) -> dict[str, ApiKey]:
    """Digest → key."""
    statement = select(table).order_by(table.c.created_at)
    rows = db.query(lambda connection: connection.execute(statement).all())
    return {
        row.digest: ApiKey(
            id=row.id,
            kind=row.kind,
            site=row.site,
            hint=row.hint,
            origins=tuple(row.origins),
            scopes=tuple(row.scopes),
            created_at=row.created_at,
            revoked_at=row.revoked_at,
            last_used_at=row.last_used_at,
        )
        for row in rows
    }


def _checked_site(site: str) -> str:
    if not _SITE.fullmatch(site.strip()):
        raise BadKey(f"--site must be a name of 1 to {MAX_SITE_CHARS} letters, digits and .-_@")
    return site.strip()


def _checked_origins(kind: KeyKind, origins: Iterable[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(origin.strip().rstrip("/").lower() for origin in origins))
    if kind == "sk":
        if found:
            raise BadKey("a secret key has no origins: it must never be in a page")
        return ()
    if not 1 <= len(found) <= MAX_ORIGINS:
        raise BadKey("name 1 to 20 pages' origins, as --origin https://shop.example.com")
    for origin in found:
        if not is_origin(origin):
            raise BadKey(f"{origin} is not an origin such as https://shop.example.com")
    return found


def _checked_scopes(kind: KeyKind, scopes: Iterable[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(scopes))
    if kind == "pk":
        if found:
            raise BadKey("a publishable key has no scopes")
        return ()
    if not found or not set(found) <= set(SCOPES):
        raise BadKey(f"--scope must be one of {', '.join(SCOPES)}, once or more")
    return found


def is_origin(text: str) -> bool:
    """Tell whether this is the origin of a page on the web, spelled as browsers do; not `null`."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and text == f"{parts.scheme}://{parts.netloc}"
        and "@" not in parts.netloc
    )
