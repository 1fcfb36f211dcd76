"""What request handlers work with, made once by `create_app`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app

from kb.config import Config
from kb.db import Database
from kb.live import LiveGeneration, Loaded

EXTENSION = "otvet"


@dataclass(frozen=True)
class Services:
    """The parts of one application; kept in `app.extensions`."""

    config: Config
    library: LiveGeneration
    database: Database

    def loaded(self) -> Loaded:
        """The generation to answer this request from; take it once a request.

        Raises IndexMissing, which becomes a 503.
        """
        return self.library.require()


def services() -> Services:
    """Those of the current application."""
    return cast(Services, current_app.extensions[EXTENSION])
