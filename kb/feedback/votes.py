"""Votes on articles: record, withdraw, tally. No requests, no cookies.

One row per article and voter, so a repeated vote changes nothing and a changed one replaces the
old; counts are counted from the rows, but for those that are too many of one network
(`kb.feedback.vote_marks`): every count here leaves them out. What is stored was checked here, so
that both databases hold the same or refuse the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import delete, func, select

from kb import redaction
from kb.database import upsert
from kb.database.engine import Connection, Database
from kb.database.tables import votes as table
from kb.feedback import vote_marks
from kb.feedback.vote_marks import VoteOrigin
from kb.labels import VOTE_REASONS, VoteReason

Value = Literal[1, -1]

MAX_COMMENT_CHARS = 1000

_ARTICLE_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{5}")
_VOTER = re.compile(r"[0-9a-f]{64}")
_LANG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
_IDS_AT_ONCE = 500  # databases bound the number of parameters of one statement


class InvalidVote(ValueError):
    """A vote that cannot be stored: which `field` is wrong, a `code` for it, and a sentence."""

    def __init__(self, field: str, code: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field
        self.code = code


@dataclass(frozen=True)
class Vote:
    """A voter's opinion of an article; `reason` only with a no."""

    article_id: str
    value: Value
    reason: VoteReason | None
    comment: str
    lang: str


@dataclass(frozen=True)
class Tally:
    """Numbers of voters who say yes and who say no, in all languages of the article."""

    up: int = 0
    down: int = 0


def record(
    db: Database,
    *,
    article_id: str,
    voter: str,
    value: int,
    reason: str | None = None,
    comment: str = "",
    lang: str,
    now: datetime,
    origin: VoteOrigin | None = None,
) -> Tally:
    """Store the voter's vote, in place of an earlier one, and return the article's tally.

    When this returns the vote is on the disk. Doing it again is harmless. `reason` is dropped from
    a yes; `comment` is cleaned and masked. A new vote for which its `origin` has no room is stored
    and counts for nothing; a changed one counts as it did before. Raises InvalidVote before the
    database is asked anything, DatabaseUnavailable when the vote may not have been stored.
    """
    _require_article_id(article_id)
    _require_voter(voter)
    vote = Vote(
        article_id=article_id,
        value=(checked := _checked_value(value)),
        reason=_checked_reason(reason) if checked == -1 else None,
        comment=redaction.mask(clean_comment(comment))[:MAX_COMMENT_CHARS].rstrip(),
        lang=_checked_lang(lang),
    )

    def work(connection: Connection) -> Tally:
        _store(connection, vote, voter, now, origin)
        return _tallies(connection, [article_id])[article_id]

    return db.transact(work)


def withdraw(db: Database, *, article_id: str, voter: str) -> Tally:
    """Forget the voter's vote, if there is one, and return the tally. Errors as `record`."""
    _require_article_id(article_id)
    _require_voter(voter)

    def work(connection: Connection) -> Tally:
        connection.execute(
            delete(table).where(table.c.article_id == article_id, table.c.voter == voter)
        )
        return _tallies(connection, [article_id])[article_id]

    return db.transact(work)


def tally(db: Database, article_id: str) -> Tally:
    """Raises InvalidVote, DatabaseUnavailable."""
    return tallies(db, [article_id])[article_id]


def tallies(db: Database, article_ids: Iterable[str]) -> dict[str, Tally]:
    """The tally of each article, with zeros for one that has no votes. Errors as `tally`."""
    ids = list(dict.fromkeys(article_ids))
    for article_id in ids:
        _require_article_id(article_id)
    return db.query(lambda connection: _tallies(connection, ids)) if ids else {}


def total(db: Database) -> Tally:
    """Votes on all articles together. Errors as `tally`."""
    statement = (
        select(table.c.value, func.count()).where(table.c.is_counted).group_by(table.c.value)
    )
    rows = db.query(lambda connection: connection.execute(statement).all())
    counts: dict[int, int] = {value: count for value, count in rows}  # noqa: C416 (rows, not pairs)
    return Tally(up=counts.get(1, 0), down=counts.get(-1, 0))


def left_out(db: Database) -> int:
    """Number of votes that are kept and not counted. Errors as `tally`."""
    statement = select(func.count()).where(~table.c.is_counted)
    return db.query(lambda connection: connection.execute(statement).scalar_one())


