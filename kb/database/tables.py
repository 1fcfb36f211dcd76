"""The tables, as SQLAlchemy sees them. No connections, no rules.

SQLite takes any length and any type; checks make both databases refuse the same rows where a wrong
one would mislead. Everything a person could have typed is masked before it comes here
(`kb.redaction`); what may identify somebody lies in `sealed` alone, encrypted
(`kb.handoffs.encryption`).
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    true,
)
from sqlalchemy.types import TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """Aware times in, aware UTC times out, on both databases alike."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times stored must know their time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

# `voter` is a keyed hash of the visitor's random id: no address, nothing that names a person. What
# is one too many of its network is kept and not counted.
votes = Table(
    "votes",
    metadata,
    Column("article_id", String(5), nullable=False),
    Column("voter", String(64), nullable=False),
    Column("value", SmallInteger, nullable=False),
    Column("reason", String(32), nullable=True),
    Column("comment", String(1000), nullable=False),
    Column("lang", String(16), nullable=False),
    Column("voted_at", UtcTime, nullable=False),
    Column("is_counted", Boolean, nullable=False, server_default=true()),
    PrimaryKeyConstraint("article_id", "voter"),
    CheckConstraint("value IN (1, -1)", name="value"),
    CheckConstraint("length(article_id) = 5", name="article_id"),
    CheckConstraint("length(voter) = 64", name="voter"),
    CheckConstraint("length(comment) <= 1000", name="comment"),
)

# How many votes a network gave an article: a keyed hash of both under a key of that day alone.
vote_marks = Table(
    "vote_marks",
    metadata,
    Column("day", Date, nullable=False),
    Column("article_id", String(5), nullable=False),
    Column("mark", String(64), nullable=False),
    Column("votes", Integer, nullable=False),
    PrimaryKeyConstraint("day", "article_id", "mark"),
    CheckConstraint("length(article_id) = 5", name="article_id"),
    CheckConstraint("length(mark) = 64", name="mark"),
    CheckConstraint("votes > 0", name="votes"),
)

# How often articles were read, one reading per visitor and day; days are those of UTC.
article_views = Table(
    "article_views",
    metadata,
    Column("day", Date, nullable=False),
    Column("article_id", String(5), nullable=False),
    Column("views", Integer, nullable=False),
    PrimaryKeyConstraint("day", "article_id"),
    CheckConstraint("length(article_id) = 5", name="article_id"),
    CheckConstraint("views > 0", name="views"),
)

# Who was counted: a keyed hash of visitor and article under a key of that day alone.
view_marks = Table(
    "view_marks",
    metadata,
    Column("day", Date, nullable=False),
    Column("article_id", String(5), nullable=False),
    Column("mark", String(64), nullable=False),
    PrimaryKeyConstraint("day", "article_id", "mark"),
    CheckConstraint("length(article_id) = 5", name="article_id"),
    CheckConstraint("length(mark) = 64", name="mark"),
)

# Of a key only a hash is kept: nobody can take one from a copy of the database.
api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("kind", String(2), nullable=False),
    Column("site", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("hint", String(8), nullable=False),
    Column("origins", JSON, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime, nullable=True),
    Column("last_used_at", UtcTime, nullable=True),
    UniqueConstraint("digest"),
    CheckConstraint("kind IN ('pk', 'sk')", name="kind"),
)

