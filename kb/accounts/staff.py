"""Accounts of staff: add, change, deactivate, authenticate. No requests, no cookies.

Passwords are kept as Argon2id hashes. An account's `session_key` stands in its session cookies: a
new one ends them all. Whether an address has an account cannot be told from how long a refusal
takes.
"""

from __future__ import annotations

import functools
import hmac
import re
import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import insert, select, update

from kb.accounts import audit, passwords
from kb.accounts.roles import USUAL_ROLE, Role
from kb.database.engine import Connection, Database
from kb.database.tables import staff as table
from kb.errors import DatabaseUnavailable

MAX_EMAIL_CHARS = 254
MAX_NAME_CHARS = 100

HASHER = PasswordHasher(time_cost=3, memory_cost=19 * 1024, parallelism=1)
"""19 MiB is what OWASP asks for at least, with one pass more: some 70 ms of one core."""
AT_ONCE = 2
HASHING_PATIENCE_S = 2.0
"""A crowd at the door costs two cores and 40 MB, no more."""

_NEVER_IN_EMAIL = r"@\s<>\"',;:()\[\]\\"
_EMAIL = re.compile(
    rf"[^{_NEVER_IN_EMAIL}]++@[^{_NEVER_IN_EMAIL}][^.{_NEVER_IN_EMAIL}]*+\.[^{_NEVER_IN_EMAIL}]++"
)
_ID_BYTES = 8
_KEY_BYTES = 32
_hashing = threading.BoundedSemaphore(AT_ONCE)


