"""Check of the secret key: its file, and whether it is the database's."""

from __future__ import annotations

import stat
from collections.abc import Iterator

from kb import secret_key
from kb.cli.doctor.found_database import found_database
from kb.cli.doctor.model import Finding, bad
from kb.config import Config
from kb.database.engine import Connection, Database
from kb.database.inspection import has_table
from kb.errors import BadConfig, DatabaseUnavailable
from kb.handoffs import canary, rotation
from kb.handoffs.encryption import Sealer
from kb.secret_key import SecretKeys

SUBJECT = "key"


def check_key(config: Config) -> Iterator[Finding]:
    """Nobody else can change it, and it opens what the database holds sealed."""
    try:
        keys = secret_key.find_secret_keys(config)
    except (BadConfig, OSError) as error:
        yield bad(SUBJECT, str(error), "mend the file, or take the key from your backup")
        return
    yield from _readable_by_others(config)
    try:
        with found_database(config) as database:
            yield from _against(database, keys)
    except (BadConfig, DatabaseUnavailable):
        remedy = "mend the database, then run this again"
        yield Finding(SUBJECT, "not yet held against the database", remedy)


def _against(database: Database | None, keys: SecretKeys | None) -> Iterator[Finding]:
    if keys is None:
        if database and not canary.is_right_key(database, None):
            yield bad(SUBJECT, "there is none, and the database is sealed with one", _RESTORE)
        else:
            yield Finding(SUBJECT, "none yet; it is made at the first start")
    elif database is None or not database.query(_has_handoffs):
        yield Finding(SUBJECT, "can be used; nothing is sealed with it yet")
    elif not canary.is_right_key(database, Sealer(keys)):
        yield bad(SUBJECT, "it is not the one that the database is sealed with", _RESTORE)
    else:
        yield from _sealed_rows(database, keys)


def _has_handoffs(connection: Connection) -> bool:
    return has_table(connection, "handoffs")


def _sealed_rows(database: Database, keys: SecretKeys) -> Iterator[Finding]:
    counts = rotation.counts(database, Sealer(keys))
    if counts.unreadable:
        yield bad(
            SUBJECT,
            f"{counts.unreadable} hand-offs are sealed with a key that is not here",
            _RESTORE,
        )
    elif keys.previous:
        yield Finding(
            SUBJECT,
            f"sealed with it: {counts.current} hand-offs, with the one before: {counts.previous}",
            "`kb secret rotate` ends the rotation",
        )
    else:
        yield Finding(SUBJECT, f"opens all that is sealed: {counts.current} hand-offs")


def _readable_by_others(config: Config) -> Iterator[Finding]:
    path = secret_key.key_file(config)
    if config.secret_key or not path.exists():
        return
    if path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        yield bad(SUBJECT, f"{path} can be read by others", f"run `chmod 600 {path}`")


_RESTORE = (
    "give the right key back, from your backup or as KB_SECRET_KEY_PREVIOUS;"
    " if it is lost for good, `kb secret rotate --lost`"
)
