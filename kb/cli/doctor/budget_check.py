"""Check of the hand-offs of the last hour against their budget."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from kb.cli.doctor.found_database import found_database
from kb.cli.doctor.model import Finding
from kb.config import Config
from kb.database.inspection import has_table
from kb.errors import BadConfig, DatabaseUnavailable
from kb.handoffs import budget

SUBJECT = "hand-offs"


def check_budget(config: Config) -> Iterator[Finding]:
    """Tell whether one key makes many more than expected: advice, for nothing is broken."""
    try:
        with found_database(config) as database:
            if database is None or not database.query(lambda it: has_table(it, "handoffs")):
                yield Finding(SUBJECT, "none yet")
                return
            use = budget.busiest(database, now=datetime.now(UTC))
    except (BadConfig, DatabaseUnavailable):
        yield Finding(SUBJECT, "not counted, as the database is away")
        return
    if alarm := budget.alarm(use, config.handoff_budget):
        remedy = (
            "look at `kb handoffs list`; revoke the key if it is misused, else raise the budget"
        )
        yield Finding(SUBJECT, alarm, remedy)
    else:
        made = use.made if use else 0
        yield Finding(SUBJECT, f"{made} in an hour with one key at most, within the budget")