class InvalidAccount(ValueError):
    """An account that cannot be stored: the `field` that is wrong, and a sentence."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field


class AccountExists(Exception):
    """There is an active account with this address."""


class NoSuchAccount(Exception):
    """There is no active account with this address."""


class LastLead(Exception):
    """Nobody could give out roles any more."""


@dataclass(frozen=True)
class Account:
    """Somebody who may use the pages for staff; `session_key` is a secret."""

    id: str
    email: str
    name: str
    session_key: str
    is_active: bool
    created_at: datetime
    signed_in_at: datetime | None
    role: str = USUAL_ROLE


@dataclass(frozen=True)
class NewAccount:
    """An account that is checked and can be stored; its password is hashed already."""

    id: str
    email: str
    name: str
    password_hash: str = field(repr=False)
    session_key: str = field(repr=False)
    role: Role

    def store(self, connection: Connection, *, now: datetime) -> Account:
        """Make the account, or bring a deactivated one back, in the caller's transaction.

        Storing it again changes nothing. Raises AccountExists.
        """
        same = table.c.email == self.email
        row = connection.execute(select(table).where(same)).one_or_none()
        # Our own row is there already when a connection was lost while committing.
        if row and row.is_active and row.session_key != self.session_key:
            raise AccountExists(self.email)
        values = {
            "name": self.name,
            "password_hash": self.password_hash,
            "session_key": self.session_key,
            "is_active": True,
            "role": self.role,
        }
        if row:
            connection.execute(update(table).where(same).values(**values))
        else:
            fresh = {"id": self.id, "email": self.email, "created_at": now}
            connection.execute(insert(table).values(**fresh, **values))
        found = _find(connection, self.email)
        assert found is not None  # noqa: S101 – written in this transaction
        return found


def prepared(
    *, email: str, name: str, password: str, role: Role = USUAL_ROLE, site_name: str = ""
) -> NewAccount:
    """An account to be stored. Neither name nor address nor `site_name` makes a password.

    Raises InvalidAccount.
    """
    checked_email, checked_name = clean_email(email), _clean_name(name)
    return NewAccount(
        id=f"st_{secrets.token_hex(_ID_BYTES)}",
        email=checked_email,
        name=checked_name,
        password_hash=_hash(_checked(password, checked_email, checked_name, site_name)),
        session_key=secrets.token_hex(_KEY_BYTES),
        role=role,
    )


def add(
    db: Database,
    *,
    email: str,
    name: str,
    password: str,
    now: datetime,
    site_name: str = "",
    role: Role = USUAL_ROLE,
    actor: str = "",
) -> Account:
    """Make an account, or bring a deactivated one back with this name, password and role.

    `actor` is who does it, for the record. Raises InvalidAccount before the database is asked
    anything, AccountExists, DatabaseUnavailable.
    """
    made = prepared(email=email, name=name, password=password, role=role, site_name=site_name)
    event = audit.StaffEvent.now(actor, "added", made.email, role, now=now)

    def work(connection: Connection) -> Account:
        account = made.store(connection, now=now)
        audit.record(connection, event)
        return account

    return db.transact(work)


def set_role(
    db: Database,
    *,
    email: str,
    role: Role,
    now: datetime,
    actor: str = "",
    keeps_a_lead: bool = False,
) -> None:
    """Give an active account another role, from its next request on.

    With `keeps_a_lead` the last lead stays one. Raises InvalidAccount, NoSuchAccount, LastLead,
    DatabaseUnavailable.
    """
    checked = clean_email(email)
    event = audit.StaffEvent.now(actor, "role", checked, role, now=now)

    def work(connection: Connection) -> None:
        if keeps_a_lead and role != "lead":
            _require_another_lead(connection, checked)
        is_it = (table.c.email == checked) & table.c.is_active.is_(True)
        if not connection.execute(update(table).where(is_it).values(role=role)).rowcount:
            raise NoSuchAccount(checked)
        audit.record(connection, event)

    db.transact(work)


def set_password(db: Database, *, email: str, password: str, site_name: str = "") -> None:
    """End every session, too. Raises InvalidAccount, NoSuchAccount, DatabaseUnavailable."""
    known = _row(db, clean_email(email))
    if known is None or not known.is_active:
        raise NoSuchAccount(clean_email(email))
    hashed = _hash(_checked(password, known.email, known.name, site_name))
    _change(db, email, password_hash=hashed, session_key=secrets.token_hex(_KEY_BYTES))


def deactivate(
    db: Database,
    *,
    email: str,
    now: datetime | None = None,
    actor: str = "",
    keeps_a_lead: bool = False,
) -> None:
    """Let nobody in any more and end every session. Raises as `set_password`, LastLead.

    The row stays, so that what the account did still has a name.
    """
    event = audit.StaffEvent.now(
        actor, "removed", clean_email(email), "", now=now or datetime.now(UTC)
    )
    _change(
        db,
        email,
        event=event,
        keeps_a_lead=keeps_a_lead,
        is_active=False,
        session_key=secrets.token_hex(_KEY_BYTES),
    )


def end_sessions(db: Database, account_id: str) -> None:
    """Sign the account out everywhere. Raises DatabaseUnavailable."""
    key = secrets.token_hex(_KEY_BYTES)
    statement = update(table).where(table.c.id == account_id).values(session_key=key)
    db.transact(lambda connection: connection.execute(statement))


def accounts(db: Database) -> tuple[Account, ...]:
    """All, the deactivated too, by address. Raises DatabaseUnavailable."""
    statement = select(table).order_by(table.c.email)
    rows = db.query(lambda connection: connection.execute(statement).all())
    return tuple(map(_account, rows))


def authenticate(db: Database, *, email: str, password: str, now: datetime) -> Account | None:
    """The active account that these open; None for all else, after the same time.

    Raises DatabaseUnavailable, also when too many are trying at once.
    """
    found = _row(db, email)
    password_hash = found.password_hash if found else _nobodys_hash()
    is_right = _verify(password_hash, password)
    if found is None or not is_right or not found.is_active:
        return None
    changes: dict[str, Any] = {"signed_in_at": now}
    if HASHER.check_needs_rehash(password_hash):
        changes["password_hash"] = _hash(passwords.normal(password))
    same = (table.c.id == found.id) & (table.c.session_key == found.session_key)

    def work(connection: Connection) -> Account | None:
        # Nothing when the password was changed meanwhile.
        connection.execute(update(table).where(same).values(**changes))
        row = connection.execute(select(table).where(same)).one_or_none()
        return _account(row) if row else None

    return db.transact(work)


def of_session(db: Database, account_id: str, session_key: str) -> Account | None:
    """The active account of a session that has not been ended. Raises DatabaseUnavailable."""
    statement = select(table).where(table.c.id == account_id)
    row = db.query(lambda connection: connection.execute(statement).one_or_none())
    if row is None or not row.is_active:
        return None
    is_same = hmac.compare_digest(row.session_key.encode(), session_key.encode())
    return _account(row) if is_same else None


def clean_email(text: str) -> str:
    """The address as it is stored and looked for, in small letters. Raises InvalidAccount."""
    email = unicodedata.normalize("NFC", text[: 4 * MAX_EMAIL_CHARS]).strip().lower()
    if len(email) > MAX_EMAIL_CHARS:
        raise InvalidAccount("email", f"an address has at most {MAX_EMAIL_CHARS} characters")
    if not _EMAIL.fullmatch(email) or not email.isprintable():
        raise InvalidAccount("email", "this is not an e-mail address")
    return email


def _clean_name(text: str) -> str:
    name = " ".join(text[: 4 * MAX_NAME_CHARS].split())
    if not name or not name.isprintable():
        raise InvalidAccount("name", "a name needs letters, and no control characters")
    if len(name) > MAX_NAME_CHARS:
        raise InvalidAccount("name", f"a name has at most {MAX_NAME_CHARS} characters")
    return name


def _checked(password: str, *own: str) -> str:
    try:
        return passwords.checked(password, own=own)
    except passwords.RefusedPassword as error:
        raise InvalidAccount("password", str(error)) from error


def _require_another_lead(connection: Connection, email: str) -> None:
    is_lead = (table.c.role == "lead") & table.c.is_active.is_(True)
    leads = {row.email for row in connection.execute(select(table.c.email).where(is_lead))}
    if leads == {email}:
        raise LastLead(email)


def _change(
    db: Database,
    email: str,
    *,
    event: audit.StaffEvent | None = None,
    keeps_a_lead: bool = False,
    **values: Any,
) -> None:
    checked = clean_email(email)
    is_it = (table.c.email == checked) & table.c.is_active.is_(True)
    key = values["session_key"]

    def work(connection: Connection) -> bool:
        if keeps_a_lead:
            _require_another_lead(connection, checked)
        if connection.execute(update(table).where(is_it).values(**values)).rowcount:
            if event:
                audit.record(connection, event)
            return True
        row = connection.execute(select(table).where(table.c.email == checked)).one_or_none()
        return row is not None and row.session_key == key  # done by a first, lost commit

    if not db.transact(work):
        raise NoSuchAccount(checked)


def _row(db: Database, email: str) -> Any | None:
    """None also for what is no address: it is hashed against nothing all the same."""
    try:
        checked = clean_email(email)
    except InvalidAccount:
        checked = ""
    statement = select(table).where(table.c.email == checked)
    return db.query(lambda connection: connection.execute(statement).one_or_none())


def _find(connection: Connection, email: str) -> Account | None:
    row = connection.execute(select(table).where(table.c.email == email)).one_or_none()
    return _account(row) if row else None


def _account(row: Any) -> Account:
    return Account(
        id=row.id,
        email=row.email,
        name=row.name,
        session_key=row.session_key,
        is_active=row.is_active,
        created_at=row.created_at,
        signed_in_at=row.signed_in_at,
        role=row.role,
    )


@functools.cache
def _nobodys_hash() -> str:
    """A hash that passwords of unknown addresses are held against."""
    return _hash(secrets.token_hex(_KEY_BYTES))


def _hash(password: str) -> str:
    with _turn():
        return HASHER.hash(password)


def _verify(password_hash: str, password: str) -> bool:
    """False for what cannot be a password, after the time that one takes."""
    given = passwords.normal(password[: passwords.MAX_CHARS + 1])
    with _turn():
        try:
            HASHER.verify(password_hash, given.encode("utf-8", "surrogatepass"))
        except (VerificationError, InvalidHashError):
            return False
    return len(password) <= passwords.MAX_CHARS


@contextmanager
def _turn() -> Iterator[None]:
    """One of the places where passwords are hashed."""
    if not _hashing.acquire(timeout=HASHING_PATIENCE_S):
        raise DatabaseUnavailable("too many sign in at once")
    try:
        yield
    finally:
        _hashing.release()