def vote_of(db: Database, article_id: str, voter: str) -> Vote | None:
    """The voter's vote on the article. Errors as `tally`."""
    _require_article_id(article_id)
    _require_voter(voter)
    statement = select(table).where(table.c.article_id == article_id, table.c.voter == voter)
    row = db.query(lambda connection: connection.execute(statement).one_or_none())
    if row is None:
        return None
    return Vote(
        article_id=row.article_id,
        value=row.value,
        reason=row.reason,
        comment=row.comment,
        lang=row.lang,
    )


def clean_comment(text: str) -> str:
    """Strip the text and its control characters, except tab and line ends, which become newlines.

    Raises InvalidVote for NUL and lone surrogates, which no reader types, and for more than
    MAX_COMMENT_CHARS characters.
    """
    if not isinstance(text, str):
        raise InvalidVote("comment", "wrong_type", "comment must be text")
    if len(text) > 2 * MAX_COMMENT_CHARS:
        raise _too_long(len(text))
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidVote("comment", "invalid_text", "comment holds characters that are not text")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    cleaned = "".join(
        character
        for character in lines
        if character in "\n\t" or unicodedata.category(character) != "Cc"
    ).strip()
    if len(cleaned) > MAX_COMMENT_CHARS:
        raise _too_long(len(cleaned))
    return cleaned


def _store(
    connection: Connection, vote: Vote, voter: str, now: datetime, origin: VoteOrigin | None
) -> None:
    content = {
        "value": vote.value,
        "reason": vote.reason,
        "comment": vote.comment,
        "lang": vote.lang,
        "voted_at": now,
        "is_counted": _counts(connection, vote.article_id, voter, origin),
    }
    key = {"article_id": vote.article_id, "voter": voter}
    upsert.upsert(connection, table, key | content, list(key), kept=("is_counted",))


def _counts(connection: Connection, article_id: str, voter: str, origin: VoteOrigin | None) -> bool:
    """Tell whether a vote is to be counted; of one that is there already it does not matter."""
    known = select(table.c.voter).where(table.c.article_id == article_id, table.c.voter == voter)
    if origin is None or connection.execute(known).first():
        return True
    return vote_marks.has_room(connection, article_id, origin)


def _tallies(connection: Connection, ids: list[str]) -> dict[str, Tally]:
    counts: dict[tuple[str, int], int] = {}
    for start in range(0, len(ids), _IDS_AT_ONCE):
        rows = connection.execute(
            select(table.c.article_id, table.c.value, func.count())
            .where(table.c.article_id.in_(ids[start : start + _IDS_AT_ONCE]), table.c.is_counted)
            .group_by(table.c.article_id, table.c.value)
        )
        counts.update({(article_id, value): count for article_id, value, count in rows})
    return {id: Tally(up=counts.get((id, 1), 0), down=counts.get((id, -1), 0)) for id in ids}


def _require_article_id(article_id: object) -> None:
    if not isinstance(article_id, str) or not _ARTICLE_ID.fullmatch(article_id):
        raise InvalidVote("article_id", "invalid_id", "article_id is not the id of an article")


def _require_voter(voter: object) -> None:
    if not isinstance(voter, str) or not _VOTER.fullmatch(voter):
        raise InvalidVote("voter", "invalid_id", "voter is not the key of a visitor")


def _checked_value(value: object) -> Value:
    # True == 1 and 1.0 == 1, and the two databases disagree about both.
    if type(value) is not int or value not in (1, -1):
        raise InvalidVote("value", "invalid_value", "value must be 1 or -1")
    return cast(Value, value)


def _checked_reason(reason: object) -> VoteReason | None:
    if reason is not None and reason not in VOTE_REASONS:
        raise InvalidVote(
            "reason", "invalid_value", f"reason must be one of {', '.join(VOTE_REASONS)}"
        )
    return reason


def _checked_lang(lang: object) -> str:
    if not isinstance(lang, str) or not _LANG.fullmatch(lang):
        raise InvalidVote("lang", "invalid_value", "lang must be a language code such as ru")
    return lang


def _too_long(length: int) -> InvalidVote:
    detail = f"{length} characters; at most {MAX_COMMENT_CHARS}"
    return InvalidVote("comment", "too_long", f"comment has {detail}")