# One row for each suggestion that may be kept. `shown` is a list of objects: article_id, lang,
# title, url, rank, confidence.
suggestions = Table(
    "suggestions",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("session_id", String(64), nullable=False),
    Column("key_id", String(16), nullable=False),
    Column("asked", Text, nullable=False),
    Column("lang", String(16), nullable=False),
    Column("action", String(16), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("list_confidence", Float, nullable=False),
    Column("is_degraded", Boolean, nullable=False),
    Column("policy", String(16), nullable=False),
    Column("index_version", String(64), nullable=False),
    Column("shown", JSON, nullable=False),
    Column("handoff_id", String(24), nullable=True),
    Column("created_at", UtcTime, nullable=False),
    Index(None, "session_id", "created_at"),
    Index(None, "created_at"),
)

# What customers said of a suggestion; `article_id` is "" for the list as a whole.
feedback = Table(
    "feedback",
    metadata,
    Column("suggestion_id", String(24), nullable=False),
    Column("article_id", String(16), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("reason", String(32), nullable=True),
    Column("comment", String(1000), nullable=False),
    Column("session_id", String(64), nullable=False),
    Column("given_at", UtcTime, nullable=False),
    PrimaryKeyConstraint("suggestion_id", "article_id"),
    CheckConstraint("verdict IN ('solved', 'not_solved')", name="verdict"),
    Index(None, "session_id", "given_at"),
)

# Ids come from clients, so they are unique within a session only.
events = Table(
    "events",
    metadata,
    Column("session_id", String(64), nullable=False),
    Column("id", String(64), nullable=False),
    Column("key_id", String(16), nullable=False),
    Column("type", String(32), nullable=False),
    Column("suggestion_id", String(24), nullable=True),
    Column("article_id", String(16), nullable=True),
    Column("seconds", Integer, nullable=True),
    Column("query", Text, nullable=True),
    Column("at", UtcTime, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    PrimaryKeyConstraint("session_id", "id"),
    Index(None, "suggestion_id"),
    Index(None, "received_at"),
)

# `tried` and `searches` were rebuilt from the tables above when the hand-off was made. `sealed`
# holds what the customer consented to pass on: message as written, contact, identity, attributes.
handoffs = Table(
    "handoffs",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("key_id", String(16), nullable=False),
    Column("idempotency_key", String(128), nullable=False),
    Column("request_digest", String(64), nullable=False),
    Column("session_id", String(64), nullable=False),
    Column("lang", String(16), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("message", Text, nullable=False),
    Column("tried", JSON, nullable=False),
    Column("searches", JSON, nullable=False),
    Column("page", JSON, nullable=False),
    Column("attributes", JSON, nullable=False),
    Column("sealed", Text, nullable=True),
    Column("consent_version", String(32), nullable=True),
    Column("consent_at", UtcTime, nullable=True),
    Column("channel", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("external", JSON, nullable=True),
    Column("created_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime, nullable=True),
    UniqueConstraint("key_id", "idempotency_key"),
    CheckConstraint(
        "status IN ('queued', 'delivered', 'fallback_email', 'failed', 'client')", name="status"
    ),
    Index(None, "created_at"),
)

# One row, sealed with the secret key: whether a process has the right key is told by it.
sealed_canary = Table(
    "sealed_canary",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("sealed", Text, nullable=False),
    CheckConstraint("id = 1", name="id"),
)

# Who read which hand-off: `reader_id` is an account, a key of the API, or the user of a command.
handoff_openings = Table(
    "handoff_openings",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("handoff_id", String(24), nullable=False),
    Column("reader_id", String(64), nullable=False),
    Column("way", String(16), nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    CheckConstraint("way IN ('page', 'api', 'command')", name="way"),
    Index(None, "handoff_id"),
    Index(None, "opened_at"),
)

# The outbox. `id` is what receivers recognise a repeated delivery by; `progress` holds what a
# channel of several steps has done already. `touched_at` is the clock at which `next_at` and the
# lease were written: in the future it tells that the clock has been set back since. `requeued_at`
# is when it was put back by hand.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("handoff_id", String(24), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", UtcTime, nullable=False),
    Column("leased_until", UtcTime, nullable=True),
    Column("leased_by", String(64), nullable=False),
    Column("progress", JSON, nullable=False),
    Column("error", String(300), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime, nullable=True),
    Column("touched_at", UtcTime, nullable=True),
    Column("requeued_at", UtcTime, nullable=True),
    UniqueConstraint("handoff_id", "channel"),
    CheckConstraint("state IN ('pending', 'delivered', 'failed', 'dropped')", name="state"),
    Index(None, "state", "next_at"),
)

# Signs of life of the processes that deliver. `open_channels` are those that do not deliver now.
delivery_workers = Table(
    "delivery_workers",
    metadata,
    Column("owner", String(64), primary_key=True),
    Column("seen_at", UtcTime, nullable=False),
    Column("open_channels", JSON, nullable=False),
    Column("unswept", JSON),
)

# What became of attempts, added up for ever; measures are named by `kb.handoffs.delivery.counts`.
delivery_counts = Table(
    "delivery_counts",
    metadata,
    Column("channel", String(16), nullable=False),
    Column("measure", String(32), nullable=False),
    Column("amount", Float, nullable=False),
    PrimaryKeyConstraint("channel", "measure"),
)

# `session_key` goes into the signed cookie: changing it ends every session of the account. An
# unknown `role` may do nothing.
staff = Table(
    "staff",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("email", String(254), nullable=False),
    Column("name", String(100), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("session_key", String(64), nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("signed_in_at", UtcTime, nullable=True),
    Column("role", String(16), nullable=False, server_default="agent"),
    UniqueConstraint("email"),
)

# Of an invitation's token only a hash is kept. `ended_at` is when it was accepted, taken back or
# replaced by another.
staff_invitations = Table(
    "staff_invitations",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("email", String(254), nullable=False),
    Column("role", String(16), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("invited_by", String(64), nullable=False),
    Column("invited_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime, nullable=True),
    UniqueConstraint("digest"),
    Index(None, "email"),
)

# What was done to accounts, and by whom: `actor` is an account, or the user of a command.
staff_events = Table(
    "staff_events",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("actor", String(64), nullable=False),
    Column("action", String(32), nullable=False),
    Column("email", String(254), nullable=False),
    Column("detail", String(100), nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "at"),
)
