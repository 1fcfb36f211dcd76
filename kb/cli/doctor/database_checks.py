"""Checks of the database: it answers, this program knows its tables, no other one was forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from kb.cli.database.former import forgotten_database
from kb.cli.doctor.found_database import found_database
from kb.cli.doctor.model import Finding, bad
from kb.config import Config
from kb.database.inspection import require_known_revision
from kb.errors import BadConfig, DatabaseUnavailable

SUBJECT = "database"


def check_database(config: Config) -> Iterator[Finding]:
    """The database answers. One that is made at the first start is not made here."""
    try:
        with found_database(config) as database:
            if database is None:
                yield Finding(SUBJECT, "none yet; it is made at the first start")
            else:
                database.query(require_known_revision)
                kind = "PostgreSQL" if database.is_postgresql else "SQLite"
                yield Finding(SUBJECT, f"{kind} answers")
        if sentence := forgotten_database(config):
            yield bad(SUBJECT, sentence, 'see "To PostgreSQL" in docs/operations.md')
    except BadConfig as error:
        yield bad(SUBJECT, str(error), "mend it, or KB_DATABASE_URL")
    except DatabaseUnavailable as error:
        yield bad(SUBJECT, str(error), "start it, or mend KB_DATABASE_URL")
