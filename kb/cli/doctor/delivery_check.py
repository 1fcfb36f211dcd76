"""Check of deliveries: somebody delivers, and nobody waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from kb.cli.doctor.found_database import found_database
from kb.cli.doctor.model import Finding, bad
from kb.config import Config
from kb.database.engine import Database
from kb.database.inspection import has_table
from kb.errors import BadConfig, DatabaseUnavailable
from kb.handoffs import handoffs
from kb.handoffs.channels import registry

SUBJECT = "delivery"


def check_delivery(config: Config) -> Iterator[Finding]:
    """The same that `/readyz` tells of deliveries."""
    try:
        with found_database(config) as database:
            if database is None or not database.query(lambda it: has_table(it, "delivery_workers")):
                yield Finding(SUBJECT, "not begun; servers and workers have not been started")
                return
            faults = list(_faults(config, database))
    except (BadConfig, DatabaseUnavailable):
        yield Finding(SUBJECT, "not looked at, as the database is away")
        return
    yield from faults
    if not faults:
        yield Finding(SUBJECT, "nothing waits too long, nothing has failed")


def _faults(config: Config, database: Database) -> Iterator[Finding]:
    from kb.web.http import delivery_health
    from kb.web.http.health import FAILED_FOR

    for reason in delivery_health.reasons(database, has_channel=bool(registry.chosen(config))):
        yield bad(SUBJECT, reason.removeprefix("delivery").lstrip(": "), "see `kb handoffs list`")
    if failed := handoffs.failed_since(database, datetime.now(UTC) - FAILED_FOR):
        remedy = "`kb handoffs list` says why; once that is mended, `kb handoffs retry --all`"
        yield bad(SUBJECT, f"{failed} hand-offs were received by nobody", remedy)
