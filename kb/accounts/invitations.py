"""Invitations of staff: a link for one person, one role, one use and some days. No letters.

Of the link's token only a hash is kept. A new invitation of the same address ends the one before;
what is forged, used, taken back or too old is the same: no invitation.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from kb.accounts import audit, staff
from kb.accounts.roles import USUAL_ROLE, Role, role_named
from kb.accounts.staff import Account, AccountExists
from kb.database.engine import Connection, Database
from kb.database.tables import staff as accounts
from kb.database.tables import staff_invitations as table
from kb.ids import new_id

VALID = timedelta(days=3)
_TOKEN_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Invitation:
    """An invitation that can still be accepted."""

    id: str
    email: str
    role: Role
    invited_by: str
    """Id of an account, or the user of a command."""
    invited_at: datetime
    expires_at: datetime


class NoInvitation(Exception):
    """There is no such invitation, or no longer."""


def invite(
    db: Database, *, email: str, role: Role, now: datetime, actor: str = ""
) -> tuple[Invitation, str]:
    """Invite somebody; returns the token of the link, which is shown this once.

    Raises InvalidAccount, AccountExists for who can sign in already, DatabaseUnavailable.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    event = audit.StaffEvent.now(actor, "invited", staff.clean_email(email), role, now=now)
    made = Invitation(new_id("in"), event.email, role, event.actor, now, now + VALID)

    def work(connection: Connection) -> None:
        if _is_active(connection, made.email):
            raise AccountExists(made.email)
        is_before = (table.c.email == made.email) & table.c.ended_at.is_(None)
        connection.execute(
            update(table).where(is_before, table.c.id != made.id).values(ended_at=now)
        )
        if not connection.execute(select(table.c.id).where(table.c.id == made.id)).first():
            connection.execute(insert(table).values(digest=_digest(token), **vars(made)))
        audit.record(connection, event)

    db.transact(work)
    return made, token


def of_token(db: Database, token: str, *, now: datetime) -> Invitation | None:
    """The invitation that a link names, None for none. Raises DatabaseUnavailable."""
    if not _TOKEN.fullmatch(token):
        return None
    return db.query(lambda connection: _open(connection, token, now))


def accept(
    db: Database, token: str, *, name: str, password: str, now: datetime, site_name: str = ""
) -> Account:
    """Make the account of who was invited, and end the invitation.

    Raises NoInvitation, InvalidAccount, AccountExists, DatabaseUnavailable.
    """
    found = of_token(db, token, now=now)
    if found is None:
        raise NoInvitation
    made = staff.prepared(
        email=found.email, name=name, password=password, role=found.role, site_name=site_name
    )
    event = audit.StaffEvent.now(made.id, "accepted", made.email, made.role, now=now)

    def work(connection: Connection) -> Account:
        is_it = (table.c.id == found.id) & table.c.ended_at.is_(None)
        is_first = connection.execute(update(table).where(is_it).values(ended_at=now)).rowcount
        if not is_first and not _is_ours(connection, made.session_key):
            raise NoInvitation
        account = made.store(connection, now=now)
        audit.record(connection, event)
        return account

    return db.transact(work)


def take_back(db: Database, invitation_id: str, *, now: datetime, actor: str = "") -> bool:
    """End an invitation; False when there is none to end. Raises DatabaseUnavailable."""
    is_it = (table.c.id == invitation_id) & table.c.ended_at.is_(None)
    of_id = select(table).where(table.c.id == invitation_id)

    def work(connection: Connection) -> bool:
        if not connection.execute(update(table).where(is_it).values(ended_at=now)).rowcount:
            return False
        row = connection.execute(of_id).one()
        event = audit.StaffEvent.now(actor, "taken_back", row.email, row.role, now=now)
        audit.record(connection, event)
        return True

    return db.transact(work)


def waiting(db: Database, *, now: datetime) -> tuple[Invitation, ...]:
    """Invitations that can be accepted, the newest first. Raises DatabaseUnavailable."""
    statement = (
        select(table)
        .where(table.c.ended_at.is_(None), table.c.expires_at > now)
        .order_by(table.c.invited_at.desc(), table.c.id)
    )
    rows = db.query(lambda connection: connection.execute(statement).all())
    return tuple(map(_invitation, rows))


def _open(connection: Connection, token: str, now: datetime) -> Invitation | None:
    statement = select(table).where(
        table.c.digest == _digest(token), table.c.ended_at.is_(None), table.c.expires_at > now
    )
    row = connection.execute(statement).one_or_none()
    return _invitation(row) if row else None


def _is_active(connection: Connection, email: str) -> bool:
    is_it = (accounts.c.email == email) & accounts.c.is_active.is_(True)
    return connection.execute(select(accounts.c.id).where(is_it)).first() is not None


def _is_ours(connection: Connection, session_key: str) -> bool:
    """Tell whether a first try, whose commit was lost, has stored the account."""
    is_it = accounts.c.session_key == session_key
    return connection.execute(select(accounts.c.id).where(is_it)).first() is not None


def _invitation(row: Any) -> Invitation:
    return Invitation(
        id=row.id,
        email=row.email,
        role=role_named(row.role) or USUAL_ROLE,
        invited_by=row.invited_by,
        invited_at=row.invited_at,
        expires_at=row.expires_at,
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("ascii")).hexdigest()
