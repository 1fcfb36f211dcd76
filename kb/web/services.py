"""Services that request handlers work with, made once by `create_app`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app

from kb.accounts.api_keys import KeyRing
from kb.catalog.generation import LiveGeneration, Loaded
from kb.config import Config
from kb.database.engine import Database
from kb.feedback.popularity import Popularity
from kb.handoffs.encryption import Sealer
from kb.suggestions.log_writer import LogWriter
from kb.time_budget import BoundedCalls

EXTENSION = "otvet"


@dataclass(frozen=True)
class Services:
    """The parts of one application; kept in `app.extensions`."""

    config: Config
    library: LiveGeneration
    staff_library: LiveGeneration
    """Internal articles beside the public ones; opened when somebody of the staff first asks."""
    database: Database
    keys: KeyRing
    suggestion_log: LogWriter
    bounded: BoundedCalls
    """For work with a deadline."""
    sealer: Sealer
    popularity: Popularity

    def loaded(self) -> Loaded:
        """The generation to answer this request from; take it once a request.

        Raises IndexMissing, which becomes a 503.
        """
        return self.library.require()

    def staff_loaded(self) -> Loaded:
        """The same for staff: with internal articles, as long as there are any."""
        self.staff_library.start()
        return self.staff_library.get() or self.loaded()

    def close(self) -> None:
        """Stop all threads; nothing that was accepted is lost."""
        self.suggestion_log.close()
        self.popularity.close()
        self.bounded.close()
        self.staff_library.close()
        self.library.close()
        self.database.close()


def secret_key() -> str:
    """The current application's key, which others are derived from."""
    key = current_app.secret_key
    return key.decode() if isinstance(key, bytes) else key or ""


def services() -> Services:
    """Those of the current application."""
    return cast(Services, current_app.extensions[EXTENSION])
