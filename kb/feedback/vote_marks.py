"""Bounds on what the votes of one network weigh: so many on an article count in a day.

Whoever keeps no cookie is a new visitor with every vote. So of one IPv4 address or IPv6 /64, and
of the networks around it, a few votes a day on an article count; the rest is kept, flagged and left
out of counts (`kb.feedback.votes`). Visitors with a cookie of ours have more room, as an office of
known readers is no attack, but not without end: a cookie costs one vote.

A network is known for a day and an article only, by a mark: a hash under a key made of the site's
secret and the day. `kb.database.retention` deletes marks when their day is over.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from kb.client_ip import CLIENTS_WORTH, network, wider_networks
from kb.database import upsert
from kb.database.engine import Connection
from kb.database.tables import vote_marks as table

MOST_NEW = 10
"""Votes without a cookie of one client on an article and day that count."""
MOST_KNOWN = 40
"""The same of visitors with a cookie."""


@dataclass(frozen=True)
class VoteMark:
    """A network's mark, 64 hex digits, and how many votes that carry it count."""

    mark: str
    most: int


@dataclass(frozen=True)
class VoteOrigin:
    """Marks of a vote: of its client, then of the networks around it."""

    day: date
    marks: tuple[VoteMark, ...]


def origin_of(
    address: str | None, *, article_id: str, is_known: bool, secret_key: str, day: date
) -> VoteOrigin:
    """The origin of a vote on the article from `address`; `is_known` for one with a cookie."""
    most = MOST_KNOWN if is_known else MOST_NEW
    bounds = {network(address): most} | {
        name: most * CLIENTS_WORTH[length] for length, name in wider_networks(address).items()
    }
    key = hashlib.sha256(b"otvet vote mark key\0" + secret_key.encode()).digest()
    kind = f"{day.isoformat()}/{article_id}/{'known' if is_known else 'new'}"
    return VoteOrigin(
        day,
        tuple(
            VoteMark(hmac.new(key, f"{kind}/{name}".encode(), hashlib.sha256).hexdigest(), bound)
            for name, bound in bounds.items()
        ),
    )


def has_room(connection: Connection, article_id: str, origin: VoteOrigin) -> bool:
    """Count a new vote for its networks; False when it is one too many of any.

    What is too much for a client is not counted for the networks around it.
    """
    for mark in origin.marks:
        key = {"day": origin.day, "article_id": article_id, "mark": mark.mark}
        upsert.add(connection, table, key, "votes", 1)
        statement = select(table.c.votes).filter_by(**key)
        if connection.execute(statement).scalar_one() > mark.most:
            return False
    return True
