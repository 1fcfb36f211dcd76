"""The articles that readers need most: from counted readings and votes to an order.

The score of an article is

    score = views · (1 + L(yes) − L(no))

`views` are its readings of the last 30 days, one per visitor and day. L is the lower end of the
95 % Wilson interval of the share of yes, or of no, among its votes. Readings tell what is asked;
votes tell whether readers found it here, and they weigh as much as they prove: without votes the
factor is 1, for what is surely helpful it approaches 2, for what surely is not it approaches 0. So
a single vote moves little (one yes: 1.21), and an article that many open and nobody is helped by
does not stay in front. Source of the interval: E. B. Wilson, JASA 22 (1927), 209–212.

Few readings prove nothing: an article takes part from LEAST_VIEWS on, and a site with fewer than
LEAST_ARTICLES such articles has no order at all, so that nothing is called popular which is not.
"""

from __future__ import annotations

import heapq
import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import structlog

from kb.catalog.catalog import ArticleVersion
from kb.database.engine import Database
from kb.errors import DatabaseUnavailable
from kb.feedback import page_views, votes
from kb.feedback.votes import Tally

log = structlog.get_logger(__name__)

WINDOW_DAYS = 30
LEAST_VIEWS = 5
LEAST_ARTICLES = 5
REFRESH_S = 300.0
RETRY_S = 30.0
"""After so long a database that was away is asked again."""
CLOSE_WAIT_S = 3.0
_Z = 1.96  # of a two-sided 95 % interval


@dataclass(frozen=True)
class Ranking:
    """The order of popular articles; empty as long as there is too little to tell."""

    places: Mapping[str, int] = field(default_factory=dict)
    """Article id → place, from 0."""

    def popular(self, pages: Iterable[ArticleVersion], *, most: int) -> list[ArticleVersion]:
        """Those of `pages` that have a place, the most popular first, at most so many."""
        placed = (page for page in pages if page.id in self.places)
        return heapq.nsmallest(most, placed, key=lambda page: self.places[page.id])


UNKNOWN = Ranking()


def wilson_lower(part: int, whole: int) -> float:
    """Lower end of the 95 % Wilson interval of `part` out of `whole`, 0 for nothing out of nothing.

    With n = whole and p = part / n: (p + z²/2n − z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n).
    """
    if part == 0:
        return 0.0
    share, square = part / whole, _Z * _Z
    centre = share + square / (2 * whole)
    spread = _Z * math.sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    return (centre - spread) / (1 + square / whole)


def score(view_count: int, tally: Tally) -> float:
    """See the module; at least 0, less than twice the readings."""
    whole = tally.up + tally.down
    return view_count * (1 + wilson_lower(tally.up, whole) - wilson_lower(tally.down, whole))


def rank(view_counts: Mapping[str, int], tallies: Mapping[str, Tally]) -> Ranking:
    """The order of articles with so many readings and votes; among equals by id."""
    known = {id: count for id, count in view_counts.items() if count >= LEAST_VIEWS}
    if len(known) < LEAST_ARTICLES:
        return UNKNOWN
    scores = {id: score(count, tallies.get(id, Tally())) for id, count in known.items()}
    order = sorted(scores, key=lambda id: (-scores[id], id))
    return Ranking({id: place for place, id in enumerate(order)})


def measure(db: Database, *, today: date) -> Ranking:
    """The order as the database knows it now. Raises DatabaseUnavailable."""
    view_counts = page_views.totals(db, since=today - timedelta(days=WINDOW_DAYS - 1))
    return rank(view_counts, votes.tallies(db, view_counts))


class Popularity:
    """Gives pages the latest order at once and asks the database for a newer one beside them.

    Make it after forking; thread-safe. While the database is away the last order stays.
    """

    def __init__(
        self,
        db: Database,
        *,
        clock: Callable[[], float] = time.monotonic,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        self._db = db
        self._clock = clock
        self._today = today
        self._ranking = UNKNOWN
        self._due_at = -math.inf
        self._lock = threading.Lock()
        self._is_closed = False
        self._thread: threading.Thread | None = None

    def ranking(self) -> Ranking:
        """The order as far as it is known now; never waits for the database."""
        if self._clock() >= self._due_at:
            self._start()
        return self._ranking

    def refresh(self) -> None:
        """Ask the database now; it being away, or anything else, leaves what is known."""
        pause_s = RETRY_S
        try:
            self._ranking = measure(self._db, today=self._today())
            pause_s = REFRESH_S
        except DatabaseUnavailable as error:
            log.warning("popularity_not_refreshed", reason=str(error))
        except Exception:  # the home page must not depend on it
            log.exception("popularity_not_refreshed")
        self._due_at = self._clock() + pause_s

    def close(self) -> None:
        """Begin nothing any more, and wait a little for what goes on."""
        with self._lock:
            self._is_closed = True
        if self._thread:
            self._thread.join(CLOSE_WAIT_S)

    def _start(self) -> None:
        with self._lock:
            is_running = self._thread is not None and self._thread.is_alive()
            if is_running or self._is_closed or self._clock() < self._due_at:
                return
            self._thread = threading.Thread(target=self.refresh, name="popularity", daemon=True)
            self._thread.start()
